// A card a metric: its value, its change and whether that is more than chance.
charts.cards = (host, rows, section) => {
  const part = section.draw;
  const unbroken = (text) => make("span", { class: "unbroken" }, text);
  const UNITS = {
    count: WRITTEN.count,
    money: WRITTEN.money,
    share: WRITTEN.share,
    points: (value) => ONE.format(value),
  };
  const MARKS = { up: "▲ ", down: "▼ ", "no clear change": "≈ " };
  const card = (row) => {
    const write = UNITS[row[part.unit]];
    const verdict = row[part.verdict];
    const title = make("h3", {}, row[part.title]);
    if (verdict === "not measured") {
      return make("li", {}, title, make("p", { class: "verdict" }, verdict), make("p", { class: "quiet" }, row[part.meaning]));
    }
    const value = row[part.value] === null ? "–" : write(row[part.value]).replace("-", "−");
    const lines = [
      title,
      make("p", { class: "value" }, value),
      make("p", { class: `verdict ${verdict}` }, (MARKS[verdict] ?? "") + verdict),
    ];
    if (row[part.change] !== null) {
      const written = (name) => unbroken(signed(write(row[name]).replace("%", " points"), row[name]));
      const interval = row[part.low] === null
        ? []
        : [" (95% interval ", written(part.low), " to ", written(part.high), ")"];
      const size = unbroken(write(Math.abs(row[part.change])).replace("%", " points"));
      const comparison = row[part.change] < 0 ? "less than" : "more than";
      lines.push(make("p", {}, size, ` ${comparison} ${row[part.against]}`, ...interval));
    }
    lines.push(sparkline(row[part.weeks], write));
    lines.push(make("p", { class: "quiet" }, row[part.meaning]));
    return make("li", {}, ...lines);
  };
  host.replaceChildren(make("ul", {}, ...rows.map(card)));
  section.mark(marksOfWeeks(rows[0][part.weeks].length));
};

const SPARK = { width: 120, height: 28, edge: 3 };

// The last weeks as a line without numbers, which are in its name and in the table.
function sparkline(values, write) {
  const known = values.filter((value) => value !== null);
  if (known.length < 2) return "";
  const [least, most] = [Math.min(...known), Math.max(...known)];
  const x = (place) => SPARK.edge + (place / (values.length - 1)) * (SPARK.width - 2 * SPARK.edge);
  const y = (value) => SPARK.height - SPARK.edge -
    ((value - least) / (most - least || 1)) * (SPARK.height - 2 * SPARK.edge);
  const points = values.map((value, place) => (value === null ? null : [x(place), y(value)])).filter(Boolean);
  const picture = drawn("svg", {
    class: "spark", preserveAspectRatio: "xMinYMid", viewBox: `0 0 ${SPARK.width} ${SPARK.height}`, role: "img",
    "aria-label": `The last ${known.length} weeks: from ${write(known[0])} to ${write(known.at(-1))}, ` +
      `least ${write(least)}, most ${write(most)}`,
  });
  const [lastX, lastY] = points.at(-1);
  picture.append(...marksOfWeeks(values.length).map(({ place }) =>
    drawn("line", { x1: x(place), x2: x(place), y1: 0, y2: SPARK.height })));
  picture.append(drawn("polyline", { points: points.map((point) => point.join(",")).join(" ") }),
    drawn("circle", { cx: lastX, cy: lastY, r: 2.5 }));
  return picture;
}
