// Series on top of each other over time; negative ones hang below the line.
charts.stack = (host, rows, section) => {
  const part = section.draw;
  const PATTERNS = ["", "/", "x", "."];
  const COLOURS = [0, 4, 2, 1];
  host.setAttribute("role", "img");
  host.setAttribute("aria-label", section.description());
  const traces = [...Map.groupBy(rows, (row) => row[part.series])].map(([name, own], place) => ({
    type: "bar",
    name: plain(section.text(part.series, name)),
    x: own.map((row) => row[part.x]),
    y: own.map((row) => row[part.value]),
    marker: { color: series(COLOURS[place % 4]), pattern: { shape: PATTERNS[place % 4], fillmode: "overlay", fgcolor: "#ffffff", size: 5 } },
    customdata: own.map((row) =>
      `${section.text(part.x, row[part.x])}: ${section.text(part.value, row[part.value])}`),
    hovertemplate: "%{customdata} %{fullData.name}<extra></extra>",
  }));
  plot(host, traces, {
    barmode: "relative",
    height: 380,
    bargap: 0.15,
    xaxis: { type: "date", showgrid: false },
    yaxis: axis(section, part.value),
  });
};
