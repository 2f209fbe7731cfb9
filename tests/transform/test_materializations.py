"""Tables and views that dbt makes in their place: again, as the other kind, and in part."""

import json
import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from tests.conftest import REPO

FILES = {
    "dbt_project.yml": "name: small\nprofile: small\nversion: '1.0'\nconfig-version: 2\n"
    "macro-paths: [macros]\nflags: {send_anonymous_usage_stats: false}\n",
    "profiles.yml": "small:\n  target: it\n  outputs:\n    it: {type: duckdb, path: it.duckdb}\n",
    "models/kept.sql": "{{ config(materialized='table') }}\n"
    "select {{ 'cast(\\'x\\' as integer)' if var('again', false) else '1' }} as value",
    "models/shown.sql": "{{ config(materialized='table' if var('again', false) else 'view') }}\n"
    "select 2 as value",
    "models/fitted.py": "def model(dbt, con):\n    dbt.config(materialized='table')\n"
    "    return con.sql('select 3 as value')\n",
    "models/counted.py": "import pyarrow\n\n\ndef model(dbt, con):\n"
    "    dbt.config(materialized='table')\n    return pyarrow.table({'value': [4]})\n",
    "models/_models.yml": "models:\n- name: shown\n  description: Two.\n"
    "  config: {persist_docs: {relation: true}}\n",
}


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dbt project with this project's way of making tables and views."""
    folder = tmp_path_factory.mktemp("small")
    for name, text in FILES.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    (folder / "macros").symlink_to(REPO / "dbt_project/macros/materializations")
    return folder


def built(folder: Path, **variables: bool) -> dict[str, str]:
    """The status of each model after a build, and that tables need no second name."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("DBT_")}
    done = subprocess.run(
        [Path(sys.executable).parent / "dbt", "build", "--vars", json.dumps(variables)],
        cwd=folder,
        env=own | {"DBT_PROFILES_DIR": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode < 2, done.stdout  # it could not begin
    results = json.loads((folder / "target/run_results.json").read_text())["results"]
    return {result["unique_id"].split(".")[-1]: result["status"] for result in results}


def kinds(folder: Path) -> dict[str, tuple[str, int, str | None]]:
    """Of each relation its kind, its one value and its comment."""
    with duckdb.connect(str(folder / "it.duckdb"), read_only=True) as connection:
        found = connection.execute(
            "select table_name, 'table', comment from duckdb_tables() union all"
            " select view_name, 'view', comment from duckdb_views() where not internal"
        ).fetchall()
        return {
            name: (kind, connection.table(name).fetchall()[0][0], comment)
            for name, kind, comment in found
        }


def test_a_table_stays_where_its_successor_fails_and_a_view_becomes_a_table(small: Path) -> None:
    assert set(built(small).values()) == {"success"}
    first = {
        "kept": ("table", 1, None),
        "fitted": ("table", 3, None),
        "counted": ("table", 4, None),
    }
    assert kinds(small) == first | {"shown": ("view", 2, "Two.")}
    assert built(small, again=True) == dict.fromkeys(first | {"shown": ""}, "success") | {
        "kept": "error"
    }
    assert kinds(small) == first | {"shown": ("table", 2, "Two.")}
