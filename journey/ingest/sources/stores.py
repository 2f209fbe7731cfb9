"""One way to look at a bucket, a web server and an SFTP server: which files, and their bytes."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from journey.core.locations import BUCKETS, Location


@dataclass(frozen=True)
class RemoteFile:
    """A file that is listed. `key` is its path there; `version` changes whenever its content does,
    and is empty where the place does not say."""

    key: str
    size: int | None
    version: str


@dataclass(frozen=True)
class Content:
    """A file that is open: what is read, in pieces, of which version and how many bytes."""

    version: str
    size: int | None
    pieces: Iterator[bytes]


class Store(Protocol):
    """A place that is open. All but `close` raise UnreachedError and ConfigurationError; `read`
    raises GoneError too, and may be called by several threads at once."""

    def files(self) -> list[RemoteFile]:
        """The files that may fit the pattern."""

    def read(self, file: RemoteFile) -> AbstractContextManager[Content]:
        """Open one of them."""

    def close(self) -> None:
        """Let go of the connection."""


def open_store(location: Location) -> Store:
    """The place of an address, open. Libraries of places that no source names are not imported."""
    if location.scheme in BUCKETS:
        from journey.ingest.sources.buckets import Bucket

        return Bucket(location)
    if location.scheme == "sftp":
        from journey.ingest.sources.sftp import SftpServer

        return SftpServer(location)
    from journey.ingest.sources.web import WebServer

    return WebServer(location)
