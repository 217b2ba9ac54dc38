// The data of the page: unpacked once, then read by row number. A row is a number; its columns are typed arrays.

const store = {};

const inflate = async (packed) => {
  const bytes = Uint8Array.from(atob(packed), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Response(stream).text();
};

const loadStore = async () => {
  const data = JSON.parse(await inflate(document.getElementById("data").textContent));
  const columns = {};
  for (const [name, values] of Object.entries(data.rows)) {
    columns[name] = name === "at" ? values : Int32Array.from(values);
  }
  Object.assign(store, data, { rows: columns, size: columns.number.length });
  store.record = data.record;
  store.everyRow = Int32Array.from({ length: store.size }, (_, row) => row);
  store.rowOfNumber = new Map(Array.from(columns.number, (place, row) => [place, row]));
  store.controlRecords = store.controls.map((id) => store.record.controls[id]);
  store.severityOf = Int32Array.from(store.controlRecords, (control) => store.severities.indexOf(control.severity));
  store.domains = [...new Set(Object.values(store.record.controls).map((control) => control.domain))].sort();
  store.domainOf = Int32Array.from(store.controlRecords, (control) => store.domains.indexOf(control.domain));
  store.hasNames = columns.name.some((place) => place >= 0);
  store.tagTexts = store.tagLists.map((tags) => tags.map(([name, value]) => `${name}=${value}`).join("\n"));
  store.places = new Set(Array.from(store.everyRow, (row) => `${columns.account[row]} ${columns.region[row]} ${columns.resource[row]}`)).size;
  countRows();
};

const zeros = () => new Int32Array(store.statuses.length);

// Counts by status: of all, a severity, a control, an account, an account and domain, a control and account.
const countRows = () => {
  const { control, account, status } = store.rows;
  const counts = { all: zeros(), severity: new Map(), control: new Map(), account: new Map(), cell: new Map() };
  const add = (group, key, what) => {
    if (!group.has(key)) group.set(key, zeros());
    group.get(key)[what] += 1;
  };
  counts.pair = new Map();
  for (let row = 0; row < store.size; row += 1) {
    const what = status[row];
    counts.all[what] += 1;
    add(counts.severity, store.severities[store.severityOf[control[row]]], what);
    add(counts.control, store.controls[control[row]], what);
    add(counts.account, store.accounts[account[row]], what);
    add(counts.cell, `${account[row]} ${store.domainOf[control[row]]}`, what);
    add(counts.pair, `${account[row]} ${control[row]}`, what);
  }
  store.counts = counts;
};

const countsOf = (group, key) => store.counts[group].get(key) ?? zeros();
const countOf = (counts, status) => counts[store.statuses.indexOf(status)];
const total = (counts) => counts.reduce((sum, count) => sum + count, 0);
const counted = (counts) => store.counted.reduce((sum, status) => sum + countOf(counts, status), 0);
const notSeen = (counts) => countOf(counts, "error") + countOf(counts, "not_run");

// Rounded down: 99.97 % of passes is not 100 %.
const scoreText = (counts) => {
  const whole = counted(counts);
  return whole === 0 ? "none" : `${(Math.floor((countOf(counts, "pass") * 1000) / whole) / 10).toFixed(1)} %`;
};

// The status that a whole control, account or cell comes to: its worst.
const worstOf = (counts) => store.statusOrder.find((status) => status !== "not_applicable" && countOf(counts, status) > 0)
  ?? (total(counts) > 0 ? "not_applicable" : null);

// An account's id, with the names by which this run knows it.
const namedAccount = (id) => {
  const names = Object.entries(store.record.account_ids ?? {}).filter(([, known]) => known === id).map(([name]) => name);
  return names.length > 0 ? `${names.join(", ")} (${id})` : id;
};

const rowOf = (row) => {
  const at = store.rows;
  const text = (column) => (column[row] < 0 ? null : store.texts[column[row]]);
  const control = store.controls[at.control[row]];
  return {
    control,
    record: store.record.controls[control],
    number: at.number[row],
    status: store.statuses[at.status[row]],
    account: store.accounts[at.account[row]],
    region: store.regions[at.region[row]],
    resource: text(at.resource),
    name: text(at.name),
    tags: at.tags[row] < 0 ? null : store.tagLists[at.tags[row]],
    reason: text(at.reason),
    waiver: text(at.waiver),
    judgedIn: text(at.judgedIn),
    reads: store.readLists[at.reads[row]].map((place) => store.hashes[place]),
    at: at.at[row],
    change: at.change && at.change[row] >= 0 ? store.since.changes[at.change[row]] : null,
    was: at.was && at.was[row] >= 0 ? store.statuses[at.was[row]] : null,
    why: at.why ? text(at.why) : null,
  };
};

// Which requirements of which frameworks a control stands for.
const requirementsOf = (control) =>
  store.frameworks.flatMap((framework) =>
    framework.requirements
      .filter((requirement) => requirement.controls.includes(control))
      .map((requirement) => ({ framework, requirement })),
  );

let answers = null;
const answerText = async (hash) => {
  answers ??= JSON.parse(document.getElementById("answers").textContent);
  return Object.hasOwn(answers, hash) ? inflate(answers[hash]) : null;
};
