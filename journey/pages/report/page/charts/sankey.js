// From where people went, left, to where, right; both in the order of the stages. Lapses stand apart.
const BEYOND = 99; // the place of what is no stage, as data.sql gives it

charts.sankey = (host, rows, section) => {
  const part = section.draw;
  // The first step of all people and the lapses would drown the others: they stand apart.
  const isStage = (place) => place > 0 && place < BEYOND;
  const shown = rows.filter((row) => row[part.value] > 0 && isStage(row[part.from_place]) && isStage(row[part.place]));
  const placed = (name, place) =>
    [...new Map(shown.map((row) => [row[name], row[place]]))].sort((a, b) => a[1] - b[1]);
  const froms = placed(part.from, part.from_place);
  const tos = placed(part.to, part.place);
  const colour = ([, place]) => series(place - 1);
  const nodes = [...froms, ...tos];
  const words = (row) =>
    `${plain(section.text(part.from, row[part.from]))} → ${plain(section.text(part.to, row[part.to]))}<br>` +
    `${section.text(part.value, row[part.value])} steps, ` +
    `${section.text(part.share, row[part.share])} of all steps from there<br>` +
    `median stay ${section.text(part.time, row[part.time])}`;
  const index = (list, name) => list.findIndex(([each]) => each === name);
  const picture = pictureIn(host, section);
  const { x, y } = places(shown, froms, part.from, tos, part.to, part.value);
  const labels = nodes.map(([name]) => plain(section.text(part.from, name)));
  const margin = host.clientWidth < 600 ? 108 : 125;
  if (shown.length) {
    plot(picture, [{
      type: "sankey",
      arrangement: "fixed",
      node: {
        // The names stand beside the bands, not on them.
        label: nodes.map(() => ""),
        customdata: labels,
        color: nodes.map(colour),
        x,
        y,
        pad: 14,
        thickness: 18,
        line: { width: 0 },
        hovertemplate: "%{customdata}: %{value:,} steps<extra></extra>",
      },
      link: {
        source: shown.map((row) => index(froms, row[part.from])),
        target: shown.map((row) => froms.length + index(tos, row[part.to])),
        value: shown.map((row) => row[part.value]),
        color: shown.map((row) => `${colour([row[part.from], row[part.from_place]])}55`),
        customdata: shown.map(words),
        hovertemplate: "%{customdata}<extra></extra>",
      },
    }], {
      height: 440,
      margin: { l: margin, r: margin, t: 28, b: 16 },
      annotations: [
        ...labels.map((text, place) => ({
          text: x[place] < 0.5 ? `${text} \u00a0` : `\u00a0 ${text}`, x: x[place] < 0.5 ? 0 : 1, y: 1 - y[place], xref: "paper", yref: "paper", showarrow: false,
          xanchor: x[place] < 0.5 ? "right" : "left", yanchor: "middle",
        })),
        ...[["from", 0, "right"], ["to", 1, "left"]].map(([text, side, xanchor]) => ({
          text: `<i>${text}</i>`, x: side, y: 1, xref: "paper", yref: "paper", showarrow: false,
          xanchor, yanchor: "bottom", yshift: 8,
        })),
      ],
    });
  } else picture.replaceChildren(make("p", { class: "note" }, "No person went from one stage to another here."));
  host.append(apart(rows, section));
};

// Where people came in, where they lapsed and where they came back to.
function apart(rows, section) {
  const part = section.draw;
  const say = (row, name) => section.text(name, row[name]);
  const groups = [
    ["Came in", part.to, (row) => row[part.from_place] === 0],
    ["Lapsed", part.from, (row) => row[part.place] === BEYOND],
    ["Came back after a lapse", part.to, (row) => row[part.from_place] === BEYOND],
  ];
  const WAYS = { "Came in": "in", Lapsed: "out of", "Came back after a lapse": "into" };
  const list = ([title, name, is]) => {
    const own = rows.filter((row) => is(row) && row[part.value] > 0);
    if (!own.length) return "";
    const most = Math.max(...own.map((row) => row[part.value]));
    return make("div", {}, make("h3", {}, title), make("ul", {}, ...own.map((row) => {
      const bar = make("span", { class: "bar", "aria-hidden": "true" });
      bar.style.inlineSize = `${(100 * row[part.value]) / most}%`;
      return make("li", row.is_small ? { class: "small" } : {},
        `${say(row, part.value)} ${WAYS[title]} ${say(row, name)} (${say(row, part.share)})`, bar);
    })));
  };
  return make("div", { class: "apart" }, ...groups.map(list));
}

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
