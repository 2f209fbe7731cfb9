"""Where a reader of the catalogue arrives: at the marts, not at a timeline of runs. No Dagster."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]

# The list of assets, narrowed to what people read; the search above it says so and can be emptied.
MARTS = "/assets?asset-selection=group%3A%22marts%22"


class Landing:
    """An ASGI application whose root leads to the marts; all other paths are the app's own."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != "/" or scope["method"] != "GET":
            await self._app(scope, receive, send)
            return
        headers = [(b"location", MARTS.encode()), (b"content-length", b"0")]
        await send({"type": "http.response.start", "status": 307, "headers": headers})
        await send({"type": "http.response.body", "body": b""})
