// A line a name, a mark a series on it: how far apart the marks lie is the picture.
charts.dots = (host, rows, section) => {
  const part = section.draw;
  const SYMBOLS = ["circle", "square", "diamond", "triangle-up", "triangle-down", "cross", "x", "star"];
  const value = section.measure;
  const name = (row) => plain(section.text(part.row, row[part.row]));
  const names = [...new Set(rows.map(name))];
  host.setAttribute("role", "img");
  host.setAttribute("aria-label", section.description());
  const traces = [...Map.groupBy(rows, (row) => row[part.series])].map(([line, own], place) => ({
    type: "scatter",
    mode: "markers",
    name: plain(section.text(part.series, line)),
    x: own.map((row) => row[value]),
    y: own.map(name),
    marker: { symbol: SYMBOLS[place % 8], color: series(place), size: 11, opacity: 0.9 },
    customdata: own.map((row) => section.text(value, row[value])),
    hovertemplate: "%{y}, %{fullData.name}: %{customdata}<extra></extra>",
  }));
  plot(host, traces, {
    height: 130 + 36 * names.length,
    xaxis: { rangemode: "tozero", ...axis(section, value, section.measures[value]) },
    yaxis: { autorange: "reversed", categoryorder: "array", categoryarray: names, showgrid: true },
  });
};
