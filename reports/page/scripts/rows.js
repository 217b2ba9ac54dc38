// A list of any number of rows: only those in sight are drawn. The page itself scrolls.

const NARROW = window.matchMedia("(max-width: 760px)");
const SPARE_ROWS = 8;

// A resource by its ARN, and what people call it, where the ARN does not end with that.
const calledNode = (row, limit = 300) => [
  el("span", { class: "id" }, foreignLine(row.resource, limit)),
  row.name === null || row.resource.endsWith(row.name) ? null : [" ", el("span", { class: "name" }, foreignLine(row.name, 120))],
];

const ROW_CELLS = {
  change: (row) => [row.change, el("br"), el("span", { class: "quiet" }, row.was ? `was ${word(row.was)}` : "was not judged")],
  status: (row) => mark(row.status),
  severity: (row) => severityMark(row.record.severity),
  control: (row) => el("span", { class: "id" }, foreignLine(row.control)),
  account: (row) => foreignLine(row.account, 80),
  region: (row) => foreignLine(row.region, 40),
  resource: (row) => calledNode(row),
  reason: (row) => foreignLine(row.reason),
};

class RowList {
  // `open(row)` is called for the row that a reader chose; `sorted(sort)` for the order.
  constructor(columns, { open, sorted, label }) {
    this.columns = columns;
    this.rows = new Int32Array(0);
    this.active = 0;
    this.open = open;
    this.sort = "";
    this.heads = columns.map((column) =>
      el(
        "div",
        { role: "columnheader", class: `cell ${column}`, "aria-sort": "none" },
        el("button", { type: "button", onclick: () => sorted(this.nextSort(column)) }, column, el("span", { class: "arrow" })),
      ),
    );
    this.body = el("div", { role: "rowgroup", class: "body" });
    this.node = el(
      "div",
      { role: "grid", class: `rows ${columns.join("-")}`, "aria-label": label, "aria-readonly": "true" },
      el("div", { role: "rowgroup" }, el("div", { role: "row", class: "row head", "aria-rowindex": "1" }, this.heads)),
      this.body,
    );
    this.none = el("p", { class: "none", hidden: true }, "No verdict matches the search.");
    this.drawn = [0, 0];
    this.body.addEventListener("click", (event) => this.clicked(event));
    this.node.addEventListener("keydown", (event) => this.pressed(event));
    this.redraw = () => this.draw();
    window.addEventListener("scroll", this.redraw, { passive: true });
    window.addEventListener("resize", this.redraw);
  }

  leave() {
    window.removeEventListener("scroll", this.redraw);
    window.removeEventListener("resize", this.redraw);
  }

  get rowHeight() {
    // A line more where things have names: an ARN takes two.
    const line = store.hasNames ? 18 : 0;
    if (!NARROW.matches) return 48 + line;
    return (this.columns.includes("change") ? 148 : 130) + line;
  }

  show(rows, sort) {
    this.rows = rows;
    this.sort = sort;
    this.active = 0;
    this.node.setAttribute("aria-rowcount", String(rows.length + 1));
    this.none.hidden = rows.length > 0;
    this.node.hidden = rows.length === 0;
    this.columns.forEach((column, place) => {
      const direction = sort === column ? "ascending" : sort === `-${column}` ? "descending" : "none";
      this.heads[place].setAttribute("aria-sort", direction);
      this.heads[place].querySelector(".arrow").textContent = { ascending: " ▲", descending: " ▼", none: "" }[direction];
    });
    this.drawn = [0, 0];
    this.body.replaceChildren();
    this.draw();
  }

  nextSort(column) {
    return this.sort === column ? `-${column}` : this.sort === `-${column}` ? "" : column;
  }

  draw() {
    const height = this.rowHeight;
    this.body.style.height = `${this.rows.length * height}px`;
    const top = -this.body.getBoundingClientRect().top;
    const first = Math.max(0, Math.floor(top / height) - SPARE_ROWS);
    const last = Math.min(this.rows.length, Math.ceil((top + window.innerHeight) / height) + SPARE_ROWS);
    if (this.drawn[0] === first && this.drawn[1] === last && this.height === height) return;
    const focused = this.body.contains(document.activeElement);
    this.drawn = [first, last];
    this.height = height;
    const nodes = [];
    for (let place = first; place < last; place += 1) nodes.push(this.rowNode(place, height));
    this.body.replaceChildren(...nodes);
    if (focused) this.nodeAt(this.active)?.focus({ preventScroll: true });
  }

  rowNode(place, height) {
    const row = rowOf(this.rows[place]);
    const node = el(
      "div",
      {
        role: "row",
        class: `row ${row.status}`,
        "aria-rowindex": String(place + 2),
        "data-place": String(place),
        tabindex: place === this.active ? "0" : "-1",
      },
      this.columns.map((column) => el("div", { role: "gridcell", class: `cell ${column}` }, ROW_CELLS[column](row))),
    );
    node.style.transform = `translateY(${place * height}px)`;
    node.style.height = `${height}px`;
    return node;
  }

  nodeAt(place) {
    return this.body.querySelector(`[data-place="${place}"]`);
  }

  clicked(event) {
    const node = event.target.closest("[data-place]");
    if (!node || window.getSelection().toString() !== "") return;
    this.activate(Number(node.dataset.place));
    this.open(this.rows[this.active]);
  }

  pressed(event) {
    if (event.key === "Enter" && event.target.closest("[data-place]")) {
      event.preventDefault();
      this.open(this.rows[this.active]);
    }
  }

  // Move by some rows, from wherever the reader is; the row is scrolled into sight and takes the focus.
  move(step) {
    if (this.rows.length === 0) return;
    const from = this.body.contains(document.activeElement) ? this.active + step : this.active;
    this.activate(Math.min(this.rows.length - 1, Math.max(0, from)));
  }

  activate(place) {
    this.nodeAt(this.active)?.setAttribute("tabindex", "-1");
    this.active = place;
    const height = this.rowHeight;
    const top = this.body.getBoundingClientRect().top + place * height;
    const covered = document.getElementById("top").getBoundingClientRect().bottom;
    if (top < covered + height) window.scrollBy(0, top - covered - height);
    else if (top + height > window.innerHeight) window.scrollBy(0, top + height - window.innerHeight + 8);
    this.draw();
    this.nodeAt(place)?.setAttribute("tabindex", "0");
    this.nodeAt(place)?.focus({ preventScroll: true });
  }
}
