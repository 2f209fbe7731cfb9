"""What was planted is in the files, counted to the last row."""

import json
from collections import Counter

import pytest

from tests.demo.deliveries import Delivered


@pytest.fixture(scope="module")
def truth(landing) -> dict:
    return json.loads((landing / "ground_truth.json").read_text())


def recounted(rows: list[Delivered]) -> dict:
    """The ledger's four numbers, one row after another."""
    counts: Counter[str] = Counter()
    malformed: Counter[str] = Counter()
    last: dict[str, str] = {}
    for item in rows:
        counts["delivered"] += 1
        if item.fault:
            malformed[item.fault] += 1
        elif item.key not in last:
            counts["loaded"] += 1
        elif last[item.key] == item.content:
            counts["duplicate"] += 1
        else:
            counts["restated"] += 1
        if not item.fault:
            last[item.key] = item.content
    numbers = {name: counts[name] for name in ("delivered", "loaded", "duplicate", "restated")}
    return numbers | {"quarantined": malformed.total(), "malformed": dict(malformed)}


def test_planted_rows_are_delivered_and_counted(rows, truth):
    assert set(rows) == set(truth["planted"])
    for name, delivered in rows.items():
        planted = dict(truth["planted"][name])
        planted["malformed"] = {fault: n for fault, n in planted["malformed"].items() if n}
        found = recounted(delivered)
        assert {key: planted[key] for key in found} == found, name


def test_late_rows_are_counted(rows, truth):
    for name in ("site", "mail", "shop", "feedback", "support", "referrals"):
        firsts: dict[str, Delivered] = {}
        for item in rows[name]:
            if item.fault is None:
                firsts.setdefault(item.key, item)
        late = sum(item.file_date > item.instant.date() for item in firsts.values())
        assert late == truth["planted"][name]["late"], name


def test_every_feed_that_can_have_defects_has_some(truth):
    planted = truth["planted"]
    assert all(sum(planted[name]["malformed"].values()) for name in planted if "refund" not in name)
    assert planted["site"]["duplicate"]
    assert planted["site"]["late"]
    assert planted["site"]["restated"]
    assert planted["shop"]["restated"]
    assert planted["support"]["restated"]
    assert planted["ad_spend"]["restated"]


def test_an_order_that_changes_later_is_delivered_again_with_its_refund(rows):
    versions: dict[str, list[dict]] = {}
    for item in rows["shop"]:
        if item.fault is None:
            versions.setdefault(item.key, []).append(item.row)
    changed = [each for each in versions.values() if each[0] != each[-1]]
    assert changed
    for first, *_, last in changed:
        assert first["financial_status"] == "paid"
        assert first["refunds"] == []
        assert first["cancelled_at"] is None
        assert len(last["refunds"]) == 1
