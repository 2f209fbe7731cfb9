// The rows themselves, where a picture would say less.
charts.table = (host, rows, section) => {
  host.replaceChildren(scrollable(`Table of: ${section.description()}`, tableOf(section, rows)));
  section.details.hidden = true;
};
