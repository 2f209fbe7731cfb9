"""Who may ask the catalogue: its own pages and programs of this machine, and no other page."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from orchestration.guard import Guard

HERE = "127.0.0.1:3000"
PROXY = "https://catalogue.shop.example"
JSON = {"content-type": "application/json"}


async def _passed(scope: dict, receive: Any, send: Any) -> None:
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})
    else:
        await send({"type": "websocket.accept"})


def run(coroutine: Coroutine) -> None:
    """In a thread of its own: a browser that other tests have open keeps a loop in this one."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, coroutine).result()


def asked(
    method: str = "POST",
    path: str = "/graphql",
    *,
    kind: str = "http",
    host: str | None = HERE,
    hosts: tuple[str, ...] = (),
    query: bytes = b"query=mutation",
    **headers: str,
) -> dict:
    """The first message of the answer to a request."""
    said = [*([host] if host else []), *hosts]
    pairs = [(b"host", name.encode()) for name in said]
    pairs += [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": kind, "path": path, "headers": pairs, "query_string": query}
    if kind == "http":
        scope["method"] = method
    sent: list[dict] = []

    async def receive() -> dict:
        return {"type": "websocket.connect"}

    async def send(message: dict) -> None:
        sent.append(message)

    run(Guard(_passed, [PROXY])(scope, receive, send))
    return sent[0]


def status(method: str = "POST", path: str = "/graphql", **given: Any) -> int:
    return asked(method, path, **given)["status"]


def test_the_catalogues_own_page_and_a_program_may_ask() -> None:
    own = {"origin": f"http://{HERE}", "sec_fetch_site": "same-origin", "sec_fetch_mode": "cors"}
    assert status(content_type="application/json", **own) == 200
    assert status(content_type="application/json; charset=utf-8") == 200
    assert status("GET", "/assets/marts/people", sec_fetch_site="none") == 200
    assert asked(kind="websocket", origin=f"http://{HERE}")["type"] == "websocket.accept"


@pytest.mark.parametrize("host", ["127.0.0.1:3000", "localhost:3000", "[::1]:3000", "LOCALHOST:80"])
def test_this_machine_has_several_names(host: str) -> None:
    assert status(host=host, content_type="application/json") == 200
    assert status(host=host, content_type="application/json", origin=f"http://{host}") == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example:3000",
        "127.0.0.1.evil.example",
        "localhost.evil.example:3000",
        "",
        "[bad",
        "evil.example@127.0.0.1:3000x",
        "0.0.0.0:3000",
        "catalogue.shop.example:8443",
    ],
)
def test_a_name_that_its_owner_lets_point_here_is_no_address_of_the_catalogue(host: str) -> None:
    assert status("GET", "/", host=host) == 421
    assert status(host=host, content_type="application/json") == 421
    assert asked(kind="websocket", host=host)["type"] == "websocket.close"


def test_a_request_names_one_host() -> None:
    assert status("GET", "/", host=None) == 421
    assert status("GET", "/", hosts=("evil.example",)) == 421


@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.example",
        "null",
        "http://127.0.0.1:8000",
        "http://localhost:3000",
        "https://127.0.0.1:3000",
        "file://",
        "http://127.0.0.1:3000.evil.example",
        "",
    ],
)
def test_another_origin_may_ask_nothing(origin: str) -> None:
    for method in ("GET", "HEAD", "POST", "OPTIONS", "PUT", "DELETE"):
        assert status(method, origin=origin, **{"content_type": "application/json"}) == 403
    assert status("GET", "/", origin=origin) == 403
    assert asked(kind="websocket", origin=origin)["type"] == "websocket.close"


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_another_site_may_link_to_a_page_and_embed_none(site: str) -> None:
    link = {"sec_fetch_site": site, "sec_fetch_mode": "navigate", "sec_fetch_dest": "document"}
    assert status("GET", "/runs", **link) == 200
    assert status("GET", "/runs", **link | {"sec_fetch_dest": "iframe"}) == 403
    assert status("GET", "/logo.svg", sec_fetch_site=site, sec_fetch_mode="no-cors") == 403
    assert status("POST", "/graphql", content_type="application/json", **link) == 403


def test_graphql_is_not_asked_by_a_link() -> None:
    for path in ("/graphql", "/graphql/", "//graphql"):
        assert status("GET", path) == 405
        assert status("HEAD", path, accept="*/*") == 405
        assert status("GET", path, accept="TEXT/HTML") == 405
        assert status("GET", path, accept="text/html") == 405
    assert status("GET", "/graphql", query=b"") == 200  # the page to write queries on


@pytest.mark.parametrize(
    "given",
    [
        "text/plain",
        "text/plain; application/json",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=application/json",
        "application/graphql",
        "",
    ],
)
def test_what_a_form_can_send_is_rejected(given: str) -> None:
    for path in ("/graphql", "/report_asset_materialization/marts/people"):
        assert status("POST", path, content_type=given) == 415
    assert status("POST") == 415


def test_the_address_of_a_proxy_is_one_of_the_catalogues_where_it_is_set() -> None:
    name = "catalogue.shop.example"
    given = {"content_type": "application/json"}
    assert status(host=name, origin=PROXY, **given) == 200
    assert status(host=HERE, origin=PROXY, **given) == 200  # the proxy names its target
    assert status(host=name, origin=f"http://{name}", **given) == 403
    assert status(host=name, origin="https://other.shop.example", **given) == 403


def test_no_page_can_be_shown_in_a_frame() -> None:
    assert (b"x-frame-options", b"DENY") in asked("GET", "/")["headers"]


def test_a_rejection_says_what_to_do_and_quotes_nothing() -> None:
    sent: list[dict] = []

    async def send(message: dict) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "GET",
        "path": "/",
        "headers": [(b"host", b"<script>.example")],
        "query_string": b"",
    }
    run(Guard(_passed)(scope, None, send))
    words = sent[1]["body"].decode()
    assert "serve_urls" in words
    assert "script" not in words
