"""The metrics, as MetricFlow answers them from what is published, are the marts' own figures."""

import json
import os
import socket
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace

import duckdb
import pytest

from journey.core.errors import ConfigurationError
from journey.core.settings import Settings
from journey.read import metrics
from tests.conftest import Shop
from tests.parsed_project import parsed_project

Told = dict[tuple, float | None]

# The canonical stages, each but the first converted to from the one before.
STAGES = ("awareness", "consideration", "intent", "purchase", "retention", "advocacy")
# The stage of the default stage model that holds a canonical one, over all months and channels.
FUNNEL = """
    select {figure} from marts.stage_funnel
    where stage_model = 'digital' and stage = upper('{stage}'[1]) || '{stage}'[2:]
        and month is null and acquisition_channel is null
"""
SURVEY = (
    "select {figure} from marts.satisfaction"
    " where month is null and stage is null and topic is null and kind = '{figure}'"
)
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
    "repeat_buyer_rate": "select avg(if(order_count > 1, 1, 0)) from marts.people"
    " where order_count > 0",
    "lapsed_people": "select people from marts.stage_occupancy"
    " where stage_model = 'digital' and stage = 'lapsed'",
    **{f"reached_{stage}": FUNNEL.format(figure="entered", stage=stage) for stage in STAGES},
    **{
        f"{stage}_conversion_rate": FUNNEL.format(figure="conversion_rate", stage=stage)
        for stage in STAGES[:-1]
    },
    "stage_entries": "select count(*) from marts.stage_transitions"
    " where stage_model = 'digital' and direction <> 'lapse'",
    "lapses": "select count(*) from marts.stage_transitions"
    " where stage_model = 'digital' and direction = 'lapse'",
    "people_entering": "select sum(people) from marts.stage_occupancy"
    " where stage_model = 'digital'",
    "touches": "select sum(touchpoint_count) from marts.visits",
    "active_people": "select count(*) from marts.people",
    "nps": SURVEY.format(figure="nps"),
    "csat": SURVEY.format(figure="csat"),
    "referrals": "select referrals from marts.referral_rates where month is null",
}
# metric, group by, where, and the same cells from the marts: the groups, then the figure
SLICES = [
    (
        "intent_conversion_rate",
        ["person__acquisition_channel"],
        [],
        "select acquisition_channel, conversion_rate from marts.stage_funnel"
        " where stage_model = 'digital' and stage = 'Intent' and month is null"
        " and acquisition_channel is not null",
    ),
    (
        "reached_purchase",
        ["metric_time__month"],
        [],
        "select month, entered from marts.stage_funnel where stage_model = 'digital'"
        " and stage = 'Purchase' and month is not null and acquisition_channel is null",
    ),
    (
        "lapsed_people",
        ["person__furthest_stage"],
        [],
        "select lower(stage), dropped from marts.stage_funnel where stage_model = 'digital'"
        " and month is null and acquisition_channel is null"
        " union all select null, 0 where exists"
        " (select * from marts.people where furthest_stage is null)",
    ),
    (
        "people_entering",
        ["entry__stage"],
        ["{{ Dimension('entry__stage') }} <> 'lapsed'"],
        "select lower(stage), observed from marts.stage_funnel where stage_model = 'digital'"
        " and month is null and acquisition_channel is null",
    ),
    (
        "nps",
        ["metric_time__month"],
        [],
        "select month, nps from marts.satisfaction where kind = 'nps' and month is not null"
        " and stage is null and topic is null",
    ),
    (
        "active_people",
        ["metric_time__month"],
        [],
        "select period_start, sum(people) from marts.lifecycle"
        " where grain = 'month' and state <> 'dormant' group by all",
    ),
    (
        "referrals",
        ["metric_time__month"],
        [],
        "select month, referrals from marts.referral_rates"
        " where month is not null and referrals > 0",
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
        "revenue",
        ["order__last_non_direct_channel"],
        [],
        "select channel, revenue from marts.channel_attribution"
        " where attribution_model = 'last_non_direct' and month is null and conversions > 0",
    ),
    (
        "revenue",
        ["person__persona"],
        ["{{ Dimension('person__persona') }} <> 'prospect'"],
        "select persona, sum(net_revenue) from marts.people where persona <> 'prospect'"
        " group by all",
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
# What counts rows or their amounts sums up to the same over any groups; what counts different
# people or divides does not.
GROUPS = {
    "orders": "order__channel",
    "people": "person__device",
    "stage_entries": "entry__stage",
    "touchpoints": "touch__channel",
}
# Marts whose rows are sums already.
AGGREGATED = {
    "channel_attribution", "cohort_retention", "cohort_retention_overall", "experiment_results",
    "journey_map", "journey_map_changes", "journey_paths", "lifecycle", "persona_profiles",
    "referral_rates", "satisfaction", "stage_funnel", "stage_occupancy", "stage_transition_matrix",
}  # fmt: skip
# What people read in the list of metrics is a figure, and no part of one.
HELPERS = ("_added_up", "_told", "_counted_once")


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
def test_a_metric_over_everything_is_the_marts_overall_value(
    metric: str, ask: Callable[..., Told], marts: duckdb.DuckDBPyConnection
) -> None:
    (expected,) = marts.execute(TOTALS[metric]).fetchone()
    assert expected is not None
    assert ask(metric)[()] == pytest.approx(float(expected), rel=1e-9)


@pytest.mark.parametrize(
    ("metric", "by", "where", "sql"), SLICES, ids=[f"{m} by {','.join(b)}" for m, b, *_ in SLICES]
)
def test_a_metric_in_slices_is_the_marts_value_of_each(
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


@pytest.fixture(scope="module")
def parsed() -> dict:
    return json.loads(parsed_project().manifest.with_name("semantic_manifest.json").read_text())


def test_metrics_sit_on_marts_of_facts(parsed: dict) -> None:
    marts = {model["node_relation"]["alias"] for model in parsed["semantic_models"]}
    assert marts >= {"orders", "people", "stage_entries", "touchpoints"}
    assert not marts & AGGREGATED


def a_group_of(model: dict) -> str:
    (first, *_) = (one["name"] for one in model["dimensions"] if one["type"] == "categorical")
    return f"{model['primary_entity']}__{first}"


def test_what_adds_up_is_the_same_however_it_is_grouped(
    parsed: dict, ask: Callable[..., Told]
) -> None:
    group_of = {
        measure["name"]: GROUPS.get(model["name"]) or a_group_of(model)
        for model in parsed["semantic_models"]
        for measure in model["measures"]
        if measure["agg"] == "sum"
    }
    summed = {
        metric["name"]: group_of[metric["type_params"]["measure"]["name"]]
        for metric in parsed["metrics"]
        if metric["type"] == "simple" and metric["type_params"]["measure"]["name"] in group_of
    }
    assert len(summed) > 20
    for metric, group in summed.items():
        groups = [figure for figure in ask(metric, [group]).values() if figure is not None]
        assert sum(groups) == pytest.approx(ask(metric)[()]), metric


def test_different_people_are_counted_once_over_several_groups(ask: Callable[..., Told]) -> None:
    for metric, group in (("people_entering", "entry__stage"), ("active_people", "touch__channel")):
        groups = ask(metric, [group]).values()
        assert max(groups) <= ask(metric)[()] < sum(groups)


def test_no_metric_is_a_part_of_another_that_means_nothing_alone(
    parsed: dict, ask: Callable[..., Told]
) -> None:
    names = [
        *ask.metrics,
        *(one["name"] for m in parsed["semantic_models"] for one in m["measures"]),
    ]
    dimensions = [one["name"] for m in parsed["semantic_models"] for one in m["dimensions"]]
    assert [name for name in (*names, *dimensions) if name.endswith(HELPERS)] == []


@pytest.fixture
def sink() -> Iterator[tuple[str, list[bytes]]]:
    """A proxy that never answers and remembers who asked."""
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


def test_the_command_answers_and_calls_no_other_machine(
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


def test_the_command_takes_back_what_it_gives_to_its_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = {}

    def cli(**_: object) -> None:
        seen.update(os.environ)
        raise SystemExit(0)

    monkeypatch.setattr(metrics, "_command_line", lambda: SimpleNamespace(cli=cli))
    monkeypatch.setattr(metrics, "prepare_project", lambda _: None)
    monkeypatch.setattr(metrics.publish, "current", lambda _: tmp_path)
    monkeypatch.setenv("DBT_TARGET", "of before")
    before = dict(os.environ)
    with pytest.raises(SystemExit):
        metrics.run(
            Settings(data_dir=tmp_path / "data", config_file=tmp_path / "journey.toml"),
            ["list", "metrics"],
        )
    assert seen["DBT_TARGET"] == metrics.TARGET
    assert dict(os.environ) == before


def test_mistakes_are_explained(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nothing = Settings.load(settings.config_file, tmp_path / "data")
    with pytest.raises(ConfigurationError, match=r"nothing is published yet.*`journey run` first"):
        metrics.run(nothing, ["list", "metrics"])
    monkeypatch.setitem(sys.modules, "dbt_metricflow.cli", None)
    with pytest.raises(ConfigurationError, match=r"MetricFlow, which is not installed.*metrics"):
        metrics.run(settings, ["list", "metrics"])
