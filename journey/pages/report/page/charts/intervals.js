// A difference and the range in which it truly lies; the line at 0 is no effect.
charts.intervals = (host, rows, section) => {
  const part = section.draw;
  const shown = rows.filter((row) => row[part.value] !== null);
  const name = (row) => part.label.map((each) => plain(row[each])).join(": ");
  const words = (row) => section.text(part.value, row[part.value]) + (row[part.low] === null ? ""
    : `, between ${section.text(part.low, row[part.low])} and ${section.text(part.high, row[part.high])}`);
  host.setAttribute("role", "img");
  host.setAttribute("aria-label", section.description());
  plot(host, [{
    type: "scatter",
    mode: "markers",
    x: shown.map((row) => row[part.value]),
    y: shown.map(name),
    error_x: {
      type: "data",
      symmetric: false,
      array: shown.map((row) => (row[part.high] ?? row[part.value]) - row[part.value]),
      arrayminus: shown.map((row) => row[part.value] - (row[part.low] ?? row[part.value])),
      color: series(0),
      thickness: 3,
      width: 8,
    },
    marker: { color: series(0), size: 12 },
    customdata: shown.map(words),
    hovertemplate: "%{y}: %{customdata}<extra></extra>",
  }], {
    height: 110 + 56 * shown.length,
    showlegend: false,
    xaxis: { zeroline: true, ...axis(section, part.value) },
    yaxis: { autorange: "reversed" },
  });
};
