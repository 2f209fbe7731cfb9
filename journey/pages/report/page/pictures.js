// Pictures by the chart library.
"use strict";

// The library is large: it is fetched once the page stands, and pictures wait for it.
const library = make("script", { src: "plotly.min.js" });
window.addEventListener("load", () => requestIdleCallback(() => document.head.append(library)));
const series = (place) =>
  getComputedStyle(document.documentElement).getPropertyValue(`--series-${place % 8}`).trim();
// The library reads a little HTML in its texts; what was delivered must stay text.
const plain = (text) =>
  String(text).replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

// The place of the library's picture, where a section has more beside it.
function pictureIn(host, section) {
  const picture = host.querySelector(":scope > .plotted") ?? make("div", { class: "plotted" });
  picture.setAttribute("role", "img");
  picture.setAttribute("aria-label", section.description());
  host.replaceChildren(picture);
  return picture;
}

function plot(host, traces, layout) {
  host.style.minBlockSize = `${layout.height}px`;
  if (!window.Plotly) {
    library.addEventListener("load", () => plot(host, traces, layout), { once: true });
    return;
  }
  const common = {
    autosize: true,
    dragmode: false,
    font: { family: "inherit", size: 13 },
    hoverlabel: { align: "left", font: { family: "inherit" } },
    legend: { traceorder: "normal", orientation: "h", x: 0, y: 1.02, yanchor: "bottom" },
    margin: { l: 8, r: 8, t: 8, b: 8 },
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
  };
  const axes = Object.fromEntries(
    Object.entries(layout)
      .filter(([name]) => /^[xy]axis/.test(name))
      .map(([name, axis]) => [name, { automargin: true, fixedrange: true, ...axis }]),
  );
  window.Plotly.react(host, traces, { ...common, ...layout, ...axes }, {
    displayModeBar: false, responsive: true,
  });
}

// How an axis writes the values of a column.
const axis = (section, column, title) => ({
  title: { text: plain(title ?? section.columns[column].label) },
  tickformat: section.columns[column].format === "share" ? ".0%" : ",",
});

// ---- pictures to take away

const PICTURE_SCALE = 2; // sharp on paper and on slides

// The picture with its title and what was chosen, on the page's own ground.
async function savePicture(host, format, name, title) {
  const plotted = host.classList.contains("js-plotly-plot") ? host : host.querySelector(".js-plotly-plot");
  const svg = plotted
    ? await plottedPicture(plotted, title)
    : drawnPicture(host, title);
  const blob = format === "svg"
    ? new Blob([svg.text], { type: "image/svg+xml" })
    : await rastered(svg);
  save(`${name}.${format}`, blob);
}

async function plottedPicture(host, title) {
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const [width, height] = [host.clientWidth, host.clientHeight + 40];
  const layout = {
    ...host.layout,
    paper_bgcolor: colour("--paper"),
    plot_bgcolor: colour("--paper"),
    font: { ...host.layout.font, color: colour("--ink"), family: "system-ui, sans-serif" },
    title: { text: plain(title), font: { size: 15 }, x: 0.01, xanchor: "left", yref: "container", y: 0.98, yanchor: "top" },
    margin: { ...host.layout.margin, t: (host.layout.margin?.t ?? 8) + 40 },
    height,
    width,
  };
  const url = await window.Plotly.toImage({ data: host.data, layout }, { format: "svg", width, height });
  return { text: decodeURIComponent(url.slice(url.indexOf(",") + 1)), width, height };
}

// Tables and cards are elements: a copy that carries its own style is put into the picture.
function drawnPicture(host, title) {
  const wide = Math.max(host.clientWidth, ...[...host.querySelectorAll("table, ul")].map((one) => one.scrollWidth));
  const copy = styledCopy(host);
  for (const scroll of copy.querySelectorAll(".scroll")) scroll.style.cssText += "overflow:visible;max-height:none;";
  const paper = getComputedStyle(document.body);
  const box = make("div", { xmlns: "http://www.w3.org/1999/xhtml" }, make("p", {}, title), copy);
  box.style.cssText = `width:${wide}px;padding:12px;background:${paper.backgroundColor};color:${paper.color};font:${paper.font};`;
  copy.style.width = "auto";
  box.style.visibility = "hidden";
  box.style.position = "absolute";
  document.body.append(box);
  const [width, height] = [box.offsetWidth, box.offsetHeight];
  box.remove();
  box.style.visibility = "";
  box.style.position = "";
  const text = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">` +
    `<foreignObject width="100%" height="100%">${new XMLSerializer().serializeToString(box)}</foreignObject></svg>`;
  return { text, width, height };
}

const KEPT_STYLE = [
  "display", "grid-template-columns", "gap", "box-sizing", "padding", "margin", "border", "border-radius",
  "border-collapse", "border-spacing", "background-color", "background-image", "color", "font", "font-style",
  "text-align", "vertical-align", "white-space", "list-style", "inline-size", "block-size", "min-width",
  "max-width", "min-height", "overflow-wrap", "font-variant-numeric",
];

function styledCopy(element) {
  const copy = element.cloneNode(false);
  const style = getComputedStyle(element);
  const isInline = style.display === "inline";
  copy.setAttribute("style", KEPT_STYLE
    .filter((name) => !/^(inline|block)-size$/.test(name) || (element.matches(".bar") && !isInline))
    .map((name) => `${name}:${style.getPropertyValue(name)}`).join(";"));
  for (const child of element.childNodes) {
    copy.append(child.nodeType === Node.ELEMENT_NODE ? styledCopy(child) : child.cloneNode());
  }
  return copy;
}

async function rastered({ text, width, height }) {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  await image.decode();
  const canvas = make("canvas", { width: width * PICTURE_SCALE, height: height * PICTURE_SCALE });
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((done) => { canvas.toBlob(done, "image/png"); });
}
