"""SFTP servers, by paramiko: with the keys of the user's agent or home, or a password.

A server whose key `known_hosts` does not have is not talked to: it could be any.
"""

import queue
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from journey.core.errors import ConfigurationError
from journey.core.locations import Location
from journey.ingest.sources.stores import Content, RemoteFile
from journey.ingest.sources.unreached import GoneError, UnreachedError, extra_is_missing
from journey.ingest.sources.walking import Entry, walk

PORT = 22
PIECE_BYTES = 1 << 20
WAIT_SECONDS = 20
AT_HOME = "~/"


class SftpServer:
    """One server, with one connection for all that is read from it."""

    def __init__(self, location: Location) -> None:
        try:
            import paramiko
        except ImportError:
            raise extra_is_missing(location.shown, "sftp", "paramiko") from None
        self.location = location
        self._ssh: Any = paramiko.SSHClient()
        self._idle: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._may_open_more = True
        try:
            self._ssh.load_system_host_keys()
            self._ssh.connect(
                location.host.strip("[]"),
                port=location.port or PORT,
                username=location.user,
                password=location.password,
                timeout=WAIT_SECONDS,
                banner_timeout=WAIT_SECONDS,
                auth_timeout=WAIT_SECONDS,
            )
            self._sftp = self._channel()
        except (paramiko.BadHostKeyException, paramiko.SSHException, OSError, EOFError) as error:
            self._ssh.close()
            raise self._not_open(error) from None

    def _not_open(self, error: Exception) -> Exception:
        kind = type(error).__name__
        where = self.location.shown
        if kind == "BadHostKeyException" or "known_hosts" in str(error):
            why = "has changed" if kind == "BadHostKeyException" else "is not known"
            return ConfigurationError(
                f"{where}: the key of this server {why}; have its operator confirm it, put it into "
                "~/.ssh/known_hosts of the user who runs journey, and run again"
            )
        if "Authentication" in kind or "No authentication methods" in str(error):
            return ConfigurationError(
                f"{where}: the server does not let this user in; give its name in the address "
                "(sftp://user@…) and a key in ~/.ssh or the agent, or a password as ${VARIABLE}"
            )
        return UnreachedError("it does not answer")

    def _channel(self) -> Any:
        channel = self._ssh.open_sftp()
        channel.get_channel().settimeout(WAIT_SECONDS)
        return channel

    @contextmanager
    def _own_channel(self) -> Iterator[Any]:
        """A channel of one's own: its answers would be lost to another thread.

        How many a server gives is its own to say; the first is always there.
        """
        try:
            channel = self._idle.get_nowait()
        except queue.Empty:
            channel = self._another()
        try:
            yield channel
        finally:
            self._idle.put(channel)

    def _another(self) -> Any:
        if self._may_open_more:
            try:
                return self._channel()
            except Exception:  # it gives no more, or has gone away, as the next question shows
                self._may_open_more = False
        return self._idle.get()

    def files(self) -> list[RemoteFile]:
        found = [
            RemoteFile(path, entry.size, entry.version)
            for path, entry in walk(self.location.pattern, self._entries)
        ]
        self._idle.put(self._sftp)  # from now on for copying
        return found

    def _entries(self, folder: str) -> list[Entry]:
        try:
            listed = self._sftp.listdir_attr(self._path(folder))
        except FileNotFoundError:
            return []
        except PermissionError:
            raise ConfigurationError(
                f"{self.location.shown}: this user may not look into the folder; have its operator "
                "allow it, or see to the path in the settings"
            ) from None
        except Exception:
            raise UnreachedError("it stopped answering") from None
        return [self._entry(folder, found) for found in listed]

    def _entry(self, folder: str, found: Any) -> Entry:
        if stat.S_ISLNK(found.st_mode or 0):
            try:
                linked = self._sftp.stat(self._path(f"{folder}/{found.filename}"))
            except OSError:  # it leads nowhere, so it is no file
                return Entry(found.filename, is_folder=False, version="")
            return _as_entry(found.filename, linked)
        return _as_entry(found.filename, found)

    def _path(self, key: str) -> str:
        """As the server takes it: from its root, but where the address says from home."""
        if f"{key}/".startswith(AT_HOME):
            return key[len(AT_HOME) :] or "."
        return f"/{key}"

    @contextmanager
    def read(self, file: RemoteFile) -> Iterator[Content]:
        with self._own_channel() as channel:
            yield from self._reading(channel, file)

    def _reading(self, channel: Any, file: RemoteFile) -> Iterator[Content]:
        try:
            opened = channel.open(self._path(file.key), "rb")
            attributes = opened.stat()
        except FileNotFoundError:
            raise GoneError from None
        except PermissionError:
            raise UnreachedError("this user may not read one of its files") from None
        except Exception:
            raise UnreachedError("it stopped answering") from None
        try:
            yield Content(_version(attributes), attributes.st_size, self._pieces(opened))
        finally:
            with suppress(Exception):  # it was only read
                opened.close()

    def _pieces(self, opened: Any) -> Iterator[bytes]:
        try:
            opened.prefetch()
            while piece := opened.read(PIECE_BYTES):
                yield piece
        except Exception:
            raise UnreachedError("it stopped answering") from None

    def close(self) -> None:
        self._ssh.close()


def _as_entry(name: str, attributes: Any) -> Entry:
    is_folder = stat.S_ISDIR(attributes.st_mode or 0)
    return Entry(name, is_folder, attributes.st_size, _version(attributes))


def _version(attributes: Any) -> str:
    return f"{attributes.st_mtime} {attributes.st_size}"
