// The first view: one number with its parts, the worst of it, what changed, where it is, and for which requirements.

// What nobody may miss who reads a part of the page: that it is a sandbox's, a replay, a part, or was not finished.
const runNotes = () =>
  store.notes.map(([name, text]) =>
    el("p", { class: "sandbox", role: "note" }, el("strong", {}, `${name.charAt(0)}${name.slice(1).toLowerCase()}.`), " ", foreign(`${text.charAt(0).toUpperCase()}${text.slice(1)}`)));

const moment = (text) => (text ? text.replace("T", " ").replace(/(\.\d+)?Z$/, " UTC") : "not ended");

const runLine = () => {
  const { record } = store;
  return el(
    "p",
    { class: "quiet" },
    `${moment(record.started)} to ${moment(record.ended)}, by `, foreign(record.by), ". ",
    record.profiles.length > 0 ? `Profile ${record.profiles.join(", ")}. ` : "",
    `${plural(Object.keys(record.controls).length, "control")}, ${plural(store.askedAccounts, "account")}, ${plural(store.size, "verdict")} on ${plural(store.places, "resource")}. `,
  );
};

const omissionsLine = () =>
  store.notAsked.length === 0
    ? null
    : el("p", { class: "quiet" }, el("a", { href: hashOf("not-seen") }, "Not asked"), ": ",
        store.notAsked.slice(0, 3).map(({ text }, place) => [place > 0 ? "; " : "", foreignLine(text, 200)]),
        store.notAsked.length > 3 ? `; and ${store.notAsked.length - 3} more.` : ".");

const scorePanel = () => {
  const { all } = store.counts;
  const blind = notSeen(all);
  return el(
    "section",
    { class: "panel score", "aria-labelledby": "score-title" },
    el("h2", { id: "score-title" }, "Score"),
    el(
      "div",
      { class: "numbers" },
      el("p", { class: "big" }, el("b", {}, scoreText(all)), el("span", {}, "of verdicts pass")),
      el("p", { class: `big ${blind > 0 ? "blind" : ""}` }, el("b", {}, number(countOf(all, "error"))), el("span", {}, "could not be read (error)")),
      el("p", { class: `big ${blind > 0 ? "blind" : ""}` }, el("b", {}, number(countOf(all, "not_run"))), el("span", {}, "not run")),
    ),
    statusBar(all, { height: 16 }),
    legend(),
    el(
      "p",
      { class: "quiet" },
      `The score is pass ÷ (pass + fail + error + not run + waived): ${number(countOf(all, "pass"))} ÷ ${number(counted(all))}, rounded down. `,
      "A resource has a verdict of each control that judges it. What could not be read, was not run or is waived counts against it; ",
      `${number(countOf(all, "not_applicable"))} to which their control does not apply are left out.`,
    ),
  );
};

const countCell = (count, query) =>
  el("td", { class: "count" }, count === 0 ? el("span", { class: "quiet" }, "0") : el("a", { href: hashOf("resources", null, { q: query }) }, number(count)));

const severityTable = () =>
  tableOf(
    "Verdicts by status and severity of the control",
    ["status", ...store.severities.map(severityMark), "all"],
    store.statusOrder.map((status) =>
      el("tr", {},
        el("th", { scope: "row" }, mark(status)),
        store.severities.map((severity) => countCell(countOf(countsOf("severity", severity), status), `s:${status} v:${severity}`)),
        countCell(countOf(store.counts.all, status), `s:${status}`))),
    "figures",
  );

const worstRows = (most) => {
  const isFailure = (row) => ["fail", "error"].includes(store.statuses[store.rows.status[row]]);
  // Rows stand in the page's order: failures before errors, so a stable sort by severity is all that is left.
  return Array.from(store.everyRow.filter(isFailure))
    .sort((a, b) => store.severityOf[store.rows.control[a]] - store.severityOf[store.rows.control[b]] || a - b)
    .slice(0, most);
};

const worstTable = (linked) =>
  tableOf(
    "The ten worst failures",
    ["status", "severity", "control", "account", "resource", "reason"],
    worstRows(10).map((row) => {
      const found = rowOf(row);
      const resource = calledNode(found, 160);
      return el("tr", {},
        el("td", {}, mark(found.status)),
        el("td", {}, severityMark(found.record.severity)),
        el("td", { class: "id" }, linked ? el("a", { href: hashOf("control", found.control) }, foreign(found.control)) : foreign(found.control)),
        el("td", {}, foreignLine(found.account, 80)),
        el("td", { class: "id wide" }, linked ? el("a", { href: hashOf("control", found.control, { row: String(found.number) }) }, resource) : resource),
        el("td", {}, foreignLine(found.reason, 200)));
    }),
    "worst",
  );

const problemList = () => {
  const problems = store.record.problems ?? [];
  return problems.length === 0
    ? null
    : el("section", { class: "panel" }, el("h2", {}, "The run also fails because"),
      el("ul", {}, problems.map((problem) => el("li", {}, foreign(problem.text)))));
};

const changesPanel = () => {
  if (!store.since) return el("p", { class: "quiet" }, "Nothing to compare with: no whole run of the same profiles and accounts that verifies stands before this one, and none was named (--since).");
  const { changes, counts, incomparable } = store.since;
  const isLost = (name) => name === "resource gone" || name === "not seen";
  return [
    el("p", { class: "quiet" }, "Since run ", foreign(store.since.run), ` of ${moment(store.since.started)}, which ${store.since.signed ? "verified and is signed" : "verified and is not signed: whoever may write there could have made its old failures up"}:`),
    el("ul", { class: "tiles" },
      changes.map((name, place) => el("li", {}, el("a", { href: hashOf("changes", null, isLost(name) ? {} : { q: `is:${exactly(name)}` }) },
        el("b", {}, number(counts[place])), " ", name)))),
    Object.entries(incomparable).map(([account, why]) => el("p", { class: "blind" }, foreign(account), " is not compared: ", foreign(why))),
  ];
};

const REQUIREMENT_MARKS = {
  satisfied: "pass",
  "not satisfied": "fail",
  unreadable: "error",
  waived: "waived",
  "not covered": "not_run",
  "holds in part": "not_applicable",
  "nothing to judge": "not_applicable",
};

const requirementMark = (state) => mark(REQUIREMENT_MARKS[state], state);

const requirementLink = (framework, requirement) =>
  el("a", { href: hashOf("requirement", `${framework.name} ${requirement.id}`) }, foreign(requirement.id));

// How far a machine decides it; runs of earlier versions do not say.
const judgedText = (requirement) => requirement.judged ?? "not recorded";

const stateCounts = (framework) =>
  Object.keys(REQUIREMENT_MARKS)
    .map((state) => [state, framework.requirements.filter((requirement) => requirement.state === state).length])
    .filter(([, count]) => count > 0);

const frameworkTable = (framework) => [
  el("p", { class: "states" }, stateCounts(framework).map(([state, count]) => el("span", {}, el("b", {}, number(count)), " ", requirementMark(state)))),
  tableOf(
    `Requirements of ${framework.title}`,
    ["requirement", "title", "level", "judged", "state", "controls"],
    framework.requirements.map((requirement) =>
      el("tr", {},
        el("th", { scope: "row" }, requirementLink(framework, requirement)),
        el("td", {}, foreign(requirement.title)),
        el("td", {}, requirement.level ?? "–"),
        el("td", {}, judgedText(requirement)),
        el("td", {}, requirementMark(requirement.state)),
        el("td", {}, requirement.controls.length === 0 ? "none yet" : requirement.controls.map((id) => el("div", {},
          requirement.notAsked.includes(id)
            ? [mark("not_run", "not in this run"), " ", foreign(id)]
            : [mark(worstOf(countsOf("control", id)) ?? "not_run"), " ", el("a", { class: "id", href: hashOf("control", id) }, foreign(id))])),
          requirement.notJudged ? el("div", { class: "quiet" }, "not judged: ", foreign(requirement.notJudged)) : null))),
    "requirements",
  ),
];

// Tabs, a framework each; arrow keys move between them.
const frameworkTabs = (current, drawn = frameworkTable) => {
  if (store.frameworks.length === 0) return el("p", { class: "quiet" }, "The run recorded no framework: name one as a profile to see its requirements here.");
  const panel = el("div", { role: "tabpanel", id: "framework-panel", tabindex: "0" });
  const tabs = store.frameworks.map((framework, place) =>
    el("button", { type: "button", role: "tab", id: `tab-${place}`, "aria-controls": "framework-panel", onclick: () => choose(place) }, foreign(framework.title)));
  const choose = (place) => {
    tabs.forEach((tab, other) => {
      tab.setAttribute("aria-selected", String(other === place));
      tab.tabIndex = other === place ? 0 : -1;
    });
    panel.setAttribute("aria-labelledby", `tab-${place}`);
    panel.replaceChildren(...drawn(store.frameworks[place]));
  };
  const list = el("div", { role: "tablist", "aria-label": "Frameworks", onkeydown: (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const next = (tabs.indexOf(document.activeElement) + step + tabs.length) % tabs.length;
    choose(next);
    tabs[next].focus();
  } }, tabs);
  choose(Math.max(0, store.frameworks.findIndex((framework) => framework.name === current)));
  return [list, panel];
};

const overviewView = () => ({
  title: "Overview",
  nodes: [
    el("h1", { tabindex: "-1" }, "Evidence of run ", el("span", { class: "id" }, foreign(store.record.run))),
    runLine(),
    omissionsLine(),
    el("div", { class: "columns" },
      scorePanel(),
      el("section", { class: "panel" }, el("h2", {}, "By severity and status"), severityTable())),
    problemList(),
    el("section", { class: "panel" }, el("h2", {}, "The ten worst failures"),
      worstRows(1).length > 0 ? worstTable(true) : el("p", {}, "Nothing fails, and nothing could not be read.")),
    el("section", { class: "panel" }, el("h2", {}, "What changed"), changesPanel()),
    el("section", { class: "panel" }, el("h2", {}, "Accounts and domains"), heatMap(),
      el("p", { class: "quiet" }, "A figure is how many verdicts fail, ?n how many could not be given, ~n how many are waived where none fails, ✓ that all pass, n/a that nothing applies, · that nothing was asked. The darker, the larger the share that fails.")),
    el("section", { class: "panel" }, el("h2", {}, "Requirements"), frameworkTabs(null)),
  ],
});
