// The page as a whole: what is chosen for all sections, the address, and where a link leads.
"use strict";

class Page {
  constructor() {
    loadNames();
    loadAnnotations();
    const { anchor, chosen } = address.read();
    this.anchor = anchor;
    this.choices = chosen;
    const onChoice = (key, value) => this.choose(key, value);
    this.sections = new Map([...document.querySelectorAll("main > section")].map((element) =>
      [element.id, new Section(element, this.choices, onChoice)]));
    this.shared = JSON.parse(document.getElementById("shared").textContent);
  }

  start() {
    this.offer();
    const seen = new IntersectionObserver((entries) => {
      for (const entry of entries.filter((one) => one.isIntersecting)) {
        seen.unobserve(entry.target);
        this.sections.get(entry.target.id).appear();
      }
    }, { rootMargin: "200px" });
    for (const { element } of this.sections.values()) seen.observe(element);
    // Paper shows all of it.
    window.addEventListener("beforeprint", () => this.sections.forEach((one) => one.appear()));
    window.addEventListener("hashchange", () => this.follow());
    document.querySelector("nav.index").addEventListener("click", (event) => this.click(event));
    this.markCurrent();
    if (this.sections.has(this.anchor)) this.lead(this.anchor);
  }

  // The choices that hold for every section that has them.
  offer() {
    const host = document.querySelector(".choices .switches");
    host.replaceChildren(...this.shared.map(({ column, label, all, names, format, values }) => choice({
      label,
      key: column,
      values,
      chosen: values.find((value) => asText(value) === this.choices.get(column)) ?? values[0],
      words: (value) => {
        if (value === null) return all ?? "–";
        return names ? nameOf(names, value) : WRITTEN[format](value);
      },
      choose: (value) => this.choose(column, value),
    })));
  }

  choose(key, value) {
    this.choices.set(key, asText(value));
    address.write(this.anchor, this.choices);
    for (const [name, section] of this.sections) {
      if (section.isDrawn && section.count && (!key.includes(".") || key.startsWith(`${name}.`))) section.show();
    }
  }

  click(event) {
    const link = event.target.closest("a[href^='#']");
    if (!link) return;
    event.preventDefault();
    this.anchor = link.getAttribute("href").slice(1);
    address.write(this.anchor, this.choices);
    this.lead(this.anchor);
  }

  // Another address was typed, or a link of the text was followed.
  follow() {
    const { anchor, chosen } = address.read();
    if (chosen.size) {
      this.choices.clear();
      for (const [key, value] of chosen) this.choices.set(key, value);
      this.offer();
      for (const section of this.sections.values()) if (section.isDrawn && section.count) section.show();
    }
    this.anchor = anchor;
    if (this.sections.has(anchor)) this.lead(anchor);
  }

  // What lies above a heading is drawn first: nothing moves it away later.
  lead(name) {
    for (const [each, section] of this.sections) {
      section.appear();
      if (each === name) break;
    }
    const heading = document.getElementById(`${name}-title`);
    heading.scrollIntoView({ behavior: "instant", block: "start" });
    heading.focus({ preventScroll: true });
  }

  // The index marks the section that is read.
  markCurrent() {
    const links = new Map([...document.querySelectorAll("nav.index a")].map((link) =>
      [link.getAttribute("href").slice(1), link]));
    const read = new IntersectionObserver((entries) => {
      for (const { target, isIntersecting } of entries) {
        const link = links.get(target.id);
        if (isIntersecting) link?.setAttribute("aria-current", "true");
        else link?.removeAttribute("aria-current");
      }
    }, { rootMargin: "-30% 0px -69% 0px" });
    for (const { element } of this.sections.values()) read.observe(element);
  }
}

document.addEventListener("DOMContentLoaded", () => new Page().start());
