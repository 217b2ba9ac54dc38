// The search line: `s:fail,error c:iam -a:sandbox r:eu-west-1 "two words"`. Tokens are joined by "and", commas mean "or",
// and a quoted value of a key is the whole name: `a:"prod"` is not `a:"prod-2"`.

const TOKEN_HELP = [
  ["s:", "status", "s:fail,error"],
  ["v:", "severity", "v:critical"],
  ["c:", "control", "c:iam"],
  ["d:", "domain", "d:storage"],
  ["a:", "account", "a:prod"],
  ["r:", "region", "r:eu-west-1"],
  ["w:", "waiver", "w:W-7"],
  ["t:", "tag", "t:owner=web"],
  ["is:", "change since the last run", 'is:"new failure"'],
];

const parseSearch = (text) =>
  [...text.matchAll(/(-?)(?:(s|v|c|d|a|r|w|t|is):)?(?:"([^"]*)"?|(\S+))/g)]
    .map(([, minus, key, quoted, plain]) => ({
      negative: minus === "-",
      key: key ?? "",
      exact: quoted !== undefined,
      values: (quoted !== undefined ? [quoted] : key ? plain.split(",") : [plain])
        .map((value) => value.toLowerCase())
        .filter((value) => value !== ""),
    }))
    .filter((token) => token.values.length > 0);

const exactly = (value) => `"${value.replaceAll('"', "")}"`;

const tokenText = ({ negative, key, exact, values }) =>
  `${negative ? "-" : ""}${key ? `${key}:` : ""}${exact ? exactly(values[0]) : values.join(",")}`;

// The line with the token of a key set to these values, or removed where there are none.
const withToken = (text, key, values, exact = false) => {
  const others = parseSearch(text).filter((token) => token.key !== key || token.negative);
  const changed = values.length > 0 ? [...others, { negative: false, key, exact, values }] : others;
  return changed.map(tokenText).join(" ");
};

const tokenValues = (text, key) =>
  parseSearch(text).filter((token) => token.key === key && !token.negative).flatMap((token) => token.values);

// Which members of a pool of texts a token means, decided once a text instead of once a row.
const chosen = (pool, values, exact) =>
  Uint8Array.from(pool, (text) => {
    const low = text.toLowerCase();
    return values.some((value) => (exact ? low === value || low === value.replaceAll("_", " ") : low.includes(value)));
  });

// A quoted tag is a whole `name=value` of the list.
const chosenTags = (values, exact) =>
  exact ? Uint8Array.from(store.tagTexts, (text) => values.some((value) => text.toLowerCase().split("\n").includes(value))) : chosen(store.tagTexts, values, false);

const matcherOf = ({ key, exact, values }) => {
  const at = store.rows;
  const by = (column, hits) => (row) => column[row] >= 0 && hits[column[row]] === 1;
  const ofControl = (hits, column) => (row) => hits[column[at.control[row]]] === 1;
  switch (key) {
    case "s":
      return by(at.status, chosen(store.statuses.map(word), values.map((v) => (v === "unreadable" ? "error" : v)), true));
    case "v":
      return ofControl(chosen(store.severities, values, true), store.severityOf);
    case "d":
      return ofControl(chosen(store.domains, values, true), store.domainOf);
    case "c":
      return by(at.control, chosen(store.controls, values, exact));
    case "a":
      return by(at.account, chosen(store.accounts, values, exact));
    case "r":
      return by(at.region, chosen(store.regions, values, exact));
    case "w":
      return by(at.waiver, chosen(store.texts, values, true));
    case "t":
      return by(at.tags, chosenTags(values, exact));
    case "is":
      return at.change ? by(at.change, chosen(store.since.changes, values, true)) : () => false;
    default: {
      const texts = chosen(store.texts, values, false);
      const titles = Uint8Array.from(store.controls, (id, place) =>
        values.some((value) => `${id} ${store.controlRecords[place].title}`.toLowerCase().includes(value)),
      );
      const accounts = chosen(store.accounts, values, false);
      const tags = chosen(store.tagTexts, values, false);
      return (row) =>
        texts[at.resource[row]] === 1 ||
        (at.name[row] >= 0 && texts[at.name[row]] === 1) ||
        (at.tags[row] >= 0 && tags[at.tags[row]] === 1) ||
        texts[at.reason[row]] === 1 ||
        titles[at.control[row]] === 1 ||
        accounts[at.account[row]] === 1;
    }
  }
};

// The rows of a list that a search line means, in the list's order.
const searchRows = (rows, text) => {
  const tests = parseSearch(text).map((token) => ({ negative: token.negative, match: matcherOf(token) }));
  return rows.filter((row) => tests.every((test) => test.match(row) !== test.negative));
};

const rankOf = (pool) => {
  const order = pool.map((_, place) => place).sort((a, b) => (pool[a] < pool[b] ? -1 : pool[a] > pool[b] ? 1 : 0));
  const ranks = new Int32Array(pool.length);
  order.forEach((place, rank) => {
    ranks[place] = rank;
  });
  return ranks;
};

const SORT_KEYS = {
  change: () => (row) => store.rows.change[row],
  status: () => {
    const ranks = store.statuses.map((status) => store.statusOrder.indexOf(status));
    return (row) => ranks[store.rows.status[row]];
  },
  severity: () => (row) => store.severityOf[store.rows.control[row]],
  control: () => byRank(store.controls, store.rows.control),
  account: () => byRank(store.accounts, store.rows.account),
  region: () => byRank(store.regions, store.rows.region),
  resource: () => byRank(store.texts, store.rows.resource),
  reason: () => byRank(store.texts, store.rows.reason),
};

const byRank = (pool, column) => {
  const ranks = rankOf(pool);
  return (row) => ranks[column[row]];
};

// Sorted by `column` or `-column`; rows that are equal in it keep the page's order.
const sortRows = (rows, sort) => {
  const column = sort.replace(/^-/, "");
  if (!Object.hasOwn(SORT_KEYS, column)) return rows;
  const key = SORT_KEYS[column]();
  const direction = sort.startsWith("-") ? -1 : 1;
  return rows.slice().sort((a, b) => direction * (key(a) - key(b)) || a - b);
};
