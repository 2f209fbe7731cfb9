// Stages across as columns; lanes down: people and their flow, channels, satisfaction, pain points, what the
// team wrote, and the touchpoints as a grid of one measure, whose cells say the rest.
charts.map = (host, rows, section) => {
  const part = section.draw;
  const lanes = new Map(section.beside.map((row) => [row[part.across], row]));
  // In their order; beside the stages, last, those who lapsed and what was done before any stage.
  const stages = [...new Map(rows.map((row) => [row[part.across], row[part.place] ?? Infinity]))]
    .sort(([one, place], [other, further]) => (place === further ? (one === "none") - (other === "none") : place - further))
    .map(([stage]) => stage);
  const say = (name, row) => section.text(name, row[name]);
  const lane = (title, cellOf, kind = "") => {
    const cells = stages.map((stage) => [cellOf(lanes.get(stage) ?? {}, stage)].flat().filter(Boolean));
    if (!cells.some((cell) => cell.length)) return null;
    return make("tr", { class: kind }, make("th", { scope: "row" }, title),
      ...cells.map((cell) => make("td", {}, ...cell)));
  };

  const known = (row, name) => row[name] !== undefined && row[name] !== null;
  const line = (text, kind = "") => make("p", kind ? { class: kind } : {}, text);
  const people = (row) => known(row, "stage_people") && [
    make("p", { class: "people" }, say("stage_people", row)),
    known(row, "people_now") && line(`${say("people_now", row)} there now`),
  ].filter(Boolean);
  const flow = (row) => known(row, "forward_share") && row.stage_position !== null && [
    flowBar(row),
    line(`→ ${say("forward_share", row)} went on`),
    row.back_share > 0 && line(`← ${say("back_share", row)} stepped back`),
    row.lapse_share > 0 && line(`⨯ ${say("lapse_share", row)} lapsed`),
    row.is_small && line("fewer than 30 steps", "small"),
  ].filter(Boolean);
  const channels = (row) => [1, 2, 3].filter((place) => known(row, `channel_${place}`)).map((place) =>
    line(`${say(`channel_${place}`, row)} ${say(`channel_${place}_share`, row)}`));
  const pains = (row) => row.stage_position !== null && [
    row.lapses > 0 && line(`${say("lapses", row)} lapses (${say("lapse_share", row)} of the steps out)`),
    row.tickets > 0 && line(`${say("tickets", row)} support tickets`),
    row.low_answers > 0 && line(`${say("low_answers", row)} low scores of ${say("answers", row)}` +
      (row.low_topic ? `, most about ${inSentence(say("low_topic", row))} (${say("low_topic_answers", row)})` : ""),
    row.answers < 30 ? "small" : ""),
  ].filter(Boolean);

  const notes = (stage, names) => rows.filter((row) =>
    row[part.across] === stage && names.some((name) => row[name] !== null));
  const written = (...names) => (_, stage) => notes(stage, names).map((row) =>
    line(`${say(part.down, row)}: ${names.map((name) => row[name]).filter(Boolean).join(" · ")}`, "curated"));
  const targets = (_, stage) => notes(stage, ["target"]).map((row) => {
    const metric = section.columns[row.target_metric];
    const write = (value) => (value === null ? "not measured" : WRITTEN[metric?.format ?? "number"](value));
    const [mark, met] = { true: ["✓", "met"], false: ["✗", "missed"] }[row.is_met] ?? ["", ""];
    return line(`${mark} ${say(part.down, row)}, ${inSentence(say("target_metric", row))}: ${write(row.actual)}, ` +
      `target ${write(row.target)} ${met}`, "curated");
  });

  const head = make("tr", {}, make("th", { scope: "col" }, section.columns[part.across].label),
    ...stages.map((stage) => make("th", { scope: "col" }, section.text(part.across, stage))));
  const lanesShown = [
    lane("People", people),
    lane("Of the steps out", flow, "flow"),
    lane("Median stay", (row) => known(row, "median_hours") && row.stage_position !== null && line(say("median_hours", row))),
    lane("Channels in", channels),
    curve("CSAT", "csat", "csat_answers", [0, 1]),
    curve("NPS", "nps", "nps_answers", [-100, 100]),
    lane("Pain points", pains, "pains"),
  ].filter(Boolean);
  const notesShown = [
    lane("Goals and feelings ✎", written("curated_goal", "curated_emotion")),
    lane("Opportunities ✎", written("curated_opportunity")),
    lane("Targets ✎", targets),
  ].filter(Boolean);

  // One line over all columns: where nothing was answered it has a gap.
  function curve(title, name, answers, [least, most]) {
    const all = stages.map((stage) => lanes.get(stage) ?? {});
    if (!all.some((row) => known(row, name))) return null;
    const width = 100 / stages.length;
    const points = all.map((row, place) => known(row, name) &&
      [width * (place + 0.5), 100 * (1 - (row[name] - least) / (most - least))]);
    const marks = all.map((row, place) => {
      if (!points[place]) return null;
      const [x, y] = points[place];
      const isSmall = row[answers] < 30;
      const mark = make("span", { class: isSmall ? "mark small" : "mark" }, `${say(name, row)} (${say(answers, row)})`);
      mark.style.cssText = `left:${x}%;top:${y}%`;
      return mark;
    }).filter(Boolean);
    const lines = [];
    for (let place = 1; place < points.length; place += 1) {
      if (points[place - 1] && points[place]) lines.push([points[place - 1], points[place]]);
    }
    const picture = drawn("svg", { viewBox: "0 0 100 100", preserveAspectRatio: "none", "aria-hidden": "true" });
    picture.append(...lines.map(([[x1, y1], [x2, y2]]) => drawn("line", { x1, y1, x2, y2 })));
    return make("tr", { class: "curve" }, make("th", { scope: "row" }, title, make("small", {}, " (answers)")),
      make("td", { colspan: stages.length }, make("div", {}, picture, ...marks)));
  }

  // ---- touchpoints

  const measure = section.measure;
  const touchpoints = [...Map.groupBy(rows, (row) => row[part.down])];
  const deepest = Math.max(...rows.map((row) => Math.abs(row[measure] ?? 0)));
  const isSmall = (row) => row[{ nps: "is_nps_small", csat: "is_csat_small" }[measure] ?? part.small];
  const detail = make("td", { colspan: stages.length + 1, "aria-live": "polite" },
    make("p", { class: "note" }, "Choose a cell of a touchpoint for all that is known of it."));
  const tell = (row) => {
    const names = Object.keys(section.columns).filter((name) => part.details.includes(name) && row[name] !== null);
    detail.replaceChildren(make("h3", {}, `${say(part.down, row)} in ${section.text(part.across, row[part.across])}`),
      make("ul", {}, ...names.map((name) => make("li", part.curated.includes(name) ? { class: "curated" } : {},
        `${section.columns[name].label}: ${say(name, row)}`))));
  };
  const cell = (row) => {
    if (!row) return make("td", {});
    const button = make("button", { type: "button" }, row[measure] === null ? "–" : say(measure, row));
    button.addEventListener("click", () => tell(row));
    const element = make("td", { class: isSmall(row) ? "touch small" : "touch" }, button);
    if (row[measure] !== null && deepest > 0) element.style.setProperty("--share", Math.abs(row[measure]) / deepest);
    return element;
  };
  const grid = touchpoints.map(([touchpoint, own], place) => make("tr", place < FIRST_TOUCHPOINTS ? {} : { hidden: "" },
    make("th", { scope: "row", title: section.meaning(part.down, touchpoint) ?? touchpoint },
      section.text(part.down, touchpoint)),
    ...stages.map((stage) => cell(own.find((row) => row[part.across] === stage)))));
  const rest = touchpoints.length - FIRST_TOUCHPOINTS;
  const more = make("button", { type: "button", class: "more", "aria-expanded": "false" }, `Show the other ${rest} touchpoints`);
  more.addEventListener("click", () => {
    const isOpen = more.getAttribute("aria-expanded") === "true";
    for (const row of grid.slice(FIRST_TOUCHPOINTS)) row.hidden = isOpen;
    more.setAttribute("aria-expanded", String(!isOpen));
    more.textContent = isOpen ? `Show the other ${rest} touchpoints` : "Show fewer touchpoints";
  });

  const caption = make("tr", { class: "caption" }, make("th", { scope: "colgroup", colspan: stages.length + 1 },
    `Touchpoints: ${inSentence(section.measures[measure])}`));
  const wide = (content) => make("tr", { class: "wide" }, make("td", { colspan: stages.length + 1 }, content));
  const table = make("table", {}, make("thead", {}, head), make("tbody", { class: "lanes" }, ...lanesShown),
    make("tbody", { class: "touchpoints" }, caption, ...grid, ...(rest > 0 ? [wide(more)] : []),
      make("tr", { class: "wide detail" }, detail)),
    make("tbody", { class: "lanes" }, ...notesShown));
  table.style.setProperty("--stages", stages.length);
  host.replaceChildren(scrollable(`Picture of: ${section.description()}`, table));
};

const FIRST_TOUCHPOINTS = 12; // so many fit on a page; they are sorted by their touches

// Parts of the steps out of a stage: on, back, lapsed.
function flowBar(row) {
  const bar = make("span", { class: "parts", "aria-hidden": "true" });
  for (const [name, share] of [["on", row.forward_share], ["back", row.back_share], ["out", row.lapse_share]]) {
    const piece = make("span", { class: name });
    piece.style.inlineSize = `${100 * share}%`;
    bar.append(piece);
  }
  return bar;
}
