// Where the reader is (the part of the address behind #), and what the keys do.

const VIEWS = {
  overview: overviewView,
  controls: controlsView,
  control: controlView,
  accounts: accountsView,
  account: accountView,
  resources: resourcesView,
  framework: frameworkView,
  crosswalk: crosswalkView,
  requirement: requirementView,
  changes: changesView,
  waivers: waiversView,
  "not-seen": notSeenView,
  run: runView,
};

const TABS = [
  ["overview", "Overview"],
  ["controls", "Controls"],
  ["accounts", "Accounts"],
  ["resources", "Resources"],
  ["framework", "Requirements"],
  ["crosswalk", "Crosswalk"],
  ["changes", "Changes"],
  ["waivers", "Waivers"],
  ["not-seen", "Not seen"],
  ["run", "Run"],
];

const TAB_OF = { control: "controls", account: "accounts", requirement: "crosswalk" };

// `#/control/iam-root-mfa?q=s:fail&sort=-region&row=12`
function hashOf(view, name = null, { q = "", sort = "", row = "" } = {}) {
  const parameters = [["q", q], ["sort", sort], ["row", row]].filter(([, value]) => value !== "");
  const query = parameters.map(([key, value]) => `${key}=${encodeURIComponent(value)}`).join("&");
  return `#/${view}${name === null ? "" : `/${encodeURIComponent(name)}`}${query ? `?${query}` : ""}`;
}

const decoded = (text) => {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return text;
    throw error;
  }
};

const readHash = () => {
  const [path, query = ""] = window.location.hash.replace(/^#\/?/, "").split("?");
  const [view, ...rest] = path.split("/");
  const parameters = Object.fromEntries(query.split("&").filter(Boolean).map((pair) => {
    const [key, ...value] = pair.split("=");
    return [key, decoded(value.join("="))];
  }));
  const known = Object.hasOwn(VIEWS, view);
  return {
    view: known ? view : "overview",
    name: known && rest.length > 0 ? decoded(rest.join("/")) : null,
    q: parameters.q ?? "",
    sort: parameters.sort ?? "",
    row: parameters.row ?? "",
  };
};

const page = { route: null, list: null, rows: null, sort: "", toolbar: null };

const goTo = (changes, { replace = false } = {}) => {
  const next = { ...readHash(), ...changes };
  const address = hashOf(next.view, next.name, next);
  if (replace) window.history.replaceState(null, "", address);
  else window.history.pushState(null, "", address);
  render();
};

const searchField = el("input", {
  type: "search",
  id: "search",
  placeholder: "Search: s:fail c:iam",
  "aria-label": "Search verdicts",
  autocomplete: "off",
  spellcheck: "false",
  oninput: () => {
    const here = readHash();
    if (page.list) goTo({ q: searchField.value, row: "" }, { replace: true });
    else goTo({ ...here, view: "resources", name: null, q: searchField.value, row: "" });
  },
});

const themeField = el(
  "select",
  { id: "theme", "aria-label": "Colours", onchange: () => chooseTheme(themeField.value) },
  el("option", { value: "system" }, "System"),
  el("option", { value: "light" }, "Light"),
  el("option", { value: "dark" }, "Dark"),
);

const chooseTheme = (theme) => {
  document.documentElement.dataset.theme = theme;
};

const buildHeader = () => {
  document.getElementById("top").append(
    el("div", { class: "brand" }, el("a", { href: "#/overview" }, "Muster"), el("span", { class: "quiet id" }, foreign(store.record.run)), store.notes.map(([name]) => el("strong", { class: "tag" }, name.toLowerCase()))),
    el("nav", { "aria-label": "Views" }, TABS
      .filter(([view]) => view !== "changes" || store.since)
      .map(([view, title]) => el("a", { href: `#/${view}`, "data-view": view }, title, view === "not-seen" && notSeen(store.counts.all) > 0 ? ` (${number(notSeen(store.counts.all))})` : null)),
      fileLink("report.html")),
    el("div", { class: "tools" }, searchField, themeField, el("button", { type: "button", onclick: openHelp, "aria-label": "Keys and search words" }, "?")),
  );
};

const dialog = el("dialog", { "aria-labelledby": "detail-title" });
const helpDialog = el("dialog", { "aria-labelledby": "help-title", class: "help" });

const openHelp = () => {
  helpDialog.replaceChildren(
    el("div", { class: "bar" }, el("h2", { id: "help-title" }, "Keys and search words"), el("button", { type: "button", class: "close", onclick: () => helpDialog.close() }, "Close", el("kbd", {}, "Esc"))),
    facts([
      [el("kbd", {}, "/"), "search"],
      [[el("kbd", {}, "j"), " ", el("kbd", {}, "k")], "next and previous resource (or the arrow keys)"],
      [el("kbd", {}, "Enter"), "open the resource"],
      [el("kbd", {}, "Esc"), "close, or clear the search"],
      [el("kbd", {}, "?"), "this help"],
    ]),
    el("p", {}, "Words are looked for in resources, their names and tags, reasons, controls and accounts. A minus in front of a word or token means “not”; a comma within a token means “or”."),
    facts(TOKEN_HELP.map(([token, what, example]) => [el("code", {}, token), [what, ", as in ", el("code", {}, example)]])),
  );
  helpDialog.showModal();
};

const closeDetail = () => {
  if (dialog.open) dialog.close();
};

dialog.addEventListener("close", () => {
  if (readHash().row !== "") goTo({ row: "" }, { replace: true });
  page.list?.nodeAt(page.list.active)?.focus({ preventScroll: true });
});
dialog.addEventListener("click", (event) => {
  if (event.target === dialog) closeDetail();
});

const showDetail = (place) => {
  const row = store.rowOfNumber.get(Number(place));
  if (row === undefined) return;
  dialog.replaceChildren(el("div", { class: "inside" }, detailNode(row, closeDetail)));
  if (!dialog.open) dialog.showModal();
  dialog.scrollTop = 0;
};

const selectOf = (label, key, options, text) => {
  const current = tokenValues(text, key);
  return options.length < 2 ? null : el("label", {}, el("span", {}, label), el("select", { onchange: (event) => goTo({ q: withToken(readHash().q, key, event.target.value ? [event.target.value] : [], true), row: "" }, { replace: true }) },
    el("option", { value: "" }, "all"),
    options.map((option) => el("option", { value: option, selected: current.length === 1 && current[0] === option.toLowerCase() }, oneLine(option, 60)))));
};

const used = (rows, column, pool) => {
  const seen = new Set(rows.map((row) => column[row]));
  return pool.filter((_, place) => seen.has(place)).sort();
};

// The chips and menus above a list write into the search line, and read from it.
const fillToolbar = (text, rows, found) => {
  const byStatus = zeros();
  for (const row of searchRows(rows, withToken(text, "s", []))) byStatus[store.rows.status[row]] += 1;
  const chosenStatuses = tokenValues(text, "s").map((value) => (value === "unreadable" ? "error" : value.replaceAll("_", " ")));
  const chip = (status) => {
    const on = chosenStatuses.includes(word(status));
    const others = on ? chosenStatuses.filter((value) => value !== word(status)) : [...chosenStatuses, word(status)];
    return el("button", { type: "button", class: `chip ${status}`, "data-status": status, "aria-pressed": String(on), onclick: () => {
      goTo({ q: withToken(readHash().q, "s", others.map((value) => value.replaceAll(" ", "_"))), row: "" }, { replace: true });
      page.toolbar.querySelector(`[data-status="${status}"]`)?.focus();
    } }, icon(status), `${word(status)} `, el("b", {}, number(countOf(byStatus, status))));
  };
  const { columns } = page.list;
  const present = zeros();
  for (const row of rows) present[store.rows.status[row]] += 1;
  const focusedLabel = document.activeElement?.closest?.("label")?.firstChild.textContent;
  page.toolbar.replaceChildren(
    el("div", { class: "chips", role: "group", "aria-label": "Status" }, store.statusOrder.filter((status) => countOf(present, status) > 0).map(chip)),
    el("div", { class: "menus" },
      columns.includes("severity") ? selectOf("severity", "v", store.severities, text) : null,
      columns.includes("control") ? selectOf("domain", "d", store.domains, text) : null,
      columns.includes("account") ? selectOf("account", "a", used(rows, store.rows.account, store.accounts), text) : null,
      selectOf("region", "r", used(rows, store.rows.region, store.regions), text)),
    el("p", { class: "found" }, `${number(found)} of ${plural(rows.length, "verdict")}`));
  if (focusedLabel) {
    [...page.toolbar.querySelectorAll("label")].find((label) => label.firstChild.textContent === focusedLabel)?.lastChild.focus();
  }
  document.getElementById("announcement").textContent = `${number(found)} of ${plural(rows.length, "verdict")}`;
};

const buildView = (route) => {
  page.list?.leave();
  page.list = null;
  const view = VIEWS[route.view](route.name);
  const main = document.getElementById("main");
  main.className = `view-${route.view}`;
  main.replaceChildren(...view.nodes.flat(Infinity).filter(Boolean));
  document.title = `${oneLine(view.title, 80)} · ${store.notes.map(([name]) => `${name} · `).join("")}Muster evidence ${store.record.run}`;
  for (const link of document.querySelectorAll("nav [data-view]")) {
    const current = link.dataset.view === (TAB_OF[route.view] ?? route.view);
    if (current) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  if (view.rows) {
    page.rows = view.rows;
    page.sort = view.sort ?? "";
    page.list = new RowList(view.columns, {
      label: view.title,
      open: (row) => goTo({ row: String(store.rows.number[row]) }),
      sorted: (sort) => goTo({ sort, row: "" }, { replace: true }),
    });
    page.toolbar = el("div", { class: "toolbar" });
    main.append(page.toolbar, page.list.node, page.list.none);
  }
};

const sameView = (one, other) => one !== null && one.view === other.view && one.name === other.name;
const sameList = (one, other) => one !== null && one.q === other.q && one.sort === other.sort;

const render = () => {
  const route = readHash();
  const before = page.route;
  page.route = route;
  const fresh = !sameView(before, route);
  if (fresh) {
    buildView(route);
    window.scrollTo(0, 0);
    if (before !== null && document.activeElement !== searchField) document.querySelector("main h1")?.focus({ preventScroll: true });
  }
  if (document.activeElement !== searchField || fresh) searchField.value = page.list ? route.q : "";
  if (page.list && (fresh || !sameList(before, route))) {
    const found = sortRows(searchRows(page.rows, route.q), route.sort || page.sort);
    page.list.show(found, route.sort || page.sort);
    fillToolbar(route.q, page.rows, found.length);
  }
  if (route.row !== "") {
    if (fresh && page.list) page.list.active = Math.max(0, page.list.rows.indexOf(store.rowOfNumber.get(Number(route.row))));
    showDetail(route.row);
  } else closeDetail();
};

const pressedInSearch = (event) => {
  if (event.key === "Escape") {
    searchField.value = "";
    searchField.blur();
    if (page.list) goTo({ q: "", row: "" }, { replace: true });
  } else if ((event.key === "ArrowDown" || event.key === "Enter") && page.list) page.list.move(0);
  else return;
  event.preventDefault();
};

const pressed = (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || dialog.open || helpDialog.open) return;
  if (event.target === searchField) pressedInSearch(event);
  else if (!event.target.closest("input, select, textarea")) {
    const inList = page.list?.body.contains(event.target) ?? false;
    const step = { j: 1, k: -1, ...(inList ? { ArrowDown: 1, ArrowUp: -1 } : {}) }[event.key];
    if (event.key === "/") searchField.focus();
    else if (event.key === "?") openHelp();
    else if (event.key === "Escape" && page.list && readHash().q !== "") goTo({ q: "" }, { replace: true });
    else if (step && page.list) page.list.move(step);
    else return;
    event.preventDefault();
  }
};

const start = async () => {
  document.getElementById("loading").hidden = false;
  await loadStore();
  buildHeader();
  document.body.append(dialog, helpDialog);
  window.addEventListener("hashchange", render);
  window.addEventListener("popstate", render);
  document.addEventListener("keydown", pressed);
  render();
  document.documentElement.dataset.ready = "true";
};

start().catch((error) => {
  document.getElementById("main").replaceChildren(
    el("h1", {}, "This page could not be drawn"),
    el("p", {}, `${error}. The evidence itself is in verdicts.jsonl and run.json of the run folder.`));
  throw error;
});
