"""A data dir that the first release wrote is brought through to the present, and nothing is lost.

`data/of_0_1_0.tar.xz` is one: twelve people of the demo shop in two days, as that release loaded
and published them, without what a run makes again.
"""

import os
import tarfile
from pathlib import Path

import duckdb
import pytest

from journey import publish
from journey.cli import doctor
from journey.core.settings import Settings
from journey.ingest.ledger import Ledger
from journey.upkeep import layout
from tests.conftest import REPO, Shop, make_shop

MADE_BY_THE_FIRST_RELEASE = Path(__file__).parent / "data" / "of_0_1_0.tar.xz"
KEY = "a key for tests, long enough to be one"


@pytest.fixture
def old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    monkeypatch.setenv("JOURNEY_EMAIL_KEY", KEY)
    shop = make_shop(tmp_path / "shop")
    with tarfile.open(MADE_BY_THE_FIRST_RELEASE) as packed:
        packed.extractall(shop.data_dir, filter="data")
    return shop


def settings_of(shop: Shop) -> Settings:
    return Settings.load(REPO / "journey.toml", shop.data_dir)


def rows(shop: Shop) -> dict[str, int]:
    """Rows of each kind that are kept, by the folder of the kind."""
    found = {}
    for folder in sorted((shop.data_dir / "raw").glob("[a-z]*")):
        query = f"select count(*) from read_parquet('{folder}/*/*.parquet', union_by_name = true)"
        found[folder.name] = duckdb.execute(query).fetchall()[0][0]
    return found


def test_doctor_brings_up_what_the_first_release_left(old: Shop) -> None:
    settings, before = settings_of(old), rows(old)
    os.chmod(old.data_dir, 0o700)
    assert layout.version_of(settings) == layout.FIRST
    [sentence] = [found for found in doctor.examine(settings) if "layout" in found]
    assert "--repair" in sentence
    doctor.repair(settings)
    assert doctor.examine(settings) == []
    assert not (old.data_dir / "figures").exists()
    assert len(list(settings.metrics_dir.glob("*.parquet"))) == 1
    assert rows(old) == before
    results = Ledger(settings).file_results()
    assert sum(file["loaded"] + file["restated"] for file in results) == sum(before.values())
    assert publish.current(settings).schema == 1


@pytest.mark.slow
def test_a_run_goes_on_from_what_the_first_release_left(old: Shop) -> None:
    before = publish.current(settings_of(old))
    done = old.run()
    assert done.returncode == 0, done.stdout + done.stderr
    now = publish.current(settings_of(old))
    assert now.name > before.name
    assert now.row_counts["people"] == before.row_counts["people"]
    assert now.row_counts["orders"] > 0  # a mart that the first release had not
    assert doctor.examine(settings_of(old)) == []
