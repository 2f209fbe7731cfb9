"""The machine's faults stop the run and say nothing of a file; a file's fault costs the file."""

import builtins
import errno
import gzip
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from journey import ingest
from journey.core.errors import EngineError
from journey.ingest import ledger_contents, machine, raw_layer, source_files, source_load
from journey.ingest.read import csv_files, inspection, parquet_files
from tests.conftest import REPO
from tests.ingest.conftest import EMAIL_KEY, TODAY
from tests.ingest.rows import csv_of, good

OF_MACHINE = ("ENOSPC", "EDQUOT", "EIO", "EMFILE", "ENFILE", "ENOMEM", "EROFS", "ESTALE")
GOOD = "good_2026-02-01.csv"
HIT = "orders_2026-02-02.csv.gz"


@pytest.fixture
def orders(warehouse):
    """Two files, of which the second is packed and has uneven line ends: every step is taken."""
    warehouse.source("orders", path="landing/*_{date}.*")
    warehouse.deliver(GOOD, csv_of([good("orders", order_id="1")]))
    rows = csv_of([good("orders", order_id="2"), good("orders", order_id="3")])
    warehouse.deliver(HIT, gzip.compress(rows.replace("\n", "\r\n", 1).encode()))
    return warehouse


def failing(real: Callable, code: int, is_meant: Callable[..., bool]) -> Callable:
    def call(*given, **named):
        if is_meant(*given):
            raise OSError(code, os.strerror(code), str(given[0]) if given else None)
        return real(*given, **named)

    return call


def meant(place: str) -> Callable[..., bool]:
    return lambda path=None, *_: place in str(path)


PLACES: dict[str, Callable[[pytest.MonkeyPatch, int], None]] = {
    "the digest": lambda patch, code: patch.setattr(
        ledger_contents, "digest", failing(ledger_contents.digest, code, meant(HIT))
    ),
    "the look at it": lambda patch, code: patch.setattr(
        source_files, "inspect", failing(inspection.inspect, code, meant(HIT))
    ),
    "the opening": lambda patch, code: patch.setattr(
        builtins, "open", failing(builtins.open, code, meant(HIT))
    ),
    "the unpacking": lambda patch, code: patch.setattr(
        builtins, "open", failing(builtins.open, code, meant("/unpacked/1"))
    ),
    "the copy with even lines": lambda patch, code: patch.setattr(
        builtins, "open", failing(builtins.open, code, meant(".even"))
    ),
    "the writing": lambda patch, code: patch.setattr(
        raw_layer, "private_dir", failing(raw_layer.private_dir, code, meant("/rows"))
    ),
}


def assert_nothing_is_remembered(orders, before: set[str]) -> None:
    """The next run finds both files new, and takes them."""
    assert ingest.Ledger(orders.settings).file_results() == []
    ingest.sweep(orders.settings)
    assert {name for name in orders.files() if "spill" not in name} == before
    assert [result.status for result in orders.load("orders").results] == ["loaded"] * 2
    assert orders.rows("orders", "order_id") == [("1",), ("2",), ("3",)]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("name", OF_MACHINE)
def test_a_fault_of_the_machine_stops_the_run(
    orders, monkeypatch: pytest.MonkeyPatch, place: str, name: str
) -> None:
    before = orders.files()
    code = getattr(errno, name)
    with monkeypatch.context() as patch:
        PLACES[place](patch, code)
        with pytest.raises(EngineError) as stopped:
            orders.prepare("orders")
    sentence = str(stopped.value)
    assert os.strerror(code).lower() in sentence
    assert "no file is rejected for it" in sentence
    assert sentence.endswith("and run again")
    assert "\n" not in sentence
    assert_nothing_is_remembered(orders, before)


@pytest.mark.parametrize("place", ["the look at it", "the writing"])
def test_memory_that_runs_out_stops_the_run(orders, monkeypatch, place: str) -> None:
    def no_memory(*_):
        raise MemoryError

    before = orders.files()
    with monkeypatch.context() as patch:
        if place == "the writing":
            patch.setattr(source_load.Output, "write_rows", no_memory)
        else:
            patch.setattr(source_files, "inspect", no_memory)
        with pytest.raises(EngineError, match=r"memory ran out; .*memory_limit"):
            orders.prepare("orders")
    assert_nothing_is_remembered(orders, before)


@pytest.mark.parametrize(
    "error",
    [
        duckdb.IOException('IO Error: Could not write file "x": No space left on device'),
        duckdb.IOException('IO Error: Could not read from file "x": Input/output error'),
        duckdb.IOException('IO Error: Cannot open file "x": Too many open files'),
        duckdb.OutOfMemoryException("Out of Memory Error: failed to allocate data of size 1 GiB"),
        duckdb.FatalException("FATAL Error: database has been invalidated"),
    ],
    ids=lambda error: str(error)[-25:],
)
def test_a_fault_of_the_machine_that_the_database_meets_stops_the_run(
    orders, monkeypatch, error: duckdb.Error
) -> None:
    before = orders.files()

    def fail(*_: object, **__: object) -> None:
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(csv_files, "read_csv", fail)
        with pytest.raises(EngineError, match="no file is rejected for it"):
            orders.prepare("orders")
    assert_nothing_is_remembered(orders, before)


@pytest.mark.parametrize(
    "error",
    [
        duckdb.IOException('IO Error: Could not read enough bytes from file "x": attempted to'),
        duckdb.InvalidInputException("Invalid Input Error: 'No space left on device' is no date"),
        duckdb.ConversionException("Could not convert string ': Input/output error' to INT32"),
    ],
    ids=lambda error: str(error)[:12],
)
def test_what_the_database_says_of_a_file_costs_the_file(error: duckdb.Error) -> None:
    assert not machine.is_of_machine(error)


def test_the_sentence_of_a_stopped_run_quotes_nothing_of_the_database() -> None:
    error = duckdb.IOException(
        'IO Error: Could not write "zebulon 07700 900123": Input/output error'
    )
    sentence = str(machine.stopped("raw/orders", error))
    assert 'IO Error: Could not write "…": Input/output error' in sentence
    assert "see to the disk" in sentence


@pytest.mark.parametrize(
    ("name", "content", "copied_by"),
    [
        ("a.csv", csv_of([good("orders")] * 4).replace("c1", '"c1', 1), "physical_lines.set_aside"),
        ("a.jsonl", '{"order_id": 1}{"order_id": 2}\n', "concatenated.one_a_line"),
        ("a.json", '{"order_id": 1}{"order_id": 2}', "concatenated.one_a_line"),
    ],
)
def test_a_full_disk_stops_the_run_while_another_copy_of_a_file_is_made(
    warehouse, monkeypatch, name: str, content: str, copied_by: str
) -> None:
    module, function = copied_by.split(".")
    module = getattr(source_files, module)
    real = getattr(module, function)
    monkeypatch.setattr(module, function, failing(real, errno.ENOSPC, lambda *_: True))
    warehouse.source("orders")
    warehouse.deliver(f"orders/{name}", content)
    with pytest.raises(EngineError, match="no space left on device; that is the machine's fault"):
        warehouse.load("orders")
    monkeypatch.undo()
    monkeypatch.setenv("JOURNEY_EMAIL_KEY", EMAIL_KEY)
    [result] = warehouse.load("orders").results
    assert (result.status, result.delivered) == ("loaded", 4 if name == "a.csv" else 2)


def test_a_parquet_file_on_a_broken_disk_is_not_called_damaged(warehouse, monkeypatch) -> None:
    warehouse.source("orders")
    path = warehouse.deliver("orders/a.parquet", b"")
    duckdb.sql(f"copy (select 1 as order_id) to '{path}' (format parquet)")

    def fail(*_: object) -> None:
        raise duckdb.IOException('IO Error: Could not read from file "a": Input/output error')

    monkeypatch.setattr(parquet_files, "parquet_columns", fail)
    with pytest.raises(EngineError, match="see to the disk"):
        warehouse.prepare("orders")


def test_a_file_that_is_taken_away_while_it_is_looked_at_is_not_rejected(
    orders, monkeypatch
) -> None:
    def taken_away(path: Path, *given: Any) -> inspection.Inspected:
        if path.name == HIT:
            path.unlink()
        return inspect(path, *given)

    inspect = inspection.inspect
    monkeypatch.setattr(source_files, "inspect", taken_away)
    [result] = orders.load("orders").results
    assert (result.status, result.file_name) == ("loaded", f"landing/{GOOD}")


# For real.

LOADING = """
import resource, sys
from pathlib import Path
from journey.core.errors import EngineError
from tests.ingest.conftest import Warehouse
orders = Warehouse(Path(sys.argv[1]), given={"threads": 1})
orders.source("orders", path="landing/*_{date}.*")
import journey.ingest.loader
if int(sys.argv[2]):
    resource.setrlimit(resource.RLIMIT_NOFILE, (int(sys.argv[2]),) * 2)
try:
    orders.load("orders")
except EngineError as error:
    print(error)
    sys.exit(4)
"""


def load_in_a_process(data_dir: Path, handles: int = 0) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-c", LOADING, data_dir, str(handles)],
        env=os.environ | {"JOURNEY_EMAIL_KEY": EMAIL_KEY},
        cwd=REPO,
        capture_output=True,
        text=True,
        check=False,
    )


def test_few_file_handles_reject_no_file(orders) -> None:
    """Whatever the limit: all is loaded, or the run stops and all is still new."""
    codes = set()
    for handles in range(4, 40):
        done = load_in_a_process(orders.data_dir, handles)
        results = ingest.Ledger(orders.settings).file_results()
        assert all(result["status"] == "loaded" for result in results), (handles, results)
        assert bool(results) == (done.returncode == 0), done.stderr
        codes.add(done.returncode)
        if results:
            break
        assert len(ingest.plan(orders.settings, today=TODAY)) == 2
    assert codes == {0, 4}


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "small"
    folder.mkdir()
    if not mount("-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)):
        pytest.skip("a disk of two megabytes cannot be mounted here")
    yield folder
    subprocess.run([shutil.which("umount"), "-l", folder], check=True)


def mount(*arguments: str) -> bool:
    program = shutil.which("mount")
    command = [program or "", *arguments]
    return (
        bool(program) and not subprocess.run(command, capture_output=True, check=False).returncode
    )


def test_a_disk_that_is_full_rejects_no_file_and_the_next_run_takes_it(
    warehouse, small_disk: Path
) -> None:
    """Room for what is delivered and not for what is unpacked; then there is."""
    warehouse.data_dir = small_disk / "data"
    rows = [good("orders", order_id=str(number)) for number in range(1, 40_001)]
    warehouse.source("orders", path="landing/*_{date}.*")
    warehouse.deliver(HIT, gzip.compress(csv_of(rows).encode()))
    stopped = load_in_a_process(warehouse.data_dir)
    assert stopped.returncode == 4, stopped.stderr
    assert "no space left on device" in stopped.stdout
    assert ingest.Ledger(warehouse.settings).file_results() == []
    assert mount("-o", "remount,size=64m", str(small_disk))
    done = load_in_a_process(warehouse.data_dir)
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(warehouse.rows("orders", "order_id")) == 40_000


@pytest.mark.parametrize("name", [*OF_MACHINE, "EACCES"])
@pytest.mark.parametrize("folder", ["landing", "landing/eu"])
def test_a_folder_that_cannot_be_listed_is_not_taken_for_empty(
    warehouse, monkeypatch, name: str, folder: str
) -> None:
    """Else a run would find nothing new, say so, and end well."""
    warehouse.source("orders", path="landing/*/**/*_{date}.csv")
    warehouse.deliver(f"eu/x/{GOOD}", csv_of([good("orders")]))
    place = str(warehouse.data_dir / folder)
    code = getattr(errno, name)
    with monkeypatch.context() as patch:
        patch.setattr(
            os, "scandir", failing(os.scandir, code, lambda path: str(path).rstrip("/") == place)
        )
        with pytest.raises(EngineError, match="source 'orders', a folder of its path: "):
            ingest.plan(warehouse.settings, today=TODAY)
    assert len(ingest.plan(warehouse.settings, today=TODAY)) == 1
