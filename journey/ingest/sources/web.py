"""Web servers, by the standard library: one file, or those that the page of a folder lists.

Certificates are verified against those of the machine (SSL_CERT_FILE names others).
"""

import base64
import http.client
import ssl
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from email.message import Message
from html.parser import HTMLParser
from typing import IO, Any
from urllib.parse import quote, unquote, urljoin, urlsplit

from journey.core.errors import ConfigurationError
from journey.core.locations import FIXED, Location
from journey.ingest.sources.stores import Content, RemoteFile
from journey.ingest.sources.unreached import GoneError, UnreachedError
from journey.ingest.sources.walking import Entry, walk

PIECE_BYTES = 1 << 20
WAIT_SECONDS = 30
LARGEST_PAGE = 64 << 20
AT_ONCE = 8


class WebServer:
    """One server and the folder of an address."""

    def __init__(self, location: Location) -> None:
        self.location = location
        self._opener = urllib.request.build_opener(_NoWayDown)
        self._login = None
        if location.user or location.password:
            pair = f"{location.user or ''}:{location.password or ''}"
            self._login = f"Basic {base64.b64encode(pair.encode()).decode()}"

    def files(self) -> list[RemoteFile]:
        pattern = self.location.pattern
        keys = [pattern]
        if FIXED.search(pattern):
            keys = [path for path, _ in walk(pattern, self._entries)]
        with ThreadPoolExecutor(AT_ONCE) as pool:
            return [found for found in pool.map(self._head, keys) if found]

    def _entries(self, folder: str) -> list[Entry]:
        """What the page of a folder links to that lies in it."""
        address = self._address(f"{folder}/" if folder else "")
        try:
            with self._open("GET", address) as page:
                if "html" not in page.headers.get("Content-Type", ""):
                    raise self._no_list()
                text = page.read(LARGEST_PAGE).decode(errors="replace")
                at = page.url
        except GoneError:
            return []
        except (OSError, http.client.HTTPException):
            raise UnreachedError("it stopped answering") from None
        links = _Links()
        links.feed(text)
        names = {_name_in(at, urljoin(at, link)) for link in links.found} - {""}
        return [Entry(name.rstrip("/"), name.endswith("/")) for name in sorted(names)]

    def _head(self, key: str) -> RemoteFile | None:
        for method in ("HEAD", "GET"):
            try:
                with self._open(method, self._address(key)) as answer:
                    size, version = _known_of(answer)
                    return RemoteFile(key, size, version)
            except GoneError:
                return None
            except _MethodError:
                continue
        raise UnreachedError("it does not let its files be read")

    @contextmanager
    def read(self, file: RemoteFile) -> Iterator[Content]:
        with self._open("GET", self._address(file.key)) as answer:
            size, version = _known_of(answer)
            yield Content(version, size, _pieces(answer))

    def close(self) -> None:
        """Each answer is closed where it is read."""

    def _address(self, key: str) -> str:
        return f"{self.location.root}/{quote(key)}"

    @contextmanager
    def _open(self, method: str, address: str) -> Iterator[Any]:
        request = urllib.request.Request(address, method=method)  # noqa: S310 - settings allow https
        if self._login:  # and not to where a redirect leads
            request.add_unredirected_header("Authorization", self._login)
        try:
            answer = self._opener.open(request, timeout=WAIT_SECONDS)
        except urllib.error.HTTPError as error:
            with error:
                raise self._explained(error.code) from None
        except urllib.error.URLError as error:
            if isinstance(error.reason, ssl.SSLCertVerificationError):
                raise ConfigurationError(
                    f"{self.location.shown}: its certificate is not one that this machine trusts; "
                    "have its operator renew it, or name the authority's with SSL_CERT_FILE"
                ) from None
            raise UnreachedError("it does not answer") from None
        except (OSError, http.client.HTTPException):
            raise UnreachedError("it does not answer") from None
        with answer:
            yield answer

    def _explained(self, code: int) -> Exception:
        if code in (404, 410):
            return GoneError()
        if code in (405, 501):
            return _MethodError()
        if code in (401, 403):
            return ConfigurationError(
                f"{self.location.shown}: the server lets no one read it like this ({code}); give "
                "a user and a password as https://user:${VARIABLE}@…, or name one file where it "
                "lists no folder"
            )
        return UnreachedError(f"it answers with {code}")

    def _no_list(self) -> ConfigurationError:
        return ConfigurationError(
            f"{self.location.shown}: the server has no page that lists this folder, by which the "
            "files of a pattern are found; name one file without wildcards and dates"
        )


class _MethodError(UnreachedError):
    """The server does not take this kind of question."""

    def __init__(self) -> None:
        super().__init__("it does not let its files be read")


class _NoWayDown(urllib.request.HTTPRedirectHandler):
    """Follows redirects, but none from an encrypted address to one that is not."""

    def redirect_request(
        self, req: Any, fp: IO[bytes], code: int, msg: str, headers: Message, newurl: str
    ) -> urllib.request.Request | None:
        if req.type == "https" and urlsplit(newurl).scheme != "https":
            return None
        return super().redirect_request(req, fp, code, msg, headers, newurl)  # type: ignore[arg-type]


class _Links(HTMLParser):
    """The addresses that a page links to."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attrs if (tag, name) == ("a", "href") and value]


def _name_in(folder: str, link: str) -> str:
    """The name in a folder that a link leads to, with a slash where it is a folder; else empty."""
    at, to = urlsplit(folder), urlsplit(link)
    inside = at.path if at.path.endswith("/") else f"{at.path.rpartition('/')[0]}/"
    if (at.scheme, at.netloc) != (to.scheme, to.netloc) or to.query:
        return ""
    name = to.path.removeprefix(inside) if to.path.startswith(inside) else ""
    return unquote(name) if "/" not in name[:-1] else ""


def _known_of(answer: Any) -> tuple[int | None, str]:
    """Size and version by an answer's headers; no version where the server does not say one."""
    length = answer.headers.get("Content-Length", "")
    size = int(length) if length.isdigit() else None
    known = answer.headers.get("ETag") or answer.headers.get("Last-Modified")
    return size, f"{known} {size}" if known else ""


def _pieces(answer: Any) -> Iterator[bytes]:
    try:
        while piece := answer.read(PIECE_BYTES):
            yield piece
    except (OSError, http.client.HTTPException):
        raise UnreachedError("it stopped answering") from None
