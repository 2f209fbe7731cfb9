// A bar a row, longest first, with the range in which its value lies by any way of counting.
charts.ranking = (host, rows, section) => {
  const part = section.draw;
  const longest = Math.max(...rows.map((row) => row[part.high]));
  const shown = Object.keys(section.columns)
    .filter((name) => ![part.label, part.value].includes(name) && !section.chosen.has(name));
  const bar = (row) => {
    const range = make("span", { class: "range" });
    range.style.cssText = `left:${(100 * row[part.low]) / longest}%;width:${(100 * (row[part.high] - row[part.low])) / longest}%`;
    const element = make("span", { class: "bar" });
    element.style.inlineSize = `${(100 * row[part.value]) / longest}%`;
    return make("span", { class: "ranged", "aria-hidden": "true" }, element, range);
  };
  const head = (name) => make("th", { scope: "col", ...side(section.columns[name]) }, section.columns[name].label);
  const cell = (name, row) => make("td", side(section.columns[name]), section.text(name, row[name]));
  const table = make("table", { class: "bars" },
    make("thead", {}, make("tr", {}, ...[part.label, part.value, ...shown].map(head))),
    make("tbody", {}, ...rows.map((row) => make("tr", {},
      make("th", { scope: "row" }, section.text(part.label, row[part.label]), bar(row)),
      ...[part.value, ...shown].map((name) => cell(name, row))))));
  host.replaceChildren(scrollable(`Picture of: ${section.description()}`, table));
};
