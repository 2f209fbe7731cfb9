// From where people went, left, to where, right; both in the order of the stages.
const BEYOND = 99; // the place of what is no stage, as data.sql gives it

charts.sankey = (host, rows, section) => {
  const part = section.draw;
  const shown = rows.filter((row) => row[part.value] > 0);
  const placed = (name, place) =>
    [...new Map(shown.map((row) => [row[name], row[place]]))].sort((a, b) => a[1] - b[1]);
  const froms = placed(part.from, part.from_place);
  const tos = placed(part.to, part.place);
  // Grey for where no person has a stage: before the first one, and after the last.
  const isStage = (place) => place > 0 && place < BEYOND;
  const colour = ([, place]) => series(isStage(place) ? place - 1 : 6);
  const nodes = [...froms, ...tos];
  const words = (row) =>
    `${plain(section.text(part.from, row[part.from]))} → ${plain(section.text(part.to, row[part.to]))}<br>` +
    `${section.text(part.value, row[part.value])} steps, ` +
    `${section.text(part.share, row[part.share])} of all steps from there<br>` +
    `median stay ${section.text(part.time, row[part.time])}`;
  const index = (list, name) => list.findIndex(([each]) => each === name);
  host.setAttribute("role", "img");
  host.setAttribute("aria-label", section.description());
  plot(host, [{
    type: "sankey",
    arrangement: "fixed",
    node: {
      label: [
        ...froms.map(([name]) => plain(section.text(part.from, name))),
        ...tos.map(([name]) => plain(section.text(part.to, name))),
      ],
      color: nodes.map(colour),
      ...places(shown, froms, part.from, tos, part.to, part.value),
      pad: 14,
      thickness: 18,
      line: { width: 0 },
      hovertemplate: "%{label}: %{value:,} steps<extra></extra>",
    },
    link: {
      source: shown.map((row) => index(froms, row[part.from])),
      target: shown.map((row) => froms.length + index(tos, row[part.to])),
      value: shown.map((row) => row[part.value]),
      color: shown.map((row) => `${colour([row[part.from], row[part.from_place]])}55`),
      customdata: shown.map(words),
      hovertemplate: "%{customdata}<extra></extra>",
    },
  }], { height: 480, margin: { l: 8, r: 8, t: 16, b: 16 } });
};

// Where the library is to draw each node, so that the stages keep their order from top to bottom.
function places(rows, froms, from, tos, to, value) {
  const x = [];
  const y = [];
  for (const [list, name, edge] of [[froms, from, 0.001], [tos, to, 0.999]]) {
    const sizes = list.map(([each]) =>
      rows.filter((row) => row[name] === each).reduce((sum, row) => sum + row[value], 0));
    const whole = sizes.reduce((sum, size) => sum + size, 0);
    const gap = 0.03;
    const room = 1 - gap * (list.length - 1);
    let above = 0;
    for (const size of sizes) {
      const height = (size / whole) * room;
      x.push(edge);
      y.push(Math.min(0.999, Math.max(0.001, above + height / 2)));
      above += height + gap;
    }
  }
  return { x, y };
}
