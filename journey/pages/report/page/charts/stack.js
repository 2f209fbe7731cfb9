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
  // The library puts the ticks of weeks on Sundays: ours are the first days of the periods.
  const periods = [...new Set(rows.map((row) => row[part.x]))].sort();
  const step = Math.ceil(periods.length / Math.max(2, Math.floor(host.clientWidth / 90)));
  const ticks = periods.filter((_, place) => place % step === 0);
  plot(host, traces, {
    ...marksOnAxis(periods, section),
    barmode: "relative",
    height: 380,
    bargap: 0.15,
    xaxis: {
      type: "category",
      categoryorder: "array",
      categoryarray: periods,
      tickvals: ticks,
      ticktext: ticks.map((period) => section.text(part.x, period)),
      tickangle: 0,
      showgrid: false,
    },
    yaxis: axis(section, part.value),
  });
};
