// How values are written, for the eye: numbers and dates as in British English, names as people say them.
"use strict";

const LOCALE = "en-GB";

const digits = (most, least = 0) =>
  new Intl.NumberFormat(LOCALE, { maximumFractionDigits: most, minimumFractionDigits: least });
const WHOLE = digits(0);
const ONE = digits(1, 1);
const TWO = digits(2);
const SIGNIFICANT = new Intl.NumberFormat(LOCALE, { maximumSignificantDigits: 3 });
const PERCENT = new Intl.NumberFormat(LOCALE, {
  style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1,
});
const WHOLE_PERCENT = new Intl.NumberFormat(LOCALE, { style: "percent", maximumFractionDigits: 0 });
const MONEY = new Intl.NumberFormat(LOCALE, {
  style: "currency", currency: document.documentElement.dataset.currency,
});
const date = (text, parts) =>
  new Date(`${text}T00:00Z`).toLocaleDateString(LOCALE, { timeZone: "UTC", ...parts });

const signed = (text, value) => (value > 0 ? `+${text}` : text.replace("-", "−"));

const WRITTEN = {
  text: (value) => String(value),
  count: (value) => WHOLE.format(value),
  number: (value) => TWO.format(value),
  score: (value) => ONE.format(value).replace("-", "−"),
  precise: (value) => SIGNIFICANT.format(value),
  share: (value) => PERCENT.format(value),
  percent: (value) => WHOLE_PERCENT.format(value),
  points: (value) => signed(PERCENT.format(value).replace("%", " points"), value),
  money: (value) => MONEY.format(value),
  signed_money: (value) => signed(MONEY.format(value), value),
  hours: (value) => {
    if (value < 1) return `${WHOLE.format(value * 60)} min`;
    if (value < 48) return `${(value < 10 ? ONE : WHOLE).format(value)} h`;
    return `${ONE.format(value / 24)} days`;
  },
  days: (value) => `${ONE.format(value)} days`,
  day: (value) => date(value, { day: "numeric", month: "short", year: "numeric" }),
  month: (value) => date(value, { month: "short", year: "numeric" }),
  flag: (value) => (value ? "yes" : "no"),
  series: (values) => values.map((value) => (value === null ? "–" : SIGNIFICANT.format(value))).join(", "),
};
const LEFT = new Set(["text", "day", "month", "flag", "series"]);

// ---- names

// What the data calls a thing, as people say it: {names of: {value: [label, meaning]}}.
let NAMES = {};
const loadNames = () => {
  NAMES = JSON.parse(document.getElementById("names").textContent);
};

// Names that no row of the names gives: "web:view_item_list" is "View item list (web)".
// What is written otherwise than in lower case and underscores is a team's own wording.
function spoken(value) {
  if (!/^[a-z0-9_]+(:[a-z0-9_]+)?$/.test(value)) return value;
  const [name, group] = value.split(":").reverse();
  const words = name.replaceAll("_", " ");
  const text = words.charAt(0).toUpperCase() + words.slice(1);
  return group ? `${text} (${group})` : text;
}

const rowOf = (names, value) => [names].flat().map((each) => NAMES[each]?.[value]).find(Boolean);
const nameOf = (names, value) =>
  rowOf(names, value)?.[0] ?? (Array.isArray(names) ? value : spoken(value));
const meaningOf = (names, value) => rowOf(names, value)?.[1] || null;

// A name within a sentence: "Went on" is "went on", but NPS stays NPS.
const inSentence = (text) =>
  (/^.[a-z]/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text);
