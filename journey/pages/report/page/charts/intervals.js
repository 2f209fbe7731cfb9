// A difference and the range in which it truly lies; the line at 0 is no effect.
charts.intervals = (host, rows, section) => {
  const part = section.draw;
  const shown = rows.filter((row) => row[part.value] !== null);
  const say = (row, column) => section.text(column, row[column], row);
  const name = (row) => part.label.map((each) => plain(say(row, each))).join(": ");
  const words = (row) => say(row, part.value) + (row[part.low] === null ? ""
    : ` (${say(row, part.low).replace(" points", "")} to ${say(row, part.high).replace(" points", "")})`);
  const isNarrow = host.clientWidth < 600;
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
    height: 90 + (isNarrow ? 104 : 84) * shown.length,
    showlegend: false,
    // What is compared and what came of it stand above each interval, wherever that lies.
    annotations: shown.map((row) => ({
      x: 0,
      xref: "paper",
      y: name(row),
      text: `${name(row)}${isNarrow ? "<br>" : ": "}${words(row)}${isNarrow ? "<br>" : ", "}<b>${plain(row[part.verdict])}</b>`,
      align: "left",
      xanchor: "left",
      yanchor: "bottom",
      yshift: 8,
      showarrow: false,
    })),
    xaxis: { zeroline: true, zerolinewidth: 2, ...axis(section, part.value), ...unitTicks(section, part.value, shown[0]) },
    yaxis: { range: [shown.length - 0.5, -0.8], showticklabels: false },
  });
};

// Ticks in the unit of the rows; zero is no difference.
function unitTicks(section, column, row) {
  const unit = row?.[section.columns[column].unit];
  return { tickformat: unit === "points" ? "+.0%" : "+,.2~f", hoverformat: "" };
}
