// One line over time; hollow marks stand on few answers.
charts.lines = (host, rows, section) => {
  const part = section.draw;
  const value = section.measure;
  host.setAttribute("role", "img");
  host.setAttribute("aria-label", section.description());
  plot(host, [{
    type: "scatter",
    mode: "lines+markers",
    x: rows.map((row) => row[part.x]),
    y: rows.map((row) => row[value]),
    line: { color: series(0), width: 3 },
    marker: { size: 11, color: series(0), symbol: rows.map((row) => (row[part.small] ? "circle-open" : "circle")) },
    customdata: rows.map((row) =>
      `${section.text(part.x, row[part.x])}: ${section.text(value, row[value])}<br>` +
      `${section.text(part.count, row[part.count])} answers`),
    hovertemplate: "%{customdata}<extra></extra>",
  }], {
    ...marksOnAxis(rows.map((row) => row[part.x]), section),
    height: 340,
    xaxis: {
      type: "category",
      tickvals: rows.map((row) => row[part.x]),
      ticktext: rows.map((row) => section.text(part.x, row[part.x])),
      showgrid: false,
    },
    yaxis: { rangemode: "tozero", ...axis(section, value, section.measures[value]) },
  });
};
