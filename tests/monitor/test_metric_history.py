"""Which people stand behind a watched figure, and how its history survives a run's death."""

import os

import duckdb
import pytest

from journey import monitor, publish
from journey.core.errors import EngineError
from journey.core.settings import Settings
from journey.upkeep import layout
from tests.conftest import Shop

ENTRIES = """
insert into marts.stage_entries values
    ('before the recent days', 'look', 1, '2026-02-13 00:00:00'),
    ('first of them, too slow', 'look', 1, '2026-02-13 00:00:00.000001'),
    ('first of them, too slow', 'buy', 2, '2026-02-15 00:00:00.000001'),
    ('in time', 'look', 1, '2026-02-20 00:00:00'),
    ('in time', 'buy', 2, '2026-02-21 23:59:59.999999'),
    ('passed unseen', 'buy', 2, '2026-02-22 00:00:00'),
    ('last that can be judged', 'look', 1, '2026-02-27 00:00:00'),
    ('not to be judged yet', 'look', 1, '2026-02-27 00:00:00.000001'),
    ('not to be judged yet', 'buy', 2, '2026-02-27 00:00:00.000001'),
    ('in time', 'lapsed', null, '2026-02-25 00:00:00');
"""


def test_conversion_is_that_of_recent_people_who_can_be_judged(runs) -> None:
    version = runs.publish(ENTRIES)
    assert monitor.figures_of(runs.settings, version) == [
        monitor.Figure("conversion from look", 0.5, 4)
    ]


def test_retention_adds_up_the_newest_complete_cohorts(runs) -> None:
    version = runs.publish(
        """
        insert into marts.cohort_retention values
            ('first_order', 'order', 'week', 'calendar', 'all', 1, '2026-02-02', 100, 40, true),
            ('first_order', 'order', 'week', 'calendar', 'all', 1, '2026-02-09', 100, 20, true),
            ('first_order', 'order', 'week', 'calendar', 'all', 1, '2026-02-16', 300, 10, true),
            ('first_order', 'order', 'week', 'calendar', 'all', 1, '2026-02-23', 300, 1, false),
            ('first_order', 'order', 'week', 'calendar', 'all', 2, '2026-02-16', 300, 1, true),
            ('first_order', 'order', 'week', 'rolling', 'all', 1, '2026-02-16', 300, 1, true),
            ('first_order', 'order', 'week', 'calendar', 'channel', 1, '2026-02-16', 3, 1, true),
            ('first_order', 'active', 'week', 'calendar', 'all', 1, '2026-02-16', 300, 1, true),
            ('first_touch', 'active', 'week', 'calendar', 'all', 4, '2026-01-26', 50, 5, true)
        """
    )
    assert monitor.figures_of(runs.settings, version) == [
        monitor.Figure("retention of first orders in week 1", 30 / 400, 400),
        monitor.Figure("retention of first touches in week 4", 0.1, 50),
    ]


def test_with_all_days_recent_conversion_is_the_funnel_s(demo: Shop) -> None:
    settings = Settings.load(demo.config, demo.data_dir, alert_recent_days=10_000)
    version = publish.current(settings)
    with duckdb.connect(str(version.database), read_only=True) as connection:
        funnel = dict(
            connection.execute(
                """select 'conversion from ' || lower(stage), conversion_rate_in_window
                from marts.stage_funnel
                where stage_model = 'digital' and month is null and acquisition_channel is null
                    and conversion_rate_in_window is not null"""
            ).fetchall()
        )
    found = {f.figure: f.value for f in monitor.figures_of(settings, version)}
    assert len(funnel) == 5
    assert {name: found[name] for name in funnel} == funnel


def test_a_run_keeps_its_metrics_beside_what_it_published(demo: Shop) -> None:
    settings = Settings.load(demo.config, demo.data_dir)
    version = publish.current(settings)
    path = settings.metrics_dir / f"{version.name}.parquet"
    with duckdb.connect() as connection:
        kept = connection.execute(
            f"select figure, value, people from '{path}' where version = ?", [version.name]
        ).fetchall()
    assert [monitor.Figure(*row) for row in kept] == monitor.figures_of(settings, version)
    assert {row[0] for row in kept} >= {
        "conversion from purchase",
        "retention of first orders in week 4",
    }


def test_metrics_that_a_dead_run_did_not_keep_are_kept_by_the_next(runs, monkeypatch) -> None:
    first = runs.publish(ENTRIES)

    def die(*_: object) -> None:
        raise OSError("power cut")

    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", die)
        with pytest.raises(EngineError, match="is published, but its figures"):
            monitor.judge(runs.settings, first)
    assert list(runs.settings.metrics_dir.glob("*.parquet")) == []
    second = runs.publish(ENTRIES)
    monitor.judge(runs.settings, second)
    kept = sorted(path.name for path in runs.settings.metrics_dir.iterdir())
    assert kept == [f"{first.name}.parquet", f"{second.name}.parquet"]


def test_a_shop_that_has_just_begun_has_no_metrics_to_keep(runs) -> None:
    version = runs.publish("select 1")
    judged = monitor.judge(runs.settings, version)
    assert (judged.figures, judged.ranges) == ([], [])
    assert monitor.is_judged(runs.settings, version)


def test_metrics_are_computed_and_kept_once(runs, monkeypatch) -> None:
    version = runs.publish(ENTRIES)
    monitor.judge(runs.settings, version)
    path = runs.settings.metrics_dir / f"{version.name}.parquet"
    before = path.stat().st_mtime_ns, path.read_bytes()
    monkeypatch.setattr("journey.monitor.judging.figures_of", None)  # not computed again
    judged = monitor.judge(runs.settings, version)
    assert judged.figures == [monitor.Figure("conversion from look", 0.5, 4)]
    assert (path.stat().st_mtime_ns, path.read_bytes()) == before


def test_metrics_that_cannot_be_computed_are_reported_without_values(runs, monkeypatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise duckdb.ConversionException("Could not convert string 'Ann Ray' to INT32")

    version = runs.publish()
    monkeypatch.setattr("journey.monitor.history.ask", refuse)
    with pytest.raises(EngineError, match=r"could not be kept or judged .*'…' to INT32") as raised:
        monitor.judge(runs.settings, version)
    assert "Ann Ray" not in str(raised.value)


def test_an_earlier_version_that_cannot_be_read_is_left_out(runs, caplog) -> None:
    first, second = runs.publish(ENTRIES), runs.publish(ENTRIES)
    first.database.chmod(0o600)
    first.database.write_text("this is no database")
    monitor.judge(runs.settings, second)
    kept = [path.name for path in runs.settings.metrics_dir.iterdir()]
    assert kept == [f"{second.name}.parquet"]
    assert first.name in caplog.text


def test_what_an_earlier_release_kept_is_taken_over(runs) -> None:
    version = runs.publish(ENTRIES)
    monitor.judge(runs.settings, version)
    kept = runs.settings.metrics_dir
    kept.rename(runs.settings.data_dir / "figures")
    layout.bring_up(runs.settings)
    assert monitor.is_judged(runs.settings, version)
    assert [path.name for path in kept.iterdir()] == [f"{version.name}.parquet"]
    assert not (runs.settings.data_dir / "figures").exists()
