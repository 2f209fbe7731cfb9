"""What decides a file's meaning has changed: the file is read again, and nothing else happens."""

import ast
import os
import shutil
import signal
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from journey import ingest
from journey.core.errors import ConfigurationError
from journey.ingest import formats, rules
from journey.ingest.ledger import Ledger
from journey.ingest.planning import fingerprints, rereading
from tests.conftest import REPO
from tests.ingest.conftest import EMAIL_KEY, TODAY
from tests.ingest.rows import csv_of, good

PATH = "landing/till_{date}.csv"
COLUMNS = {
    "order_id": "number",
    "ordered_at": "day",
    "customer_id": "who",
    "net_amount": "gross",
    "currency": "'GBP'",
}
CORRECTED = COLUMNS | {"net_amount": "gross - tax"}


def till(day: int, *numbers: int, gross: int = 12) -> str:
    rows = [f"{number},2026-02-0{day},c{number},{gross},2" for number in numbers]
    return "\n".join(["number,day,who,gross,tax", *rows, f"9{day},nonsense,c9,12,2", ""])


@pytest.fixture
def orders(warehouse):
    """Three days, of which each repeats an order of the day before, and each has a broken row."""
    warehouse.source("orders", "mapped", path=PATH, columns=COLUMNS)
    warehouse.deliver("till_2026-02-01.csv", till(1, 1, 2))
    warehouse.deliver("till_2026-02-02.csv", till(2, 3) + "2,2026-02-01,c2,12,2\n")
    warehouse.deliver("till_2026-02-03.csv", till(3, 4))
    warehouse.load("orders")
    return warehouse


def correct(warehouse, **changes) -> None:
    warehouse.source("orders", "mapped", path=PATH, columns=CORRECTED, **changes)


def amounts(warehouse) -> list[tuple]:
    return warehouse.rows("orders", "order_id, net_amount::int, is_restatement")


def totals(pending) -> tuple[int, ...]:
    names = ("delivered", "loaded", "duplicate", "restated", "quarantined")
    return tuple(pending.counts()[name] for name in names)


def test_a_corrected_mapping_reads_its_files_again(orders, caplog) -> None:
    before = totals(orders.load("orders"))
    assert amounts(orders) == [(str(n), 12, False) for n in (1, 2, 3, 4)]
    correct(orders)
    assert len(ingest.plan(orders.settings, today=TODAY)) == 3
    with caplog.at_level("INFO", "journey"):
        again = orders.load("orders")
    assert amounts(orders) == [(str(n), 10, False) for n in (1, 2, 3, 4)]
    assert totals(again) == (8, 4, 1, 0, 3)
    assert before == (0, 0, 0, 0, 0)
    assert orders.quarantine("orders") == [("ordered_at_not_a_timestamp",)] * 3
    assert (
        "source 'orders': its definition in journey.toml has changed, so 3 files are read again"
        in caplog.messages
    )
    assert ingest.plan(orders.settings, today=TODAY) == []
    results = Ledger(orders.settings).file_results()
    assert [sum(r[n] for r in results) for n in ("delivered", "loaded", "duplicate")] == [8, 4, 1]
    assert ingest.sweep(orders.settings) == 0


def test_reading_again_gives_what_a_full_refresh_gives(orders) -> None:
    correct(orders)
    orders.load("orders")
    columns = "order_id, net_amount, delivered_on, file_name, file_row, is_restatement"
    again = orders.rows("orders", columns)
    ingest.reset(orders.settings)
    orders.load("orders")
    assert orders.rows("orders", columns) == again


@pytest.mark.parametrize("date_only", [True, False])
def test_another_time_zone_reads_again_the_files_whose_days_are_in_it(
    warehouse, date_only, caplog
) -> None:
    caplog.set_level("INFO")
    warehouse.source("orders", date_only=date_only)
    warehouse.deliver("orders/a.csv", csv_of([good("orders", ordered_at="2026-02-01")]))
    warehouse.load("orders")
    before = warehouse.rows("orders", "ordered_at::varchar")
    warehouse.given["reporting_time_zone"] = "Asia/Tokyo"
    planned = [delivery.file_name for delivery in ingest.plan(warehouse.settings, today=TODAY)]
    assert planned == (["landing/orders/a.csv"] if date_only else [])
    warehouse.load("orders")
    after = warehouse.rows("orders", "ordered_at::varchar")
    assert after == ([("2026-02-01 14:59:59",)] if date_only else before)
    said = any(message.endswith("so 1 file is read again") for message in caplog.messages)
    assert said == date_only
    assert ingest.plan(warehouse.settings, today=TODAY) == []


def test_where_a_file_is_gone_its_rows_keep_their_meaning_and_it_is_said_once(
    orders, caplog
) -> None:
    """The second file only repeated order 2, which now is all that is left of it."""
    (orders.data_dir / "landing/till_2026-02-02.csv").unlink()
    correct(orders)
    with caplog.at_level("INFO", "journey"):
        again = orders.load("orders")
    assert totals(again) == (5, 2, 0, 1, 2)
    assert amounts(orders) == [
        ("1", 10, False), ("2", 10, True), ("2", 12, True), ("3", 12, False), ("4", 10, False),
    ]  # fmt: skip
    assert orders.quarantine("orders", "file_name[-6:], reason[:5]") == [
        ("01.csv", "order"), ("02.csv", "order"), ("03.csv", "order"),
    ]  # fmt: skip
    (said,) = [line for line in caplog.messages if "no longer in the landing paths" in line]
    assert "1 file that was loaded before is" in said
    assert "the rows delivered on 2026-02-02 keep the meaning they had" in said
    caplog.clear()
    orders.deliver("till_2026-02-04.csv", till(4, 5))
    orders.load("orders")
    assert not [line for line in caplog.messages if "landing paths" in line]
    [example] = [
        row["example"] for row in Ledger(orders.settings).quarantined() if "02-02" in row["example"]
    ]
    place = example.partition("the row is in ")[2]
    assert orders.query(f"select file_name[-6:] from '{orders.data_dir}/{place}'") == [("02.csv",)]
    # Put back, it is read again too.
    orders.deliver("till_2026-02-02.csv", till(2, 3) + "2,2026-02-01,c2,12,2\n")
    assert totals(orders.load("orders")) == (3, 1, 1, 0, 1)
    assert {net for _, net, _ in amounts(orders)} == {10}


def test_an_earlier_content_of_a_corrected_path_is_no_more_to_be_read(orders) -> None:
    orders.deliver("till_2026-02-01.csv", till(1, 1, gross=22))
    orders.load("orders")
    correct(orders)
    orders.load("orders")
    assert orders.rows("orders", "order_id, net_amount::int, file_name[-7:]", "order_id < '3'") == [
        ("1", 20, "-01.csv"), ("2", 10, "-02.csv"),
    ]  # fmt: skip


def test_dates_limit_what_is_read_again_and_the_next_run_does_the_rest(orders) -> None:
    correct(orders)
    day = date(2026, 2, 3)
    orders.load("orders", date_from=day, date_to=day)
    assert [net for _, net, _ in amounts(orders)] == [12, 12, 12, 10]
    orders.load("orders")
    assert amounts(orders) == [(str(n), 10, False) for n in (1, 2, 3, 4)]


def test_a_definition_that_no_longer_fits_takes_nothing_away(orders) -> None:
    orders.deliver("till_2026-02-02.csv", "number,day,who,gross\n3,2026-02-02,c3,12\n")
    orders.load("orders")
    correct(orders)
    again = orders.load("orders")
    (rejected,) = again.rejected
    assert rejected.file_name == "landing/till_2026-02-02.csv"
    assert rejected.reason.endswith("; until then its rows keep the meaning they had")
    kept = orders.rows("orders", "net_amount::int, file_name[-8:]", "order_id = '3'")
    assert kept == [(12, "2-02.csv")]
    assert {n: net for n, net, _ in amounts(orders)}["1"] == 10
    assert ingest.plan(orders.settings, today=TODAY) == []
    orders.source("orders", "mapped", path=PATH, columns=COLUMNS)
    orders.load("orders")
    assert {net for _, net, _ in amounts(orders)} == {12}


def test_a_definition_under_which_no_file_fits_takes_nothing_away(orders) -> None:
    before = orders.rows("orders")
    orders.source("orders", path=PATH)
    again = orders.load("orders")
    assert len(again.rejected) == 3
    assert orders.rows("orders") == before
    assert ingest.plan(orders.settings, today=TODAY) == []


def test_other_sources_are_left_alone(orders) -> None:
    orders.source("orders", name="shop", path="landing/shop.csv")
    orders.deliver("shop.csv", csv_of([good("orders")]))
    orders.load("orders")
    before = orders.rows("orders", where="source = 'shop'")
    correct(orders)
    again = orders.load("orders")
    assert {result.source for result in again.results} == {"orders"}
    assert orders.rows("orders", where="source = 'shop'") == before


@pytest.mark.parametrize("part", ["format", "contract", "rules"])
def test_what_decides_the_meaning_is_fingerprinted_by_its_bytes(
    warehouse, monkeypatch, tmp_path: Path, caplog, part: str
) -> None:
    warehouse.source("email_events", "sendgrid")
    warehouse.deliver("email_events/a.jsonl", [
        {"event": "open", "email": "ada@example.test", "timestamp": 1770000000, "sg_event_id": "1"}
    ])  # fmt: skip
    warehouse.load("email_events")
    copies = {
        "format": ("FORMATS_DIR", formats.FORMATS_DIR / "email_events" / "sendgrid.sql"),
        "contract": ("CONTRACTS_DIR", fingerprints.CONTRACTS_DIR / "email_events.yml"),
        "rules": ("FOLDER", next(path for path in rules.files() if path.stem == "inspection")),
    }
    name, original = copies[part]
    folder = tmp_path / "email_events" if part == "format" else tmp_path
    if part == "rules":
        shutil.copytree(rules.FOLDER, folder, dirs_exist_ok=True)
    folder.mkdir(exist_ok=True)
    copy = folder / (original.relative_to(rules.FOLDER) if part == "rules" else original.name)
    copy.write_bytes(original.read_bytes() + b"\n")
    module = {"format": formats, "contract": fingerprints, "rules": rules}[part]
    monkeypatch.setattr(module, name, tmp_path)
    with caplog.at_level("INFO", "journey"):
        assert len(warehouse.load("email_events").results) == 1
    words = {
        "format": "format sendgrid has changed",
        "contract": "the contract of email_events has changed",
        "rules": "this version of Journey Warehouse reads files differently",
    }
    assert f"source 'email_events': {words[part]}, so 1 file is read again" in caplog.messages
    assert len(warehouse.rows("email_events", "event_id")) == 1


def test_what_reads_and_checks_a_row_is_fingerprinted_by_its_bytes() -> None:
    """The modules that no rule needs are named, and nothing that reads or judges asks one."""
    modules = {path.stem: path for path in rules.FOLDER.rglob("*.py")}
    unneeded = {name for names in rules.NO_RULES.values() for name in names}
    assert unneeded <= modules.keys()
    deciding = {path.stem for path in rules.files()} & modules.keys()
    for name in deciding:
        asked = {
            alias
            for node in ast.walk(ast.parse(modules[name].read_text(encoding="utf-8")))
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("journey.ingest")
            for alias in (node.module.rpartition(".")[2], *(found.name for found in node.names))
        }
        if not asked & {"pending", "outcomes"}:  # these write what was read and judged
            assert not asked & unneeded, name


def test_a_module_that_moves_reads_nothing_again(tmp_path: Path) -> None:
    shutil.copytree(rules.FOLDER, tmp_path / "before", dirs_exist_ok=True)
    assert rules.digest(tmp_path / "before") == rules.digest()
    after = shutil.copytree(rules.FOLDER, tmp_path / "after")
    moved = next(after.rglob("wrong_types.py"))
    (after / "elsewhere").mkdir()
    moved.rename(after / "elsewhere" / "wrong_types.py")
    assert rules.digest(after) == rules.digest()


def test_a_path_is_no_meaning(orders) -> None:
    orders.source("orders", "mapped", path="landing/*_{date}.csv", columns=COLUMNS)
    assert ingest.plan(orders.settings, today=TODAY) == []


def test_rows_of_an_older_contract_are_laid_down_in_the_columns_of_today(
    orders, monkeypatch
) -> None:
    """Also where no file is left to be read again: the columns are what everything else reads."""
    for file in (orders.data_dir / "landing").iterdir():
        file.unlink()
    before = amounts(orders)
    with monkeypatch.context() as older:
        older.setattr(rereading, "_layout", lambda kind: "older")
        orders.load("orders")
    orders.load("orders")
    assert amounts(orders) == before
    folder = orders.data_dir / "raw" / "orders"
    assert {path.name.split("-")[1] for path in folder.glob("*/orders-*.parquet")} == {"3"}
    assert len(orders.quarantine("orders")) == 3


def test_a_source_that_changes_its_kind_is_not_counted_as_both(orders) -> None:
    before = amounts(orders)
    columns = {"refund_id": "number", "order_id": "number", "refunded_at": "day", "amount": "tax"}
    orders.source("refunds", "mapped", name="orders", path=PATH, columns=columns)
    for plan in (ingest.plan, ingest.is_ended, lambda _: orders.load("refunds")):
        with pytest.raises(ConfigurationError, match="loaded as orders, and its kind is refunds"):
            plan(orders.settings)
    assert amounts(orders) == before
    ingest.reset(orders.settings)
    orders.load("refunds")
    assert (amounts(orders), len(orders.rows("refunds"))) == ([], 4)
    assert ingest.plan(orders.settings, today=TODAY) == []


LOAD = f"""
import sys
from pathlib import Path
from journey import ingest
from tests.ingest.conftest import Warehouse
orders = Warehouse(Path(sys.argv[1]), run=int(sys.argv[2]))
orders.source("orders", "mapped", path={PATH!r}, columns={CORRECTED!r})
ingest.sweep(orders.settings)
orders.load("orders")
"""
POINTS = (
    "ingest.after_write",
    "ingest.mid_rename",
    "ingest.before_record",
    "ingest.before_ledger",
    "ingest.before_removal",
    "ingest.after_ledger",
)


@pytest.mark.parametrize("fault", POINTS)
def test_killed_anywhere_nothing_is_lost_and_the_next_run_completes(orders, fault: str) -> None:
    (orders.data_dir / "landing/till_2026-02-03.csv").unlink()

    def run(number: int, fault: str = "") -> int:
        return subprocess.run(
            [sys.executable, "-c", LOAD, orders.data_dir, str(number)],
            env=os.environ | {"JOURNEY_FAULT": fault, "JOURNEY_EMAIL_KEY": EMAIL_KEY},
            cwd=REPO,
            check=False,
        ).returncode

    assert run(10, fault) == -signal.SIGKILL
    assert run(11) == 0
    assert amounts(orders) == [
        ("1", 10, False), ("2", 10, False), ("3", 10, False), ("4", 12, False),
    ]  # fmt: skip
    assert len(orders.quarantine("orders")) == 3
    results = Ledger(orders.settings).file_results()
    assert [sum(r[n] for r in results) for n in ("delivered", "loaded", "duplicate")] == [8, 4, 1]
    files = list((orders.data_dir / "raw" / "orders").glob("event_date=2026*/*.parquet"))
    assert len(files) == 3, "the files before were left beside the new ones"
