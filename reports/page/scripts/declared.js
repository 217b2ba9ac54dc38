// What people declared: waivers, the facts that excuse, and attestations.

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
        el("td", {}, waiverState(waiver, used), el("br"), used > 0 ? el("a", { href: hashOf("resources", null, { q: `w:${exactly(waiver.id)}` }) }, plural(used, "verdict")) : null),
        el("td", { class: "id wide" }, foreign(waiver.control), el("br"), foreign(waiver.resource), el("br"), "in ", foreign(waiver.account === "*" ? "every account" : waiver.account)),
        el("td", { class: "prose" }, foreign(waiver.reason)),
        el("td", {}, foreignLine(waiver.owner, 120)), el("td", {}, foreignLine(waiver.approver, 120)), el("td", {}, foreign(waiver.ticket)),
        el("td", { class: "day" }, foreign(waiver.granted ?? "not recorded")), el("td", { class: "day" }, foreign(waiver.expires)));
    }), "cards");
};

// The declared facts by which something is meant to be so that would fail: each has somebody who answers for it.
const excusingFacts = () =>
  Object.entries(store.record.facts).flatMap(([fact, entries]) =>
    (Array.isArray(entries) ? entries : [])
      .filter((entry) => entry !== null && typeof entry === "object" && typeof entry.owner === "string" && typeof entry.reason === "string")
      .map((entry) => ({ fact, ...entry })));

const OF_EVERY_FACT = ["fact", "owner", "approver", "reason", "granted", "expires"];

const factTable = () =>
  tableOf("Facts that excuse", ["fact", "what", "reason", "owner", "approver", "granted", "expires"],
    excusingFacts().map((entry) => {
      const what = Object.entries(entry).filter(([key]) => !OF_EVERY_FACT.includes(key)).map(([, value]) => String(value)).join(", ");
      return el("tr", {},
        el("th", { scope: "row", class: "id" }, foreign(entry.fact)),
        el("td", { class: "id wide" }, el("a", { href: hashOf("resources", null, { q: exactly(`among ${entry.fact} (facts.yaml, owner ${entry.owner})`) }) }, foreign(what))),
        el("td", { class: "prose" }, foreign(entry.reason)),
        el("td", {}, foreignLine(entry.owner, 120)), el("td", {}, foreignLine(String(entry.approver ?? "not recorded"), 120)),
        el("td", { class: "day" }, foreign(entry.granted ?? "not recorded")), el("td", { class: "day" }, foreign(entry.expires ?? "not recorded")));
    }), "cards");

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
  title: "Waivers, facts and attestations",
  nodes: [
    heading("Waivers, facts and attestations"),
    el("p", { class: "quiet" }, `As they stood on ${moment(store.record.as_of ?? store.record.started)}.`),
    el("h2", {}, `Waivers (${store.record.waivers.length})`),
    store.record.waivers.length > 0 ? waiverTable() : el("p", {}, "Nothing is waived."),
    el("h2", {}, `Facts that excuse (${excusingFacts().length})`),
    excusingFacts().length > 0 ? factTable() : el("p", {}, "No fact excuses anything."),
    el("h2", {}, `Attestations (${store.record.attestations.length})`),
    store.record.attestations.length > 0 ? attestationTable() : el("p", {}, "Nothing is attested."),
  ],
});

