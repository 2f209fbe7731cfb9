"""What a check of a source's newest file finds, and that it changes nothing."""

import gzip
import os
from pathlib import Path

import pytest

from journey.cli import checking
from journey.core.errors import ConfigurationError
from journey.ingest import trial
from journey.ingest.formats import read_format
from journey.ingest.session import Session
from journey.ingest.trial import Found, Names
from journey.ingest.trial.first_rows import first_rows
from tests.ingest.conftest import TODAY, Warehouse
from tests.ingest.records_of_tools import DATA
from tests.ingest.rows import BROKEN, csv_of, good

EVENT = {
    "type": "track", "event": "Gizmo Turned", "messageId": "1", "anonymousId": "d1",
    "userId": "7", "timestamp": "2026-02-01T10:00:00Z",
}  # fmt: skip
TILL = {
    "order_id": "number",
    "ordered_at": "day",
    "customer_id": "who",
    "net_amount": "amount * 2",
    "currency": "'GBP'",
}


def check(warehouse: Warehouse, rows: int = 1000, **given: object) -> list[Found]:
    settings = warehouse.settings
    return trial.check(settings, settings.sources, rows=rows, today=TODAY, **given)


def check_one(warehouse: Warehouse, **given: object) -> Found:
    [found] = check(warehouse, **given)
    return found


def contents(folder: Path) -> dict[Path, bytes | None]:
    return {path: path.read_bytes() if path.is_file() else None for path in folder.rglob("*")}


@pytest.mark.parametrize("has_key", [True, False])
def test_nothing_is_changed(orders, monkeypatch, tmp_path: Path, has_key: bool) -> None:
    if not has_key:
        monkeypatch.delenv("JOURNEY_EMAIL_KEY")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "elsewhere"))
    (tmp_path / "elsewhere").mkdir()
    before = contents(orders.data_dir)
    assert check_one(orders).kept == 1
    assert contents(orders.data_dir) == before
    assert not list((tmp_path / "elsewhere").iterdir())


@pytest.mark.parametrize("kind", BROKEN)
def test_a_check_says_what_a_run_does(warehouse, kind: str) -> None:
    """The sum of all, and every reason with its rows, for each kind and each of its reasons."""
    rows = [good(kind, **broken) for broken in BROKEN[kind].values()]
    warehouse.source(kind)
    warehouse.deliver(f"{kind}/a.csv", csv_of([good(kind), good(kind), *rows]))
    found = check_one(warehouse)
    [result] = warehouse.load(kind).results
    assert (found.delivered, found.kept, found.quarantined, found.duplicate) == (
        result.delivered,
        result.loaded + result.restated,
        result.quarantined,
        result.duplicate,
    )
    assert {reason.code: reason.rows for reason in found.reasons} == result.quarantine_reasons
    for reason in found.reasons:
        assert f"row {reason.row}: {reason.sentence}; " in result.examples[reason.code]
    assert found.is_lossy == bool(result.quarantined)


def test_what_a_file_is_rejected_for_is_found(warehouse) -> None:
    warehouse.source("orders")
    warehouse.deliver("orders/a.csv", "order_id,colour\n1,red\n")
    found = check_one(warehouse)
    assert "its header has 'colour', which orders does not know" in found.rejected
    assert found.is_lossy
    assert (found.delivered, found.columns) == (0, ())


def test_a_source_without_a_file_is_found_so(warehouse) -> None:
    warehouse.source("orders")
    found = check_one(warehouse)
    assert (found.file, found.is_lossy) == (None, False)


def test_a_wrong_definition_is_an_error_of_the_settings(warehouse) -> None:
    warehouse.source("orders", "mapped", columns={"order_id": "1"})
    with pytest.raises(ConfigurationError, match="columns lacks ordered_at"):
        check(warehouse)


def test_the_newest_file_is_that_of_the_latest_date(orders) -> None:
    first = orders.data_dir / "landing" / "orders_2026-02-01.csv"
    os.utime(first, (2e9, 2e9))
    assert check_one(orders).file == "landing/orders_2026-02-02.csv"


def test_without_dates_the_newest_file_is_the_one_written_last(warehouse) -> None:
    warehouse.source("orders")
    for number, name in enumerate(("b", "a")):
        path = warehouse.deliver(f"orders/{name}.csv", csv_of([good("orders")]))
        os.utime(path, (1.7e9 + number, 1.7e9 + number))
    assert check_one(warehouse).file == "landing/orders/a.csv"


def test_a_wrong_name_is_found_where_there_is_no_other(warehouse) -> None:
    warehouse.source("orders", path="landing/{date}.csv")
    warehouse.deliver("2026-02-31.csv", csv_of([good("orders")]))
    assert "is not a date; rename the file" in check_one(warehouse).rejected
    warehouse.deliver("2026-02-01.csv", csv_of([good("orders")]))
    assert check_one(warehouse).kept == 1


@pytest.mark.parametrize("layout", ["csv", "csv.gz", "jsonl", "parquet"])
def test_of_a_large_file_the_first_rows_are_looked_at(warehouse, layout: str) -> None:
    warehouse.source("orders", path=f"landing/orders/a.{layout}")
    rows = [good("orders", order_id=f"o{n}", coupon='"two\nlines') for n in range(50)]
    if layout == "jsonl":
        warehouse.deliver("orders/a.jsonl", rows)
    else:
        plain = warehouse.deliver("plain.csv", csv_of(rows))
        target = warehouse.deliver(f"orders/a.{layout}", plain.read_bytes())
        if layout == "parquet":
            warehouse.query(f"copy (from '{plain}') to '{target}' (format parquet)")
    found = check_one(warehouse, rows=10)
    assert (found.is_part, found.kept) == (True, 10)
    whole = check_one(warehouse, rows=50)
    assert (whole.is_part, whole.kept, whole.quarantined) == (False, 50, 0)


def test_a_document_is_looked_at_whole(warehouse) -> None:
    warehouse.source("orders", "shopify")
    order = '{"id": %d, "created_at": "2026-02-01T00:00:00Z", "email": "a@example.test",\n' \
        '"currency": "GBP", "subtotal_price": "1.00"}'  # fmt: skip
    orders = ",\n".join(order % number for number in range(1, 31))
    warehouse.deliver("orders/a.json", f'{{"orders": [\n{orders}\n]}}')
    found = check_one(warehouse, rows=2)
    assert (found.is_part, found.kept) == (False, 30)


def test_stray_quotes_do_not_take_the_whole_file(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('a,b\n1,"\n' + "1,2\n" * 5000)
    copy = first_rows(path, 10, tmp_path / "..")
    assert copy is not None
    assert 10 < len(copy.read_bytes().splitlines()) < 2000


@pytest.mark.parametrize(
    "content", [b"", gzip.compress(b"a,b\n" * 99, mtime=0)[:-9], b"PAR1 and no more", b"[\n" * 99]
)
def test_what_has_no_first_rows_is_left_as_it_is(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    (tmp_path / "copies").mkdir()
    assert first_rows(path, 500, tmp_path / "copies") is None
    assert not list((tmp_path / "copies").iterdir())


def test_each_column_is_shown_with_what_it_is_made_of(warehouse) -> None:
    warehouse.source("orders", "mapped", columns=TILL | {"coupon": "code"})
    warehouse.deliver(
        "orders/a.csv", "number,day,who,amount,code,clerk\n7,2026-02-01 10:00:00,1,2.50,,Ann\n"
    )
    found = check_one(warehouse)
    assert [(c.name, c.type, c.origin, c.read_as, c.given) for c in found.columns] == [
        ("order_id", "text", "number", "varchar", 1),
        ("ordered_at", "timestamp", "day", "varchar", 1),
        ("customer_id", "text", "who", "varchar", 1),
        ("net_amount", "decimal", "amount * 2", "double", 1),
        ("currency", "text", "'GBP'", "varchar", 1),
        ("coupon", "text", "code", "varchar", 0),
    ]
    assert (found.unread, found.unread_others) == (["clerk"], 0)


def test_what_a_tool_s_files_hold_beside_what_is_read_is_named(warehouse) -> None:
    warehouse.source("web_events", "segment")
    warehouse.deliver("web_events/a.jsonl", [EVENT | {"channel": "server"}])
    found = check_one(warehouse)
    assert found.unread == ["channel"]
    assert {column.origin for column in found.columns} == {None}


def test_a_check_asks_a_format_s_sql_once_more_than_a_load(warehouse, monkeypatch) -> None:
    """Asked once for each question, it took half a minute to put the queries together."""
    asked: list[str] = []
    execute = Session.execute

    def noted(self: Session, query: str, parameters: object = None) -> object:
        asked.append(query)
        return execute(self, query, parameters)

    monkeypatch.setattr(Session, "execute", noted)
    body = read_format("web_events", "segment").body
    warehouse.source("web_events", "segment")
    warehouse.deliver("web_events/a.jsonl", [EVENT])
    counts = []
    for act in (check_one, lambda given: given.load("web_events")):
        asked.clear()
        act(warehouse)
        counts.append(sum(body in query for query in asked))
    assert counts[0] == counts[1] + 1


def test_what_another_source_reads_of_a_file_is_read(warehouse) -> None:
    for kind in ("orders", "refunds"):
        warehouse.source(kind, "shopify", path="landing/shop.json")
    order = {"id": 1, "refunds": [], "email": "a@example.test", "note": "x"}
    warehouse.deliver("shop.json", [order])
    assert [found.unread for found in check(warehouse)] == [["note"], ["note"]]


def test_members_that_are_named_by_values_are_counted(warehouse) -> None:
    warehouse.source("web_events", "segment")
    warehouse.deliver("web_events/a.jsonl", [EVENT | {"ann@example.test": 1, "447700900123": 2}])
    found = check_one(warehouse)
    assert (found.unread, found.unread_others) == ([], 2)
    shown = check_one(warehouse, is_showing_values=True)
    assert set(shown.unread) == {"ann@example.test", "447700900123"}


def test_event_names_without_a_rule_are_named(warehouse) -> None:
    warehouse.source("web_events", "segment")
    warehouse.deliver(
        "web_events/a.jsonl",
        [
            EVENT | {"messageId": f"{number}", "event": event}
            for number, event in enumerate(
                ("Gizmo Turned", "Gizmo Turned", "Product Viewed", "call 447700900123")
            )
        ],
    )
    [names] = check_one(warehouse).names
    assert (names.column, names.names, names.others) == ("event_name", [("gizmo_turned", 2)], 1)
    [names] = check_one(warehouse, is_showing_values=True).names
    assert ("call_447700900123", 1) in names.names


def test_a_rule_of_the_team_is_a_rule(warehouse) -> None:
    seeds = warehouse.data_dir / "seeds"
    seeds.mkdir(parents=True)
    header = "position,touchpoint,min_score,phase,stage\n"
    (seeds / "stage_rules.csv").write_text(header + "1,web:gizmo_turned,,before,intent\n")
    warehouse.source("web_events", "segment")
    warehouse.deliver("web_events/a.jsonl", [EVENT])
    assert check_one(warehouse).names == []


def test_so_many_names_are_no_vocabulary(warehouse) -> None:
    warehouse.source("web_events", "segment")
    warehouse.deliver(
        "web_events/a.jsonl",
        [EVENT | {"messageId": f"{n}", "event": f"word {n}"} for n in range(300)],
    )
    [names] = check_one(warehouse).names
    assert (names.names, names.others) == ([], 300)


def test_values_that_the_contract_does_not_know_are_named(warehouse) -> None:
    warehouse.source("orders")
    rows = [good("orders", order_id=f"o{n}", status=s) for n, s in enumerate(("odd", "odd", "new"))]
    warehouse.deliver("orders/a.csv", csv_of(rows))
    [names] = check_one(warehouse).names
    assert (names.column, names.names) == ("status", [("odd", 2), ("new", 1)])


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (["cus_9s6XKzkNRiz8i3", "cus_9s6XKzkNRiz8i4"], "Stripe's ids"),
        (["gid://shopify/Customer/7", "gid://shopify/Customer/8"], "Shopify's addresses"),
        (["1180526543.1612137600", "1180526544.1612137601"], "Google Analytics' ids"),
        (["6ba7b810-9dad-11d1-80b4-00c04fd430c8"], "UUIDs"),
        (["hubspot:43", "hubspot:44"], "ids with a tool's name before them"),
        (["01H8ZQ4WJ3V0T9N6K2M5R7X1YB"], "ULIDs"),
        (["7", "8", "cus_9s6XKzkNRiz8i3"], None),
        (["shop-7", "C00012"], None),
    ],
)
def test_ids_of_another_tool_are_found_among_customers(
    warehouse, values: list[str], words: str | None
) -> None:
    warehouse.source("orders")
    rows = [good("orders", order_id=f"o{n}", customer_id=v) for n, v in enumerate(values)]
    warehouse.deliver("orders/a.csv", csv_of(rows))
    found = check_one(warehouse).identifiers
    alike = [shape for of in found if of.column == "customer_id" for shape, _ in of.alike]
    assert [shape[: len(words or "")] for shape in alike] == ([words] if words else [])


def test_words_that_stand_for_no_person_are_found(warehouse) -> None:
    warehouse.source("orders")
    ids = ["guest", "Guest", "(not set)", "7"]
    rows = [
        good("orders", order_id=f"o{n}", customer_id=given, email="a@example.test")
        for n, given in enumerate(ids)
    ]
    warehouse.deliver("orders/a.csv", csv_of(rows))
    [odd] = check_one(warehouse).identifiers
    assert (odd.column, odd.fillers, odd.words) == ("customer_id", 1, [("guest", 2)])


def test_a_value_that_is_nearly_everywhere_is_found(warehouse) -> None:
    warehouse.source("orders")
    rows = [
        good("orders", order_id=f"o{n}", customer_id="till" if n % 2 else f"{n}")
        for n in range(200)
    ]
    warehouse.deliver("orders/a.csv", csv_of(rows))
    [odd] = check_one(warehouse).identifiers
    assert round(odd.most_frequent, 2) == 0.5


@pytest.mark.parametrize(
    ("days", "counts"),
    [
        (["2026-02-01T10:00:00+01:00", "2026-02-01 10:00:00Z", "2026-02-01 10:00:00 +0100"],
         (3, 0, 0)),
        (["2026-02-01T10:00:00", "2026-02-01 10:00"], (0, 2, 0)),
        (["2026-02-01", "20260201"], (0, 0, 2)),
        (["2026-02-01", "2026-02-01T10:00:00Z", "2026-02-01T10:00:00"], (1, 1, 1)),
    ],
)  # fmt: skip
def test_times_are_counted_by_their_zone(warehouse, days: list[str], counts: tuple) -> None:
    warehouse.source("orders")
    rows = [good("orders", order_id=f"o{n}", ordered_at=day) for n, day in enumerate(days)]
    warehouse.deliver("orders/a.csv", csv_of(rows))
    [times] = [times for times in check_one(warehouse).times if times.column == "ordered_at"]
    assert (times.with_zone, times.without_zone, times.dates) == counts


def test_people_are_counted_and_what_puts_them_together(warehouse) -> None:
    warehouse.source("web_events", "segment")
    warehouse.source("orders")
    person = {"anonymousId": "d1", "userId": "7"}
    warehouse.deliver(
        "web_events/a.jsonl",
        [
            EVENT | person | {"messageId": "1"},
            EVENT | person | {"messageId": "2", "userId": None},
            EVENT | {"messageId": "3", "anonymousId": "d2", "userId": None},
            EVENT | {"messageId": "4", "anonymousId": "d3", "userId": None},
        ],
    )
    order = {"email": "a@example.test", "anonymous_id": None}
    warehouse.deliver(
        "orders/a.csv",
        csv_of(
            [
                good("orders", order_id="o1", customer_id="7", **order),
                good("orders", order_id="o2", customer_id=None, **order),
            ]
        ),
    )
    web, orders = [found.people for found in check(warehouse)]
    assert (web.people, web.stitched, web.elsewhere) == (3, 1, 1)
    assert (orders.people, orders.stitched, orders.elsewhere) == (1, 1, 1)
    alone = trial.check(warehouse.settings, warehouse.settings.sources[:1], rows=9, today=TODAY)
    assert alone[0].people.elsewhere is None


def test_the_name_of_a_file_that_is_an_address_is_not_shown(warehouse) -> None:
    warehouse.source("orders", path="landing/ada@example.test.csv")
    warehouse.deliver("ada@example.test.csv", csv_of([good("orders")]))
    [found] = trial.check(warehouse.settings, warehouse.settings.sources, rows=9, today=TODAY)
    assert found.kept == 1
    assert "ada@" not in f"{found.path} {found.file}"


@pytest.mark.parametrize(
    ("kind", "tool", "file", "column", "word"),
    [
        ("email_events", "sendgrid", "sendgrid.json", "event_name", "account_status_change"),
        ("orders", "woocommerce", "woocommerce_orders.json", "status", "ready_to_ship"),
    ],
)
def test_words_of_a_tool_that_no_rule_knows_are_named_and_kept(
    warehouse, kind: str, tool: str, file: str, column: str, word: str
) -> None:
    warehouse.source(kind, tool)
    warehouse.deliver(f"{kind}/{file}", (DATA / file).read_bytes())
    [found] = trial.check(warehouse.settings, warehouse.settings.sources, rows=99, today=TODAY)
    assert found.names == [Names(column, [(word, 1)], are_kept=True)]
    assert f"{column}_unknown" not in {reason.code for reason in found.reasons}
    [said] = [line for line in checking._sentences(found) if word in line]
    assert said.startswith(f"no rule knows these values of {column}: {word} (1); they load, and ")
