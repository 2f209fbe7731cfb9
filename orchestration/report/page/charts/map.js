// Stages across, touchpoints down: what was measured, and beside it, marked, what the team wrote.
charts.map = (host, rows, section) => {
  const part = section.draw;
  const stages = [...new Set(rows.map((row) => row[part.across]))];
  const touchpoints = Map.groupBy(rows, (row) => row[part.down]);
  const largest = Math.max(...rows.map((row) => row[part.volume] ?? 0));

  const figures = (row) => make("dl", {}, ...part.figures
    .filter((name) => row[name] !== null)
    .flatMap((name) => [
      make("dt", {}, section.columns[name].label),
      make("dd", {}, section.text(name, row[name])),
    ]));
  const curated = (row) => {
    const told = part.curated.filter((name) => row[name] !== null);
    if (!told.length) return [];
    return [make("div", { class: "curated" },
      make("p", {}, make("strong", {}, "Curated")),
      ...told.map((name) => make("p", {}, `${section.columns[name].label}: ${row[name]}`)),
      ...target(row))];
  };
  const target = (row) => {
    const [metric, goal, actual, met] = part.target.map((name) => row[name]);
    if (metric === null || goal === null) return [];
    const words = met === null ? "not measured" : met ? "✓ met" : "✗ not met";
    return [make("p", {}, `Target: ${metric} ${section.text(part.target[1], goal)}, ` +
      `now ${section.text(part.target[2], actual)} (${words})`)];
  };
  const cell = (row) => {
    if (!row) return make("td", {});
    const bar = make("span", { class: "bar", "aria-hidden": "true" });
    bar.style.inlineSize = `${(100 * (row[part.volume] ?? 0)) / largest}%`;
    return make("td", {},
      make("strong", {}, `${section.text(part.volume, row[part.volume])} touches`), bar,
      figures(row), ...curated(row));
  };

  const head = ["Touchpoint", ...stages].map((text) => make("th", { scope: "col" }, text));
  const body = [...touchpoints].map(([touchpoint, own]) => make("tr", {},
    make("th", { scope: "row" }, touchpoint),
    ...stages.map((stage) => cell(own.find((row) => row[part.across] === stage)))));
  host.replaceChildren(scrollable(section.description(),
    make("table", {}, make("thead", {}, make("tr", {}, ...head)), make("tbody", {}, ...body))));
};
