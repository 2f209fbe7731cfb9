// Stages across, touchpoints down: what was measured, and below it, marked, what the team wrote.
charts.map = (host, rows, section) => {
  const part = section.draw;
  // In their order; what was done before any stage, last.
  const stages = [...new Map(rows.map((row) => [row[part.across], row[part.place] ?? Infinity]))]
    .sort(([, one], [, other]) => one - other).map(([stage]) => stage);
  const touchpoints = Map.groupBy(rows, (row) => row[part.down]);
  const largest = Math.max(...rows.map((row) => row[part.volume]));
  const isKnown = (row) => (name) => row[name] !== null;
  const line = (row, name) => `${section.columns[name].label}: ${section.text(name, row[name])}`;

  const measured = (row) => {
    const bar = make("span", { class: "bar", "aria-hidden": "true" });
    bar.style.inlineSize = `${(100 * row[part.volume]) / largest}%`;
    const few = new Set(part.few_of.filter((_, place) => row[part.few[place]]));
    return [bar, make("ul", {}, ...part.figures.filter(isKnown(row)).map((name) =>
      make("li", few.has(name) ? { class: "small" } : {}, line(row, name))))];
  };
  const curated = (row) => {
    const names = part.curated.filter(isKnown(row));
    if (!names.length) return [];
    return [make("details", { class: "curated" },
      make("summary", {}, `Curated: ${row[names[0]]}${mark(row)}`),
      make("ul", {}, ...[...names.slice(1), ...part.target.filter(isKnown(row))]
        .map((name) => make("li", {}, line(row, name)))))];
  };
  const mark = (row) => ({ true: " ✓ target met", false: " ✗ target missed" })[row[part.met]] ?? "";
  const cell = (row) => (row ? make("td", row[part.small] ? { class: "small" } : {}, ...measured(row), ...curated(row)) : make("td"));

    const head = [section.columns[part.down].label, ...stages.map((stage) => section.text(part.across, stage))]
    .map((text) => make("th", { scope: "col" }, text));
  const body = [...touchpoints].map(([touchpoint, own]) => make("tr", {},
    make("th", { scope: "row", title: section.meaning(part.down, touchpoint) ?? touchpoint },
      section.text(part.down, touchpoint)),
    ...stages.map((stage) => cell(own.find((row) => row[part.across] === stage)))));
  host.replaceChildren(scrollable(`Picture of: ${section.description()}`,
    make("table", {}, make("thead", {}, make("tr", {}, ...head)), make("tbody", {}, ...body))));
};
