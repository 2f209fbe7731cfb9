// A line a cohort over the periods since it began; the one of all cohorts is the thickest.
charts.curves = (host, rows, section) => {
  const part = section.draw;
  const DASHES = ["solid", "dash", "dot", "dashdot"];
  const name = (cohort) => (cohort === null ? "All cohorts" : section.text(part.series, cohort));
  host.setAttribute("role", "img");
  host.setAttribute("aria-label", section.description());
  const people = (own) => own.map((row) => row[part.size]).reduce((one, other) => Math.max(one, other), 0);
  const traces = [...Map.groupBy(rows, (row) => row[part.series])].map(([cohort, own], place) => ({
    type: "scatter",
    mode: "lines+markers",
    name: plain(`${name(cohort)} (${cohort === null ? "up to " : ""}${section.text(part.size, people(own))})`),
    x: own.map((row) => row[part.x]),
    y: own.map((row) => row[part.y]),
    line: { color: series(place), width: cohort === null ? 4 : 2, dash: DASHES[Math.floor(place / 4) % 4] },
    marker: { color: series(place), size: 8, symbol: place },
    customdata: own.map((row) =>
      `${section.text(part.y, row[part.y])}: ${section.text(part.counts, row[part.counts])} of ` +
      `${section.text(part.size, row[part.size])} people`),
    hovertemplate: "%{fullData.name}, month %{x}: %{customdata}<extra></extra>",
  }));
  plot(host, traces, {
    height: 400,
    xaxis: { dtick: 1, showgrid: false, tickprefix: "Month ", ...axis(section, part.x) },
    yaxis: { rangemode: "tozero", ...axis(section, part.y) },
  });
};
