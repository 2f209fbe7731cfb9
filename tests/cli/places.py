"""Places in which a command is wrong: settings, a data dir, and what is the matter with them."""

import errno
import shlex
import shutil
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from journey import checks, ingest
from journey.core.lock import writer_lock
from journey.core.settings import Settings
from orchestration import cli
from tests.conftest import REPO
from tests.ingest.rows import csv_of, good

GOOD_CONFIG = """
[[sources]]
name = "shop"
kind = "orders"
format = "canonical"
path = "landing/shop/{date}.csv"
"""
DATABASE = """
[[sources]]
name = "shop"
kind = "orders"
format = "canonical"
database = "postgresql://user@127.0.0.1:1/shop"
query = "select * from orders"
"""
ORDERS = csv_of([good("orders")])
MAPPED = """
[[sources]]
name = "till"
kind = "orders"
format = "mapped"
path = "landing/till.csv"
"""
COLUMNS = """[sources.columns]
order_id = "number"
ordered_at = "day"
customer_id = "who"
net_amount = "amount"
currency = "'GBP'"
"""
TILL = "number,day,who,amount\n1,2026-03-01,7,9.50\n1,2026-03-01,7,0.50\n"


@dataclass
class Place:
    """Where one mistake is made: a settings file and a data dir of its own."""

    home: Path
    monkeypatch: pytest.MonkeyPatch

    @property
    def config(self) -> Path:
        return self.home / "journey.toml"

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def settings(self) -> Settings:
        return Settings.load(self.config, self.data)

    def deliver(self, name: str, content: str | bytes) -> None:
        path = self.data / "landing" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)

    def replace(self, target: str, function: Callable[..., Any]) -> None:
        self.monkeypatch.setattr(target, function)


Before = Callable[[Place], Any]

# What makes a command wrong beside its settings and arguments.


@contextmanager
def port_taken(_: Place) -> Iterator[int]:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        yield taken.getsockname()[1]


def lock_held(place: Place) -> Any:
    return writer_lock(place.settings)


def data_is_a_file(place: Place) -> None:
    place.data.write_text("not a folder")


def orders_delivered(place: Place) -> None:
    place.deliver("shop/2026-03-01.csv", ORDERS)


def till_delivered(place: Place) -> None:
    """A run that loads what was delivered, without the orchestrator around it."""
    place.deliver("till.csv", TILL)
    loading_only(place)


def loading_only(place: Place) -> None:
    def load(settings: Settings, *_: object, **__: object) -> None:
        for kind in settings.kinds:
            ingest.prepare(settings, kind, run_id="run").commit()

    place.replace("orchestration.run._execute", load)


def key_is_short(place: Place) -> None:
    orders_delivered(place)
    (place.data / "email.key").write_text("short")
    loading_only(place)


def orders_delivered_to_be_loaded(place: Place) -> None:
    orders_delivered(place)
    loading_only(place)


def file_is_unreadable(place: Place) -> None:
    orders_delivered(place)
    path = place.data / "landing" / "shop" / "2026-03-01.csv"

    def fail(*_: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    place.replace("journey.ingest.ledger_contents.digest", fail)
    loading_only(place)


def disk_is_full(place: Place) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", str(place.data / "landing"))

    place.replace("demo.simulation.written", fail)


def ledger_is_no_database(place: Place) -> None:
    place.data.mkdir()
    (place.data / "ledger.sqlite").write_text("this is no database, and long enough to tell")


def manifest_is_cut_off(place: Place) -> None:
    version = place.data / "published" / "versions" / "20260301T000000Z-run"
    version.mkdir(parents=True)
    (version / "manifest.json").write_text('{"version": "2026')


def suite_is_broken(content: str) -> Before:
    def before(place: Place) -> None:
        suite = place.home / "expectations" / "marts" / "people.yml"
        suite.parent.mkdir(parents=True)
        suite.write_text(content)

        def judge(settings: Settings, *_: object, **__: object) -> None:
            checks.validate(settings, "marts", ["people"], suites_dir=suite.parents[1])

        orders_delivered(place)
        place.replace("orchestration.run._execute", judge)

    return before


def project_does_not_parse(place: Place) -> None:
    from journey.transform import project

    folder = place.home / "dbt_project"
    folder.mkdir()
    for name in ("dbt_project.yml", "profiles.yml"):
        shutil.copy(REPO / "dbt_project" / name, folder)
    (folder / "models").mkdir()
    (folder / "models" / "broken.sql").write_text("select {{ ref('nothing' }}")
    place.replace("journey.transform.project.DBT_DIR", folder)
    orders_delivered(place)
    place.replace(
        "orchestration.run._execute", lambda settings, *_, **__: project.prepare_project(settings)
    )


def fault_of_ours(place: Place) -> None:
    def break_down(_: Settings) -> None:
        raise KeyError("ann@example.com")

    place.replace("journey.read.status.read_status", break_down)


def options_of(place: Place) -> list[str]:
    return ["--config", str(place.config), "--data-dir", str(place.data)]


def call(place: Place, command: str) -> int:
    """The exit code of `journey <command>` at this place."""
    options = options_of(place)
    place.monkeypatch.setattr(sys, "argv", ["journey", *shlex.split(command), *options])
    with pytest.raises(SystemExit) as left:
        cli.main()
    return left.value.code
