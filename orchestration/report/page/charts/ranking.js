// A bar a row, longest first; a path is shown step by step.
charts.ranking = (host, rows, section) => {
  const part = section.draw;
  const longest = Math.max(...rows.map((row) => row[part.value]));
  const shown = Object.entries(section.columns)
    .filter(([name]) => ![part.label, part.value].includes(name) && !section.chosen.has(name));
  const label = (row) => {
    if (!part.separator) return [section.text(part.label, row[part.label])];
    const steps = row[part.label].split(part.separator);
    return steps.flatMap((step, place) => [...(place ? [" → "] : []), make("span", { class: "step" }, step)]);
  };
  const bar = (row) => {
    const element = make("span", { class: "bar", "aria-hidden": "true" });
    element.style.inlineSize = `${(100 * row[part.value]) / longest}%`;
    return make("td", {}, element);
  };
  const number = (name, row) => make("td", { class: "number" }, section.text(name, row[name]));
  const heads = [section.columns[part.label].label, "", section.columns[part.value].label,
    ...shown.map(([, column]) => column.label)];
  const table = make("table", { class: "bars" },
    make("thead", {}, make("tr", {}, ...heads.map((text) => (text ? make("th", { scope: "col" }, text) : make("td", {}))))),
    make("tbody", {}, ...rows.map((row) => make("tr", {},
      make("th", { scope: "row" }, ...label(row)), bar(row), number(part.value, row),
      ...shown.map(([name]) => number(name, row))))));
  host.replaceChildren(scrollable(section.description(), table));
};
