// A bar a stage, parted into who went on, who still may and who dropped.
charts.funnel = (host, rows, section) => {
  const part = section.draw;
  const PATTERNS = ["", "/", "x"];
  host.setAttribute("role", "img");
  host.setAttribute("aria-label", section.description());
  const traces = part.parts.map((name, place) => ({
    type: "bar",
    orientation: "h",
    name: section.columns[name].label,
    y: rows.map((row) => plain(section.text(part.stage, row[part.stage]))),
    x: rows.map((row) => row[name]),
    marker: { color: series([0, 4, 1][place]), pattern: { shape: PATTERNS[place], fillmode: "overlay", fgcolor: "#ffffff", size: 6 } },
    customdata: rows.map((row) => section.text(name, row[name])),
    hovertemplate: "%{y}: %{customdata} %{fullData.name}<extra></extra>",
  }));
  const notes = rows.map((row) => ({
    x: row[part.total],
    y: plain(section.text(part.stage, row[part.stage])),
    xanchor: "left",
    showarrow: false,
    text: [
      `<b>${section.text(part.total, row[part.total])}</b>`,
      ...(row[part.rate] === null ? [] : [`${section.text(part.rate, row[part.rate])} went on`]),
      ...(row[part.time] === null ? [] : [`median ${section.text(part.time, row[part.time])}`]),
    ].map((line) => ` ${line}`).join("<br>"),
    align: "left",
  }));
  const widest = Math.max(...rows.map((row) => row[part.total]));
  plot(host, traces, {
    barmode: "stack",
    height: 90 + 64 * rows.length,
    annotations: notes,
    xaxis: { range: [0, widest * 1.7], showgrid: false, zeroline: false, showticklabels: false },
    yaxis: { autorange: "reversed" },
  });
};
