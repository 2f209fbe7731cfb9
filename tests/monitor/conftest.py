"""Small published versions, made of a few rows by hand."""

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from journey import publish
from journey.core.settings import Settings
from journey.core.sql import text
from journey.monitor import history
from journey.monitor.history import COLUMNS

AS_OF = datetime(2026, 3, 1, tzinfo=UTC)
TABLES = """
create schema marts;
create table marts.stage_entries (
    person_id varchar, stage varchar, stage_position integer, entered_at timestamp
);
create table marts.cohort_retention (
    cohort_basis varchar, activity varchar, grain varchar, "window" varchar, segment_type varchar,
    period_number integer, cohort_start date, cohort_size bigint, active_people bigint,
    is_complete boolean
);
create table marts.orders (
    source varchar, ordered_date date, is_counted boolean, net_amount decimal(18, 2)
);
create table marts.people (
    person_id varchar, last_touch_at timestamp, marketing_consent boolean
);
create table marts.touchpoints (
    touchpoint_id varchar, person_id_basis varchar, occurred_at timestamp, device varchar,
    country varchar, visit_id varchar
);
create table marts.visits (visit_id varchar, channel varchar);
create table marts.data_quality (
    run_id varchar, run_at timestamp, check_kind varchar, asset varchar, source varchar,
    check_name varchar, severity varchar, is_passed boolean, observed double, detail varchar
);
"""


MARTS = [
    "cohort_retention",
    "data_quality",
    "orders",
    "people",
    "stage_entries",
    "touchpoints",
    "visits",
]


class PublishedRuns:
    """A warehouse that publishes what a test asks for."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.count = 0
        self.files = 0

    def publish(self, sql: str = "", as_of: datetime = AS_OF) -> publish.Version:
        """A version of the tables above after `sql`."""
        self.count += 1
        self.settings.data_dir.mkdir(parents=True, exist_ok=True)
        self.settings.warehouse_path.unlink(missing_ok=True)
        with duckdb.connect(str(self.settings.warehouse_path)) as connection:
            connection.execute(TABLES + sql)
        return publish.publish(
            self.settings,
            marts=MARTS,
            run_id=f"run{self.count}",
            as_of=as_of,
            checks=[],
        )

    def remember(self, figure: str, values: list[float], people: int = 500) -> None:
        """Figures of runs before AS_OF, the newest last, as runs keep them."""
        days = [AS_OF - timedelta(days=days_ago) for days_ago in range(len(values), 0, -1)]
        self._keep(
            [
                (f"{day:%Y%m%dT000000Z}-past", day, figure, value, people)
                for day, value in zip(days, values, strict=True)
            ]
        )

    def keep(self, version: str, as_of: datetime, figure: str, value: float, people: int) -> None:
        """One figure of one run."""
        self._keep([(version, as_of, figure, value, people)])

    def _keep(self, rows: list[tuple]) -> None:
        self.settings.metrics_dir.mkdir(parents=True, exist_ok=True)
        self.files += 1
        path = self.settings.metrics_dir / f"{self.files}.parquet"
        with duckdb.connect() as connection:
            connection.execute("set TimeZone = 'UTC'")
            connection.execute(f"create table figures ({COLUMNS})")
            connection.executemany(
                "insert into figures by name select ?::varchar as version, ?::timestamp as as_of,"
                " ?::varchar as figure, ?::double as value, ?::bigint as people",
                [(version, as_of.replace(tzinfo=None), *rest) for version, as_of, *rest in rows],
            )
            connection.execute(f"copy figures to {text(path)} (format parquet)")


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PublishedRuns:
    # The figures that are computed from the tables above.
    figures = tmp_path / "figures"
    figures.mkdir()
    for name in ("conversion.sql", "retention.sql"):
        shutil.copy(history.METRICS / name, figures)
    monkeypatch.setattr(history, "METRICS", figures)
    config = tmp_path / "journey.toml"
    config.write_text("conversion_window_days = 2\nalert_recent_days = 14\n")
    return PublishedRuns(Settings.load(config, tmp_path / "it's data"))
