// A bar a row, longest first; a path is shown step by step.
charts.ranking = (host, rows, section) => {
  const part = section.draw;
  const longest = Math.max(...rows.map((row) => row[part.value]));
  const shown = Object.keys(section.columns)
    .filter((name) => ![part.label, part.value].includes(name) && !section.chosen.has(name));
  const { names } = section.columns[part.label];
  const label = (row) => {
    if (!part.separator) return [section.text(part.label, row[part.label])];
    return row[part.label].split(part.separator).flatMap((step, place) =>
      [" ", make("span", { class: "unbroken" }, place ? "→ " : "", make("span", { class: "step" }, nameOf(names, step)))]);
  };
  const bar = (row) => {
    const element = make("span", { class: "bar", "aria-hidden": "true" });
    element.style.inlineSize = `${(100 * row[part.value]) / longest}%`;
    return element;
  };
  const head = (name) => make("th", { scope: "col", ...side(section.columns[name]) }, section.columns[name].label);
  const cell = (name, row) => make("td", side(section.columns[name]), section.text(name, row[name]));
  const table = make("table", { class: "bars" },
    make("thead", {}, make("tr", {},
      ...[part.label, part.value, ...shown].map(head))),
    make("tbody", {}, ...rows.map((row) => make("tr", {},
      make("th", { scope: "row" }, ...label(row), bar(row)),
      ...[part.value, ...shown].map((name) => cell(name, row))))));
  host.replaceChildren(scrollable(`Picture of: ${section.description()}`, table));
};
