"""The pages of `journey docs` and of checks, opened from disk: they ask for no other file."""

from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from journey.pages.dbt_docs import write_dbt_docs
from journey.pages.definitions import write_definitions
from tests.conftest import Shop
from tests.parsed_project import parsed_project

PHONE = {"width": 360, "height": 740}
TABLET = {"width": 768, "height": 1024}


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("docs")
    for write in (write_definitions, write_dbt_docs):
        write(parsed_project().manifest, folder)
    return folder


@pytest.mark.parametrize(
    ("name", "place", "shown"),
    [
        ("definitions.html", "#stage_funnel.entered", "People whose furthest stage is this one or"),
        ("dbt.html", "#!/overview", "How the tables are made"),
        ("dbt.html", "#!/model/model.journey.stage_funnel", "The funnel, stage by stage"),
    ],
)
def test_a_page_shows_a_place_and_asks_for_no_other_file(
    pages: Path, opened: Callable[..., Page], name: str, place: str, shown: str
) -> None:
    page = opened(pages / name)
    asked: set[str] = set()
    page.on("request", lambda request: asked.add(request.url.split("#")[0]))
    page.goto((pages / name).as_uri() + place)
    page.reload()
    expect(page.get_by_text(shown).first).to_be_visible(timeout=60_000)
    assert {url for url in asked if not url.startswith("data:")} == {(pages / name).as_uri()}


def test_a_link_to_a_column_leads_to_it(pages: Path, opened: Callable[..., Page]) -> None:
    page = opened(pages / "definitions.html", viewport=PHONE)
    page.goto(f"{(pages / 'definitions.html').as_uri()}#stage_funnel.entered")
    expect(page.locator(":target")).to_be_in_viewport()
    expect(page.locator(":target")).to_contain_text("People whose furthest stage is this one")


def test_definitions_are_accessible(pages: Path, opened: Callable[..., Page]) -> None:
    for scheme in ("light", "dark"):
        page = opened(pages / "definitions.html", viewport=PHONE, color_scheme=scheme)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()


def test_the_page_of_checks_is_shown_without_asking_a_network(demo: Shop, browser: Browser) -> None:
    page = browser.new_page()
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.goto((demo.data_dir / "docs" / "checks.html").as_uri())
    assert page.locator(".good").first.is_visible()
    page.close()
    assert all(address.startswith("file://") for address in asked)
    assert said == []


@pytest.mark.parametrize("name", ["checks.html", "lineage.html", "definitions.html"])
@pytest.mark.parametrize("size", [PHONE, TABLET], ids=["phone", "tablet"])
def test_no_page_is_wider_than_the_screen(
    demo: Shop, opened: Callable[..., Page], name: str, size: dict[str, int]
) -> None:
    page = opened(demo.data_dir / "docs" / name, viewport=size)
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    expect(page.locator("h1")).to_be_in_viewport()
