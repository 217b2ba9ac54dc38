// The crosswalk: what each requirement comes to in each account, and what is behind one of them.

const accountPlaces = (framework) =>
  [...new Set(framework.requirements.flatMap((requirement) => Object.keys(requirement.accounts)))].sort();

// A state in an account, and how many verdicts need somebody there.
const crossingCell = (framework, requirement, account) => {
  const state = requirement.accounts[account];
  if (!state) return el("td", { class: "crossing quiet" }, "–");
  const counts = countsBehind(requirement, account);
  const open = countOf(counts, "fail") + notSeen(counts);
  return el("td", { class: "crossing" },
    el("a", { href: hashOf("requirement", `${framework.name} ${requirement.id}`, { q: `a:${exactly(account)}` }) }, requirementMark(state)),
    el("div", { class: "quiet" }, open > 0 ? `${number(open)} of ${plural(total(counts), "verdict")}` : plural(total(counts), "verdict")));
};

const countsBehind = (requirement, account) => {
  const place = store.accounts.indexOf(account);
  return requirement.controls.reduce((sum, id) => {
    const pair = store.counts.pair.get(`${place} ${store.controls.indexOf(id)}`) ?? zeros();
    return sum.map((count, status) => count + pair[status]);
  }, zeros());
};

const crosswalkTable = (framework) => {
  const accounts = accountPlaces(framework);
  return [
    el("p", { class: "states" }, stateCounts(framework).map(([state, count]) => el("span", {}, el("b", {}, number(count)), " ", requirementMark(state)))),
    tableOf(
      `Requirements of ${framework.title} by account`,
      ["requirement", "title", "judged", ...accounts.map((account) => foreignLine(account, 40))],
      framework.requirements.map((requirement) =>
        el("tr", {},
          el("th", { scope: "row" }, requirementLink(framework, requirement)),
          el("td", {}, foreign(requirement.title)),
          el("td", {}, judgedText(requirement)),
          accounts.map((account) => crossingCell(framework, requirement, account)))),
      "crosswalk",
    ),
  ];
};

const crosswalkView = (name) => ({
  title: "Crosswalk",
  nodes: [
    heading("Crosswalk"),
    el("p", { class: "quiet" }, "What each requirement comes to in each account, by the controls that are asked there. – says that no control of it is for an account of that kind. Where a part of it is left to people, it holds in part at best. The same as a table for spreadsheets: --report=crosswalk."),
    frameworkTabs(name, crosswalkTable),
  ],
});

const requirementNamed = (name) => {
  for (const framework of store.frameworks) {
    const requirement = framework.requirements.find((one) => `${framework.name} ${one.id}` === name);
    if (requirement) return { framework, requirement };
  }
  return null;
};

const waiversBehind = (rows) => {
  const used = new Set(rows.filter((row) => store.rows.waiver[row] >= 0).map((row) => store.texts[store.rows.waiver[row]]));
  return store.record.waivers.filter((waiver) => used.has(waiver.id));
};

const requirementView = (name) => {
  const found = requirementNamed(name);
  if (!found) return missingView("requirement", name ?? "");
  const { framework, requirement } = found;
  const places = new Set(requirement.controls.map((id) => store.controls.indexOf(id)));
  const rows = store.everyRow.filter((row) => places.has(store.rows.control[row]));
  const waivers = waiversBehind(Array.from(rows));
  const attestations = store.record.attestations.filter((one) => requirement.controls.includes(one.control));
  return {
    title: `${framework.title} ${requirement.id}`,
    nodes: [
      el("p", { class: "crumbs" }, el("a", { href: hashOf("crosswalk", framework.name) }, foreign(framework.title))),
      heading(foreign(requirement.id), " ", foreign(requirement.title)),
      el("p", {}, requirementMark(requirement.state)),
      facts([
        ["Judged", [judgedText(requirement), requirement.confidence ? `, the mapping ${requirement.confidence}` : null]],
        ["Left to people", requirement.notJudged ? foreign(requirement.notJudged) : null],
        ["Accounts", Object.entries(requirement.accounts).map(([account, state]) => el("div", {}, el("a", { href: hashOf("account", account) }, foreignLine(account, 80)), " ", requirementMark(state)))],
        ["Controls", requirement.controls.length === 0 ? "none yet" : requirement.controls.map((id) => el("div", {},
          requirement.notAsked.includes(id)
            ? [mark("not_run", "not in this run"), " ", foreign(id)]
            : [mark(worstOf(countsOf("control", id)) ?? "not_run"), " ", el("a", { class: "id", href: hashOf("control", id) }, foreign(id))]))],
        ["Waivers", waivers.length === 0 ? "none" : waivers.map((waiver) => el("div", {}, foreign(waiver.id), ", until ", foreign(waiver.expires), ": ", foreign(waiver.reason)))],
        ["Attestations", attestations.length === 0 ? "none" : attestations.map((one) => el("div", {}, foreign(one.control), ", ", foreignLine(one.owner, 120), ", ", foreign(one.date), ": ", foreign(one.statement)))],
      ]),
      el("h2", {}, "Verdicts"),
    ],
    rows,
    columns: ["status", "severity", "control", "account", "region", "resource", "reason"],
  };
};
