"""`journey check`: what it shows of a file, and how it ends."""

import json

import pytest

from tests.cli.places import COLUMNS, GOOD_CONFIG, MAPPED, ORDERS, TILL, Place, call
from tests.ingest.rows import csv_of, good

BAD = csv_of(
    [
        good("orders"),
        good("orders", order_id="o2", currency="?", coupon="Ann Smith"),
        good("orders", order_id="o3", net_amount="Ann Smith, 07700 900123"),
    ]
)


def shown(place: Place, capsys: pytest.CaptureFixture, command: str) -> tuple[int, str]:
    code = call(place, command)
    return code, capsys.readouterr().out


def test_a_file_that_would_be_kept_ends_well(place: Place, capsys: pytest.CaptureFixture) -> None:
    place.config.write_text(GOOD_CONFIG)
    place.deliver("shop/2026-03-01.csv", ORDERS)
    code, said = shown(place, capsys, "check")
    assert code == 0
    for words in (
        "shop orders, canonical: landing/shop/2026-03-01.csv",
        "1 row delivered: 1 would be kept, 0 quarantined, 0 duplicate",
        "All that was looked at would be kept",
        "Nothing was changed.",
    ):
        assert words in said
    assert {path.name for path in place.data.iterdir()} == {"landing"}


def test_what_would_be_lost_is_shown_without_anybody_s_values(
    place: Place, capsys: pytest.CaptureFixture
) -> None:
    place.config.write_text(GOOD_CONFIG)
    place.deliver("shop/2026-03-01.csv", BAD)
    code, said = shown(place, capsys, "check shop")
    assert code == 3
    assert "3 rows delivered: 1 would be kept, 2 quarantined" in said
    assert "1 row to quarantine as net_amount_not_a_number, row 4: net_amount 'xxx xxxxx" in said
    assert "Ann" not in said
    assert "Of shop not all would be kept" in said
    code, said = shown(place, capsys, "check shop --show-values")
    assert code == 3
    assert "the value is 'Ann Smith, 07700 900123'" in said


@pytest.mark.parametrize("option", ["", " --show-values"])
def test_programs_are_given_json(place: Place, capsys: pytest.CaptureFixture, option: str) -> None:
    place.config.write_text(GOOD_CONFIG)
    place.deliver("shop/2026-03-01.csv", BAD)
    code, said = shown(place, capsys, "check --json" + option)
    [of] = json.loads(said)["sources"]
    assert code == 3
    assert (of["delivered"], of["kept"], of["quarantined"]) == (3, 1, 2)
    assert ("Ann Smith" in said) == bool(option)


def test_a_rejected_file_and_a_missing_one_are_shown(
    place: Place, capsys: pytest.CaptureFixture
) -> None:
    place.config.write_text(GOOD_CONFIG + MAPPED + COLUMNS)
    place.deliver("shop/2026-03-01.csv", "order_id,colour\n1,red\n")
    code, said = shown(place, capsys, "check")
    assert code == 3
    assert "rejected: landing/shop/2026-03-01.csv: its header has 'colour'" in said
    assert "till orders, mapped: no file lies at landing/till.csv" in said


def test_without_any_file_there_is_nothing_to_check(
    place: Place, capsys: pytest.CaptureFixture
) -> None:
    place.config.write_text(GOOD_CONFIG)
    code, said = shown(place, capsys, "check")
    assert code == 3
    assert "There is no file to check" in said


def test_a_mapping_is_shown_with_what_it_takes_for_granted(
    place: Place, capsys: pytest.CaptureFixture
) -> None:
    place.config.write_text(MAPPED + COLUMNS)
    place.deliver("till.csv", TILL.replace("amount\n", "amount,clerk\n").replace("0\n", "0,Ann\n"))
    code, said = shown(place, capsys, "check")
    assert code == 0
    for words in (
        "nothing reads these columns of the file: clerk",
        "ordered_at: 2 values are dates without a time and count at 00:00 UTC",
        "net_amount",
        "'GBP'",
    ):
        assert words in said
    place.config.write_text(MAPPED + "date_only = true\n" + COLUMNS)
    _, said = shown(place, capsys, "check")
    assert "its times are dates, and count at the end of the day in UTC" in said
