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
  nodes: [heading("Resources"), el("p", { class: "quiet" }, "Every resource under every control, what needs somebody first.")],
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
        ["Parameters", Object.keys(record.parameters).length > 0 ? parametersText(record.parameters) : "none"],
        ["Requirements", requirements.length > 0
          ? requirements.map(({ framework, requirement }) => el("div", {}, el("a", { href: hashOf("framework", framework.name) }, foreign(framework.title)), " ", foreign(requirement.id), " ", requirementMark(requirement.state)))
          : "of no framework of this run"],
        ["Source", sourceText(record)],
        ["Proof", proofOf(record.proved)],
      ]),
      el("h2", {}, "Resources"),
    ],
    rows: store.everyRow.filter((row) => store.rows.control[row] === place),
    columns: ["status", "account", "region", "resource", "reason"],
  };
};

const accountNames = () => [...new Set([...store.record.accounts.map((account) => account.name), ...store.accounts])].sort();
const accountRecord = (name) => store.record.accounts.find((account) => account.name === name) ?? {};

const accountsView = () => ({
  title: "Accounts",
  nodes: [
    heading("Accounts"),
    tableOf("Accounts", ["account", "score", "share", ...FIGURE_HEADS()], accountNames().map((name) => {
      const counts = countsOf("account", name);
      return el("tr", {},
        el("th", { scope: "row" }, el("a", { href: hashOf("account", name) }, foreignLine(name, 80)), el("br"), el("span", { class: "id quiet" }, foreign(store.record.account_ids?.[name] ?? accountRecord(name).id ?? ""))),
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
      el("h2", {}, "Resources"),
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
  nodes: [heading("Requirements"), el("p", { class: "quiet" }, "A requirement is as good as the worst of its controls; one whose controls were not all asked, or of which a part is not judged yet, is not covered."), frameworkTabs(name)],
});

const MOST_GONE = 500;

const changesView = () => {
  if (!store.since) return { title: "Changes", nodes: [heading("What changed"), changesPanel()] };
  const { gone, askedNoMore, askedNow } = store.since;
  return {
    title: "Changes",
    nodes: [
      heading("What changed"),
      changesPanel(),
      askedNoMore + askedNow > 0 ? el("p", { class: "quiet" }, `${plural(askedNoMore, "pair")} of control and account of the earlier run not asked now, ${number(askedNow)} asked now that were not.`) : null,
      gone.length > 0 ? el("details", { class: "panel tree" }, el("summary", {}, el("h2", {}, "Gone"), el("span", { class: "quiet" }, ` ${number(gone.length)} resources that are no longer there`)),
        tableOf("Resources that are gone", ["was", "control", "account", "region", "resource"], gone.slice(0, MOST_GONE).map(([control, account, region, resource, was]) =>
          el("tr", {}, el("td", {}, mark(store.statuses[was])), el("td", { class: "id" }, foreign(control)), el("td", {}, foreignLine(account, 80)), el("td", {}, foreign(region)), el("td", { class: "id wide" }, foreignLine(resource)))), "worst"),
        gone.length > MOST_GONE ? el("p", {}, `and ${number(gone.length - MOST_GONE)} more, in the earlier run's verdicts.jsonl`) : null) : null,
      el("h2", {}, "Resources that changed"),
    ],
    rows: store.everyRow.filter((row) => store.rows.change[row] >= 0),
    sort: "change",
    columns: ["change", "status", "severity", "control", "account", "resource", "reason"],
  };
};

const waiverState = (waiver, used) => {
  const problem = (store.record.problems ?? []).find(
    (one) => one.kind.startsWith("waiver_") && one.text.startsWith(`waiver ${waiver.id} `));
  if (problem) return mark("fail", problem.kind.replace("waiver_", ""));
  return used > 0 ? mark("waived", "in use") : mark("not_applicable", "not used in this run");
};

const waiverUse = () => {
  const uses = new Map();
  for (let row = 0; row < store.size; row += 1) {
    const place = store.rows.waiver[row];
    if (place >= 0) uses.set(store.texts[place], (uses.get(store.texts[place]) ?? 0) + 1);
  }
  return uses;
};

const waiverTable = () => {
  const uses = waiverUse();
  return tableOf("Waivers", ["waiver", "state", "control and resources", "reason", "owner", "approver", "ticket", "granted", "expires"],
    store.record.waivers.map((waiver) => {
      const used = uses.get(waiver.id) ?? 0;
      return el("tr", {},
        el("th", { scope: "row" }, foreign(waiver.id)),
        el("td", {}, waiverState(waiver, used), el("br"), used > 0 ? el("a", { href: hashOf("resources", null, { q: `w:${exactly(waiver.id)}` }) }, plural(used, "resource")) : null),
        el("td", { class: "id wide" }, foreign(waiver.control), el("br"), foreign(waiver.resource), el("br"), "in ", foreign(waiver.account === "*" ? "every account" : waiver.account)),
        el("td", { class: "prose" }, foreign(waiver.reason)),
        el("td", {}, foreignLine(waiver.owner, 120)), el("td", {}, foreignLine(waiver.approver, 120)), el("td", {}, foreign(waiver.ticket)),
        el("td", { class: "day" }, foreign(waiver.granted ?? "not recorded")), el("td", { class: "day" }, foreign(waiver.expires)));
    }), "cards");
};

const dayAfter = (day, days) => new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);

const attestationTable = () =>
  tableOf("Attestations", ["control", "state", "statement", "decision and reasons", "evidence", "owner", "approver", "given", "expires"],
    store.record.attestations.map((one) => {
      const worst = worstOf(countsOf("control", one.control));
      return el("tr", {},
        el("th", { scope: "row", class: "id" }, worst ? el("a", { href: hashOf("control", one.control) }, foreign(one.control)) : foreign(one.control)),
        el("td", {}, worst ? mark(worst) : mark("not_applicable", "not asked")),
        el("td", { class: "prose" }, foreign(one.statement)),
        el("td", { class: "prose" }, foreign(one.decision ?? ""), (one.reasons ?? []).map((reason) => el("div", { class: "quiet" }, foreign(reason)))),
        el("td", { class: "wide" }, outward(String(one.evidence ?? "not recorded"))),
        el("td", {}, foreign(one.owner)), el("td", {}, foreign(one.approver ?? "nobody")),
        el("td", { class: "day" }, foreign(one.date)), el("td", { class: "day" }, dayAfter(one.date, one.valid_for_days)));
    }), "cards");

const waiversView = () => ({
  title: "Waivers and attestations",
  nodes: [
    heading("Waivers and attestations"),
    el("p", { class: "quiet" }, `As they stood on ${moment(store.record.as_of ?? store.record.started)}.`),
    el("h2", {}, `Waivers (${store.record.waivers.length})`),
    store.record.waivers.length > 0 ? waiverTable() : el("p", {}, "Nothing is waived."),
    el("h2", {}, `Attestations (${store.record.attestations.length})`),
    store.record.attestations.length > 0 ? attestationTable() : el("p", {}, "Nothing is attested."),
  ],
});

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

const notSeenView = () => {
  const isUnseen = (row) => ["error", "not_run"].includes(store.statuses[store.rows.status[row]]);
  const actions = [...new Set(store.unseen.map((read) => read.permission).filter(Boolean))].sort();
  return {
    title: "Not seen",
    nodes: [
      heading("Not seen"),
      el("p", {}, `${plural(countOf(store.counts.all, "error"), "verdict")} could not be given because something could not be read, ${number(countOf(store.counts.all, "not_run"))} because the run ended before. None of them counts as a pass.`),
      store.unseen.length > 0 ? unseenTable(true) : el("p", {}, "Everything that was asked was answered."),
      actions.length > 0 ? [el("h2", {}, "Permissions to grant"), el("p", { class: "quiet" }, "As AWS named them, or else as the operation needs them; IAM takes upper and lower case as the same."), el("pre", { tabindex: "0" }, visible(actions.join("\n")))] : null,
      store.unseen.length > 0 ? el("h2", {}, "Resources") : null,
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
        ["Accounts", record.mocked ? "mocked (sandbox)" : "live"],
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
