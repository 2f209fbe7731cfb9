// A bar a stage, parted into who went on, who still may and who dropped; beside it, in words, how many went on and
// whether that changed; below, the same rates by segment side by side.
charts.funnel = (host, rows, section) => {
  const part = section.draw;
  const PATTERNS = ["", "/", "x"];
  const picture = pictureIn(host, section);
  const stage = (row) => plain(section.text(part.stage, row[part.stage]));
  const traces = part.parts.map((name, place) => ({
    type: "bar",
    orientation: "h",
    name: section.columns[name].label,
    y: rows.map(stage),
    x: rows.map((row) => row[name]),
    marker: { color: series([0, 4, 1][place]), pattern: { shape: PATTERNS[place], fillmode: "overlay", fgcolor: "#ffffff", size: 6 } },
    customdata: rows.map((row) => section.text(name, row[name])),
    hovertemplate: "%{y}: %{customdata} %{fullData.name}<extra></extra>",
  }));
  const known = (row, name) => row[name] !== null;
  const say = (row, name) => section.text(name, row[name]);
  const [windowRate, monthBefore, windowDays] = part.window;
  const [recent, before, peopleBefore] = part.recent;
  const lines = (row) => {
    if (row[part.unseen]) return ["not measured here: people are seen in later stages only"];
    const time = known(row, part.time) ? `, median ${say(row, part.time)}` : "";
    return [
      known(row, part.rate) && `${say(row, part.rate)} went on${time}`,
      known(row, windowRate) && `${say(row, windowRate)} in ${row[windowDays]} days` +
        (known(row, monthBefore) ? ` (month before: ${say(row, monthBefore)})` : ""),
      known(row, recent) && `${say(row, recent)} in 7 days` +
        (known(row, before) && row[peopleBefore] > 0 ? ` (4 weeks before: ${say(row, before)})` : ""),
    ].filter(Boolean);
  };
  const widest = Math.max(...rows.map((row) => row[part.total]));
  const isNarrow = host.clientWidth < 600;
  const notes = rows.map((row) => ({
    x: isNarrow ? 0 : row[part.total],
    y: stage(row),
    xanchor: "left",
    yanchor: isNarrow ? "top" : "middle",
    yshift: isNarrow ? -14 : 0,
    showarrow: false,
    text: [`<b>${isNarrow ? `${stage(row)}: ` : ""}${say(row, part.total)}</b>`, ...lines(row)].map((line) =>
      ` ${row[part.small] ? `<i>${line}</i>` : line}`).join("<br>"),
    align: "left",
  }));
  // So many pixels of words stand beside the longest bar; on a phone they stand below each.
  const words = isNarrow ? 0 : 300;
  const room = Math.max(host.clientWidth - 130, 200);
  plot(picture, traces, {
    barmode: "stack",
    bargap: isNarrow ? 0.75 : 0.2,
    height: 60 + (isNarrow ? 124 : 78) * rows.length,
    annotations: notes,
    xaxis: { range: [0, (widest * room) / Math.max(room - words, 100)], showgrid: false, zeroline: false, showticklabels: false },
    yaxis: { autorange: "reversed", showticklabels: !isNarrow },
  });
  host.append(sideBySide(section));
};

// Segments down, stages across: the share that went on within the window.
function sideBySide(section) {
  const rate = "conversion_rate_in_window";
  const rows = section.beside;
  if (!rows.length) return "";
  const say = (name, row) => section.text(name, row[name]);
  const stages = [...new Set(rows.map((row) => row.stage))];
  const deepest = Math.max(...rows.map((row) => row[rate] ?? 0));
  const cell = (row) => {
    if (!row) return make("td", {});
    const element = make("td", { title: `${say("entered", row)} people reached it` }, make("span", {}, say(rate, row)));
    if (row.is_small) element.classList.add("small");
    if (row[rate] !== null && deepest > 0) element.style.setProperty("--share", row[rate] / deepest);
    return element;
  };
  const body = [...Map.groupBy(rows, (row) => row.segment)].map(([segment, own]) => make("tr", {},
    make("th", { scope: "row" }, section.text("segment", segment)),
    make("td", { class: "number size" }, say("entered", own[0])),
    ...stages.map((stage) => cell(own.find((row) => row.stage === stage)))));
  const head = make("tr", {}, make("th", { scope: "col" }, section.context.segment.label),
    make("th", { scope: "col" }, section.context.entered.label),
    ...stages.map((stage) => make("th", { scope: "col" }, `From ${stage}`)));
  return make("div", { class: "heatmap" },
    make("h3", {}, "Went on within the window, by acquisition channel"),
    scrollable("Went on within the window, by acquisition channel",
      make("table", {}, make("thead", {}, head), make("tbody", {}, ...body))));
}
