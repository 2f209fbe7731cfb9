"""A run brings here what lies elsewhere: once, and with what the schedule's dates leave out."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest

from journey.core.settings import Settings
from journey.ingest.sources import copying
from orchestration import run
from orchestration.resources import Warehouse
from tests.ingest.elsewhere import Site, web_site
from tests.messages import assert_says
from tests.sinks import Sink

TOML = """
[[sources]]
name = "shop"
kind = "orders"
format = "canonical"
path = "http://127.0.0.1:{port}/{path}"
"""
COPIES = "landing/fetched/http/127.0.0.1"


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.setattr(copying, "PAUSES", (0.01, 0.01))
    with web_site(tmp_path / "site") as server:
        yield server


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("JOURNEY_CONFIG", str(tmp_path / "journey.toml"))
    monkeypatch.setenv("JOURNEY_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("JOURNEY_EMAIL_KEY", "a key for tests, long enough to be one")
    return tmp_path


def settings_of(home: Path, port: int, path: str) -> Settings:
    content = TOML.replace("{port}", str(port)).replace("{path}", path)
    (home / "journey.toml").write_text(content)
    return Settings.load()


def planned_last_night(**config: bool) -> list[str]:
    """What a run of the schedule would load now."""
    found: list[str] = []
    last_night = datetime.now(UTC).date() - timedelta(days=1)

    @dg.asset
    def plan(warehouse: Warehouse) -> None:
        found.extend(d.path.name for d in warehouse.planned(last_night, last_night).new)

    with dg.DagsterInstance.ephemeral() as instance:
        done = dg.materialize(
            [plan], instance=instance, resources={"warehouse": Warehouse(**config)}
        )
    assert done.success
    return found


def test_a_run_of_the_schedule_brings_what_it_loads(home: Path, site: Site) -> None:
    last_night = datetime.now(UTC).date() - timedelta(days=1)
    site.put(f"orders_{last_night}.csv", "1")
    site.put(f"orders_{last_night - timedelta(days=3)}.csv", "2")
    settings_of(home, site.server_port, "orders_{date}.csv")
    assert planned_last_night() == [f"orders_{last_night}.csv"]
    copies = (home / "data" / f"{COPIES}_{site.server_port}").glob("*.csv")
    assert len(list(copies)) == 2, "the late one is there, for the sensor to see"


def test_what_no_name_dates_is_loaded_by_the_run_that_brings_it(home: Path, site: Site) -> None:
    site.put("orders.csv", "1")
    settings_of(home, site.server_port, "orders.csv")
    assert planned_last_night() == ["orders.csv"]


def test_what_the_command_has_brought_is_not_asked_for_again(home: Path, site: Site) -> None:
    site.put("orders.csv", "1")
    settings_of(home, site.server_port, "orders.csv")
    assert planned_last_night(is_fetched=True) == []
    assert site.asked == []


def test_a_place_that_does_not_answer_is_an_alert_once_a_day(
    home: Path, site: Site, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JOURNEY_WEBHOOK_URL", sink.url)
    settings_of(home, site.server_port, "broken/orders.csv")
    for _ in range(2):
        assert planned_last_night() == []
    (post,) = sink.posts
    assert_says(post["text"], "Source 'shop'", "it answers with 503", "the next run tries again")


def test_a_run_says_what_it_could_not_reach_and_loads_the_rest(
    home: Path, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings_of(home, site.server_port, "broken/orders.csv")
    monkeypatch.setattr(run, "_is_published", lambda *_: True)
    monkeypatch.setattr(run.publish, "current", lambda _: run)
    monkeypatch.setattr(run.report, "described_version", lambda _: run.name)
    monkeypatch.setattr(run.monitor, "is_judged", lambda *_: True)
    monkeypatch.setattr(run, "name", "v1", raising=False)
    outcome = run.run(settings)
    assert outcome.run_id is None
    assert [found.sources for found in outcome.unreached] == [("shop",)]
