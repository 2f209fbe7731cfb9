"""What is reported of rejected files, and of sources of which nothing was loaded."""

import pytest

from journey import ingest, monitor
from journey.core.errors import DataError
from journey.ingest.rejected import rejected_files
from journey.monitor.rejections import rejections
from journey.read.status import read_status
from journey.transform import inputs
from tests.ingest.conftest import Warehouse
from tests.ingest.rows import csv_of, good
from tests.messages import assert_says
from tests.sinks import Sink

PATH = "landing/orders_{date}.csv"


@pytest.fixture
def orders(tmp_path, monkeypatch, sink) -> Warehouse:
    monkeypatch.setenv("JOURNEY_EMAIL_KEY", "a key for tests, long enough to be one")
    warehouse = Warehouse(tmp_path / "data", given={"webhook_url": sink.url})
    warehouse.source("orders", path=PATH)
    warehouse.deliver("orders_2026-02-01.csv", csv_of([good("orders")]))
    return warehouse


def texts(sink: Sink) -> list[str]:
    return [post["text"] for post in sink.posts]


def test_a_run_without_rejected_files_reports_nothing(orders, sink) -> None:
    monitor.report_rejections(orders.settings)
    orders.load("orders")
    monitor.report_rejections(orders.settings)
    monitor.report_deliveries(orders.settings)
    assert texts(sink) == []


def test_rejected_files_are_reported_once_a_run_and_named(orders, sink) -> None:
    for day in range(2, 7):
        orders.deliver(f"orders_2026-02-0{day}.csv", "\n" * day)
    orders.load("orders")
    for _ in range(2):
        monitor.report_rejections(orders.settings)
    (said,) = texts(sink)
    assert said.startswith("Run run 1: 5 files were rejected, and what is published lacks their")
    assert "landing/orders_2026-02-02.csv: there is nothing in it but blanks" in said
    assert "; and 2 more. Look at `journey status`" in said
    orders.deliver("orders_2026-02-07.csv", "")
    orders.load("orders")
    for _ in range(2):
        monitor.report_rejections(orders.settings)
    assert len(texts(sink)) == 2
    assert texts(sink)[1].startswith("Run run 2: 1 file was rejected, and what is published lacks")


def test_what_a_dead_run_did_not_report_the_next_one_does(orders, sink) -> None:
    orders.deliver("orders_2026-02-02.csv", "")
    orders.load("orders")
    orders.deliver("orders_2026-02-03.csv", csv_of([good("orders", order_id="3")]))
    orders.load("orders")
    monitor.report_rejections(orders.settings)
    (said,) = texts(sink)
    assert said.startswith("Run run 1: 1 file was rejected")


def test_a_source_of_which_nothing_was_loaded_is_reported(orders, sink) -> None:
    orders.source("refunds", path="landing/refunds.csv")
    orders.deliver("refunds.csv", csv_of([good("refunds", amount="x")] * 3))
    orders.load("refunds")
    monitor.report_rejections(orders.settings)
    (said,) = texts(sink)
    assert "Nothing of source 'refunds' was loaded (1 file, 3 rows in quarantine)" in said


HEADER = csv_of([good("orders")]).splitlines()[0] + "\n"


def deliver_days(warehouse: Warehouse, days: str) -> None:
    """A file a day, each loaded and reported by a run: `x` with a row, `.` with a header alone."""
    for day, what in enumerate(days, start=1):
        row = csv_of([good("orders", order_id=str(day))])
        header = HEADER + "\n" * day  # of other bytes each, or it is known and nothing to load
        warehouse.deliver(f"orders_2026-02-{day:02}.csv", row if what == "x" else header)
        (result,) = warehouse.load("orders").results
        assert (result.status, result.delivered) == ("loaded", int(what == "x"))
        monitor.report_deliveries(warehouse.settings)


def test_a_quiet_day_is_no_alert(orders, sink) -> None:
    deliver_days(orders, "x.x..x.")
    assert texts(sink) == []


def test_rows_that_are_all_in_quarantine_are_rows(orders, sink) -> None:
    orders.deliver("orders_2026-02-01.csv", csv_of([good("orders", ordered_at="never")]))
    orders.load("orders")
    monitor.report_deliveries(orders.settings)
    (said,) = texts(sink)
    assert "Nothing of source 'orders' was loaded (1 file, 1 row in quarantine)" in said


def test_a_source_that_never_had_a_file_is_reported_once(orders, sink) -> None:
    orders.source("refunds", path="landing/refnuds.csv")
    orders.load("orders")
    for _ in range(2):
        monitor.report_deliveries(orders.settings)
    [said] = texts(sink)
    assert_says(said, "No file", "source 'refunds'", "(landing/refnuds.csv)", "path")


@pytest.mark.parametrize("how", ["corrected", "renamed", "source corrected"])
def test_a_file_that_was_put_right_is_rejected_no_more(orders, how: str) -> None:
    if how == "renamed":
        orders.deliver("orders_2026-02-30.csv", csv_of([good("orders", order_id="2")]))
    else:
        orders.deliver("orders_2026-02-02.csv", "number,day\n2,2026-02-02\n")
    orders.load("orders")
    assert len(rejected_files(orders.settings)) == 1
    assert len(ingest.rejected_and_there(orders.settings)) == 1
    assert len(read_status(orders.settings).rejected_files) == 1
    if how == "renamed":
        wrong = orders.data_dir / "landing/orders_2026-02-30.csv"
        wrong.rename(wrong.with_name("orders_2026-02-28.csv"))
    elif how == "corrected":
        orders.deliver("orders_2026-02-02.csv", csv_of([good("orders", order_id="2")]))
    else:
        columns = {
            "order_id": "coalesce(number, 0)",
            "ordered_at": "day",
            "customer_id": "1",
            "net_amount": "1",
            "currency": "'GBP'",
        }
        (orders.data_dir / "landing/orders_2026-02-01.csv").unlink()
        orders.source("orders", "mapped", path=PATH, columns=columns)
    orders.load("orders")
    assert rejected_files(orders.settings) == []
    assert read_status(orders.settings).rejected_files == ()
    assert rejections(orders.settings) == []


def test_a_rejected_file_that_was_taken_away_is_not_held_against_a_run(orders) -> None:
    path = orders.deliver("orders_2026-02-02.csv", "")
    orders.load("orders")
    path.unlink()
    assert ingest.rejected_and_there(orders.settings) == []
    assert len(rejected_files(orders.settings)) == 1


def test_a_file_that_could_not_be_read_again_is_rejected_and_said_to_keep_its_rows(orders) -> None:
    orders.load("orders")
    orders.source("orders", "mapped", path=PATH, columns={"order_id": "nowhere"} | {
        column: column for column in ("ordered_at", "customer_id", "net_amount", "currency")
    })  # fmt: skip
    orders.load("orders")
    (file,) = rejected_files(orders.settings)
    assert file.reason.endswith("until then its rows keep the meaning they had")
    assert len(orders.rows("orders", "order_id")) == 1


def test_where_all_files_are_rejected_the_run_says_so(orders) -> None:
    orders.deliver("orders_2026-02-01.csv", "")
    orders.load("orders")
    with pytest.raises(DataError, match=r"no row has been loaded yet, and 1 of the files .*:"):
        inputs.as_of(orders.settings)


def test_a_file_all_of_whose_rows_are_in_quarantine_is_reported_as_a_rejected_one(
    orders, sink
) -> None:
    """Also beside others of its source that were loaded, and under two names."""
    bad = csv_of([good("orders", order_id=str(number), net_amount="x") for number in range(3)])
    for day in (2, 3):
        orders.deliver(f"orders_2026-02-0{day}.csv", bad)
    orders.deliver("orders_2026-02-04.csv", csv_of([good("orders"), good("orders", currency="?")]))
    orders.load("orders")
    monitor.report_rejections(orders.settings)
    (said,) = texts(sink)
    assert said.startswith("Run run 1: 2 files were rejected")
    assert "landing/orders_2026-02-02.csv: none of its 3 rows can be kept (row " in said
    assert said.count("the row is in quarantine/orders/orders-1.parquet)") == 2
    assert [file.file_name[-6:] for file in ingest.rejected_and_there(orders.settings)] == [
        "02.csv", "03.csv",
    ]  # fmt: skip
    orders.deliver("orders_2026-02-02.csv", csv_of([good("orders", order_id="2")]))
    orders.deliver("orders_2026-02-03.csv", csv_of([good("orders", order_id="3")]))
    orders.load("orders")
    assert rejected_files(orders.settings) == []


def test_a_source_whose_files_are_all_empty_is_reported_once(orders, sink) -> None:
    orders.source("refunds", path="landing/refunds_{date}.csv")
    header = csv_of([good("refunds")]).partition("\n")[0] + "\n"
    for day in (1, 2):
        orders.deliver(f"refunds_2026-02-0{day}.csv", header)
        orders.load("refunds")
        orders.load("orders")
        monitor.report_deliveries(orders.settings)
    (said,) = texts(sink)
    assert said.startswith("The files of source 'refunds' have all been empty so far")
    assert rejected_files(orders.settings) == []


def test_a_source_that_had_rows_before_its_file_was_emptied_is_not_said_to_have_been_empty(
    orders, sink
) -> None:
    """That its rows are gone is an alert of its own."""
    orders.source("refunds", path="landing/refunds.csv")
    content = csv_of([good("refunds")])
    for text in (content, content.partition("\n")[0] + "\n"):
        orders.deliver("refunds.csv", text)
        pending = orders.load("refunds")
    orders.load("orders")
    monitor.report_deliveries(orders.settings)
    assert [gone.rows for gone in pending.withdrawn] == [1]
    (said,) = texts(sink)
    assert "1 row that landing/refunds.csv held before is in no file any more" in said


def test_columns_that_come_and_go_are_reported_once_each(orders, sink) -> None:
    """By the files that were loaded; a header that may be a row of data is not quoted."""
    needed = ("order_id", "ordered_at", "customer_id", "net_amount", "currency")
    orders.source("orders", "mapped", path=PATH, columns={name: name for name in needed})
    orders.load("orders")
    with_note = csv_of([good("orders", order_id="2")]).splitlines()
    for day, (title, value) in enumerate(
        [("note", "x"), ("note", "x"), ("Ann 0151234567", "x"), ("note", "x")], start=2
    ):
        lines = f"{with_note[0]},{title}\n{with_note[1]},{value}{day}\n"
        orders.deliver(f"orders_2026-02-0{day}.csv", lines)
        orders.load("orders")
        for _ in range(2):
            monitor.report_deliveries(orders.settings)
    first, second, third = texts(sink)
    assert_says(first, "orders_2026-02-02.csv", "'orders'", "has besides column 'note'", "export")
    assert_says(second, "lacks column 'note'", "has besides column '…'")
    assert_says(third, "orders_2026-02-05.csv", "has besides column 'note'")
    assert "0151234567" not in second + third
