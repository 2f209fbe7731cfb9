// Picks the rows of a section by its switches, and hands them to its chart and its table.
// What a number means was decided before: here nothing is added up, averaged or divided.
"use strict";

const charts = {}; // charts/<name>.js puts its function here: (host, rows, section) => void
const TABLE_ROWS = 500;
const LOCALE = "en-GB";

// ---- how values are written

const digits = (most, least = 0) =>
  new Intl.NumberFormat(LOCALE, { maximumFractionDigits: most, minimumFractionDigits: least });
const WHOLE = digits(0);
const ONE = digits(1, 1);
const TWO = digits(2);
const SIGNIFICANT = new Intl.NumberFormat(LOCALE, { maximumSignificantDigits: 3 });
const PERCENT = new Intl.NumberFormat(LOCALE, {
  style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1,
});
const MONEY = new Intl.NumberFormat(LOCALE, {
  style: "currency", currency: document.documentElement.dataset.currency,
});
const date = (text, parts) =>
  new Date(`${text}T00:00Z`).toLocaleDateString(LOCALE, { timeZone: "UTC", ...parts });

const signed = (text, value) => (value > 0 ? `+${text}` : text.replace("-", "−"));

const WRITTEN = {
  text: (value) => String(value),
  count: (value) => WHOLE.format(value),
  number: (value) => TWO.format(value),
  score: (value) => ONE.format(value).replace("-", "−"),
  precise: (value) => SIGNIFICANT.format(value),
  share: (value) => PERCENT.format(value),
  points: (value) => signed(PERCENT.format(value).replace("%", " points"), value),
  money: (value) => MONEY.format(value),
  hours: (value) => {
    if (value < 1) return `${WHOLE.format(value * 60)} min`;
    if (value < 48) return `${(value < 10 ? ONE : WHOLE).format(value)} h`;
    return `${ONE.format(value / 24)} days`;
  },
  days: (value) => `${ONE.format(value)} days`,
  day: (value) => date(value, { day: "numeric", month: "short", year: "numeric" }),
  month: (value) => date(value, { month: "short", year: "numeric" }),
  flag: (value) => (value ? "yes" : "no"),
};
const LEFT = new Set(["text", "day", "month", "flag"]);

// ---- elements

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

// ---- pictures by the chart library

// The library is large: it is fetched once the page stands, and pictures wait for it.
const library = make("script", { src: "plotly.min.js" });
window.addEventListener("load", () => requestIdleCallback(() => document.head.append(library)));
const series = (place) =>
  getComputedStyle(document.documentElement).getPropertyValue(`--series-${place % 8}`).trim();
// The library reads a little HTML in its texts; what was delivered must stay text.
const plain = (text) =>
  String(text).replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

function plot(host, traces, layout) {
  host.style.minBlockSize = `${layout.height}px`;
  if (!window.Plotly) {
    library.addEventListener("load", () => plot(host, traces, layout), { once: true });
    return;
  }
  const common = {
    autosize: true,
    dragmode: false,
    font: { family: "inherit", size: 13 },
    hoverlabel: { align: "left", font: { family: "inherit" } },
    legend: { traceorder: "normal", orientation: "h", x: 0, y: 1.02, yanchor: "bottom" },
    margin: { l: 8, r: 8, t: 8, b: 8 },
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
  };
  const axes = Object.fromEntries(
    Object.entries(layout)
      .filter(([name]) => /^[xy]axis/.test(name))
      .map(([name, axis]) => [name, { automargin: true, fixedrange: true, ...axis }]),
  );
  window.Plotly.react(host, traces, { ...common, ...layout, ...axes }, {
    displayModeBar: false, responsive: true,
  });
}

// How an axis writes the values of a column.
const axis = (section, column, title) => ({
  title: { text: plain(title ?? section.columns[column].label) },
  tickformat: section.columns[column].format === "share" ? ".0%" : ",",
});

// ---- a section

class Section {
  constructor(element) {
    this.element = element;
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
    this.columnData = delivered.rows.columns;
    this.count = delivered.rows.count;
    this.chosen = new Map(this.switches.map((one) => [one.column, one.start]));
    this.measure = Object.keys(this.measures)[0];
    if (this.count) this.show();
    this.element.dataset.drawn = "";
  }

  value(column, row) {
    const data = this.columnData[column];
    return Array.isArray(data) ? data[row] : data.words[data.at[row]];
  }

  // The value as people read it.
  text(column, value) {
    const one = this.switches.find((each) => each.column === column);
    if (value === null) return one?.all ?? "–";
    return one?.words[value] ?? WRITTEN[this.columns[column].format](value);
  }

  // Switch by switch: what the ones before leave to choose from, and the rows that remain.
  select() {
    let rows = Array.from({ length: this.count }, (_, row) => row);
    this.offered = new Map();
    for (const { column, start } of this.switches) {
      const values = [...new Set(rows.map((row) => this.value(column, row)))];
      if (!values.includes(this.chosen.get(column))) {
        this.chosen.set(column, values.includes(start) ? start : values[0]);
      }
      this.offered.set(column, values);
      rows = rows.filter((row) => this.value(column, row) === this.chosen.get(column));
    }
    const names = Object.keys(this.columns);
    this.rows = rows.map((row) => Object.fromEntries(names.map((n) => [n, this.value(n, row)])));
  }

  show() {
    this.select();
    this.offer();
    charts[this.chart](this.picture, this.rows, this);
    this.tabulate();
  }

  offer() {
    const host = this.element.querySelector(".switches");
    const active = document.activeElement?.dataset.column;
    host.replaceChildren(
      ...this.switches.map((one) => this.switchOf(one.label, one.column, this.offered.get(one.column),
        this.chosen.get(one.column), (value) => this.text(one.column, value),
        (value) => this.chosen.set(one.column, value))),
    );
    if (this.measure) {
      host.append(this.switchOf("Shown", "", Object.keys(this.measures), this.measure,
        (name) => this.measures[name], (name) => { this.measure = name; }));
    }
    if (active !== undefined) host.querySelector(`[data-column="${active}"]`)?.focus();
  }

  switchOf(label, column, values, chosen, words, choose) {
    const select = make("select", { "data-column": column });
    for (const value of values) {
      select.append(new Option(words(value), String(value), false, value === chosen));
    }
    select.addEventListener("change", () => {
      choose(values[select.selectedIndex]);
      this.show();
    });
    return make("label", {}, label, select);
  }

  // What is chosen, in words: the name of a picture for those who do not see it.
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

// Numbers stand below each other, and a date is one word.
const side = (column) => {
  if (!LEFT.has(column.format)) return { class: "number" };
  return { class: column.format };
};

function scrollable(label, content) {
  return make("div", { class: "scroll", role: "region", tabindex: "0", "aria-label": label }, content);
}

function tableOf(section, rows) {
  // What is chosen is the same in every row.
  const columns = Object.entries(section.columns).filter(([name]) => !section.chosen.has(name));
  const head = columns.map(([, column]) => make("th", { scope: "col", ...side(column) }, column.label));
  const body = rows.slice(0, TABLE_ROWS).map((row) =>
    make("tr", {}, ...columns.map(([name, column]) =>
      make("td", side(column), section.text(name, row[name])))));
  return make("table", {}, make("thead", {}, make("tr", {}, ...head)), make("tbody", {}, ...body));
}

// ---- the page

document.addEventListener("DOMContentLoaded", () => {
  const sections = new Map(
    [...document.querySelectorAll("main > section")].map((one) => [one, new Section(one)]));
  const seen = new IntersectionObserver((entries) => {
    for (const entry of entries.filter((one) => one.isIntersecting)) {
      seen.unobserve(entry.target);
      sections.get(entry.target).appear();
    }
  }, { rootMargin: "200px" });
  for (const element of sections.keys()) seen.observe(element);
  // Paper shows all of it.
  window.addEventListener("beforeprint", () => sections.forEach((section) => section.appear()));
});
