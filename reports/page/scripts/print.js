// On paper: a summary, then a section a domain with the failing resources of each control.

const MOST_PRINTED = 100;

const printedRows = (id) => {
  const place = store.controls.indexOf(id);
  const needsSomebody = new Set(["fail", "error", "not_run"]);
  return store.everyRow.filter((row) => store.rows.control[row] === place && needsSomebody.has(store.statuses[store.rows.status[row]]));
};

const printedControl = (id) => {
  const record = store.record.controls[id];
  const rows = printedRows(id);
  const counts = countsOf("control", id);
  return el("section", { class: "control" },
    el("h3", {}, record.title),
    el("p", {}, severityMark(record.severity), " ", el("code", {}, foreign(id)), ` · population ${number(total(counts))} · ${countsText(counts)}`),
    rows.length === 0 ? null : [
      el("p", {}, el("b", {}, "Fix "), foreign(record.fix)),
      tableOf(`Resources of ${id}`, ["status", "account", "region", "resource", "reason"], Array.from(rows.slice(0, MOST_PRINTED), (row) => {
        const found = rowOf(row);
        return el("tr", {}, el("td", {}, mark(found.status)), el("td", {}, foreignLine(found.account, 80)), el("td", {}, foreignLine(found.region, 40)), el("td", { class: "wide" }, calledNode(found)), el("td", {}, foreignLine(found.reason)));
      })),
      rows.length > MOST_PRINTED ? el("p", { class: "more" }, `and ${number(rows.length - MOST_PRINTED)} more that fail or could not be read, in index.html and verdicts.jsonl`) : null,
    ]);
};

const printedDomain = (domain) =>
  el("section", { class: "domain" },
    el("h2", {}, domain),
    runNotes(),
    controlIds().filter((id) => store.record.controls[id].domain === domain).map(printedControl));

const printedSummary = () =>
  el("section", { class: "summary" },
    el("h1", {}, "Evidence of run ", foreign(store.record.run)),
    runNotes(),
    runLine(),
    omissionsLine(),
    scorePanel(),
    severityTable(),
    problemList(),
    worstRows(1).length > 0 ? [el("h2", {}, "The ten worst failures"), worstTable(false)] : null,
    store.frameworks.map((framework) => el("p", {}, el("b", {}, foreign(framework.title)), ": ", stateCounts(framework).map(([state, count]) => `${number(count)} ${state}`).join(", "))),
    store.since ? el("p", {}, "Since run ", foreign(store.since.run), ": ", store.since.counts.map((count, place) => `${number(count)} ${store.since.changes[place]}`).join(", ")) : null);

const printedAppendix = () => [
  store.unseen.length > 0 ? el("section", { class: "domain" }, el("h2", {}, "Not seen"), runNotes(), unseenTable(false)) : null,
  excusingFacts().length > 0 ? el("section", { class: "domain" }, el("h2", {}, "Facts that excuse"), runNotes(), factTable()) : null,
  store.record.waivers.length > 0 ? el("section", { class: "domain" }, el("h2", {}, "Waivers"), runNotes(), waiverTable()) : null,
  store.record.attestations.length > 0 ? el("section", { class: "domain" }, el("h2", {}, "Attestations"), runNotes(), attestationTable()) : null,
];

window.addEventListener("beforeprint", () => {
  if (!store.counts) return;
  const printed = document.getElementById("print");
  fillElement(printed, {}, [printedSummary(), store.domains.map(printedDomain), printedAppendix()]);
});

window.addEventListener("afterprint", () => document.getElementById("print").replaceChildren());
