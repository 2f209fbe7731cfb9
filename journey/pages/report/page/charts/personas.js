// A card a persona: who they are, what they do, what they need, how they travel, what they are worth.
charts.personas = (host, rows, section) => {
  const part = section.draw;
  const GROUPS = [
    ["Who they are", ["country", "age_band", "device"]],
    ["What they do", ["favourite_touchpoint"], part.habits],
    ["What they need", ["support_topic", "feedback_topic"], part.answers],
    ["How they travel", ["acquisition_channel", "furthest_stage"]],
    ["What they are worth", [], part.worth],
  ];
  const [WHOLE_OF_ALL] = part.worth; // a share, of which all people have the whole
  const few = new Map(part.answers.map((name, place) => [name, part.few[place]]));
  const traits = Map.groupBy(section.beside, (row) => row.persona);
  const say = (row, name) => section.text(name, row[name]);
  // A name that no row of the names gives is written as people say it.
  const value = (row, name) => spoken(say(row, name));
  const trait = (row) => {
    const usual = `${section.text("trait", row.trait)}: ${value(row, "usual")} (${say(row, "usual_share")})`;
    const isApart = row.apart !== null && row.apart !== row.usual;
    return make("li", {}, isApart
      ? `${usual}; more often than all people: ${value(row, "apart")} (${say(row, "apart_share")}, × ${say(row, "apart_index")})`
      : usual);
  };
  const measure = (row, all) => (name) => make("li", row[few.get(name)] ? { class: "small" } : {},
    `${section.columns[name].label}: ${say(row, name)}` +
      (all && name !== WHOLE_OF_ALL ? ` (all people: ${say(all, name)})` : ""));
  const [all] = rows.filter((row) => row[part.title] === null);
  const card = (row) => {
    const own = traits.get(row[part.title]) ?? [];
    const [people, share] = part.size;
    const groups = GROUPS.map(([title, names, measures = []]) => {
      const items = [
        ...names.map((name) => own.find((one) => one.trait === name)).filter((one) => one && one.usual !== null).map(trait),
        ...measures.filter((name) => row[name] !== null).map(measure(row, all)),
      ];
      return items.length ? [make("h4", {}, title), make("ul", {}, ...items)] : [];
    });
    return make("li", row[part.small] ? { class: "small" } : {}, make("h3", {}, say(row, part.title)),
      make("p", {}, `${say(row, people)} people, ${say(row, share)} of all`),
      make("p", { class: "quiet" }, section.meaning(part.title, row[part.title]) ?? ""), ...groups.flat());
  };
  host.classList.add("cards");
  host.replaceChildren(make("ul", {}, ...rows.filter((row) => row[part.title] !== null).map(card)));
};
