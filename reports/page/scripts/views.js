// The other views. A view is a title, nodes, and where it lists resources `rows`, the `columns` to list them in, and
// the `sort` to begin with, if it is not the page's own.

const heading = (...children) => el("h1", { tabindex: "-1" }, ...children);

const figuresOf = (counts) => [
  ...["fail", "error", "not_run", "waived", "not_applicable", "pass"].map((status) =>
    el("td", { class: "count" }, countOf(counts, status) === 0 ? el("span", { class: "quiet" }, "0") : number(countOf(counts, status)))),
];

const FIGURE_HEADS = () => ["fail", "error", "not_run", "waived", "not_applicable", "pass"].map((status) => mark(status));

const resourcesView = () => ({
  title: "Resources",
  nodes: [heading("Resources"), el("p", { class: "quiet" }, "A verdict for every resource under every control, what needs somebody first.")],
  rows: store.everyRow,
  columns: ["status", "severity", "control", "account", "region", "resource", "reason"],
});

const controlIds = () => Object.keys(store.record.controls).sort();

const controlLine = (id) => {
  const counts = countsOf("control", id);
  const record = store.record.controls[id];
  const worst = worstOf(counts);
  return el("tr", {},
    el("td", {}, worst ? mark(worst) : mark("not_run", "no verdict")),
    el("td", {}, severityMark(record.severity)),
    el("th", { scope: "row" }, el("a", { href: hashOf("control", id) }, record.title), el("br"), el("span", { class: "id quiet" }, foreign(id))),
    el("td", { class: "barcell" }, statusBar(counts)),
    figuresOf(counts));
};

const controlsView = () => ({
  title: "Controls",
  nodes: [
    heading("Controls"),
    store.domains.map((domain) => {
      const ids = controlIds().filter((id) => store.record.controls[id].domain === domain);
      const counts = ids.reduce((sum, id) => sum.map((count, place) => count + countsOf("control", id)[place]), zeros());
      return el("details", { class: "panel tree", open: true },
        el("summary", {}, el("h2", {}, domain), el("span", { class: "quiet" }, ` ${plural(ids.length, "control")}: ${countsText(counts)}`)),
        tableOf(`Controls of ${domain}`, ["worst", "severity", "control", "share", ...FIGURE_HEADS()], ids.map(controlLine), "list"));
    }),
  ],
});

const missingView = (what, name) => ({
  title: "Not found",
  nodes: [heading("Not in this run"), el("p", {}, `This run has no ${what} `, foreign(name), ".")],
});

const sourceText = (record) => [
  el("code", {}, foreign(`${record.file}:${record.line}`)), el("br"), "SHA-256 ", el("code", { class: "hash" }, foreign(record.source_sha256)),
];

const controlView = (id) => {
  if (!Object.hasOwn(store.record.controls, id)) return missingView("control", id);
  const record = store.record.controls[id];
  const counts = countsOf("control", id);
  const place = store.controls.indexOf(id);
  const requirements = requirementsOf(id);
  return {
    title: record.title,
    nodes: [
      el("p", { class: "crumbs" }, el("a", { href: hashOf("controls") }, "Controls"), ` / ${record.domain}`),
      heading(record.title),
      el("p", {}, severityMark(record.severity), " ", el("code", {}, foreign(id)), " · population ", el("b", {}, number(total(counts))), ` · ${countsText(counts)}`),
      statusBar(counts),
      facts([
        ["Why", foreign(record.why)],
        ["Fix", foreign(record.fix)],
        ["See", record.see.map((address) => el("div", {}, outward(address)))],
        ["Parameters", Object.keys(record.parameters).length > 0 ? parametersText(record) : "none"],
        ["Requirements", requirements.length > 0
          ? requirements.map(({ framework, requirement }) => el("div", {}, el("a", { href: hashOf("framework", framework.name) }, foreign(framework.title)), " ", foreign(requirement.id), " ", requirementMark(requirement.state)))
          : "of no framework of this run"],
        ["Source", sourceText(record)],
        ["Proof", proofOf(record.proved)],
      ]),
      el("h2", {}, "Verdicts"),
    ],
    rows: store.everyRow.filter((row) => store.rows.control[row] === place),
    columns: ["status", "account", "region", "resource", "reason"],
  };
};

// The estate is no account: what it declares is judged beside them.
const kindOf = (name) => (accountRecord(name).kind === "estate" ? "what the organization declares, no account" : null);

const accountNames = () => [...new Set([...store.record.accounts.map((account) => account.name), ...store.accounts])].sort();
const accountRecord = (name) => store.record.accounts.find((account) => account.name === name) ?? {};

const accountsView = () => ({
  title: "Accounts",
  nodes: [
    heading("Accounts"),
    tableOf("Accounts", ["account", "score", "share", ...FIGURE_HEADS()], accountNames().map((name) => {
      const counts = countsOf("account", name);
      return el("tr", {},
        el("th", { scope: "row" }, el("a", { href: hashOf("account", name) }, foreignLine(name, 80)), el("br"), el("span", { class: "id quiet" }, foreign(kindOf(name) ?? store.record.account_ids?.[name] ?? accountRecord(name).id ?? ""))),
        el("td", { class: "count" }, scoreText(counts), notSeen(counts) > 0 ? el("div", { class: "blind" }, `${number(notSeen(counts))} not seen`) : null),
        el("td", { class: "barcell" }, total(counts) > 0 ? statusBar(counts) : "nothing asked"),
        figuresOf(counts));
    }), "list"),
  ],
});

const accountView = (name) => {
  if (!accountNames().includes(name)) return missingView("account", name);
  const record = accountRecord(name);
  const counts = countsOf("account", name);
  const place = store.accounts.indexOf(name);
  const regions = store.record.regions?.[name] ?? record.regions ?? [];
  const tags = Object.entries(record.tags ?? {});
  const controls = controlIds().filter((id) => store.counts.pair.has(`${place} ${store.controls.indexOf(id)}`));
  return {
    title: `Account ${name}`,
    nodes: [
      el("p", { class: "crumbs" }, el("a", { href: hashOf("accounts") }, "Accounts")),
      heading(foreign(name)),
      el("p", {}, "Score ", el("b", {}, scoreText(counts)), ", ", el("b", {}, number(countOf(counts, "error"))), " could not be read, ", el("b", {}, number(countOf(counts, "not_run"))), ` not run · ${countsText(counts)}`),
      statusBar(counts),
      facts([
        ["Id", foreign(store.record.account_ids?.[name] ?? record.id ?? "not recorded")],
        ["Entered as", foreign(store.record.callers?.[name] ?? "not recorded")],
        ["Regions", regions.length > 0 ? foreign(regions.join(", ")) : "none"],
        ["Tags", tags.length > 0 ? tags.map(([key, value]) => el("code", { class: "parameter" }, foreign(`${key}=${value}`))) : "none"],
        ["Kind", record.mocked === undefined ? "not recorded" : record.mocked ? `${record.kind}, mocked` : record.kind],
        ["Missing", record.missing ? foreign(record.missing) : null],
      ]),
      el("details", { class: "panel tree" }, el("summary", {}, el("h2", {}, "Controls"), el("span", { class: "quiet" }, ` ${number(controls.length)}`)),
        tableOf(`Controls in ${name}`, ["worst", "severity", "control", ...FIGURE_HEADS()], controls.map((id) => {
          const pair = store.counts.pair.get(`${place} ${store.controls.indexOf(id)}`);
          return el("tr", {}, el("td", {}, mark(worstOf(pair))), el("td", {}, severityMark(store.record.controls[id].severity)),
            el("th", { scope: "row" }, el("a", { href: hashOf("control", id, { q: `a:${exactly(name)}` }) }, store.record.controls[id].title)), figuresOf(pair));
        }), "list")),
      el("h2", {}, "Verdicts"),
    ],
    rows: store.everyRow.filter((row) => store.rows.account[row] === place),
    columns: ["status", "severity", "control", "region", "resource", "reason"],
  };
};

// Whether the control's present source was seen to pass in one sandbox company, and to fail in the other.
const proofOf = (proved) => proved === undefined ? "not recorded"
  : proved ? "this source passes in one sandbox company, and fails in the other on exactly what is broken there"
    : "this source is not on record as proved";

const frameworkView = (name) => ({
  title: "Requirements",
  nodes: [heading("Requirements"), el("p", { class: "quiet" }, "A requirement is as good as the worst of its controls; one whose controls were not all asked is not covered, and one of which a part is left to people holds in part at best."), frameworkTabs(name)],
});

const MOST_LOST = 500;

const changesView = () => {
  if (!store.since) return { title: "Changes", nodes: [heading("What changed"), changesPanel()] };
  const { lost, askedNoMore, askedNow } = store.since;
  return {
    title: "Changes",
    nodes: [
      heading("What changed"),
      changesPanel(),
      askedNoMore + askedNow > 0 ? el("p", { class: "quiet" }, `${plural(askedNoMore, "pair")} of control and account of the earlier run not asked now, ${number(askedNow)} asked now that were not.`) : null,
      lost.length > 0 ? el("details", { class: "panel tree" }, el("summary", {}, el("h2", {}, "No verdict any more"), el("span", { class: "quiet" }, ` ${plural(lost.length, "verdict")} of the earlier run, on what is gone or could not be looked for`)),
        tableOf("Verdicts of the earlier run that have none now", ["change", "was", "control", "account", "region", "resource"], lost.slice(0, MOST_LOST).map(([control, account, region, resource, name, change, was]) =>
          el("tr", {}, el("td", {}, store.since.changes[change]), el("td", {}, mark(store.statuses[was])), el("td", { class: "id" }, foreign(control)), el("td", {}, foreignLine(account, 80)), el("td", {}, foreign(region)), el("td", { class: "wide" }, calledNode({ resource, name })))), "worst"),
        lost.length > MOST_LOST ? el("p", {}, `and ${number(lost.length - MOST_LOST)} more, in the earlier run's verdicts.jsonl`) : null) : null,
      el("h2", {}, "Verdicts that changed"),
    ],
    rows: store.everyRow.filter((row) => store.rows.change[row] >= 0),
    sort: "change",
    columns: ["change", "status", "severity", "control", "account", "resource", "reason"],
  };
};

const permissionText = (read) => {
  if (read.permission) return el("code", {}, foreign(read.permission));
  const why = read.denied ? "not known: the answer does not name it" : "none: the error is not about rights";
  return el("span", { class: "quiet" }, read.call === null ? "not a refused read" : why);
};

const unseenTable = (linked) =>
  tableOf("Reads that gave no answer", ["account", "read", "error", "missing permission", "verdicts", "controls"],
    store.unseen.map((read) => {
      const query = `a:${exactly(read.account)}${read.call ? ` ${exactly(`${read.call} in ${read.region}`)}` : ""}`;
      return el("tr", {},
        el("th", { scope: "row" }, foreignLine(read.account, 80)),
        el("td", { class: "id" }, read.call ? foreign(read.call) : "–", el("br"), "in ", foreign(read.region)),
        el("td", { class: "prose error" }, read.code ? [el("b", {}, foreign(read.code)), el("br")] : null, foreignLine(read.message, 240)),
        el("td", { class: "id" }, permissionText(read)),
        el("td", { class: "count" }, linked ? el("a", { href: hashOf("not-seen", null, { q: query }) }, number(read.rows)) : number(read.rows)),
        el("td", { class: "id wide" }, read.controls.slice(0, 5).map((id) => el("div", {}, foreign(id))), read.controls.length > 5 ? `and ${read.controls.length - 5} more` : null));
    }), "cards");

const MOST_NAMED = 500;

const notAskedList = () =>
  el("ul", { class: "omissions" }, store.notAsked.map(({ text, names }) =>
    el("li", {}, foreign(text), names.length === 0 ? null : el("details", {}, el("summary", {}, "which"),
      el("p", { class: "id" }, foreign(names.slice(0, MOST_NAMED).join(", ")), names.length > MOST_NAMED ? `, and ${number(names.length - MOST_NAMED)} more, in run.json` : null)))));

const notSeenView = () => {
  const isUnseen = (row) => ["error", "not_run"].includes(store.statuses[store.rows.status[row]]);
  const actions = [...new Set(store.unseen.map((read) => read.permission).filter(Boolean))].sort();
  return {
    title: "Not seen",
    nodes: [
      heading("Not seen"),
      el("p", {}, `${plural(countOf(store.counts.all, "error"), "verdict")} could not be given because something could not be read, ${number(countOf(store.counts.all, "not_run"))} because the run ended before. None of them counts as a pass.`),
      store.unseen.length > 0 ? unseenTable(true) : el("p", {}, "Everything that was asked was answered."),
      el("h2", {}, "Not asked"),
      store.notAsked.length > 0 ? notAskedList() : el("p", {}, "Nothing: all accounts of the estate were asked in all their enabled regions, by all controls of the profiles."),
      actions.length > 0 ? [el("h2", {}, "Permissions to grant"), el("p", { class: "quiet" }, "As AWS named them, or else as the operation needs them; IAM takes upper and lower case as the same."), el("pre", { tabindex: "0" }, visible(actions.join("\n")))] : null,
      store.unseen.length > 0 ? el("h2", {}, "Verdicts that could not be given") : null,
    ],
    rows: store.unseen.length > 0 ? store.everyRow.filter(isUnseen) : undefined,
    columns: ["status", "severity", "control", "account", "region", "resource", "reason"],
  };
};

const runView = () => {
  const { record } = store;
  const git = record.git ?? {};
  const calls = Object.entries(record.calls ?? {});
  return {
    title: "Run",
    nodes: [
      heading("Run"),
      facts([
        ["Run", foreign(record.run)],
        ["By", foreign(record.by)],
        ["Started", moment(record.started)],
        ["Ended", moment(record.ended)],
        ["Judged as of", moment(record.as_of ?? record.started)],
        ["Command", el("code", {}, foreign(record.arguments.join(" ")))],
        ["Exit code", record.exit_code === null || record.exit_code === undefined ? "none: the run did not end" : String(record.exit_code)],
        ["Accounts", `${number(store.askedAccounts)}, ${record.mocked ? "mocked (sandbox)" : "live"}`],
        ["Commit", git.commit ? [el("code", { class: "hash" }, foreign(git.commit)), git.changed_files ? ", with changed files" : ", unchanged"] : "not recorded"],
        ["Torn lines", record.torn_lines === undefined ? "not recorded" : number(record.torn_lines)],
        ["Versions", Object.entries(record.versions).map(([name, version]) => el("code", { class: "parameter" }, foreign(`${name} ${version}`)))],
      ]),
      el("h2", {}, "Files of the run"),
      el("ul", {}, [["report.html", "the same run as a table a control and account"], ["verdicts.jsonl", "every verdict, a line each"], ["run.json", "who asked what, of whom, with which code"], ["manifest.json", "the hash of every file"], ["junit.xml", "for continuous integration"]].map(([name, what]) => el("li", {}, fileLink(name), `: ${what}`)), el("li", {}, el("code", {}, "reads/"), ": the API's answers, each named by its SHA-256")),
      problemList(),
      calls.length > 0 ? [el("h2", {}, "API calls"), tableOf("API calls by service", ["service", "calls", "requests", "retries", "throttles"], calls.map(([service, count]) => el("tr", {}, el("th", { scope: "row" }, foreign(service)), ["calls", "requests", "retries", "throttles"].map((name) => el("td", { class: "count" }, number(count[name] ?? 0))))), "figures")] : null,
      el("h2", {}, "Declared facts"),
      el("pre", { tabindex: "0" }, visible(JSON.stringify(record.facts, null, 2))),
    ],
  };
};
