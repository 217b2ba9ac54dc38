"use strict";
(() => {
const data = JSON.parse(document.getElementById("data").textContent);
const [NAME, ID, UNIT, TAGS, ENDED, REASON, WAY, COUNTS, CELLS] = [0, 1, 2, 3, 4, 5, 6, 7, 8];
const FAIL = data.statuses.indexOf("fail"), ERROR = data.statuses.indexOf("error"), NOT_RUN = data.statuses.indexOf("not run");
const FIRST = 100;
const DOT = 4;
// By the letter of a status: red, green, blue; the map looks alike by day and by night.
const COLOURS = { e: [140, 80, 190], f: [200, 50, 40], r: [190, 150, 220], w: [225, 170, 60], p: [110, 175, 125], n: [205, 208, 212], ".": [238, 238, 236] };
const views = document.getElementById("views");
const number = (value) => value.toLocaleString("en");

function make(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

function section(title, ...children) {
  const made = make("section", {}, make("h2", {}, title), ...children);
  views.append(made);
  return made;
}

function table(heads, rows, first = FIRST) {
  const body = make("tbody");
  const add = (some) => body.append(...some.map((cells) => make("tr", {}, ...cells)));
  const head = make("tr", {}, ...heads.map(([text, kind]) => make("th", kind ? { class: kind } : {}, text)));
  const made = make("div", { class: "scrolled" }, make("table", {}, make("thead", {}, head), body));
  add(rows.slice(0, first));
  if (rows.length > first) {
    const more = make("button", { type: "button" }, `Show all ${number(rows.length)}`);
    more.addEventListener("click", () => { more.remove(); add(rows.slice(first)); });
    made.append(more);
  }
  return made;
}

const cell = (text, kind) => make("td", kind ? { class: kind } : {}, text);
const figure = (value, kind) => cell(number(value), `number${value && kind ? " " + kind : ""}`);
const accountLink = (account) => (account[WAY] ? make("a", { href: account[WAY] }, account[NAME]) : account[NAME]);
const needsSomebody = (account) => account[COUNTS][FAIL] + account[COUNTS][ERROR] + account[COUNTS][NOT_RUN];
const accountsWith = (count) => (count === 1 ? "1 account" : `${number(count)} accounts`);

function showProblems() {
  if (data.problems.length) section("Problems of the fleet", table([["problem"]], data.problems.map((text) => [cell(text, "fail")])));
  const red = data.accounts.filter((account) => account[ENDED] !== "judged");
  if (!red.length) return;
  const rows = red.map((account) => [
    make("td", {}, accountLink(account)), cell(account[ID], "id"), cell(account[ENDED].replace("_", " "), account[ENDED]), cell(account[REASON]),
  ]);
  section(`Accounts that were not judged: ${number(red.length)}`, table([["account"], ["id"], ["how it ended"], ["why"]], rows));
}

function showChanges() {
  const since = data.since;
  if (since === null) {
    section("What changed", make("p", { class: "quiet" }, "There is no earlier fleet beside this one that judged by the same profiles."));
    return;
  }
  const names = (list) => list.slice(0, 5).join(", ") + (list.length > 5 ? ` and ${number(list.length - 5)} more` : "");
  const rows = data.controls.filter(([control]) => since.changes[control]).map(([control, title, severity]) => {
    const [failing, unreadable, fixed] = since.changes[control];
    const row = [
      make("td", { class: "id" }, control), cell(severity), figure(failing.length, "fail"), figure(unreadable.length, "error"),
      figure(fixed.length, "pass"), cell(names(failing.length ? failing : unreadable.length ? unreadable : fixed)),
    ];
    row.weight = failing.length * 1e6 + unreadable.length * 1e3 + fixed.length;
    return row;
  }).sort((one, other) => other.weight - one.weight);
  const made = section(`What changed since ${since.fleet}`);
  if (since.new.length) made.append(make("p", {}, `New in the fleet: ${names(since.new)}`));
  if (since.gone.length) made.append(make("p", {}, `No more in the fleet: ${names(since.gone)}`));
  made.append(rows.length
    ? table([["control"], ["severity"], ["newly fails", "number"], ["newly unreadable", "number"], ["fixed", "number"], ["in"]], rows, 20)
    : make("p", { class: "quiet" }, "No control began or ceased to fail in an account of both."));
}

function showWorst() {
  const tallies = data.controls.map(() => ({}));
  for (const account of data.accounts)
    for (let place = 0; place < account[CELLS].length; place += 1) {
      const letter = account[CELLS][place];
      tallies[place][letter] = (tallies[place][letter] || 0) + 1;
    }
  const worst = data.controls.map((control, place) => [control, tallies[place]])
    .filter(([, tally]) => tally.f || tally.e || tally.r)
    .sort(([, one], [, other]) => (other.f || 0) - (one.f || 0) || (other.e || 0) - (one.e || 0));
  const rows = worst.map(([[control, title, severity], tally]) => [
    make("td", {}, make("span", { class: "id" }, control), ` ${title}`), cell(severity), figure(tally.f || 0, "fail"),
    figure((tally.e || 0) + (tally.r || 0), "error"), figure(tally.w || 0, "waived"), figure(tally.p || 0, "pass"), make("td", {}, bar((tally.f || 0) / data.accounts.length)),
  ]);
  section("Worst controls, by the accounts that fail them",
    table([["control"], ["severity"], ["fail", "number"], ["unreadable", "number"], ["waived", "number"], ["pass", "number"], ["share"]], rows, 20));
}

function bar(share) {
  const drawn = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  drawn.setAttribute("class", "bar");
  drawn.setAttribute("viewBox", "0 0 100 10");
  drawn.setAttribute("preserveAspectRatio", "none");
  const filled = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  filled.setAttribute("width", String(Math.round(share * 1000) / 10));
  filled.setAttribute("height", "10");
  drawn.append(filled);
  return drawn;
}

function groups(keyOf) {
  const found = new Map();
  for (const account of data.accounts) {
    const key = keyOf(account);
    if (key === undefined) continue;
    const group = found.get(key) || { accounts: 0, red: 0, fail: 0, error: 0 };
    group.accounts += 1;
    group.red += needsSomebody(account) || account[ENDED] !== "judged" ? 1 : 0;
    group.fail += account[COUNTS][FAIL];
    group.error += account[COUNTS][ERROR] + account[COUNTS][NOT_RUN];
    found.set(key, group);
  }
  return [...found].sort(([, one], [, other]) => other.red - one.red || other.fail - one.fail);
}

function groupTable(what, keyOf) {
  const rows = groups(keyOf).map(([key, group]) => [cell(key), figure(group.accounts), figure(group.red, "fail"), figure(group.fail, "fail"), figure(group.error, "error")]);
  return table([[what], ["accounts", "number"], ["red", "number"], ["fail", "number"], ["unreadable", "number"]], rows, 15);
}

function showGroups() {
  const columns = make("div", { class: "columns" });
  views.append(columns);
  if (data.accounts.some((account) => account[UNIT])) {
    columns.append(make("section", {}, make("h2", {}, "By organizational unit"), groupTable("unit", (account) => account[UNIT] || "(none)")));
  }
  const tags = [...new Set(data.accounts.flatMap((account) => Object.keys(account[TAGS])))].sort();
  if (!tags.length) return;
  const chosen = make("select", { "aria-label": "Tag" }, ...tags.map((tag) => make("option", {}, tag)));
  const place = make("div");
  const show = () => place.replaceChildren(groupTable(chosen.value, (account) => account[TAGS][chosen.value] || "(none)"));
  chosen.addEventListener("change", show);
  show();
  columns.append(make("section", {}, make("h2", {}, "By tag"), make("div", { class: "tools" }, chosen), place));
}

function showMap() {
  const said = make("p", { id: "said", class: "quiet" }, "Point at a dot for its control and account; a click opens the account's page.");
  const search = make("input", { type: "search", placeholder: "account, id, unit or tag", "aria-label": "Search accounts" });
  const domains = [...new Set(data.controls.map(([, , , domain]) => domain))].sort();
  const domain = make("select", { "aria-label": "Domain" }, make("option", { value: "" }, "all domains"), ...domains.map((each) => make("option", {}, each)));
  const order = make("select", { "aria-label": "Order" }, make("option", { value: "worst" }, "worst first"), make("option", { value: "name" }, "by name"));
  const canvas = make("canvas", { role: "img" });
  const legend = make("p", { class: "legend quiet" });
  for (const [letter, word] of Object.entries(data.letters)) {
    const dot = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    dot.setAttribute("viewBox", "0 0 10 10");
    const filled = document.createElementNS("http://www.w3.org/2000/svg", "rect");
    filled.setAttribute("width", "10");
    filled.setAttribute("height", "10");
    filled.setAttribute("fill", `rgb(${COLOURS[letter].join(",")})`);
    dot.append(filled);
    legend.append(make("span", {}, dot, word));
  }
  const list = make("div");
  section("Accounts × controls", make("div", { class: "tools" }, search, domain, order), legend, said, make("div", { class: "map" }, canvas));
  views.append(make("section", {}, make("h2", {}, "Accounts"), list));
  let shown = [], places = [];

  function draw() {
    const wanted = search.value.trim().toLowerCase();
    shown = data.accounts.filter((account) => !wanted || told(account).includes(wanted));
    if (order.value === "worst") shown.sort((one, other) => needsSomebody(other) - needsSomebody(one));
    else shown.sort((one, other) => (one[NAME] < other[NAME] ? -1 : 1));
    places = data.controls.map((_, place) => place).filter((place) => !domain.value || data.controls[place][3] === domain.value);
    const width = Math.max(1, places.length), height = Math.max(1, shown.length);
    canvas.width = width;
    canvas.height = height;
    // A picture of a pixel a dot, made larger by the browser.
    canvas.style.setProperty("width", `${width * DOT}px`);
    canvas.style.setProperty("height", `${height * DOT}px`);
    canvas.setAttribute("aria-label", `${shown.length} accounts by ${places.length} controls; the tables have the same in words`);
    const context = canvas.getContext("2d");
    const picture = context.createImageData(width, height);
    let at = 0;
    for (const account of shown)
      for (const place of places) {
        const colour = COLOURS[account[CELLS][place]];
        picture.data[at] = colour[0];
        picture.data[at + 1] = colour[1];
        picture.data[at + 2] = colour[2];
        picture.data[at + 3] = 255;
        at += 4;
      }
    context.putImageData(picture, 0, 0);
    const rows = shown.map((account) => [
      make("td", {}, accountLink(account)), cell(account[ID], "id"), cell(account[UNIT]), cell(account[ENDED].replace("_", " "), account[ENDED]),
      ...data.statuses.map((status, place) => figure(account[COUNTS][place], status.replace(" ", "_"))),
    ]);
    list.replaceChildren(table([["account"], ["id"], ["unit"], ["ended"], ...data.statuses.map((status) => [status, "number"])], rows));
  }

  function pointedAt(event) {
    const place = places[Math.floor(event.offsetX / DOT)], account = shown[Math.floor(event.offsetY / DOT)];
    return account && place !== undefined ? [account, data.controls[place], account[CELLS][place]] : null;
  }

  canvas.addEventListener("mousemove", (event) => {
    const found = pointedAt(event);
    if (found) said.textContent = `${found[0][NAME]} · ${found[1][0]} (${found[1][2]}): ${found[1][1]} · ${data.letters[found[2]] || "not asked"}`;
  });
  canvas.addEventListener("click", (event) => {
    const found = pointedAt(event);
    if (found && found[0][WAY]) location.href = found[0][WAY];
  });
  for (const each of [search, domain, order]) each.addEventListener("input", draw);
  draw();
}

function told(account) {
  const tags = Object.entries(account[TAGS]).map(([tag, value]) => `${tag}=${value}`);
  return [account[NAME], account[ID], account[UNIT], ...tags].join("\n").toLowerCase();
}

showProblems();
showChanges();
showWorst();
showGroups();
showMap();
})();
