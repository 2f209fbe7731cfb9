// A card a figure: its value, its change and whether that is more than chance.
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
    const value = row[part.value] === null ? "–" : write(row[part.value]).replace("-", "−");
    const verdict = row[part.verdict];
    const lines = [
      make("h3", {}, row[part.title]),
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
    lines.push(make("p", { class: "quiet" }, row[part.meaning]));
    return make("li", {}, ...lines);
  };
  host.replaceChildren(make("ul", {}, ...rows.map(card)));
};
