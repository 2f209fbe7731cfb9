"""A reader of the catalogue arrives at the marts."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from orchestration.landing import Landing


def asked(path: str, method: str = "GET") -> dict[str, Any]:
    """The first message of the answer to a request."""
    sent: list[dict[str, Any]] = []

    async def passed(scope: dict, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    async def receive() -> dict[str, Any]:
        return {"type": "http.request"}

    scope = {"type": "http", "method": method, "path": path, "headers": []}
    with ThreadPoolExecutor(1) as pool:  # a browser that other tests have open keeps a loop here
        pool.submit(asyncio.run, Landing(passed)(scope, receive, send)).result()
    return sent[0]


def test_the_root_leads_to_the_marts() -> None:
    answer = asked("/")
    assert answer["status"] == 307
    led_to = urlsplit(dict(answer["headers"])[b"location"].decode())
    assert (led_to.netloc, led_to.path) == ("", "/assets")
    assert parse_qs(led_to.query) == {"asset-selection": ['group:"marts"']}


@pytest.mark.parametrize(
    ("path", "method"), [("/assets/marts/people", "GET"), ("/graphql", "POST"), ("/", "POST")]
)
def test_all_else_is_the_servers_own(path: str, method: str) -> None:
    assert asked(path, method)["status"] == 200
