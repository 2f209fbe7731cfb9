// What is looked at stands in the address, so that a link shows the same: #funnel?stage_model=aida&funnel.month=…
"use strict";

const address = {
  // The section, and what was chosen by its key; "all" is the empty text.
  read() {
    const [anchor, choices = ""] = location.hash.slice(1).split("?");
    return { anchor, chosen: new Map(new URLSearchParams(choices)) };
  },

  write(anchor, chosen) {
    const choices = new URLSearchParams([...chosen]).toString();
    const text = `#${anchor}${choices && `?${choices}`}`;
    if (text !== (location.hash || "#")) history.replaceState(null, "", text);
  },
};

const asText = (value) => (value === null ? "" : String(value));
