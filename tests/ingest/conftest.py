"""A small warehouse to deliver files to, and the few steps that every ingest test takes."""

import gzip
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from journey import ingest
from journey.core import spill
from journey.core.settings import Settings, Source
from journey.core.sql import one_file, text
from tests.ingest.rows import csv_of, good

EMAIL_KEY = "a key for tests, long enough to be one"
TODAY = date(2026, 3, 1)
READER = duckdb.connect()  # one for all: to open one takes longer than a query
READER.execute("set TimeZone = 'UTC'")


@dataclass
class Warehouse:
    """A data dir with sources; loads are numbered runs."""

    data_dir: Path
    sources: list[Source] = field(default_factory=list)
    given: dict[str, Any] = field(default_factory=dict)
    run: int = 0

    @property
    def settings(self) -> Settings:
        return Settings(
            data_dir=self.data_dir,
            config_file=self.data_dir / "journey.toml",
            sources=tuple(self.sources),
            **self.given,
        )

    def source(self, kind: str, format: str = "canonical", **given: Any) -> Source:
        """Add a source whose files lie in landing/<name>."""
        given.setdefault("name", kind)
        given.setdefault("path", f"landing/{given['name']}/*")
        source = Source(kind=kind, format=format, **given)
        self.sources = [s for s in self.sources if s.name != source.name] + [source]
        return source

    def deliver(self, name: str, content: str | bytes | Iterable[dict]) -> Path:
        """Put a file into the landing folder: text, bytes, or records as JSON lines."""
        path = self.data_dir / "landing" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not isinstance(content, str | bytes):
            content = "".join(json.dumps(record) + "\n" for record in content)
        if isinstance(content, str):
            content = content.encode()
        if path.suffix == ".gz" and not content.startswith(b"\x1f\x8b"):
            content = gzip.compress(content, mtime=0)
        path.write_bytes(content)
        return path

    def prepare(self, kind: str, today: date = TODAY, **given: Any) -> ingest.PendingLoad:
        self.run += 1
        return ingest.prepare(self.settings, kind, run_id=f"run {self.run}", today=today, **given)

    def load(self, kind: str, today: date = TODAY, **given: Any) -> ingest.PendingLoad:
        """What is new of a kind, prepared and committed."""
        with self.prepare(kind, today, **given) as pending:
            pending.commit()
        return pending

    def rows(self, kind: str, columns: str = "*", where: str = "true") -> list[tuple]:
        """The kept rows of a kind."""
        if not any((self.data_dir / "raw" / kind).glob("*/*.parquet")):
            ingest.ensure_contract_files(self.settings)
        files = f"{one_file(self.data_dir)}/raw/{kind}/*/*.parquet"
        return self.query(
            f"""select {columns} from read_parquet({text(files)},
            hive_partitioning = true, hive_types = {{'event_date': date}}, union_by_name = true)
            where {where}
            order by all"""
        )

    def quarantine(self, kind: str, columns: str = "reason") -> list[tuple]:
        """The quarantined rows of a kind."""
        if not list((self.data_dir / "quarantine" / kind).glob("*.parquet")):
            return []
        files = f"{one_file(self.data_dir)}/quarantine/{kind}/*.parquet"
        return self.query(f"select {columns} from read_parquet({text(files)}) order by all")

    def query(self, query: str) -> list[tuple]:
        return READER.execute(query).fetchall()

    def files(self) -> set[str]:
        """Every file by name below the data dir, but the landing folder's, the ledger and the lock
        that this process holds on what it spills while it lives."""
        return {
            path.relative_to(self.data_dir).as_posix()
            for path in self.data_dir.rglob("*")
            if path.is_file()
            and not {"landing", "spill"} & set(path.parts)
            and not path.name.startswith("ledger.sqlite")
            and path.name != spill.ALIVE
        }


@pytest.fixture
def warehouse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Warehouse:
    monkeypatch.setenv("JOURNEY_EMAIL_KEY", EMAIL_KEY)
    return Warehouse(tmp_path / "data")


@pytest.fixture
def orders(warehouse: Warehouse) -> Warehouse:
    """A source with two days delivered; each file has a row, its copy, and one to quarantine."""
    warehouse.source("orders", path="landing/orders_{date}.csv")
    for day in (1, 2):
        row = good("orders", order_id=str(day), ordered_at=f"2026-02-0{day}")
        bad = good("orders", order_id="x", currency="?")
        warehouse.deliver(f"orders_2026-02-0{day}.csv", csv_of([row, bad, row]))
    return warehouse


def planned(warehouse: Warehouse, *dates: date | None) -> list[str]:
    """The names of the files that a run would load."""
    return [d.file_name for d in ingest.plan(warehouse.settings, *dates, today=TODAY)]


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real exports, beside the repository; absent on most machines."""
    path = Path(__file__).resolve().parents[3] / "shared" / "data"
    if not path.is_dir():
        pytest.skip("the real exports of ../shared/data are not on this machine")
    return path
