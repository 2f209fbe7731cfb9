"""A desk of one's own: a few marts made by hand and really published, hostile cells among them."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from journey import publish
from journey.core.settings import Settings
from tests.conftest import Shop, make_shop

AS_OF = datetime(2026, 11, 22, tzinfo=UTC)
# What a stranger can put into a link's campaign, and what a spreadsheet or a terminal would obey.
FORMULAS = ("=1+1", "+1", "-1+2", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", "＠x")  # noqa: RUF001
HARMLESS = ("plain", "it's", 'a,"b"\nc', "ends in =1", "", " ", "\x1b[2Jwiped", "https://x.example")
MARTS = {
    "campaigns": """
        create table marts.campaigns as
        select row_number() over () as number, campaign, -1.5 as balance,
            1234567.89::decimal(18, 2) as revenue, date '2026-11-21' as seen_on,
            timestamp '2026-11-21 12:34:56.789' as seen_at, true as is_seen,
            null::varchar as nothing
        from (select unnest($cells) as campaign);
        comment on table marts.campaigns is 'Campaigns. One row per campaign.';
        comment on column marts.campaigns.campaign is '=Its name, as delivered.'
    """,
    "runs": "create table marts.runs as select $run as run from range(20000)",
    "stage_funnel": (
        "create table marts.stage_funnel as select 'Intent' as stage, $run as entered"
    ),
}


def settings_of(shop: Shop) -> Settings:
    return Settings.load(shop.config, shop.data_dir, threads=2)


def publish_run(settings: Settings, run: int = 1, **more: str) -> publish.Version:
    """Publish MARTS, and `more` tables by name and SQL, as the run of that number."""
    marts = MARTS | more
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    settings.warehouse_path.unlink(missing_ok=True)
    given = {"cells": [*FORMULAS, *HARMLESS], "run": run}
    with duckdb.connect(str(settings.warehouse_path)) as connection:
        connection.execute("create schema marts")
        for sql in marts.values():
            for statement in sql.split(";"):
                used = {name: value for name, value in given.items() if f"${name}" in statement}
                connection.execute(statement, used or None)
    return publish.publish(settings, marts=list(marts), run_id=f"run-{run}", as_of=AS_OF, checks=[])


@pytest.fixture
def empty(tmp_path: Path) -> Settings:
    """A warehouse of one's own, in which nothing is published."""
    return settings_of(make_shop(tmp_path / "shop"))


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """A warehouse with one published run. Shared: read it, do not write."""
    made = make_shop(tmp_path_factory.mktemp("desk"))
    publish_run(settings_of(made))
    return made


@pytest.fixture(scope="session")
def desk(shop: Shop) -> Settings:
    """The settings of the shared warehouse."""
    return settings_of(shop)


@pytest.fixture
def journey(desk: Settings) -> Callable[..., None]:
    """A `journey` command in this process on the shared warehouse; errors are raised."""
    from orchestration.cli import app

    def run(*arguments: str) -> None:
        places = ("--config", str(desk.config_file), "--data-dir", str(desk.data_dir))
        app([*arguments, *places], standalone_mode=False)

    return run
