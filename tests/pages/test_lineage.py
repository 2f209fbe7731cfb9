"""Where columns come from, on a page: every column with links to those that it is made of."""

from journey.pages.lineage import render

LINEAGE = {
    "staging.stg_orders": {"net_amount": (("raw.orders", "net_amount"),)},
    "intermediate.fitted": {"weight": ()},
    "marts.sales": {"revenue": (("staging.stg_orders", "net_amount"),), "unit": ()},
}
DESCRIPTIONS = {("marts.sales", "revenue"): "Money <in>."}


def test_the_page_links_each_column_to_those_it_is_made_of() -> None:
    page = render(LINEAGE, DESCRIPTIONS)
    assert '<a href="#staging.stg_orders.net_amount">staging.stg_orders.net_amount</a>' in page
    assert 'id="staging.stg_orders.net_amount"' in page
    assert "raw.orders.net_amount" in page
    assert "Money &lt;in&gt;." in page
    assert "default-src 'none'" in page
    assert "<script" not in page


def test_marts_come_first_and_then_what_is_before_them() -> None:
    page = render(LINEAGE, DESCRIPTIONS)
    places = [page.index(f'<h2 id="{table}">') for table in reversed(LINEAGE)]
    assert places == sorted(places)
