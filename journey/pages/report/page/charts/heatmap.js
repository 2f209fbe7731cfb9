// Cohorts down, periods across: a table that is its own picture, with the counts of a cell in words.
charts.heatmap = (host, rows, section) => {
  const part = section.draw;
  const value = section.measure;
  const periods = [...new Set(rows.map((row) => row[part.column]))].sort((a, b) => a - b);
  const cohorts = Map.groupBy(rows, (row) => row[part.row]);
  // In period 0 all people may be there by construction: it would drown the others.
  const deepest = Math.max(...rows.filter((row) => row[part.column] > 0).map((row) => row[value] ?? 0));
  const isMonthly = section.chosen.get("grain") === "month";
  const name = (cohort) => {
    if (cohort === null) return "All cohorts";
    return isMonthly ? WRITTEN.month(cohort) : section.text(part.row, cohort);
  };
  const words = (row) =>
    `${name(row[part.row])}, period ${row[part.column]}: ` +
    `${section.text(part.counts, row[part.counts])} of ${section.text(part.size, row[part.size])} people` +
    (row[part.complete] ? "" : ", not over yet for all of them") +
    (row[part.small] ? "; fewer than 30 members, rates say little" : "");
  const detail = make("p", { class: "detail", "aria-live": "polite" });

  const cell = (row) => {
    if (!row) return make("td", {});
    const shown = row[value] === null
      ? (row[part.complete] ? "" : section.text(part.counts, row[part.counts]))
      : section.text(value, row[value]);
    const element = make("td", { tabindex: "-1", title: words(row) }, make("span", {}, shown));
    if (!row[part.complete]) element.classList.add("incomplete");
    else if (row[value] !== null && deepest > 0 && row[value] <= deepest) {
      element.style.setProperty("--share", row[value] / deepest);
    }
    if (row[part.small]) element.classList.add("small");
    const show = () => { detail.textContent = words(row); };
    element.addEventListener("focus", show);
    element.addEventListener("pointerenter", show);
    return element;
  };

  // Complete cells of all cohorts have members of their own, period by period.
  const sizes = (cells) => {
    const all = cells.map((row) => row[part.size]);
    const [fewest, most] = [Math.min(...all), Math.max(...all)].map((size) => section.text(part.size, size));
    return fewest === most ? fewest : `${fewest}–${most}`;
  };

  const body = [...cohorts].map(([cohort, cells]) => {
    const byPeriod = new Map(cells.map((row) => [row[part.column], row]));
    return make("tr", cohort === null ? { class: "overall" } : {},
      make("th", { scope: "row" }, name(cohort)),
      make("td", { class: "number size" }, sizes(cells)),
      ...periods.map((period) => cell(byPeriod.get(period))));
  });
  const label = (column) => section.columns[column].label;
  const head = make("thead", {},
    make("tr", {},
      make("th", { scope: "col", rowspan: "2" }, label(part.row)),
      make("th", { scope: "col", rowspan: "2" }, label(part.size)),
      make("th", { scope: "colgroup", colspan: periods.length }, label(part.column))),
    make("tr", {}, ...periods.map((period) => make("th", { scope: "col" }, String(period)))));
  const table = make("table", {}, head, make("tbody", {}, ...body));
  table.addEventListener("keydown", walk);
  table.querySelector("td[tabindex]")?.setAttribute("tabindex", "0");
  host.replaceChildren(scrollable(`Picture of: ${section.description()}`, table), detail);
};

// One stop of the tab key for the whole table; the arrow keys walk its cells.
function walk(event) {
  const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
  const cell = event.target.closest("td");
  if (!step || !cell) return;
  event.preventDefault();
  const row = cell.parentElement;
  const next = row.parentElement.rows[row.sectionRowIndex + step[0]]?.cells[cell.cellIndex + step[1]];
  if (!next?.hasAttribute("tabindex")) return;
  cell.setAttribute("tabindex", "-1");
  next.setAttribute("tabindex", "0");
  next.focus();
}
