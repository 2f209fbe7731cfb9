"""A person who is forgotten is gone from every place, and all else is as if they had never been."""

import json
import shutil
import sqlite3
from pathlib import Path

import pytest

from journey.core import failpoints
from journey.core.errors import ConfigurationError, DataError
from journey.core.lock import writer_lock
from journey.ingest.ledger import Ledger
from journey.people import forgetting, proof
from journey.people.person import Asked
from tests.ingest.conftest import Warehouse, planned
from tests.people.conftest import (
    ADDRESS,
    DEVICE,
    KINDS_OF_FILES,
    PERSON,
    contents,
    encoded,
    kept,
)

POINTS = (
    *("forget.after_tombstones", "forget.mid_landing", "forget.mid_raw", "forget.before_ledger"),
    *("forget.after_ledger", "forget.before_run"),
)


class DiedError(Exception):
    """What a kill is here."""


def forget(warehouse: Warehouse, *asked: Asked) -> None:
    forgetting.begin(warehouse.settings, asked or (Asked("customer_id", PERSON),))
    with writer_lock(warehouse.settings):
        forgetting.remove(warehouse.settings)


def sums(warehouse: Warehouse) -> dict[str, tuple[int, ...]]:
    """Of each file, delivered and what became of it."""
    outcomes = ("delivered", "loaded", "duplicate", "restated", "quarantined", "forgotten")
    return {
        result["source"]: tuple(result[outcome] for outcome in outcomes)
        for result in Ledger(warehouse.settings).file_results()
        if result["replaced_by"] is None
    }


def places(warehouse: Warehouse) -> list[str]:
    note = forgetting._read(warehouse.settings)
    return proof.search(warehouse.settings, note.tokens, note.people).places


def test_all_that_is_theirs_goes_and_others_stay_as_without_them(known, without) -> None:
    (known.data_dir / "logs").mkdir()
    (known.data_dir / "logs/run.log").write_text(f"read {ADDRESS}")
    with sqlite3.connect(known.settings.alerts_path) as alerts:
        alerts.execute("create table reported_by (event text, channel text, reported_at text)")
        alerts.execute("insert into reported_by values (?, 'mail', '')", [f"about {PERSON}"])
    forget(known)
    assert kept(known) == kept(without)
    assert planned(known) == [], "a file that was written again is no new delivery"
    assert known.quarantine("orders") == known.quarantine("web_events") == []
    assert sums(known) == {
        "orders": (5, 2, 0, 0, 0, 3),
        "refunds": (2, 1, 0, 0, 0, 1),
        "customers": (3, 2, 0, 0, 0, 1),
        "web_events": (6, 2, 0, 0, 0, 4),
        "email_events": (2, 1, 0, 0, 0, 1),
        "feedback": (2, 1, 0, 0, 0, 1),
    }
    assert all(delivered == sum(became) for delivered, *became in sums(known).values())
    assert places(known) == []
    with sqlite3.connect(known.settings.alerts_path) as alerts:
        assert alerts.execute("select event from reported_by").fetchall() == [
            ("about [forgotten]",)
        ]


def test_files_are_written_again_in_the_container_that_they_are(known, without) -> None:
    forget(known)
    landing = known.data_dir / "landing"
    for place, content in contents(with_person=False).items():
        written = (landing / place).read_bytes()
        if place.endswith((".json", ".parquet")):  # the same rows, in other bytes
            assert written[:4] == (b"PAR1" if place.endswith("t") else written[:4])
        else:
            assert written == content, place
    rows = json.loads((landing / "email_events/a.json").read_bytes())
    assert [row["event_id"] for row in rows] == ["m8"]
    # And a full reading of what is there gives what is kept.
    again = Warehouse(known.data_dir.parent / "again", known.sources)
    shutil.copytree(landing, again.data_dir / "landing")
    for kind in KINDS_OF_FILES:
        again.load(kind)
    assert kept(again) == kept(known)


def test_what_is_delivered_of_them_again_is_dropped_and_counted(known, without) -> None:
    forget(known)
    for place, content in contents(with_person=True).items():
        known.deliver(place.replace("/a", "/b"), content)
    results = {kind: known.load(kind).results[-1] for kind in KINDS_OF_FILES}
    assert kept(known) == kept(without)
    assert [results[kind].forgotten for kind in KINDS_OF_FILES] == [3, 1, 1, 4, 1, 1]
    assert [r.loaded + r.quarantined for r in results.values()] == [0] * len(results)
    assert places(known) != [], "the files that were delivered again name them"


@pytest.mark.parametrize("asked", [("email", "Ada@Mail.test "), ("device", DEVICE)], ids=str)
def test_each_identifier_names_the_whole_person(known, without, asked) -> None:
    forget(known, Asked(*asked))
    assert kept(known) == kept(without)


def test_a_run_that_died_anywhere_is_finished_by_the_next(known, without, monkeypatch) -> None:
    def die(at: str) -> None:
        def point(name: str) -> None:
            if name == at:
                raise DiedError

        monkeypatch.setattr(failpoints, "point", point)

    die("forget.before_note")
    with pytest.raises(DiedError):
        forget(known)
    assert not forgetting.is_unfinished(known.settings)
    assert (known.data_dir / "landing/orders/a.csv").read_bytes() == contents(with_person=True)[
        "orders/a.csv"
    ]
    die("nowhere")
    forgetting.begin(known.settings, [Asked("customer_id", PERSON)])
    begun = known.data_dir.with_name("begun")
    shutil.copytree(known.data_dir, begun, symlinks=True)
    for point in POINTS:
        shutil.rmtree(known.data_dir)
        shutil.copytree(begun, known.data_dir, symlinks=True)
        die(point)
        with writer_lock(known.settings):
            with pytest.raises(DiedError):
                forgetting.remove(known.settings)
            die("nowhere")
            forgetting.remove(known.settings)
        assert kept(known) == kept(without), point
        assert all(given == sum(became) for given, *became in sums(known).values()), point
        assert sums(known)["orders"] == (5, 2, 0, 0, 0, 3), point
        assert places(known) == [], point


def test_the_receipt_says_in_counts_what_was_done(known) -> None:
    forget(known, Asked("customer_id", PERSON), Asked("customer_id", "nobody"))
    receipt = forgetting.finish(known.settings)
    said = receipt.read_text()
    assert json.loads(said)["removed"]["rows_of_raw"] == 8
    assert json.loads(said)["proof"]["places"] == []
    assert not forgetting.is_unfinished(known.settings)
    assert receipt.stat().st_mode & 0o077 == 0
    for path in known.data_dir.rglob("*"):
        for word in (PERSON, ADDRESS, DEVICE):
            assert not path.is_file() or not any(
                form in path.read_bytes().replace(b"cust-70000070", b"") for form in encoded(word)
            ), path


def test_what_cannot_be_rewritten_is_said_and_nothing_is_claimed(known) -> None:
    known.deliver("orders/zipped.csv", b"PK\x03\x04" + ADDRESS.encode("utf-16-le"))
    known.load("orders")
    forget(known)
    (known.data_dir / "landing/left.bin").write_bytes(b"\0" + next(iter(encoded(ADDRESS))) + b"\0")
    with pytest.raises(DataError, match=r"1 places.*landing/left\.bin.*--resume"):
        forgetting.finish(known.settings)
    assert forgetting.is_unfinished(known.settings)
    (known.data_dir / "landing/left.bin").unlink()
    forgetting.finish(known.settings)


def test_nothing_is_changed_where_nothing_is_known(known) -> None:
    before = known.files()
    with pytest.raises(DataError, match="nothing is held"):
        forget(known, Asked("customer_id", "cust-700000"))
    with pytest.raises(ConfigurationError, match="several people"):
        forget(known, Asked("device", "shared"))
    known.settings.warehouse_path.unlink()
    with pytest.raises(DataError, match="journey run"):
        forget(known)
    assert known.files() == before - {"warehouse.duckdb"} | {".writer.lock"}
    assert Path(known.data_dir, "landing/orders/a.csv").exists()
