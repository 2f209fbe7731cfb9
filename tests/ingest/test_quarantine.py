"""Every reason for quarantine: which rows it takes, and that it takes them alone."""

import json
import stat

import pytest

from journey.core.settings import KINDS
from journey.ingest.conforming import reasons_of
from journey.ingest.contracts import read_contract
from tests.ingest.rows import good

NOBODY = {"anonymous_id": None, "customer_id": None, "email": None}
# By kind and reason: what is wrong with the row.
BROKEN: dict[str, dict[str, dict[str, str | None]]] = {
    "web_events": {
        "event_id_missing": {"event_id": ""},
        "occurred_at_missing": {"occurred_at": None},
        "occurred_at_not_a_timestamp": {"occurred_at": "2026-13-01"},
        "received_at_not_a_timestamp": {"received_at": "yesterday"},
        "email_not_an_address": {"email": "ada.test"},
        "email_key_not_a_key": {"email_key": "Ada Lovelace"},
        "event_name_missing": {"event_name": " "},
        "revenue_not_a_number": {"revenue": "12,50"},
        "properties_not_a_json": {"properties": "{a:1}"},
        "no_identifier": {"anonymous_id": " "},
        "revenue_negative": {"event_name": "refund", "revenue": "-0.01"},
        "in_the_future": {"occurred_at": "2026-03-03T00:00:00Z"},
    },
    "email_events": {
        "event_id_missing": {"event_id": ""},
        "occurred_at_missing": {"occurred_at": ""},
        "occurred_at_not_a_timestamp": {"occurred_at": "infinity"},
        "email_not_an_address": {"email": "ada@"},
        "email_key_not_a_key": {"email_key": "Ada Lovelace"},
        "event_name_missing": {"event_name": None},
        "event_name_unknown": {"event_name": "open"},
        "is_machine_not_a_boolean": {"is_machine": "perhaps"},
        "no_identifier": {"email": None},
        "in_the_future": {"occurred_at": "2027-01-01"},
    },
    "orders": {
        "order_id_missing": {"order_id": "\t"},
        "ordered_at_missing": {"ordered_at": None},
        "ordered_at_not_a_timestamp": {"ordered_at": "1969-12-31T23:59:59Z"},
        "email_not_an_address": {"email": "a b@example.test"},
        "email_key_not_a_key": {"email_key": "Ada Lovelace"},
        "status_unknown": {"status": "done"},
        "net_amount_missing": {"net_amount": None},
        "net_amount_not_a_number": {"net_amount": "£10"},
        "total_amount_not_a_number": {"total_amount": "NaN"},
        "discount_amount_not_a_number": {"discount_amount": "1000000000000"},
        "tax_amount_not_a_number": {"tax_amount": "99999999999999999999"},
        "shipping_amount_not_a_number": {"shipping_amount": "free"},
        "currency_missing": {"currency": None},
        "currency_not_iso_4217": {"currency": "pounds"},
        "cancelled_at_not_a_timestamp": {"cancelled_at": "no"},
        "is_test_not_a_boolean": {"is_test": "2"},
        "no_identifier": {"customer_id": ""},
        "in_the_future": {"ordered_at": "2026-03-03"},
    },
    "refunds": {
        "refund_id_missing": {"refund_id": None},
        "order_id_missing": {"order_id": None},
        "refunded_at_missing": {"refunded_at": None},
        "refunded_at_not_a_timestamp": {"refunded_at": "1769940000"},
        "amount_missing": {"amount": ""},
        "amount_not_a_number": {"amount": "5 GBP"},
        "net_amount_not_a_number": {"net_amount": "four"},
        "currency_not_iso_4217": {"currency": "£"},
        "amount_negative": {"amount": "-5"},
        "net_amount_negative": {"net_amount": "-4"},
        "in_the_future": {"refunded_at": "2026-03-03"},
    },
    "feedback": {
        "feedback_id_missing": {"feedback_id": None},
        "occurred_at_missing": {"occurred_at": None},
        "occurred_at_not_a_timestamp": {"occurred_at": "2026-02-30"},
        "kind_missing": {"kind": None},
        "kind_unknown": {"kind": "poll"},
        "score_missing": {"score": None},
        "score_not_an_integer": {"score": "4.5"},
        "email_not_an_address": {"email": "@"},
        "email_key_not_a_key": {"email_key": "Ada Lovelace"},
        "no_identifier": {"customer_id": None},
        "score_out_of_range": {"score": "11"},
        "in_the_future": {"occurred_at": "2026-03-03"},
    },
    "referrals": {
        "referral_id_missing": {"referral_id": None},
        "occurred_at_missing": {"occurred_at": None},
        "occurred_at_not_a_timestamp": {"occurred_at": "02/01/2026"},
        "referrer_customer_id_missing": {"referrer_customer_id": None},
        "referred_email_not_an_address": {"referred_email": "bob"},
        "referred_email_key_not_a_key": {"referred_email_key": "Ada Lovelace"},
        "no_referred_identifier": {"referred_email": None},
        "in_the_future": {"occurred_at": "2026-03-03"},
    },
    "support_tickets": {
        "ticket_id_missing": {"ticket_id": None},
        "opened_at_missing": {"opened_at": None},
        "opened_at_not_a_timestamp": {"opened_at": "x"},
        "closed_at_not_a_timestamp": {"closed_at": "x"},
        "email_not_an_address": {"email": "x"},
        "email_key_not_a_key": {"email_key": "Ada Lovelace"},
        "no_identifier": {"customer_id": None},
        "in_the_future": {"opened_at": "2026-03-03"},
    },
    "customers": {
        "customer_id_missing": {"customer_id": None},
        "updated_at_missing": {"updated_at": None},
        "updated_at_not_a_timestamp": {"updated_at": "x"},
        "email_not_an_address": {"email": "x"},
        "email_key_not_a_key": {"email_key": "Ada Lovelace"},
        "created_at_not_a_timestamp": {"created_at": "x"},
        "birth_year_not_an_integer": {"birth_year": "80s"},
        "attributes_not_a_json": {"attributes": "[1"},
        "marketing_consent_not_a_boolean": {"marketing_consent": "maybe"},
        "in_the_future": {"updated_at": "2026-03-03"},
    },
    "ad_spend": {
        "spend_date_missing": {"spend_date": None},
        "spend_date_not_a_date": {"spend_date": "2026-02-29"},
        "channel_missing": {"channel": None},
        "amount_missing": {"amount": None},
        "amount_not_a_number": {"amount": "x"},
        "currency_missing": {"currency": None},
        "currency_not_iso_4217": {"currency": "12"},
        "impressions_not_an_integer": {"impressions": "1.5"},
        "clicks_not_an_integer": {"clicks": "many"},
        "amount_negative": {"amount": "-1"},
        "in_the_future": {"spend_date": "2026-03-03"},
    },
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_reason_of_a_contract_is_tried(kind: str) -> None:
    assert list(BROKEN[kind]) == list(reasons_of(read_contract(kind)))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("container", ["csv", "jsonl"])
def test_each_broken_row_is_quarantined_with_its_reason_alone(
    warehouse, kind: str, container: str
) -> None:
    """A file with one row broken in each way, between good ones."""
    contract = read_contract(kind)
    key = contract.key[-1]
    rows = [good(kind, **{key: "first"})]
    for number, changes in enumerate(BROKEN[kind].values()):
        rows.append(good(kind, **{key: f"k{number}"} | changes))
        rows.append(good(kind, **{key: f"good {number}"}))
    if container == "csv":
        header = contract.delivered_names
        lines = [",".join(header)] + [
            ",".join('"' + row.get(c, "").replace('"', '""') + '"' for c in header) for row in rows
        ]
        content = "\n".join(lines) + "\n"
    else:
        content = "".join(json.dumps(row) + "\n" for row in rows)
    warehouse.source(kind)
    warehouse.deliver(f"{kind}/a.{container}", content)
    [result] = warehouse.load(kind).results
    first_line = 2 if container == "csv" else 1
    expected = [(reason, first_line + 1 + 2 * n) for n, reason in enumerate(BROKEN[kind])]
    assert warehouse.quarantine(kind, "reason, file_row") == sorted(expected)
    assert result.quarantine_reasons == dict.fromkeys(BROKEN[kind], 1)
    assert (result.delivered, result.loaded) == (len(rows), len(BROKEN[kind]) + 1)
    kept = [line for (line,) in warehouse.rows(kind, "file_row")]
    assert kept == [first_line + 2 * n for n in range(len(BROKEN[kind]) + 1)]


def test_a_quarantined_row_is_kept_as_delivered_for_its_owner_alone(warehouse) -> None:
    broken = good("orders", ordered_at="2026-13-01", email="ada@example.test")
    warehouse.source("orders")
    warehouse.deliver("orders/a.jsonl", [good("orders", order_id="2"), broken])
    warehouse.deliver("orders/b.csv", "order_id,ordered_at,net_amount,currency,email\nx,y,1,GBP,\n")
    pending = warehouse.load("orders")
    columns = "source, file_name, file_row, reason, value, row_text, delivered_on::varchar, load_id"
    assert warehouse.quarantine("orders", columns) == [
        ("orders", "landing/orders/a.jsonl", 2, "ordered_at_not_a_timestamp", "2026-13-01",
         json.dumps(broken), "2026-03-01", 1),
        ("orders", "landing/orders/b.csv", 2, "ordered_at_not_a_timestamp", "y",
         '{"order_id":"x","ordered_at":"y","net_amount":"1","currency":"GBP","email":null}',
         "2026-03-01", 1),
    ]  # fmt: skip
    path = warehouse.data_dir / "quarantine/orders/orders-1.parquet"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    [example] = pending.results[0].examples.values()
    assert example == (
        "landing/orders/a.jsonl row 2: ordered_at '2026-13-01' is not a timestamp; the row is in "
        "quarantine/orders/orders-1.parquet"
    )


def test_a_quarantined_parquet_row_is_kept_as_delivered(warehouse) -> None:
    warehouse.source("orders")
    path = warehouse.deliver("orders/a.parquet", b"")
    warehouse.query(
        f"""copy (select i::varchar as order_id, '2026-02-01' as ordered_at, i as net_amount,
        case when i = 3 then 'x' else 'GBP' end as currency, 'c' as customer_id
        from range(1, 5) as t(i)) to '{path}' (format parquet)"""
    )
    warehouse.load("orders")
    assert warehouse.quarantine("orders", "reason, value, file_row, row_text") == [
        ("currency_not_iso_4217", "X", 3, '{"order_id":"3","ordered_at":"2026-02-01",'
         '"net_amount":3,"currency":"x","customer_id":"c"}')
    ]  # fmt: skip


def test_lines_that_are_no_objects_are_unparseable(warehouse) -> None:
    lines = ["{broken", "[1, 2]", "3", '"text"', "null", "{} {}", "", "  ", "\ufffd\x01\x02"]
    rows = [json.dumps(good("orders", order_id=str(number))) for number in range(1, 21)]
    warehouse.source("orders")
    warehouse.deliver("orders/a.jsonl", "\n".join([*rows, *lines]) + "\n")
    [result] = warehouse.load("orders").results
    # An array is a post of several records: its two elements are none. So are two in one line.
    assert result.quarantine_reasons == {"unparseable": 7, "order_id_missing": 2}
    assert (result.delivered, result.loaded) == (29, 20)


def test_a_member_that_the_contract_has_not_is_told(warehouse) -> None:
    warehouse.source("orders")
    rows = [good("orders"), good("orders", order_id="2", cupon="X")]
    warehouse.deliver("orders/a.jsonl", rows)
    [result] = warehouse.load("orders").results
    assert result.loaded == 1
    assert warehouse.quarantine("orders", "reason, value") == [("unknown_column", "cupon")]
    [example] = result.examples.values()
    assert "orders has no column 'cupon'" in example


@pytest.mark.parametrize("days", [0, 1, 2])
def test_a_row_may_be_dated_a_day_after_its_delivery(warehouse, days: int) -> None:
    warehouse.source("orders", path="landing/orders_{date}.jsonl")
    at = f"2026-02-{10 + days}T23:59:59Z"
    warehouse.deliver("orders_2026-02-10.jsonl", [good("orders", ordered_at=at)])
    warehouse.load("orders")
    assert warehouse.quarantine("orders") == ([("in_the_future",)] if days == 2 else [])
