"""The pages of `journey docs`: every definition is in them, and nothing beyond them is needed."""

import json
import re
from collections import Counter
from pathlib import Path

import pytest

from journey.core.errors import EngineError
from journey.pages.dbt_docs import write_dbt_docs
from journey.pages.definitions import DEFINITIONS, write_definitions
from journey.transform.marts import mart_names
from orchestration.cli import app
from tests.conftest import REPO
from tests.parsed_project import give_parsed_project, parsed_project

SMALL = {
    "metadata": {"project_name": "journey"},
    "nodes": {
        "model.journey.nights": {
            "resource_type": "model",
            "schema": "marts",
            "name": "nights",
            "fqn": ["journey", "marts", "time_of_day", "nights"],
            "description": "Dark <b>hours</b>,\n`as_of` then. One row per night & day.",
            "columns": {
                "hour": {
                    "name": "hour",
                    "data_type": "int",
                    "description": "<script>alert(1)</script>, [a](http://x.example) or `<b>`.",
                }
            },
        },
        "model.journey.stg": {"resource_type": "model", "schema": "staging"},
        "test.journey.t": {"resource_type": "test", "schema": "marts"},
    },
    "docs": {
        "doc.journey.dusk": {
            "package_name": "journey",
            "name": "dusk",
            "block_contents": "#### Dusk, or nightfall\n\nWhen it *begins*.",
        },
        "doc.journey.__overview__": {
            "package_name": "journey",
            "name": "__overview__",
            "block_contents": "Not a term.",
        },
        "doc.dbt.dusk": {"package_name": "dbt", "name": "dusk", "block_contents": "Another's."},
    },
    "metrics": {
        "metric.journey.length": {
            "name": "length",
            "label": "Length of the night",
            "description": "Hours of dark.",
        }
    },
}


def ids(page: str) -> list[str]:
    return re.findall(r'\bid="([^"]+)"', page)


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("docs")
    for write in (write_definitions, write_dbt_docs):
        write(parsed_project().manifest, folder)
    return folder


def test_every_mart_column_and_term_has_its_place(pages: Path) -> None:
    page = (pages / "definitions.html").read_text()
    nodes = json.loads(parsed_project().manifest.read_text())["nodes"]
    places = Counter(ids(page))
    assert max(places.values()) == 1
    assert {"stage_funnel", "stage_funnel.entered", "term.visit", "term.lapse"} <= set(places)
    for mart in mart_names(parsed_project().manifest):
        columns = nodes[f"model.journey.{mart}"]["columns"]
        assert {mart, *(f"{mart}.{column}" for column in columns)} <= set(places)


def test_the_projects_definitions_are_in_it_each_with_its_place(pages: Path) -> None:
    page = (pages / "definitions.html").read_text()
    headings = re.findall(r"^##+ (.+)$", DEFINITIONS.read_text(), re.MULTILINE)
    for heading in headings:
        place = re.sub("[^a-z0-9]+", "-", heading.lower()).strip("-")
        assert f'id="definition.{place}">{heading}</h' in page
    assert '<a href="#definition.stage-funnel">Stage funnel</a>' in page
    assert """<td data-column="column"><code>window_days</code></td>""" in page


def test_every_mart_says_what_one_of_its_rows_is(pages: Path) -> None:
    page = (pages / "definitions.html").read_text()
    grains = re.findall(r'<p class="grain">One row per ', page)
    assert len(grains) == len(mart_names(parsed_project().manifest))


def test_every_link_of_the_page_leads_into_it(pages: Path) -> None:
    page = (pages / "definitions.html").read_text()
    links = re.findall(r'href="([^"]*)"', page)
    assert len(links) > 100
    assert {link.removeprefix("#") for link in links} <= set(ids(page))
    assert "://" not in page


def test_a_term_is_written_once_and_shown_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "manifest.json"
    path.write_text(json.dumps(SMALL))
    page = write_definitions(path, tmp_path / "new" / "folder").read_text()
    assert '<dt id="term.dusk"><a href="#term.dusk">Dusk, or nightfall</a></dt>' in page
    assert "When it <em>begins</em>." in page
    assert "Not a term" not in page
    assert "Another" not in page
    assert "Length of the night" in page
    assert "Tables: time of day" in page
    assert '<p class="grain">One row per night &amp; day.</p>' in page
    assert write_definitions(path, tmp_path).read_text() == page


def test_a_description_is_text_and_never_a_tag(tmp_path: Path) -> None:
    path = tmp_path / "manifest.json"
    path.write_text(json.dumps(SMALL))
    page = write_definitions(path, tmp_path).read_text()
    assert "Dark &lt;b&gt;hours&lt;/b&gt;, <code>as_of</code> then." in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script" not in page
    assert 'href="http' not in page


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    path = tmp_path / "manifest.json"
    path.write_text(json.dumps(SMALL))
    with pytest.raises(EngineError, match="cannot be written"):
        write_definitions(path, path / "below a file")


def test_dbts_page_says_nothing_of_where_things_are(pages: Path) -> None:
    page = (pages / "dbt.html").read_text()
    assert "stage_funnel" in page
    assert str(REPO) not in page
    assert "read_parquet('/" not in page


def test_no_description_ends_the_script_of_dbts_page(tmp_path: Path) -> None:
    path = tmp_path / "manifest.json"
    path.write_text(json.dumps({"nodes": {}, "sources": {}, "why": "</script><b>"}))
    assert "</script><b>" not in write_dbt_docs(path, tmp_path).read_text()


def test_another_dbt_is_distinguished(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "manifest.json"
    path.write_text(json.dumps({"nodes": {}, "sources": {}}))
    (tmp_path / "index.html").write_text("<html></html>")
    monkeypatch.setattr("dbt.task.docs.DOCS_INDEX_FILE_PATH", str(tmp_path / "index.html"))
    with pytest.raises(EngineError, match=r"dbt's page has changed: <head>"):
        write_dbt_docs(path, tmp_path)


def test_the_command_writes_both_pages_and_says_where(
    tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    data_dir = tmp_path / "data"
    give_parsed_project(data_dir, REPO)
    places = ("--config", str(REPO / "journey.toml"), "--data-dir", str(data_dir))
    app(["docs", "--to", str(tmp_path / "handbook"), *places], standalone_mode=False)
    assert capsys.readouterr().out.splitlines() == [
        f"Open {tmp_path / 'handbook' / name}" for name in ("definitions.html", "dbt.html")
    ]
    assert {path.name for path in (tmp_path / "handbook").iterdir()} == {
        "definitions.html",
        "dbt.html",
    }
