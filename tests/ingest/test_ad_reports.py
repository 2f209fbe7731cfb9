"""Cost of advertising in the reports of Google Ads, Microsoft Advertising and Meta."""

import pytest

from tests.ingest.records_of_tools import DATA

COLUMNS = (
    "cast(spend_date as varchar), channel, campaign, cast(amount as varchar), currency,"
    " impressions, clicks"
)
SEVERAL = "several lines of a day and campaign"


def load(warehouse, tool: str, text: str):
    warehouse.source("ad_spend", tool)
    warehouse.deliver("ad_spend/a.csv", text)
    [result] = warehouse.load("ad_spend").results
    assert (result.status, result.reason) == ("loaded", None)
    return result


def test_a_report_of_google_ads_has_lines_above_and_totals_below(warehouse) -> None:
    result = load(warehouse, "google_ads", (DATA / "google_ads_report.csv").read_text())
    assert (result.records, result.delivered, result.loaded) == (8, 6, 3)
    assert warehouse.rows("ad_spend", COLUMNS) == [
        ("2026-02-01", "other", "Everything", "3.10", "GBP", None, 0),
        ("2026-02-01", "paid_search", "Brand", "1234.50", "GBP", 10000, 120),
        ("2026-02-02", "paid_video", "Films", "0.00", "GBP", 1, 0),
    ]
    assert warehouse.quarantine("ad_spend", "reason, value") == [
        ("amount_not_a_number", "free"),
        ("amount_not_a_number", SEVERAL),
        ("amount_not_a_number", SEVERAL),
    ]


def test_a_report_of_google_ads_in_german_style_without_lines_above(warehouse) -> None:
    load(
        warehouse,
        "google_ads",
        "Day;Campaign;Currency code;Cost;Impr.;Clicks\n2026-02-01;Brand;EUR;1.234,50;12;3\n",
    )
    assert warehouse.rows("ad_spend", COLUMNS) == [
        ("2026-02-01", "paid_search", "Brand", "1234.50", "EUR", 12, 3)
    ]


@pytest.mark.parametrize(
    "header",
    [
        "TimePeriod,CampaignName,CampaignType,CurrencyCode,Spend,Impressions,Clicks",
        "Gregorian date,Campaign,Campaign type,Currency code,Spend,Impressions,Clicks",
    ],
)
def test_a_report_of_microsoft_says_what_it_is_above_and_whose_below(warehouse, header) -> None:
    text = (DATA / "microsoft_ads_report.csv").read_text()
    names = "TimePeriod,CampaignName,CampaignType,CurrencyCode,Spend,Impressions,Clicks"
    assert names in text
    result = load(warehouse, "microsoft_ads", text.replace(names, header))
    assert warehouse.rows("ad_spend", COLUMNS) == [
        ("2026-02-01", "paid_search", "Brand", "12.50", "GBP", 1000, 12),
        ("2026-02-01", "paid_shopping", "Shoes", "1.50", "GBP", 10, 1),
    ]
    # A day that may be a month is not guessed. The last line is no line of the table.
    assert (result.records, result.delivered, result.loaded) == (5, 4, 2)
    assert result.quarantine_reasons == {"spend_date_not_a_date": 1, "wrong_field_count": 1}


def test_an_export_of_meta_has_its_currency_in_a_name_and_a_total_without_one(warehouse) -> None:
    result = load(warehouse, "meta_ads", (DATA / "meta_ads_export.csv").read_text())
    assert (result.records, result.delivered, result.loaded) == (4, 3, 2)
    assert warehouse.rows("ad_spend", COLUMNS) == [
        ("2026-02-01", "paid_social", "Spring", "12.50", "EUR", 900, 9),
        ("2026-02-02", "paid_social", "Summer", "2.50", "EUR", 100, 1),
    ]
    assert result.quarantine_reasons == {"spend_date_not_a_date": 1}


@pytest.mark.parametrize("tool", ["google_ads", "microsoft_ads", "meta_ads"])
def test_another_table_is_no_report(warehouse, tool: str) -> None:
    warehouse.source("ad_spend", tool)
    warehouse.deliver("ad_spend/a.csv", "day,money\n2026-02-01,1\n")
    [result] = warehouse.load("ad_spend").results
    assert result.status == "rejected"


@pytest.mark.parametrize(
    ("written", "number"),
    [("1,234.56", "1234.56"), ("1.234,56", "1234.56"), ("12,5", "12.50"), ("€1.50", "1.50"),
     ("1 234,50 kr", "1234.50"), ("1.234.567", "1234567.00"), ("1'234.50", "1234.50")],
)  # fmt: skip
def test_numbers_are_read_as_people_write_them(warehouse, written: str, number: str) -> None:
    load(
        warehouse,
        "google_ads",
        f'Day\tCampaign\tCurrency code\tCost\n2026-02-01\ta\tEUR\t"{written}"\n',
    )
    assert warehouse.rows("ad_spend", "cast(amount as varchar)") == [(number,)]
