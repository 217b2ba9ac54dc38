// Charts as inline SVG. The figures always stand beside them in words.

const BAR_ORDER = ["fail", "error", "not_run", "waived", "pass", "not_applicable"];

// Statuses side by side. What could not be seen is hatched, so that it differs without its colour.
const statusBar = (counts, { height = 10, label = "" } = {}) => {
  const whole = total(counts);
  const bar = svg("svg", {
    class: "statusbar",
    viewBox: `0 0 1000 ${height}`,
    preserveAspectRatio: "none",
    role: "img",
    "aria-label": label || countsText(counts),
  });
  let left = 0;
  for (const status of BAR_ORDER) {
    const width = whole === 0 ? 0 : (countOf(counts, status) * 1000) / whole;
    if (width === 0) continue;
    // One failure among 50,000 must be seen as well.
    bar.append(svg("rect", { class: `fill-${status}`, x: left, y: 0, width: Math.max(width, 3), height }));
    if (status === "error" || status === "not_run") {
      for (let x = left + 4; x < left + width; x += 9) {
        bar.append(svg("rect", { class: "hatch", x, y: 0, width: 2, height }));
      }
    }
    left += width;
  }
  return bar;
};

const countsText = (counts) =>
  store.statusOrder
    .filter((status) => countOf(counts, status) > 0)
    .map((status) => `${number(countOf(counts, status))} ${word(status)}`)
    .join(", ") || "nothing";

const legend = () =>
  el(
    "p",
    { class: "legend" },
    BAR_ORDER.map((status) =>
      el("span", {}, svg("svg", { class: "swatch", viewBox: "0 0 10 10", "aria-hidden": "true" },
        svg("rect", { class: `fill-${status}`, width: 10, height: 10 }),
        status === "error" || status === "not_run"
          ? [1, 5, 9].map((x) => svg("rect", { class: "hatch", x, y: 0, width: 1.5, height: 10 }))
          : []), word(status)),
    ),
  );

const heatLevel = (failing, judged) => (failing === 0 ? 0 : Math.min(4, 1 + Math.floor((failing * 8) / judged)));

const heatCell = (accountPlace, domainPlace) => {
  const account = store.accounts[accountPlace];
  const domain = store.domains[domainPlace];
  const counts = store.counts.cell.get(`${accountPlace} ${domainPlace}`);
  if (!counts) return el("td", { class: "heat none" }, el("span", { class: "quiet" }, "·"));
  const failing = countOf(counts, "fail");
  const blind = notSeen(counts);
  const judged = counted(counts);
  const waived = countOf(counts, "waived");
  const words = failing > 0 ? number(failing) : judged === 0 ? "n/a" : blind > 0 ? "" : waived > 0 ? `~${number(waived)}` : "✓";
  return el(
    "td",
    { class: `heat heat-${judged === 0 ? "none" : heatLevel(failing, judged)}` },
    el(
      "a",
      {
        href: hashOf("account", account, { q: `d:${domain}` }),
        title: `${oneLine(account, 80)}, ${domain}: ${countsText(counts)}`,
        "aria-label": `${oneLine(account, 80)}, ${domain}: ${countsText(counts)}`,
      },
      el("span", { class: "figures" }, words, blind > 0 ? el("span", { class: "blind" }, ` ?${number(blind)}`) : null),
      judged === 0 ? null : statusBar(counts, { height: 6 }),
    ),
  );
};

const heatMap = () =>
  el(
    "div",
    { class: "scroll heatmap", role: "region", "aria-label": "Failures by account and domain", tabindex: "0" },
    el(
      "table",
      {},
      el("caption", { class: "unseen" }, "Failing verdicts by account and domain"),
      el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "account"),
        store.domains.map((domain) => el("th", { scope: "col" }, el("span", {}, domain))))),
      el("tbody", {}, store.accounts
        .map((account, place) => ({ account, place }))
        .sort((a, b) => (a.account < b.account ? -1 : 1))
        .map(({ account, place }) =>
          el("tr", {},
            el("th", { scope: "row" }, el("a", { href: hashOf("account", account) }, foreignLine(account, 40))),
            store.domains.map((_, domainPlace) => heatCell(place, domainPlace))))),
    ),
  );
