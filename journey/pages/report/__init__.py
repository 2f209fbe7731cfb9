"""The journey report: one page for people, `published/report/index.html`, made from a snapshot.

A section is a folder of `sections/`: what it says and which switches it has (`section.yml`), and
what it shows (`data.sql`). Sections find themselves; their order is that of their folders' names.
What a number means is SQL's; Python carries rows into the page, and the page's scripts pick rows by
the switches and draw them. No Dagster.
"""

from journey.pages.report.building import build, rebuild
from journey.pages.report.finding import described_version, find, page

__all__ = ["build", "described_version", "find", "page", "rebuild"]
