"""Data Docs as people open them: from disk, offline, and with the verdicts of the last run."""

import json
import re
from pathlib import Path

import pytest

from journey.checks import pages, suites_of
from tests.conftest import Shop

CHROMIUM = Path("/usr/bin/chromium")
LOADS = re.compile(r"""<(script|link|img|iframe|object|embed)\b|@import|url\(|https?://""", re.I)


@pytest.fixture(scope="module")
def docs(demo: Shop) -> Path:
    return demo.data_dir / "data_docs"


def test_no_page_refers_to_anywhere_else(docs: Path) -> None:
    found = sorted(docs.rglob("*.html"))
    assert len(found) > 40
    for page in found:
        text = page.read_text()
        assert not LOADS.search(text), (page.relative_to(docs), LOADS.search(text))
        assert "default-src 'none'" in text


def test_every_link_leads_to_a_page(docs: Path) -> None:
    for page in docs.rglob("*.html"):
        for target in re.findall(r'href="([^"#]+)"', page.read_text()):
            assert (page.parent / target).resolve().exists(), (page.relative_to(docs), target)


def test_the_index_tells_of_every_suite(docs: Path) -> None:
    index = (docs / "index.html").read_text()
    for layer in ("raw", "marts"):
        for table in suites_of(layer):
            assert f'href="expectations/{layer}/{table}.html"' in index
    assert index.count("validations/marts/") == len(suites_of("marts"))


def result(description: str, *, success: bool, severity: str = "critical") -> dict:
    return {
        "success": success,
        "expectation_config": {"description": description, "severity": severity},
    }


def test_what_is_broken_comes_first_with_its_sentence(tmp_path: Path) -> None:
    docs, results = tmp_path / "docs", tmp_path / "results"
    for table in ("people", "visits", "touchpoints"):
        page = docs / "expectations" / "marts" / f"{table}.html"
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text('<html><head><script src="https://x.test/y.js"></script></head></html>')
    outcomes = {
        "people": [result("Everybody <is> here", success=True)],
        "visits": [
            result("Visits are <numbered>", success=False),
            result("Visits are short", success=True),
        ],
    }
    for table, found in outcomes.items():
        path = results / "marts" / table / "run-2" / "20261121T020000Z" / f"w-{table}.json"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps({"results": found}))
        old = results / "marts" / table / "run-1" / "20261120T020000Z" / f"w-{table}.json"
        old.parent.mkdir(parents=True)
        old.write_text(json.dumps({"results": [result("It was bad", success=False)]}))
    pages.finish(docs, results, "run-2")
    index = (docs / "index.html").read_text()
    assert "1 of 2 tables break an expectation" in index
    places = [index.index(f">marts/{table}<") for table in ("visits", "people", "touchpoints")]
    assert places == sorted(places)
    assert "Visits are &lt;numbered&gt; (critical)" in index
    assert "It was bad" not in index
    assert "nothing arrived" in index
    assert "validations/marts/visits/run-2/20261121T020000Z/w-visits.html" in index
    assert "x.test" not in (docs / "expectations" / "marts" / "people.html").read_text()
    once = index
    pages.finish(docs, results, "run-2")
    assert (docs / "index.html").read_text() == once


@pytest.mark.skipif(not CHROMIUM.exists(), reason="Debian's Chromium is not installed here")
def test_a_browser_shows_them_without_asking_anybody(docs: Path) -> None:
    from playwright.sync_api import sync_playwright

    arguments = ["--no-sandbox", "--disable-gpu", "--no-first-run"]
    arguments += ["--disable-background-networking", "--disable-component-update"]
    validation = next(docs.glob("validations/marts/people/*/*/*.html"))
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=str(CHROMIUM), args=arguments)
        page = browser.new_page()
        asked: list[str] = []
        said: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: said.append(message.text))
        for path in (docs / "index.html", validation):
            page.goto(path.as_uri())
            assert page.locator(".good, .text-success").first.is_visible()
        browser.close()
    assert all(address.startswith("file://") for address in asked)
    assert said == []
