"""The cards of the personas: the figures of the snapshot, beside those of all people."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.conftest import Shop
from tests.ui.conftest import watched
from tests.ui.reading import LABELS, count, published, see, share


@pytest.fixture(scope="module")
def report(demo: Shop) -> Path:
    return demo.published / "report" / "index.html"


def test_a_card_says_who_they_are_and_what_they_are_worth(
    report: Path, demo: Shop, browser: Browser
) -> None:
    rows = published(
        demo,
        "select persona, people, share_of_people, share_of_revenue, nps, nps_responses, is_small"
        " from marts.persona_profiles where trait is null and persona is not null"
        " order by share_of_revenue desc nulls last, people desc, persona",
    )
    traits = dict(
        published(
            demo,
            "select persona, arg_max(share, (people, -ascii(value))) from marts.persona_profiles"
            " where trait = 'furthest_stage' and persona is not null and value <> 'none'"
            " group by 1",
        )
    )
    with watched(browser) as open_page:
        page = open_page(report, viewport={"width": 1280, "height": 900})
        section = page.locator("#personas")
        see(section)
        cards = section.locator(".chart > ul > li")
        expect(cards).to_have_count(len(rows))
        for card, row in zip(cards.all(), rows, strict=True):
            persona, people, of_people, of_revenue, nps, answers, is_small = row
            said = card.inner_text()
            assert card.locator("h3").inner_text() == LABELS["persona", persona]
            assert f"{count(people)} people, {share(of_people)} of all" in said
            assert f"Share of net revenue: {share(of_revenue)}" in said
            assert ("small" in (card.get_attribute("class") or "")) == is_small
            assert f"({traits[persona]:.0%})" in said
            line = card.locator("li", has_text="NPS: ")
            if nps is not None:
                assert ("small" in (line.get_attribute("class") or "")) == (answers < 30)
