// A card a figure: its value, its change and whether that is more than chance.
charts.cards = (host, rows, section) => {
  const part = section.draw;
  const signed = (text, value) => (value > 0 ? `+${text}` : text.replace("-", "−"));
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
      const [change, low, high] = [part.change, part.low, part.high].map((name) =>
        unbroken(signed(write(row[name]).replace("%", " points"), row[name])));
      lines.push(make("p", {}, change, ` on ${row[part.against]} (95% interval `, low, " to ", high, ")"));
    }
    lines.push(make("p", { class: "quiet" }, row[part.meaning]));
    return make("li", {}, ...lines);
  };
  host.replaceChildren(make("ul", {}, ...rows.map(card)));
};
