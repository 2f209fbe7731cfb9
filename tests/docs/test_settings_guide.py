"""Every setting stands in the guide of settings, and the guide names no other."""

import re

import pytest

from journey.core.settings import ALERT_SETTINGS, Settings, Source
from tests.conftest import REPO

GUIDE = (REPO / "docs/guides/your-data.md").read_text(encoding="utf-8")
OPERATING = (REPO / "docs/guides/operating.md").read_text(encoding="utf-8")
# Of no line of the tables: where the warehouse is, and what the guide is about.
ELSEWHERE = {"data_dir", "config_file", "sources"}


def named_in_table(heading: str) -> set[str]:
    """The names in the first column of the table under a heading."""
    [section] = re.findall(rf"^##+ {heading}\n(.*?)(?=^##+ |\Z)", GUIDE, re.MULTILINE | re.DOTALL)
    lines = [line for line in section.splitlines() if line.startswith("| `")]
    return {name for line in lines for name in re.findall(r"`([a-z_]+)`", line.split("|")[1])}


def test_every_setting_of_a_source_stands_in_its_table() -> None:
    assert named_in_table("What a source says") == set(Source.model_fields)


def test_every_setting_stands_in_its_table() -> None:
    named = named_in_table("Settings")
    assert named - ALERT_SETTINGS == Settings.model_fields.keys() - ELSEWHERE - ALERT_SETTINGS


@pytest.mark.parametrize("name", sorted(ALERT_SETTINGS))
def test_every_setting_of_alerts_stands_in_the_guide_of_operating(name: str) -> None:
    assert re.search(rf"\b{name}\b", OPERATING)
