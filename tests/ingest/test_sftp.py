"""Deliveries on an SFTP server that the tests start: paramiko's own, on loopback."""

import os
import socket
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import paramiko
import pytest

from journey.core.errors import ConfigurationError
from journey.ingest import sources
from journey.ingest.sources import copying
from tests.ingest.conftest import TODAY, Warehouse
from tests.ingest.elsewhere import wire
from tests.ingest.rows import csv_of, good
from tests.messages import assert_says

PASSWORD = "the secret of tests"  # noqa: S105 - of a server that the tests start
KEY = paramiko.RSAKey.generate(2048)


class Login(paramiko.ServerInterface):
    def check_auth_password(self, username: str, password: str) -> int:
        is_one = (username, password) == ("reports", PASSWORD)
        return paramiko.AUTH_SUCCESSFUL if is_one else paramiko.AUTH_FAILED

    def check_channel_request(self, kind: str, chanid: int) -> int:
        return paramiko.OPEN_SUCCEEDED

    def get_allowed_auths(self, username: str) -> str:
        return "password"


class Files(paramiko.SFTPServerInterface):
    """The files below `root`, to be read."""

    root: Path

    def _real(self, path: str) -> str:
        return f"{self.root}{self.canonicalize(path)}"

    def list_folder(self, path: str) -> object:
        try:
            return [
                paramiko.SFTPAttributes.from_stat(entry.stat(follow_symlinks=False), entry.name)
                for entry in os.scandir(self._real(path))
            ]
        except OSError as error:
            return paramiko.SFTPServer.convert_errno(error.errno)

    def stat(self, path: str) -> object:
        try:
            return paramiko.SFTPAttributes.from_stat(os.stat(self._real(path)))
        except OSError as error:
            return paramiko.SFTPServer.convert_errno(error.errno)

    lstat = stat

    def open(self, path: str, flags: int, attr: object) -> object:
        try:
            file = open(self._real(path), "rb")  # noqa: SIM115 - its handle closes it
        except OSError as error:
            return paramiko.SFTPServer.convert_errno(error.errno)
        handle = paramiko.SFTPHandle(flags)
        handle.readfile = file
        handle.stat = lambda: self.stat(path)
        return handle


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """Its port; its files are those of `tmp_path / "site"`, and this machine knows its key."""
    root = tmp_path / "site"
    root.mkdir()
    interface = type("Rooted", (Files,), {"root": root})
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            transport = paramiko.Transport(client)
            transport.add_server_key(KEY)
            transport.set_subsystem_handler("sftp", paramiko.SFTPServer, interface)
            transport.start_server(server=Login(), event=threading.Event())

    threading.Thread(target=serve, daemon=True).start()
    port = listener.getsockname()[1]
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    monkeypatch.setenv("SFTP_PASSWORD", PASSWORD)
    monkeypatch.setattr(copying, "PAUSES", (0.01, 0.01))
    trust(tmp_path, port)
    yield port
    listener.close()


def trust(home: Path, *ports: int) -> None:
    (home / ".ssh").mkdir(exist_ok=True)
    lines = [f"[127.0.0.1]:{port} ssh-rsa {KEY.get_base64()}\n" for port in ports]
    (home / ".ssh/known_hosts").write_text("".join(lines))


def shop_of(warehouse: Warehouse, port: int, path: str) -> Warehouse:
    login = "reports:${SFTP_PASSWORD}"
    warehouse.source("orders", path=f"sftp://{login}@127.0.0.1:{port}/{path}")
    return warehouse


def put(tmp_path: Path, name: str, *order_ids: str) -> bytes:
    path = tmp_path / "site" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(csv_of([good("orders", order_id=key) for key in order_ids]))
    return path.read_bytes()


def fetch(shop: Warehouse) -> list[sources.Unreached]:
    return sources.fetch(shop.settings, today=TODAY)


def copies(shop: Warehouse) -> dict[str, bytes]:
    (folder,) = (shop.data_dir / "landing/fetched/sftp").iterdir()
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*.csv")}


def test_files_are_copied_once_and_again_where_they_change(warehouse, server, tmp_path) -> None:
    shop = shop_of(warehouse, server, "out/**/orders_{date}.csv")
    first = put(tmp_path, "out/orders_2026-02-01.csv", "1")
    second = put(tmp_path, "out/2026/02/orders_2026-02-02.csv", "2")
    put(tmp_path, "out/notes.csv", "9")
    put(tmp_path, "orders_2026-02-01.csv", "9")
    expected = {"out/orders_2026-02-01.csv": first, "out/2026/02/orders_2026-02-02.csv": second}
    assert fetch(shop) == []
    assert copies(shop) == expected
    copied = {p: p.stat().st_ino for p in (shop.data_dir / "landing").rglob("*.csv")}
    assert fetch(shop) == []
    assert {p: p.stat().st_ino for p in (shop.data_dir / "landing").rglob("*.csv")} == copied
    expected["out/orders_2026-02-01.csv"] = put(tmp_path, "out/orders_2026-02-01.csv", "1", "3")
    assert fetch(shop) == []
    assert copies(shop) == expected
    shop.load("orders")
    assert shop.rows("orders", "order_id") == [("1",), ("2",), ("3",)]


def test_a_path_may_begin_at_home_and_follow_links(warehouse, server, tmp_path) -> None:
    content = put(tmp_path, "kept/orders.csv", "1")
    (tmp_path / "site/current").symlink_to("kept")
    (tmp_path / "site/nowhere").symlink_to("not there")
    shop = shop_of(warehouse, server, "~/curr*/orders.csv")
    assert fetch(shop) == []
    assert copies(shop) == {"~/current/orders.csv": content}


def test_a_server_that_is_cut_in_the_middle_leaves_no_half_file(
    warehouse, server, tmp_path
) -> None:
    content = put(tmp_path, "orders.csv", *map(str, range(20_000)))
    with wire(server) as line:
        trust(tmp_path, line.port)
        shop = shop_of(warehouse, line.port, "orders.csv")
        line.cut_after = len(content) // 2
        assert_says(fetch(shop)[0].sentence, "'orders'", "the next run tries again")
        assert not list((shop.data_dir / "landing").rglob("*.csv"))
        line.cut_after = None
        assert fetch(shop) == []
        assert copies(shop) == {"orders.csv": content}


def test_a_server_of_which_this_machine_has_no_key_is_not_talked_to(
    warehouse, server, tmp_path
) -> None:
    trust(tmp_path)
    with pytest.raises(ConfigurationError) as raised:
        fetch(shop_of(warehouse, server, "orders.csv"))
    assert_says(str(raised.value), "the key of this server is not known", "known_hosts")
    other = paramiko.RSAKey.generate(2048).get_base64()
    known = tmp_path / ".ssh/known_hosts"
    known.write_text(f"[127.0.0.1]:{server} ssh-rsa {other}\n")
    with pytest.raises(ConfigurationError) as raised:
        fetch(shop_of(warehouse, server, "orders.csv"))
    assert_says(str(raised.value), "the key of this server has changed")


def test_a_login_that_is_not_taken_is_said_without_it(
    warehouse, server, monkeypatch, caplog
) -> None:
    monkeypatch.setenv("SFTP_PASSWORD", "of yesterday")
    with pytest.raises(ConfigurationError) as raised:
        fetch(shop_of(warehouse, server, "orders.csv"))
    assert_says(str(raised.value), "does not let this user in", "${VARIABLE}")
    assert "of yesterday" not in f"{raised.value} {caplog.text}"


def test_a_server_that_is_not_there_costs_its_source_alone(warehouse, server) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    unreached = fetch(shop_of(warehouse, port, "orders.csv"))
    assert_says(unreached[0].sentence, "'orders'", "does not answer")


def test_a_missing_library_is_named_with_its_extra(warehouse, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "paramiko", None)
    with pytest.raises(ConfigurationError) as raised:
        fetch(shop_of(warehouse, 22, "orders.csv"))
    assert_says(str(raised.value), "paramiko", "journey-warehouse[sftp]")
