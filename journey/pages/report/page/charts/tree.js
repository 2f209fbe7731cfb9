// Beginnings of paths as an indented tree; a branch opens and closes, and the first branches are open.
charts.tree = (host, rows, section) => {
  const part = section.draw;
  const OPEN_TO = 2;
  const shown = Object.keys(section.columns).filter((name) =>
    ![part.path, part.depth, part.step, part.small].includes(name) && !section.chosen.has(name));
  const parentOf = (row) => row[part.path].split(part.separator).slice(0, -1).join(part.separator);
  const children = Map.groupBy(rows.filter((row) => row[part.depth] > 0), parentOf);
  const [root] = rows;
  const opened = new Set(rows.filter((row) => row[part.depth] < OPEN_TO).map((row) => row[part.path]));

  const draw = () => {
    const body = [];
    const grow = (row) => {
      const own = row[part.depth] === 0 || children.has(row[part.path]) ? children.get(row[part.path]) ?? [] : [];
      body.push(line(row, own.length));
      if (opened.has(row[part.path])) own.forEach(grow);
    };
    grow(root);
    const head = (name) => make("th", { scope: "col", ...side(section.columns[name]) }, section.columns[name].label);
    const table = make("table", { class: "bars" },
      make("thead", {}, make("tr", {}, head(part.path), ...shown.map(head))), make("tbody", {}, ...body));
    host.replaceChildren(scrollable(`Picture of: ${section.description()}`, table));
  };

  const line = (row, count) => {
    const bar = make("span", { class: "bar", "aria-hidden": "true" });
    bar.style.inlineSize = `${100 * row[part.share]}%`;
    const step = make("span", { class: "step" }, section.text(part.step, row[part.step]));
    const header = make("th", { scope: "row" }, twig(row, count, step), bar);
    header.style.paddingInlineStart = `${0.6 + 1.4 * row[part.depth]}rem`;
    return make("tr", row[part.small] ? { class: "small" } : {}, header,
      ...shown.map((name) => make("td", side(section.columns[name]), section.text(name, row[name]))));
  };

  const twig = (row, count, step) => {
    if (!count) return make("span", { class: "twig" }, step);
    const path = row[part.path];
    const isOpen = opened.has(path);
    const button = make("button", { type: "button", class: "twig", "aria-expanded": String(isOpen), "data-path": path },
      make("span", { "aria-hidden": "true" }, isOpen ? "▾ " : "▸ "), step);
    button.addEventListener("click", () => {
      if (isOpen) opened.delete(path);
      else opened.add(path);
      draw();
      host.querySelector(`[data-path="${CSS.escape(path)}"]`)?.focus();
    });
    return button;
  };

  if (root) draw();
};
