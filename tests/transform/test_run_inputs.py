"""What a run hands to the models: typed and clean as it is written, since no model does that."""

from pathlib import Path

import duckdb

from journey.core.settings import Settings
from tests.conftest import Shop
from tests.dbt_build import write_inputs


def loaded(shop: Shop, *lines: str) -> Settings:
    config = shop.home / "journey.toml"
    config.write_text("\n".join(lines))
    return Settings.load(config, shop.data_dir, as_of="2026-01-01T00:00:00Z")


def types(path: Path) -> dict[str, str]:
    described = duckdb.execute(f"describe from '{path}'").fetchall()
    return {name: kind for name, kind, *_ in described}


def test_blanks_around_a_value_of_a_list_are_none_of_it(shop: Shop) -> None:
    settings = loaded(shop, "own_domains = [' shop.example ']", "stage_models = ['aida ']")
    assert (settings.own_domains, settings.stage_models) == (("shop.example",), ("aida",))


def test_settings_and_checks_are_written_with_their_types(shop: Shop) -> None:
    settings = loaded(shop, "")
    write_inputs(settings, "run")
    found = types(settings.run_dir / "settings.parquet")
    assert found.pop("as_of") == found.pop("built_on_as_of") == "TIMESTAMP"
    assert found.pop("split_by_order") == "BOOLEAN"
    words = {"run_id", "reporting_time_zone", "reporting_currency", "orders_from"}
    assert {name for name, kind in found.items() if kind == "VARCHAR"} == words
    assert {kind for name, kind in found.items() if name not in words} == {"INTEGER"}
    quality = types(settings.run_dir / "quality.parquet")
    assert (quality["run_at"], quality["is_passed"], quality["observed"]) == (
        "TIMESTAMP", "BOOLEAN", "DOUBLE",
    )  # fmt: skip
    assert types(settings.run_dir / "setting_values.parquet")["value_number"] == "INTEGER"
