// One resource under one control, with the API answers behind its verdict.

const LONGEST_SHOWN = 200_000;

// JSON on lines, without parsing it: what AWS sent keeps every digit and the order of its keys.
const indented = (text) => {
  let out = "";
  let depth = 0;
  let inText = false;
  for (let place = 0; place < text.length; place += 1) {
    const letter = text[place];
    if (inText) {
      out += letter;
      if (letter === "\\") out += text[(place += 1)] ?? "";
      else if (letter === '"') inText = false;
    } else if (letter === '"') {
      inText = true;
      out += letter;
    } else if ((letter === "{" || letter === "[") && !"}]".includes(text[place + 1] ?? "}")) {
      depth += 1;
      out += `${letter}\n${"  ".repeat(depth)}`;
    } else if ((letter === "}" || letter === "]") && !"{[".includes(text[place - 1])) {
      depth = Math.max(0, depth - 1);
      out += `\n${"  ".repeat(depth)}${letter}`;
    } else if (letter === ",") out += `,\n${"  ".repeat(depth)}`;
    else out += letter === ":" ? ": " : letter;
  }
  return out;
};

const answerNode = (hash) => {
  const path = `reads/${hash}.json`;
  const file = fileLink(path, `${hash.slice(0, 16)}…`);
  file.title = path;
  const place = el("div", { class: "answer" }, file);
  answerText(hash).then((text) => {
    if (text === null) {
      place.append(el("p", { class: "quiet" }, "Not in this page: open the file in the run folder."));
      return;
    }
    const call = JSON.parse(text);
    const shown = text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}` : text;
    place.replaceChildren(
      el(
        "details",
        {},
        el("summary", {}, el("code", {}, foreign(`${call.service}:${call.operation}`)), " in ", foreign(call.region),
          call.error ? [" ", el("strong", {}, foreign(call.error.code))] : null),
        el("pre", { dir: "ltr", tabindex: "0" }, visible(indented(shown))),
        shown.length < text.length ? el("p", {}, "The answer goes on in its file.") : null,
      ),
      el("p", { class: "quiet" }, "asked ", foreign(call.at), " · ", file),
    );
  });
  return place;
};

const waiverFacts = (id) => {
  const waiver = store.record.waivers.find((one) => one.id === id);
  if (!waiver) return [foreign(id), " (not in run.json)"];
  return [
    foreign(`${waiver.id}: ${waiver.reason}`),
    el("br"),
    "owner ", foreign(waiver.owner), ", approved by ", foreign(waiver.approver), ", expires ", foreign(waiver.expires),
  ];
};

// Thresholds, each with its default where a profile set it otherwise.
const parametersText = ({ parameters, defaults = {} }) =>
  Object.entries(parameters).map(([name, value]) => {
    const text = JSON.stringify(value);
    const byDefault = Object.hasOwn(defaults, name) ? JSON.stringify(defaults[name]) : text;
    return el("span", { class: "parameter" }, el("code", {}, foreign(`${name} = ${text}`)),
      byDefault === text ? null : el("strong", { class: "otherwise" }, " default ", foreign(byDefault)));
  });

const tagsText = (tags) => tags.map(([name, value]) => el("code", { class: "parameter" }, foreign(`${name}=${value}`)));

const changeText = (row) => [
  row.change, row.was ? `, was ${word(row.was)}` : ", was not judged", row.why ? [": ", foreign(row.why)] : null,
];

const detailNode = (row, close) => {
  const found = rowOf(row);
  const judged = Object.keys(found.record.parameters).length > 0;
  return [
    el(
      "div",
      { class: "bar" },
      el("h2", { id: "detail-title", tabindex: "-1" }, mark(found.status), " ", severityMark(found.record.severity)),
      el("button", { type: "button", class: "close", onclick: close }, "Close", el("kbd", {}, "Esc")),
    ),
    runNotes(),
    el("p", { class: "resource id" }, foreign(found.resource)),
    facts([
      ["Control", [el("a", { href: hashOf("control", found.control), class: "id" }, foreign(found.control)), el("br"), found.record.title]],
      ["Account", el("a", { href: hashOf("account", found.account) }, foreign(found.account))],
      ["Region", foreign(found.region)],
      ["Name", found.name === null ? null : foreign(found.name)],
      ["Tags", found.tags === null ? null : found.tags.length > 0 ? tagsText(found.tags) : "none"],
      ["Reason", found.reason ? el("pre", { class: "reason" }, foreign(found.reason)) : "none: the control holds"],
      ["Parameters", judged ? parametersText(found.record) : null],
      ["Waiver", found.waiver ? waiverFacts(found.waiver) : null],
      ["To be judged in", found.judgedIn ? foreign(namedAccount(found.judgedIn)) : null],
      ["Since last run", found.change ? changeText(found) : null],
      ["Judged at", foreign(found.at)],
      ["Row", [number(found.number), " of ", fileLink("verdicts.jsonl")]],
    ]),
    el("h3", {}, `API answers behind it (${found.reads.length})`),
    found.reads.length > 0 ? found.reads.map(answerNode) : el("p", {}, "None: nothing was read for this verdict."),
  ];
};
