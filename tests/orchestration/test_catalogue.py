"""The catalogue as its server gives it to a browser: assets in words, and nothing to launch."""

import json
import os
import re
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator

import pytest

from journey.catalogue import tables
from tests.conftest import JOURNEY, Shop

PATIENCE_SECONDS = 240
ASSETS = """{ assetNodes {
    assetKey { path } description groupName kinds isMaterializable
    owners { __typename ... on TeamAssetOwner { team } }
    internalFreshnessPolicy { __typename }
    metadataEntries { label ... on PathMetadataEntry { path } }
    assetChecksOrError { ... on AssetChecks { checks { name description blocking } } }
    assetMaterializations(limit: 1) { metadataEntries {
        label __typename
        ... on IntMetadataEntry { intValue }
        ... on FloatMetadataEntry { floatValue }
        ... on MarkdownMetadataEntry { mdStr }
        ... on TableMetadataEntry { table { records } }
        ... on TableColumnLineageMetadataEntry {
            lineage { columnName columnDeps { assetKey { path } columnName } }
        }
    } }
} }"""
LAUNCH = """mutation { launchRun(executionParams: {
    selector: {
        repositoryName: "__repository__", repositoryLocationName: "orchestration.definitions"
        jobName: "nightly"
    }
    runConfigData: {}
}) { __typename } }"""
PERMISSIONS = "{ permissions { permission value } }"

Ask = Callable[[str], dict]


@pytest.fixture(scope="module")
def ask(demo: Shop) -> Iterator[Ask]:
    """A read-only server on the demo's instance, asked in GraphQL."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [JOURNEY, "serve", "--read-only", "--port", str(port)],
        env=demo.environment(),
        cwd=demo.home,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )

    def query(text: str) -> dict:
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}/graphql",
            data=json.dumps({"query": text}).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as answer:  # noqa: S310
            found = json.load(answer)
        assert "errors" not in found, found
        return found["data"]

    try:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                query("{ version }")
                break
            except (urllib.error.URLError, ConnectionError):
                assert server.poll() is None, "the server ended"
                assert time.monotonic() < deadline, "the server does not answer"
                time.sleep(0.5)
        yield query
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(timeout=60)


@pytest.fixture(scope="module")
def assets(ask: Ask) -> dict[str, dict]:
    return {"/".join(node["assetKey"]["path"]): node for node in ask(ASSETS)["assetNodes"]}


def metadata_of(node: dict) -> dict[str, dict]:
    [latest] = node["assetMaterializations"]
    return {entry["label"]: entry for entry in latest["metadataEntries"]}


def test_every_asset_is_described_in_words(assets: dict[str, dict]) -> None:
    groups = {"raw", "seeds", "staging", "intermediate", "marts", "published", "exposures", "run"}
    assert {key.split("/")[0] for key in assets} >= groups
    for key, node in assets.items():
        first, *rest = node["description"].split("\n\n")
        grain = rest[-1] if rest else first
        assert first.endswith("."), key
        assert "\n" not in first, key
        assert not set(first) & set("#*<>["), f"{key}: the list shows this line as plain text"
        assert re.search(r"(^|\. )One \w+", grain), key
        assert node["groupName"] == key.split("/")[0], key
        assert [owner["team"] for owner in node["owners"]], key
        assert node["kinds"], key


def test_what_readers_depend_on_has_a_freshness_policy(assets: dict[str, dict]) -> None:
    for key, node in assets.items():
        if key.startswith(("raw/", "marts/")) or key in ("published/snapshot", "published/report"):
            assert node["internalFreshnessPolicy"], key


def test_every_table_has_its_row_count(assets: dict[str, dict]) -> None:
    """Whatever holds rows: what arrived, seeds, tables of models and the snapshot; not views."""
    from tests.parsed_project import parsed_project

    holds_rows = [table.address for table in tables(parsed_project().manifest) if not table.is_view]
    holds_rows += [key for key in assets if key.startswith("raw/")]
    for key in [*holds_rows, "published/snapshot"]:
        assert metadata_of(assets[key])["dagster/row_count"]["intValue"] is not None, key
    assert metadata_of(assets["marts/people"])["dagster/row_count"]["intValue"] > 0


def test_marts_have_numbers_pictures_previews_and_links(assets: dict[str, dict]) -> None:
    funnel = metadata_of(assets["marts/stage_funnel"])
    assert 0 < funnel["awareness_conversion_in_window"]["floatValue"] <= 1
    assert funnel["people_aware"]["intValue"] > 0
    assert "nps" in metadata_of(assets["marts/satisfaction"])
    assert "quarantined" in metadata_of(assets["marts/data_quality"])
    assert "week_1_retention" in metadata_of(assets["marts/cohort_retention_overall"])
    assert "net_revenue" in metadata_of(assets["marts/people"])
    for mart in ("stage_funnel", "stage_transitions", "cohort_retention"):
        picture = metadata_of(assets[f"marts/{mart}"])["picture"]["mdStr"]
        assert "](data:image/svg+xml," in picture
        assert len(picture) < 1000, "longer ones hide behind a link"
    assert len(funnel["preview"]["table"]["records"]) == 5
    for key, node in assets.items():
        if key.startswith("marts/"):
            links = {entry["label"]: entry.get("path") for entry in node["metadataEntries"]}
            for label in ("report", "definition", "checks"):
                assert links[label]
                assert not links[label].startswith("/"), "paths of a machine are nobody's business"


def test_columns_name_the_columns_of_the_assets_that_they_are_made_of(
    assets: dict[str, dict],
) -> None:
    made_of = {
        (key, column["columnName"]): {
            ("/".join(dep["assetKey"]["path"]), dep["columnName"]) for dep in column["columnDeps"]
        }
        for key, node in assets.items()
        if key.startswith(("marts/", "intermediate/", "staging/"))
        for column in metadata_of(node).get("dagster/column_lineage", {}).get("lineage", ())
    }
    window = "intermediate/int_stages_reached", "reached_at"
    assert window in made_of["marts/stage_funnel", "conversion_rate_in_window"]
    assert ("raw/web_events", "utm_source") in made_of["staging/stg_web__events", "utm_source"]
    assert {key for key, _ in set().union(*made_of.values())} <= set(assets)


def test_every_link_of_a_mart_leads_to_a_place_on_a_page(
    assets: dict[str, dict], demo: Shop
) -> None:
    links = {
        entry["path"]
        for key, node in assets.items()
        for entry in node["metadataEntries"]
        if key.startswith("marts/") and entry.get("path")
    }
    assert len(links) > 60
    pages: dict[str, str] = {}
    for link in links:
        name, _, anchor = link.partition("#")
        if name not in pages:
            pages[name] = (demo.data_dir / name).read_text(encoding="utf-8")
        assert not anchor or f'id="{anchor}"' in pages[name], link


def test_checks_are_sentences_and_block(assets: dict[str, dict]) -> None:
    said = [
        (key, check)
        for key, node in assets.items()
        for check in node["assetChecksOrError"].get("checks", [])
    ]
    assert len(said) > 100
    for key, check in said:
        assert (check["description"] or "").endswith("."), (key, check["name"])
        # What is only monitored, after publishing, blocks nothing.
        assert check["blocking"] or key == "published/metrics", (key, check["name"])


def test_exposures_are_assets_that_cannot_be_run_or_those_that_runs_make(
    assets: dict[str, dict],
) -> None:
    assert not assets["exposures/questions"]["isMaterializable"]
    assert assets["published/report"]["isMaterializable"]
    assert "exposures/journey_report" not in assets


def test_viewers_can_launch_nothing(ask: Ask) -> None:
    assert ask(LAUNCH)["launchRun"]["__typename"] == "UnauthorizedError"
    allowed = [one["permission"] for one in ask(PERMISSIONS)["permissions"] if one["value"]]
    assert allowed == []
