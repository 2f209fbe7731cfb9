"""The metrics, as MetricFlow answers them from what is published, are the marts' own figures."""

import json
import socket
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from journey.core.errors import ConfigurationError
from journey.core.settings import Settings
from journey.read import metrics
from tests.conftest import Shop
from tests.parsed_project import parsed_project

Told = dict[tuple, float | None]

# metric -> what it is over everything, from the marts' own overall figures
TOTALS = {
    "people": "select count(*) from marts.people",
    "customers": "select count(*) from marts.people where order_count > 0",
    "orders": "select sum(order_count) from marts.people",
    "revenue": "select sum(net_revenue) from marts.people",
    "average_order_value": "select sum(net_revenue) / sum(order_count) from marts.people",
    "conversion_rate": "select avg(if(order_count > 0, 1, 0)) from marts.people",
    "lifetime_value": "select avg(net_revenue) from marts.people where order_count > 0",
    "expected_value_per_buyer_365d": "select avg(expected_value_365d) from marts.people"
    " where order_count > 0",
    "nps": "select nps from marts.satisfaction"
    " where month is null and stage is null and topic is null and kind = 'nps'",
    "csat": "select csat from marts.satisfaction"
    " where month is null and stage is null and topic is null and kind = 'csat'",
    "referral_rate": "select referral_rate from marts.referral_rates where month is null",
    "referrals": "select referrals from marts.referral_rates where month is null",
}
DIGITAL = "{{ Dimension('funnel__stage_model') }} = 'digital'"
MARKOV = "{{ Dimension('attribution__attribution_model') }} = 'markov'"
MONTHLY = [
    "{{ Dimension('cohort__cohort_basis') }} = 'first_order'",
    "{{ Dimension('cohort__activity') }} = 'order'",
    "{{ Dimension('cohort__grain') }} = 'month'",
    "{{ Dimension('cohort__window_kind') }} = 'calendar'",
]
BY_CHANNEL = "{{ Dimension('cohort__segment_type') }} = 'channel'"
MONTHLY_ORDERS = """
    select segment, period_number, {}
    from marts.cohort_retention_overall as retention
    where cohort_basis = 'first_order' and activity = 'order' and grain = 'month'
        and retention.window = 'calendar' and segment_type = 'channel'
"""
# metric, group by, where, and the same cells from the marts: the groups, then the figure
SLICES = [
    (
        "stage_conversion_rate",
        ["funnel__stage"],
        [DIGITAL],
        "select stage, conversion_rate from marts.stage_funnel"
        " where stage_model = 'digital' and month is null and acquisition_channel is null",
    ),
    (
        "stage_drop_off_rate",
        ["metric_time__month", "funnel__acquisition_channel", "funnel__stage"],
        [DIGITAL, "{{ Dimension('funnel__stage') }} <> 'Advocacy'"],
        "select month, acquisition_channel, stage, drop_off_rate from marts.stage_funnel"
        " where stage_model = 'digital' and month is not null"
        " and acquisition_channel is not null and stage <> 'Advocacy'",
    ),
    (
        "nps",
        ["metric_time__month"],
        [],
        "select month, nps from marts.satisfaction where kind = 'nps' and month is not null"
        " and stage is null and topic is null",
    ),
    (
        "csat",
        ["answer__topic", "answer__stage"],
        [],
        "select topic, stage, csat from marts.satisfaction where kind = 'csat' and month is null"
        " and stage is not null and topic is not null",
    ),
    (
        "referral_rate",
        ["metric_time__month"],
        [],
        "select month, referral_rate from marts.referral_rates",
    ),
    (
        "roas",
        ["attribution__channel"],
        [MARKOV],
        "select channel, roas from marts.channel_attribution"
        " where attribution_model = 'markov' and month is null",
    ),
    (
        "cost_per_order",
        ["metric_time__month", "attribution__channel"],
        [MARKOV],
        "select month, channel, cost_per_conversion from marts.channel_attribution"
        " where attribution_model = 'markov' and month is not null",
    ),
    *(
        (
            f"attributed_{figure}",
            ["attribution__channel"],
            [MARKOV],
            f"select channel, {figure} from marts.channel_attribution"
            " where attribution_model = 'markov' and month is null",
        )
        for figure in ("conversions", "revenue", "cost")
    ),
    *(
        (
            f"stage_{figure}",
            ["funnel__stage"],
            [DIGITAL],
            f"select stage, {figure} from marts.stage_funnel"
            " where stage_model = 'digital' and month is null and acquisition_channel is null",
        )
        for figure in ("entered", "converted", "dropped")
    ),
    *(
        (
            metric,
            ["cohort__segment", "cohort__period_number"],
            [*MONTHLY, BY_CHANNEL, "{{ Dimension('cohort__period_number') }} < 3"],
            MONTHLY_ORDERS.format(figure) + " and period_number < 3",
        )
        for metric, figure in (
            ("retention_rate", "retention_rate"),
            ("cohort_members", "cohort_size"),
            ("retained_people", "active_people"),
        )
    ),
    (
        "customers",
        ["metric_time__month"],
        [],
        "select date_trunc('month', first_order_at), count(*) from marts.people"
        " where order_count > 0 group by all",
    ),
    (
        "orders",
        ["metric_time__month"],
        [],
        "select date_trunc('month', occurred_at), count(*) from marts.touchpoints"
        " where touchpoint = 'order:placed' group by all",
    ),
    (
        "revenue",
        ["metric_time__month"],
        [],
        "select month, sum(revenue) from marts.channel_attribution"
        " where attribution_model = 'shapley' and month is not null group by all",
    ),
    (
        "expected_value_365d",
        ["person__persona"],
        [],
        "select persona, sum(expected_value_365d) from marts.people group by all",
    ),
    (
        "lifetime_value",
        ["person__acquisition_channel"],
        [],
        "select acquisition_channel, sum(net_revenue) / count(*) filter (where order_count > 0)"
        " from marts.people group by all",
    ),
]
# Figures of several readings at once, which would count people or money more than once.
MEANINGLESS = [
    ("stage_conversion_rate", []),
    ("stage_conversion_rate", ["funnel__acquisition_channel"]),
    ("stage_drop_off_rate", ["funnel__stage_model"]),
    ("retention_rate", []),
    ("retention_rate", ["cohort__period_number"]),
    ("roas", ["attribution__channel"]),
    ("cost_per_order", []),
    ("attributed_conversions", []),
    ("attributed_revenue", ["attribution__channel"]),
    ("attributed_cost", ["metric_time__month"]),
    ("cohort_members", []),
    ("retained_people", ["cohort__segment"]),
    ("stage_entered", []),
    ("stage_converted", ["funnel__acquisition_channel"]),
    ("stage_dropped", ["funnel__stage_model"]),
]


@pytest.fixture(scope="module")
def settings(demo: Shop) -> Settings:
    return Settings.load(demo.config, demo.data_dir)


@pytest.fixture(scope="module")
def marts(demo: Shop) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(demo.published / "current.duckdb"), read_only=True) as connection:
        yield connection


@pytest.fixture(scope="module")
def ask(settings: Settings) -> Iterator[Callable[..., Told]]:
    """MetricFlow's engine, in this process, set up as `mf` sets itself up."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in metrics.environment(settings).items():
            patch.setenv(name, value)
        from dbt_metricflow.cli.cli_configuration import CLIConfiguration
        from metricflow.engine.metricflow_engine import MetricFlowQueryRequest

        configuration = CLIConfiguration()
        configuration.setup(configure_file_logging=False)

        def told(metric: str, by: list[str] = (), where: list[str] = ()) -> Told:
            request = MetricFlowQueryRequest.create(
                metric_names=[metric],
                group_by_names=list(by),
                where_constraints=list(where) or None,
            )
            found = configuration.mf.query(request).result_df
            places = [found.column_names.index(name) for name in (*by, metric)]
            return keyed([row[place] for place in places] for row in found.rows)

        told.metrics = [metric.name for metric in configuration.mf.list_metrics(False)]
        yield told
        configuration.sql_client.close()


def keyed(rows: Iterable[Sequence]) -> Told:
    """Rows of groups and a figure as a mapping, for comparison: months are days and dates."""
    return {
        tuple(value.date() if isinstance(value, datetime) else value for value in groups): (
            None if figure is None else float(figure)
        )
        for *groups, figure in rows
    }


def test_every_metric_has_an_answer(ask: Callable[..., Told]) -> None:
    asked = set(TOTALS) | {metric for metric, *_ in SLICES}
    assert asked <= set(ask.metrics)
    for metric in ask.metrics:
        assert list(ask(metric)) == [()], metric


@pytest.mark.parametrize("metric", TOTALS)
def test_a_metric_over_everything_is_the_marts_overall_figure(
    metric: str, ask: Callable[..., Told], marts: duckdb.DuckDBPyConnection
) -> None:
    (expected,) = marts.execute(TOTALS[metric]).fetchone()
    assert expected is not None
    assert ask(metric)[()] == pytest.approx(float(expected), rel=1e-9)


@pytest.mark.parametrize(
    ("metric", "by", "where", "sql"), SLICES, ids=[f"{m} by {','.join(b)}" for m, b, *_ in SLICES]
)
def test_a_metric_in_slices_is_the_marts_figure_of_each(
    metric: str,
    by: list[str],
    where: list[str],
    sql: str,
    ask: Callable[..., Told],
    marts: duckdb.DuckDBPyConnection,
) -> None:
    expected = keyed(marts.execute(sql).fetchall())
    assert len([figure for figure in expected.values() if figure]) > 1
    found = ask(metric, by, where)
    assert found.keys() == expected.keys()
    for cell, figure in expected.items():
        assert found[cell] == (None if figure is None else pytest.approx(figure, rel=1e-9)), cell


@pytest.mark.parametrize(("metric", "by"), MEANINGLESS)
def test_a_figure_of_several_readings_at_once_is_none(
    metric: str, by: list[str], ask: Callable[..., Told]
) -> None:
    found = ask(metric, by)
    assert found
    assert set(found.values()) == {None}


def test_a_referral_rate_of_a_quarter_is_no_figure(ask: Callable[..., Told]) -> None:
    found = ask("referral_rate", ["metric_time__quarter"])
    overall = found.pop((None,))
    assert overall > 0
    assert found
    assert set(found.values()) == {None}


def test_every_metric_keeps_to_rows_in_which_everything_is_counted_once() -> None:
    parsed = json.loads(parsed_project().manifest.with_name("semantic_manifest.json").read_text())
    measured = {
        measure["name"]
        for model in parsed["semantic_models"]
        if any(dimension["name"] == "is_counted_once" for dimension in model["dimensions"])
        for measure in model["measures"]
    }
    simple = [each for each in parsed["metrics"] if each["type"] == "simple"]
    kept = {
        each["name"]: str(each["filter"])
        for each in simple
        if each["type_params"]["measure"]["name"] in measured
    }
    assert len(kept) > 10
    assert [name for name, text in kept.items() if "is_counted_once" not in text] == []


@pytest.fixture
def sink() -> Iterator[tuple[str, list[bytes]]]:
    """A proxy that answers nobody and remembers who asked."""
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def listen() -> None:
            while True:
                try:
                    caller, _ = server.accept()
                except OSError:
                    return
                with caller:
                    heard.append(caller.recv(1000))

        threading.Thread(target=listen, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}", heard


def test_the_command_answers_and_calls_nobody(
    demo: Shop, marts: duckdb.DuckDBPyConnection, sink: tuple[str, list[bytes]]
) -> None:
    proxy, heard = sink
    everywhere = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"), proxy)
    query = ["query", "--metrics", "orders", "--quiet"]
    answered = demo.journey("metrics", *query, **everywhere, NO_PROXY="", no_proxy="")
    assert answered.returncode == 0, answered.stdout + answered.stderr
    (orders,) = marts.execute("select sum(order_count) from marts.people").fetchone()
    assert str(orders) in answered.stdout.split()
    assert heard == []


def test_mistakes_are_explained(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nothing = Settings.load(settings.config_file, tmp_path / "data")
    with pytest.raises(ConfigurationError, match=r"nothing is published yet.*`journey run` first"):
        metrics.run(nothing, ["list", "metrics"])
    monkeypatch.setitem(sys.modules, "dbt_metricflow.cli", None)
    with pytest.raises(ConfigurationError, match=r"MetricFlow is not installed.*metrics"):
        metrics.run(settings, ["list", "metrics"])
