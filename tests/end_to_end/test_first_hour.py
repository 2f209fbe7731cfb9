"""A stranger's hour: the guide, word by word, from a folder of exports to a published report."""

import re
import shlex
import shutil
from pathlib import Path

import duckdb
import pytest

from tests.conftest import REPO, make_shop

pytestmark = pytest.mark.slow

GUIDE = (REPO / "docs/guides/first-hour.md").read_text(encoding="utf-8")
COMMANDS = "".join(re.findall(r"^```sh\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL)).splitlines()
EXPORTS = re.findall(r"^(exports/\S+)", GUIDE, re.MULTILINE)
SAMPLES = {"orders": "shopify_export.csv", "klaviyo": "klaviyo.json", "ga4": "ga4.jsonl",
           "unified": "stripe_payments.csv"}  # fmt: skip
# The samples have broken rows, too.
MAY_BE_LOSSY = ("init", "check")


def test_a_stranger_has_a_report_after_the_guide_s_commands(tmp_path: Path) -> None:
    home = tmp_path / "warehouse"
    shop = make_shop(home, config=home / "journey.toml")
    assert len(EXPORTS) == len(SAMPLES)
    for export in EXPORTS:
        sample = SAMPLES[re.split(r"[_.]", Path(export).name)[0]]
        (home / export).parent.mkdir(exist_ok=True)
        shutil.copy(REPO / "tests" / "ingest" / "data" / sample, home / export)
    said = {}
    for command in COMMANDS:
        program, *words = shlex.split(command)
        assert program == "journey"
        done = shop.journey(*words)
        expected = (0, 3) if words[0] in MAY_BE_LOSSY else (0,)
        assert done.returncode in expected, command + done.stdout + done.stderr
        said[command] = done.stdout
    assert [command.split()[1] for command in said] == ["init", "check", "check", "run", "status"]
    for words in ("orders and refunds of shopify", "of klaviyo", "web_events of ga4",
                  "orders and refunds of stripe"):  # fmt: skip
        assert words in said[COMMANDS[0]]
    assert "shopify_orders orders, shopify: orders_export_1.csv" in said[COMMANDS[2]]
    assert (shop.published / "report" / "index.html").is_file()
    with duckdb.connect(str(shop.published / "current.duckdb"), read_only=True) as marts:
        orders = "select distinct source from marts.orders"
        assert marts.execute(orders).fetchall() == [("shopify_orders",)]
        kinds = "select distinct split_part(touchpoint, ':', 1) from marts.touchpoints"
        assert {row[0] for row in marts.execute(kinds).fetchall()} >= {"web", "email", "order"}
