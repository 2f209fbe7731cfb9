"""Deliveries on a web server: one file by its address, or those that the page of a folder lists."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from journey.core.errors import ConfigurationError
from journey.ingest import sources
from journey.ingest.sources import copying, web
from tests.ingest.conftest import TODAY, Warehouse
from tests.ingest.elsewhere import LOGIN, PASSWORD, Handler, Site, web_site, wire
from tests.messages import assert_says


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.setattr(copying, "PAUSES", (0.01, 0.01))
    with web_site(tmp_path / "site") as server:
        yield server


def shop_of(warehouse: Warehouse, site: Site, path: str, login: str = "") -> Warehouse:
    warehouse.source("orders", path=f"http://{login}127.0.0.1:{site.server_port}/{path}")
    return warehouse


def fetch(shop: Warehouse) -> list[sources.Unreached]:
    return sources.fetch(shop.settings, today=TODAY)


def copies(shop: Warehouse, site: Site) -> dict[str, bytes]:
    folder = shop.data_dir / f"landing/fetched/http/127.0.0.1_{site.server_port}"
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*.csv")}


def test_one_file_is_copied_by_its_address_and_again_where_it_changes(warehouse, site) -> None:
    shop = shop_of(warehouse, site, "exports/all orders.csv")
    assert fetch(shop) == []
    assert copies(shop, site) == {}
    first = site.put("exports/all orders.csv", "1")
    assert fetch(shop) == []
    assert copies(shop, site) == {"exports/all orders.csv": first}
    site.asked.clear()
    fetch(shop)
    assert [method for method, _, _ in site.asked] == ["HEAD"]
    changed = site.put("exports/all orders.csv", "1", "2")
    fetch(shop)
    assert copies(shop, site) == {"exports/all orders.csv": changed}
    shop.load("orders")
    assert shop.rows("orders", "order_id") == [("1",), ("2",)]


def test_the_page_of_a_folder_says_which_files_fit(warehouse, site) -> None:
    shop = shop_of(warehouse, site, "exports/*/orders_{date}.csv")
    kept = {
        "exports/north/orders_2026-02-01.csv": site.put("exports/north/orders_2026-02-01.csv", "1"),
        "exports/a&b ü/orders_2026-02-02.csv": site.put("exports/a&b ü/orders_2026-02-02.csv", "2"),
    }
    for name in ("orders_2026-02-01.csv", "south/notes.csv", "south/deep/orders_2026-02-01.csv"):
        site.put(f"exports/{name}", "9")
    assert fetch(shop) == []
    assert copies(shop, site) == kept


def test_a_server_that_is_cut_in_the_middle_leaves_no_half_file(warehouse, site) -> None:
    content = site.put("orders.csv", *map(str, range(20_000)))
    with wire(site.server_port) as line:
        shop = warehouse
        shop.source("orders", path=f"http://127.0.0.1:{line.port}/orders.csv")
        line.cut_after = len(content) // 2
        assert_says(fetch(shop)[0].sentence, "'orders'", "the next run tries again")
        assert not list((shop.data_dir / "landing").rglob("*.csv"))
        line.cut_after = None
        assert fetch(shop) == []
        (copy,) = (shop.data_dir / "landing").rglob("*.csv")
        assert copy.read_bytes() == content


def test_a_login_is_from_the_environment_and_goes_to_no_other_host(
    warehouse, site, monkeypatch, caplog
) -> None:
    monkeypatch.setenv("SITE_PASSWORD", PASSWORD)
    content = site.put("closed/orders.csv", "1")
    site.put("orders.csv", "1")
    shop = shop_of(warehouse, site, "closed/orders.csv", "shop:${SITE_PASSWORD}@")
    assert fetch(shop) == []
    (copy,) = (shop.data_dir / "landing").rglob("*.csv")
    assert copy.read_bytes() == content
    site.asked.clear()
    fetch(shop_of(warehouse, site, "moved/orders.csv", "shop:${SITE_PASSWORD}@"))
    assert {login for _, path, login in site.asked if path == "/orders.csv"} == {None}
    assert {login for _, path, login in site.asked if path.startswith("/moved")} == {LOGIN}
    monkeypatch.setenv("SITE_PASSWORD", "another")
    with pytest.raises(ConfigurationError) as raised:
        fetch(shop_of(warehouse, site, "closed/orders.csv", "shop:${SITE_PASSWORD}@"))
    assert_says(str(raised.value), "closed/orders.csv", "401", "a password")
    assert "another" not in f"{raised.value} {caplog.text}"
    assert PASSWORD not in caplog.text


def test_a_variable_that_is_not_set_is_named(warehouse, site) -> None:
    with pytest.raises(ConfigurationError) as raised:
        fetch(shop_of(warehouse, site, "orders.csv", "shop:${SITE_PASSWORD}@"))
    assert_says(str(raised.value), "SITE_PASSWORD is not set", "orders.csv")


def test_a_folder_without_a_page_is_said(warehouse, site, monkeypatch) -> None:
    monkeypatch.setattr(Handler, "list_directory", lambda self, _: self.send_error(403))
    site.put("exports/orders_2026-02-01.csv", "1")
    with pytest.raises(ConfigurationError) as raised:
        fetch(shop_of(warehouse, site, "exports/orders_{date}.csv"))
    assert_says(str(raised.value), "403", "name one file")


def test_no_redirect_leads_from_an_encrypted_address_to_an_open_one() -> None:
    request = web.urllib.request.Request("https://shop.example/orders.csv")
    handler = web._NoWayDown()
    found = handler.redirect_request(request, None, 302, "", {}, "http://shop.example/orders.csv")
    assert found is None
    assert handler.redirect_request(request, None, 302, "", {}, "https://b.example/orders.csv")
