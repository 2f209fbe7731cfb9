// Making elements of the page.
"use strict";

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

function scrollable(label, content) {
  return make("div", { class: "scroll", role: "region", tabindex: "0", "aria-label": label }, content);
}

// A labelled choice among values, which may be null: every change is handed to `choose`.
function choice({ label, key, values, chosen, words, choose }) {
  const select = make("select", { "data-key": key });
  for (const value of values) {
    select.append(new Option(words(value), String(value), false, value === chosen));
  }
  select.addEventListener("change", () => choose(values[select.selectedIndex]));
  return make("label", {}, label, select);
}

// An element of a picture.
function drawn(tag, attributes) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

// Hands a file to the reader.
function save(name, blob) {
  const link = make("a", { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
