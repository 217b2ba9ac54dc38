// Making elements. Whatever comes from an account becomes text, never markup: nothing here parses HTML.

const SVG_NAMESPACE = "http://www.w3.org/2000/svg";

// What a reader cannot see: controls, and the marks that turn the direction of letters. Line feeds are for the caller.
const INVISIBLE = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

const fillElement = (node, attributes, children) => {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) node.setAttribute(name, value);
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
};

const el = (tag, attributes = {}, ...children) => fillElement(document.createElement(tag), attributes, children);

const svg = (tag, attributes = {}, ...children) =>
  fillElement(document.createElementNS(SVG_NAMESPACE, tag), attributes, children);

const visible = (text) =>
  text.replace(INVISIBLE, (mark) => `⟨U+${mark.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}⟩`);

const oneLine = (text, limit) => {
  const line = visible(text).replaceAll("\n", " ↵ ");
  return line.length > limit ? `${line.slice(0, limit)}…` : line;
};

// A text from outside, isolated from the direction of its letters.
const foreign = (text) => el("bdi", { dir: "auto" }, visible(String(text)));
const foreignLine = (text, limit = 300) => el("bdi", { dir: "auto" }, oneLine(String(text), limit));

const FIGURES = new Intl.NumberFormat("en");
const number = (value) => FIGURES.format(value);
const plural = (count, one, many = `${one}s`) => `${number(count)} ${count === 1 ? one : many}`;

const WORDS = { not_applicable: "not applicable", not_run: "not run" };
const word = (status) => WORDS[status] ?? status;

const icon = (status) =>
  svg("svg", { class: "icon", "aria-hidden": "true", focusable: "false" }, svg("use", { href: `#i-${status}` }));

const mark = (status, text = word(status)) => el("span", { class: `mark ${status}` }, icon(status), text);

const severityMark = (severity) => el("span", { class: `severity ${severity}` }, severity);

// Only web addresses become links that leave the page; a javascript: address stays text.
const outward = (address) =>
  /^https?:\/\//.test(address)
    ? el("a", { href: address, rel: "noreferrer noopener", target: "_blank" }, foreign(address))
    : foreign(address);

// A file of the run folder, which the page need not stand in.
const fileLink = (path, text = path) => el("a", { href: store.files + path }, text);

const tableOf = (caption, heads, lines, className = "") => {
  // On a narrow screen a line becomes a block, and each cell says what it is.
  for (const line of lines) [...line.children].forEach((cell, place) => cell.setAttribute("data-name", heads[place].textContent ?? heads[place]));
  return el(
    "div",
    { class: `scroll ${className}`, role: "region", "aria-label": caption, tabindex: "0" },
    el(
      "table",
      {},
      el("caption", { class: "unseen" }, caption),
      el("colgroup", {}, heads.map((head) => el("col", { class: typeof head === "string" ? head : "count" }))),
      el("thead", {}, el("tr", {}, heads.map((head) => el("th", { scope: "col" }, head)))),
      el("tbody", {}, lines),
    ),
  );
};

const facts = (pairs) =>
  el(
    "dl",
    { class: "facts" },
    pairs.filter(([, value]) => value !== null).map(([name, value]) => [el("dt", {}, name), el("dd", {}, value)]),
  );
