"""`journey serve` as users start it: whose catalogue it shows, who may command it, how it ends."""

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from tests.conftest import REPO, Shop, make_shop
from tests.orchestration.served import PATIENCE_SECONDS, Served, free_port, served

RUNS = "{ runsOrError { ... on Runs { results { runId status } } } }"
PERMISSIONS = "{ permissions { permission value } }"


def living(processes: list[psutil.Process]) -> list[psutil.Process]:
    """Those that still run some time later."""
    patience = time.monotonic() + 15
    while True:
        left = [p for p in processes if p.is_running() and p.status() != psutil.STATUS_ZOMBIE]
        if not left or time.monotonic() > patience:
            return left
        time.sleep(0.1)


@pytest.mark.long
def test_no_other_page_can_command_or_read_the_catalogue(shop: Shop) -> None:
    with served(shop, "--operate") as site:
        assert site.ask("{ version }")[0] == 200
        assert site.ask("{ version }", Origin=f"http://127.0.0.1:{site.port}")[0] == 200
        by_link = "/graphql?query=mutation%7BstopSensor(id:%22x%22)%7B__typename%7D%7D"
        assert site.ask("", "GET", by_link)[0] == 405
        assert site.ask("{ version }", Origin="https://evil.example")[0] == 403
        assert site.ask("{ version }", Origin="null")[0] == 403
        assert site.ask("{ version }", Sec_Fetch_Site="cross-site")[0] == 403
        assert site.ask("{ version }", Host=f"evil.example:{site.port}")[0] == 421
        assert site.ask("{ version }", Content_Type="text/plain; application/json")[0] == 415
        assert websocket_status(site.port, "https://evil.example") == 403
        assert websocket_status(site.port, f"http://127.0.0.1:{site.port}") == 101
        allowed = {
            one["permission"] for one in site.ask(PERMISSIONS)[1]["permissions"] if one["value"]
        }
        assert "launch_pipeline_execution" in allowed


def websocket_status(port: int, origin: str) -> int:
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_SECONDS) as connection:
        connection.sendall(
            "GET /graphql HTTP/1.1\r\n"
            f"Host: 127.0.0.1:{port}\r\nOrigin: {origin}\r\n"
            "Connection: Upgrade\r\nUpgrade: websocket\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Protocol: graphql-ws\r\n\r\n".encode()
        )
        return int(connection.recv(1024).split()[1])


@pytest.mark.long
@pytest.mark.parametrize(
    "number",
    [
        signal.SIGKILL,
        pytest.param(signal.SIGTERM, marks=pytest.mark.slow),
        pytest.param(signal.SIGINT, marks=pytest.mark.slow),
    ],
)
def test_it_leaves_no_process_behind(shop: Shop, number: signal.Signals) -> None:
    with served(shop, "--operate") as site:
        family = site.family()
        assert len(family) >= 4
        site.process.send_signal(number)
        code = site.process.wait(timeout=60)
        assert code == (-number if number is signal.SIGKILL else 0)
        assert living(family) == []


@pytest.mark.slow
def test_a_run_that_goes_on_is_canceled_with_it(shop: Shop) -> None:
    size = ("--people", "60", "--days", "5", "--end-date", "2026-11-20")
    assert shop.journey("simulate", *size).returncode == 0
    writes = shop.data_dir / ".writer.lock"
    writes.unlink(missing_ok=True)
    with served(shop, "--operate") as site:
        patience = time.monotonic() + PATIENCE_SECONDS
        while not writes.exists():  # the sensor launches a run over late deliveries
            assert time.monotonic() < patience, statuses(site)
            time.sleep(0.2)
        family = site.family()
        site.process.send_signal(signal.SIGTERM)
        assert site.process.wait(timeout=90) == 0
        assert living(family) == []
    with sqlite3.connect(shop.data_dir / ".dagster" / "storage" / "runs.db") as connection:
        assert connection.execute("select status from runs").fetchall() == [("CANCELED",)]


def statuses(site: Served) -> list[str]:
    return [run["status"] for run in site.ask(RUNS)[1]["runsOrError"]["results"]]


@pytest.mark.long
def test_it_ends_where_a_part_of_it_was_killed(shop: Shop) -> None:
    with served(shop) as site:
        family = site.family()
        [web_server] = [p for p in family if "orchestration.webserver" in p.cmdline()]
        web_server.kill()
        assert site.process.wait(timeout=60) == 4
        assert "the web server of the catalogue has ended" in site.process.stdout.read()
        assert living(family) == []


@pytest.mark.slow
def test_two_warehouses_of_one_clone_are_shown_at_once_and_never_mixed(tmp_path: Path) -> None:
    shops = [make_shop(tmp_path / name) for name in ("one", "two")]
    # Both are of this clone: they share its dagster.yaml, as users do.
    for shop in shops:
        shop.env["DAGSTER_HOME"] = str(REPO)
    code = (
        "import dagster as dg\n"
        "@dg.op\ndef nothing(): pass\n"
        "@dg.job\ndef own(): nothing()\n"
        "with dg.DagsterInstance.get() as instance: own.execute_in_process(instance=instance)"
    )
    for shop in (shops[0], *[shops[1]] * 2):
        shop.data_dir.mkdir(exist_ok=True)
        subprocess.run([sys.executable, "-c", code], env=shop.environment(), check=True)
    with served(shops[0]) as first, served(shops[1]) as second:
        for site, shop, other in ((first, *shops), (second, *reversed(shops))):
            assert f"The catalogue of {shop.data_dir} " in site.said
            assert f"`journey serve --operate --data-dir {shop.data_dir}`" in site.said
            assert str(other.data_dir) not in site.said
        assert [len(statuses(site)) for site in (first, second)] == [1, 2]


def test_only_one_process_runs_the_schedule_of_a_warehouse(shop: Shop) -> None:
    import fcntl

    shop.data_dir.mkdir()
    with open(shop.data_dir / ".operator.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        second = shop.journey("serve", "--operate", "--port", str(free_port()))
    assert second.returncode == 2
    assert "another `journey serve --operate`" in second.stderr
    assert f"--data-dir {shop.data_dir}" in second.stderr


def test_it_is_to_look_at_unless_it_is_asked_to_operate(shop: Shop) -> None:
    failed = shop.journey("serve", "--operate", "--read-only")
    assert failed.returncode == 2
    assert "exclude each other" in failed.stderr
    with served(shop) as site:
        assert not any(one["value"] for one in site.ask(PERMISSIONS)[1]["permissions"])
        assert not any("dagster._daemon" in p.cmdline() for p in site.family())
        assert os.stat(shop.data_dir / "logs" / f"serve_{site.port}.log").st_mode & 0o077 == 0
