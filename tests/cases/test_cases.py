"""Every case of this folder: what was delivered came to what the case says."""

from pathlib import Path

import pytest

from journey.core.settings import Settings
from tests.conftest import make_shop
from tests.ingest.conftest import EMAIL_KEY

from .case import Case, cases_in
from .outcome import assert_checks_hold, build_marts, connection_to, load, rejected, settings_key

CASES = cases_in(Path(__file__).parent)


def of(steps: str) -> list:
    return [pytest.param(case, id=case.name) for case in CASES if case.steps == steps]


@pytest.fixture(autouse=True)
def _email_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JOURNEY_EMAIL_KEY", EMAIL_KEY)


def assert_comes_out(case: Case, settings: Settings, marts: Path | None = None) -> None:
    with connection_to(settings, case, marts) as connection:
        assert_checks_hold(connection, case)
    assert rejected(settings, case) == case.rejected, case.what


def test_no_two_cases_share_a_source_name():
    names = [source["name"] for case in CASES if case.steps == "marts" for source in case.sources]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("case", of("ingest"))
def test_it_is_loaded_as_the_case_says(case: Case, tmp_path: Path):
    assert_comes_out(case, load([case], tmp_path / "data"))


@pytest.mark.long
@pytest.mark.parametrize("case", of("marts"))
def test_the_marts_are_as_the_case_says(case: Case, once):
    """Cases of the same settings share one warehouse."""
    together = [c for c in CASES if c.steps == "marts" and c.settings == case.settings]

    def fill(folder: Path) -> None:
        build_marts(load(together, folder / "data"))

    folder = once(f"cases-{settings_key(case)}", fill)
    data_dir = folder / "data"
    sources = [source for c in together for source in c.sources_in(c.name)]
    settings = Settings(
        data_dir=data_dir, config_file=data_dir / "journey.toml", sources=sources, **case.settings
    )
    assert_comes_out(case, settings, data_dir / "warehouse.duckdb")


@pytest.mark.slow
@pytest.mark.parametrize("case", of("run"))
def test_a_whole_run_ends_as_the_case_says(case: Case, tmp_path: Path):
    shop = make_shop(tmp_path / "shop", config=case.folder / "journey.toml")
    printed, codes = "", []
    for run in range(len(case.runs)):
        case.deliver(run, shop.data_dir)
        done = shop.run()
        printed += done.stdout + done.stderr
        codes.append(done.returncode)
    assert codes == list(case.exit), printed
    for words in case.says:
        assert words in printed
    settings = Settings.load(shop.config, shop.data_dir)
    assert_comes_out(case, settings, shop.published / "current.duckdb")
