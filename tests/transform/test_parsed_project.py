"""The parse that tests share is of the files as they are, whenever they were written."""

import os
import shutil
from pathlib import Path

from journey.core.seeds import SEEDS_DIR
from tests.parsed_project import content_of


def test_another_row_of_a_seed_is_another_parse_even_at_the_same_time_and_size(
    tmp_path: Path,
) -> None:
    project = tmp_path / "dbt_project"
    shutil.copytree(SEEDS_DIR, project / "seeds")
    stages = project / "seeds" / "stages.csv"
    before, found = stages.stat(), content_of(project, [])
    assert content_of(project, []) == found
    content = stages.read_bytes()
    stages.write_bytes(content[:-2] + bytes([content[-2] ^ 1]) + content[-1:])
    os.utime(stages, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert stages.stat().st_size == before.st_size
    assert content_of(project, []) != found


def test_a_team_s_own_seed_is_another_parse_and_what_dbt_writes_is_none(tmp_path: Path) -> None:
    project, own = tmp_path / "dbt_project", tmp_path / "stages.csv"
    shutil.copytree(SEEDS_DIR, project / "seeds")
    own.write_text("stage\n")
    found = content_of(project, [])
    assert content_of(project, [own]) != found
    (project / "target").mkdir()
    (project / "target" / "manifest.json").write_text("{}")
    assert content_of(project, []) == found
