// Picks the rows of a section by what is chosen, and hands them to its chart and its table.
// What a number means was decided before: here nothing is added up, averaged or divided.
"use strict";

const charts = {}; // charts/<name>.js puts its function here: (host, rows, section) => void
const TABLE_ROWS = 500;

const valueAt = (data, row) => (Array.isArray(data) ? data[row] : data.words[data.at[row]]);

// All rows of a packed table, as mappings.
function rowsOf({ count, columns }) {
  return Array.from({ length: count }, (_, row) =>
    Object.fromEntries(Object.entries(columns).map(([name, data]) => [name, valueAt(data, row)])));
}

// ---- a section

class Section {
  // `choices` are the page's: key by key, as texts.
  constructor(element, choices, onChoice) {
    this.element = element;
    this.choices = choices;
    this.onChoice = onChoice;
    this.picture = element.querySelector(".chart");
    this.details = element.querySelector("details");
    this.isDrawn = false;
    this.details.addEventListener("toggle", () => this.tabulate());
  }

  // Reads its data, offers its switches and draws, once, when it is first seen.
  appear() {
    if (this.isDrawn) return;
    this.isDrawn = true;
    const delivered = JSON.parse(this.element.querySelector("script").textContent);
    Object.assign(this, delivered.section);
    this.contextRows = delivered.context ? rowsOf(delivered.context) : [];
    this.columnData = delivered.rows.columns;
    this.count = delivered.rows.count;
    if (this.count) this.show();
    this.offerPictures();
    this.element.dataset.drawn = "";
  }

  value(column, row) {
    return valueAt(this.columnData[column], row);
  }

  // The value as people read it; of a row, where the row has its unit.
  text(column, value, row) {
    const one = this.switches.find((each) => each.column === column);
    if (value === null) return one?.all ?? "–";
    const { names, format, unit } = this.columns[column] ?? this.context[column];
    return one?.words[value] ?? (names ? nameOf(names, value) : WRITTEN[row?.[unit] ?? format](value));
  }

  // What a name stands for, where that is known.
  meaning(column, value) {
    const { names } = this.columns[column];
    return names && value !== null ? meaningOf(names, value) : null;
  }

  key(one) {
    return one.shared ? one.column : `${this.name}.${one.column}`;
  }

  // Switch by switch: what the ones before leave to choose from, and the rows that remain.
  select() {
    let rows = Array.from({ length: this.count }, (_, row) => row);
    this.offered = new Map();
    this.chosen = new Map();
    this.missing = [];
    for (const one of this.switches) {
      const values = [...new Set(rows.map((row) => this.value(one.column, row)))];
      const asked = this.choices.get(this.key(one));
      const start = values.includes(one.start) ? one.start : values[0];
      const found = values.find((value) => asText(value) === asked);
      if (asked !== undefined && found === undefined && one.shared) this.missing.push([one, asked]);
      const chosen = found === undefined ? start : found;
      this.chosen.set(one.column, chosen);
      this.offered.set(one.column, values);
      rows = rows.filter((row) => this.value(one.column, row) === chosen);
    }
    const measures = Object.keys(this.measures);
    const asked = this.choices.get(`${this.name}.shown`);
    this.measure = measures.includes(asked) ? asked : measures[0];
    const names = Object.keys(this.columns);
    this.rows = rows.map((row) => Object.fromEntries(names.map((n) => [n, this.value(n, row)])));
    const isChosen = (row) => [...this.chosen].every(([name, value]) => !(name in row) || row[name] === value);
    this.beside = this.contextRows.filter(isChosen);
  }

  show() {
    this.select();
    this.offer();
    charts[this.chart](this.picture, this.rows, this);
    this.tabulate();
  }

  // Lists the annotations that its picture marks.
  mark(marks) {
    const note = this.element.querySelector(".marked");
    note.hidden = !marks.length;
    note.textContent = `Marked: ${marks.map(({ date, label }) => `${WRITTEN.day(date)}, ${label}`).join("; ")}.`;
  }

  offer() {
    const host = this.element.querySelector(".switches");
    const active = document.activeElement?.dataset.key;
    const own = this.switches.filter((one) => !one.shared).map((one) => choice({
      label: one.label,
      key: this.key(one),
      values: this.offered.get(one.column),
      chosen: this.chosen.get(one.column),
      words: (value) => this.text(one.column, value),
      choose: (value) => this.onChoice(this.key(one), value),
    }));
    if (this.measure) {
      own.push(choice({
        label: "Shown",
        key: `${this.name}.shown`,
        values: Object.keys(this.measures),
        chosen: this.measure,
        words: (name) => this.measures[name],
        choose: (value) => this.onChoice(`${this.name}.shown`, value),
      }));
    }
    host.replaceChildren(...own);
    if (active !== undefined) host.querySelector(`[data-key="${CSS.escape(active)}"]`)?.focus();
    const noted = this.switches.filter((one) => one.note && this.chosen.get(one.column) !== null).map((one) =>
      make("p", { class: "note" }, `${one.note} ${this.text(one.column, this.chosen.get(one.column))}.`));
    this.element.querySelector(".missing").replaceChildren(...noted, ...this.missing.map(([one, asked]) =>
      make("p", { class: "note" }, `Nothing was measured here for ${one.label.toLowerCase()} ` +
        `“${this.text(one.column, asked)}”; shown: ${this.text(one.column, this.chosen.get(one.column))}.`)));
  }

  offerPictures() {
    if (!this.count) return;
    const host = this.element.querySelector(".files");
    for (const format of ["png", "svg"]) {
      const button = make("button", { type: "button" }, `Picture as ${format.toUpperCase()}`);
      button.addEventListener("click", () => savePicture(this.picture, format, this.name, this.description()));
      host.append(" · ", button);
    }
    const button = make("button", { type: "button" }, "Rows shown as CSV");
    button.addEventListener("click", () => saveRows(this));
    host.append(" · ", button);
  }

  // What is chosen, in words: the name of a picture for those who do not see it, and on what is saved.
  description() {
    const words = this.switches.map((one) =>
      `${one.label}: ${this.text(one.column, this.chosen.get(one.column))}`);
    if (this.measure) words.push(this.measures[this.measure]);
    return [this.title, ...words].join(", ");
  }

  tabulate() {
    const host = this.element.querySelector(".data");
    if (!this.details.open || !this.isDrawn || !this.count) return;
    host.replaceChildren(scrollable(`Table of: ${this.description()}`, tableOf(this, this.rows)));
    if (this.rows.length > TABLE_ROWS) {
      host.append(make("p", { class: "note" },
        `The first ${WHOLE.format(TABLE_ROWS)} of ${WHOLE.format(this.rows.length)} rows; the CSV has all.`));
    }
  }
}

// The rows of what is chosen, as the page has them.
function saveRows({ name, columns, rows }) {
  const names = Object.keys(columns);
  const lines = [names, ...rows.map((row) => names.map((each) => row[each]))];
  save(`${name}_shown.csv`, new Blob([lines.map((line) => line.map(inCsv).join(",")).join("\r\n"), "\r\n"], { type: "text/csv" }));
}

// A text that a spreadsheet would take for a formula is kept as text.
function inCsv(value) {
  if (value === null) return "";
  if (typeof value !== "string") return String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

// Numbers stand below each other, and a date is one word.
const side = (column) => ({ class: LEFT.has(column.format) && !column.unit ? column.format : "number" });

function tableOf(section, rows) {
  // What is chosen is the same in every row.
  const columns = Object.entries(section.columns).filter(([name]) => !section.chosen.has(name));
  const head = columns.map(([, column]) => make("th", { scope: "col", ...side(column) }, column.label));
  const body = rows.slice(0, TABLE_ROWS).map((row) =>
    make("tr", {}, ...columns.map(([name, column]) => cellOf(section, column, name, row))));
  return make("table", {}, make("thead", {}, make("tr", {}, ...head)), make("tbody", {}, ...body));
}

function cellOf(section, column, name, row) {
  const meaning = section.meaning(name, row[name]);
  const title = meaning ? { title: meaning } : {};
  return make("td", { ...side(column), ...title }, section.text(name, row[name], row));
}
