// What the team says happened when: marked on every axis of time, and listed below the picture.
"use strict";

const DAY = 86_400_000;
const daysAt = (date) => Date.parse(`${date}T00:00Z`) / DAY;
let ANNOTATIONS = [];
const loadAnnotations = () => {
  const asOf = document.documentElement.dataset.asOf;
  ANNOTATIONS = JSON.parse(document.getElementById("annotations").textContent).filter(({ date }) => date < asOf);
};

// Annotations by the number of the period in which they lie; `periods` are first days, in order.
const marksOf = (periods) => ANNOTATIONS
  .map((one) => ({ ...one, place: periods.findLastIndex((period) => period <= one.date) }))
  .filter(({ place }) => place >= 0);

// Lines and labels for the library's layout; labels of neighbours stand below each other.
function marksOnAxis(periods, section) {
  const marks = marksOf(periods);
  section.mark(marks);
  const quiet = getComputedStyle(document.documentElement).getPropertyValue("--quiet").trim();
  return {
    shapes: marks.map(({ place }) => ({
      type: "line", x0: place, x1: place, yref: "paper", y0: 0, y1: 1, line: { color: quiet, width: 1.5, dash: "dot" },
    })),
    annotations: marks.map(({ place, label }, number) => {
      const isLate = place > periods.length * 0.6;
      return {
        x: place, y: 1, yref: "paper", text: plain(isLate ? `${label} \u00a0` : `\u00a0 ${label}`), showarrow: false,
        xanchor: isLate ? "right" : "left", yanchor: "top", yshift: -16 * (number % 4),
      };
    }),
  };
}

// Of the last weeks, each of seven days up to the day described: the number of the week of each annotation.
const marksOfWeeks = (weeks) => ANNOTATIONS
  .map((one) => ({ ...one, place: weeks - 1 - Math.floor((daysAt(document.documentElement.dataset.asOf) - 1 - daysAt(one.date)) / 7) }))
  .filter(({ place }) => place >= 0);
