"""What stands before the catalogue: only its own pages, at its own address, may ask it anything.

Dagster's server has no login and does not ask where a request comes from, so any page in a browser
on this machine could launch runs, by a link, a form or a websocket, and, by a name that its owner
lets point at 127.0.0.1, read all answers. Here such requests end before Dagster sees them.
Programs on this machine, which send no Origin, may ask. No Dagster.
"""

import re
from collections.abc import Awaitable, Callable, Collection, Mapping, MutableMapping
from typing import Any
from urllib.parse import urlsplit

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]

LOOPBACK = re.compile(r"(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?")
GRAPHQL = "/graphql"
READING = {"GET", "HEAD"}
JSON = "application/json"
NOT_FRAMED = [(b"x-frame-options", b"DENY"), (b"cross-origin-resource-policy", b"same-origin")]
POLICY_VIOLATION = 1008


class Guard:
    """An ASGI application that lets through what `why_rejected` has nothing against.

    `urls` are the further addresses at which a proxy shows the catalogue, such as
    https://catalogue.shop.example.
    """

    def __init__(self, app: App, urls: Collection[str] = ()) -> None:
        self._app = app
        self._urls = {url.lower() for url in urls}
        self._hosts = {urlsplit(url).netloc for url in self._urls}

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):  # the server's own start and end
            await self._app(scope, receive, send)
            return
        rejected = self.why_rejected(scope)
        if rejected is None:
            await self._app(scope, receive, _unframed(send))
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": POLICY_VIOLATION, "reason": ""})
        else:
            await _answer(send, *rejected)

    def why_rejected(self, scope: Mapping[str, Any]) -> tuple[int, str] | None:
        """Status and sentence for a request that may not pass; None for one that may."""
        headers = _headers(scope)
        hosts = headers.get("host", [])
        if len(hosts) != 1 or not self._is_ours(hosts[0]):
            return 421, (
                "this is not an address of the catalogue; open it as `journey serve` printed it, "
                "or name the address that people use in serve_urls of journey.toml"
            )
        if not self._is_from_here(scope, headers, hosts[0]):
            return 403, (
                "another site asked for this, and only the catalogue's own pages may; open the "
                "catalogue itself, or name the address that people use in serve_urls of "
                "journey.toml"
            )
        if scope["type"] == "websocket":
            return None
        method, types = scope["method"], headers.get("content-type", [])
        if method in READING:
            # The page there carries nothing; whatever carries a query would execute it.
            if _path(scope) == GRAPHQL and scope["query_string"]:
                return 405, "GraphQL is asked by POST with a body of application/json, not by GET"
            return None
        if len(types) != 1 or types[0].split(";")[0].strip() != JSON:
            return 415, f"what is sent here has the content type {JSON}"
        return None

    def _is_ours(self, host: str) -> bool:
        return bool(LOOPBACK.fullmatch(host)) or host in self._hosts

    def _is_from_here(
        self, scope: Mapping[str, Any], headers: Mapping[str, list[str]], host: str
    ) -> bool:
        origins, sites = headers.get("origin", []), headers.get("sec-fetch-site", [])
        if origins:
            own = {f"http://{host}"} if host not in self._hosts else set()
            return len(origins) == 1 and origins[0] in own | self._urls
        if set(sites) <= {"same-origin", "none"}:
            return True
        # A link from elsewhere may lead to a page, in a window of its own.
        return (
            scope["type"] == "http"
            and scope["method"] in READING
            and headers.get("sec-fetch-mode") == ["navigate"]
            and headers.get("sec-fetch-dest") == ["document"]
        )


def _headers(scope: Mapping[str, Any]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in scope["headers"]:
        found.setdefault(name.decode("latin-1").lower(), []).append(value.decode("latin-1").lower())
    return found


def _path(scope: Mapping[str, Any]) -> str:
    return "/" + scope["path"].strip("/")


def _unframed(send: Send) -> Send:
    """No other page may show the catalogue in a frame and have people click in it."""

    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message.get("headers", []), *NOT_FRAMED]}
        await send(message)

    return sent


async def _answer(send: Send, status: int, sentence: str) -> None:
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"x-content-type-options", b"nosniff"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": f"journey serve: {sentence}\n".encode()})
