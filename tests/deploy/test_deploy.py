"""What `deploy/` gives: as much of it as can run without containers and without root's systemd."""

import configparser
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
import yaml

from tests.conftest import JOURNEY, REPO
from tests.ingest.postgresql import PASSWORD, postgresql

DEPLOY = REPO / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
COMPOSE = yaml.safe_load((DEPLOY / "compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]


@pytest.fixture
def instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dg.DagsterInstance]:
    """The instance of a server, on a PostgreSQL that is there for this test."""
    shutil.copy(DEPLOY / "home" / "dagster.yaml", tmp_path)
    monkeypatch.setenv("JOURNEY_DATA_DIR", str(tmp_path / "data"))
    with postgresql() as port:
        given = {"HOST": "127.0.0.1", "PORT": str(port), "USER": "shop", "DB": "postgres"}
        for name, value in (given | {"PASSWORD": PASSWORD}).items():
            monkeypatch.setenv(f"POSTGRES_{name}", value)
        with dg.DagsterInstance.from_config(str(tmp_path)) as opened:
            yield opened


def test_the_instance_of_a_server_keeps_runs_in_postgresql(instance: dg.DagsterInstance) -> None:
    """Also forgets them as the other does, without its event log, which is SQLite's."""
    from datetime import UTC, datetime, timedelta

    from orchestration.retention import prune

    @dg.asset
    def table() -> dg.MaterializeResult:
        return dg.MaterializeResult(metadata={"rows": 3})

    runs = [dg.materialize([table], instance=instance).run_id for _ in range(2)]
    assert type(instance.event_log_storage).__name__ == "PostgresEventLogStorage"
    assert type(instance.schedule_storage).__name__ == "PostgresScheduleStorage"
    assert {run.run_id for run in instance.get_runs()} == set(runs)
    event = instance.get_latest_materialization_event(table.key)
    assert event is not None
    assert event.run_id == runs[-1]
    assert prune(instance, datetime.now(UTC) + timedelta(days=9), keep_days=1) == 1
    assert [run.run_id for run in instance.get_runs()] == runs[-1:]


def test_no_container_is_root_and_each_says_whether_it_is_well() -> None:
    for name, service in SERVICES.items():
        assert service["user"].split(":")[0] not in ("root", "0"), name
        assert service["healthcheck"]["test"][0] == "CMD", name
        assert service["restart"] == "unless-stopped", name
        assert re.search(r":[\w.-]*\d|:local$", service["image"]), name
    assert re.search(r"^USER journey$", (DEPLOY / "Containerfile").read_text(), re.MULTILINE)


def test_only_the_proxy_has_a_port_and_the_web_server_no_way_out() -> None:
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["proxy"]
    assert COMPOSE["networks"]["inside"] == {"internal": True}
    for name in ("postgresql", "daemon", "web"):
        assert SERVICES[name]["networks"] == ["inside"], name
    assert "basic_auth" in (DEPLOY / "proxy" / "Caddyfile").read_text()


def test_all_that_services_name_is_there() -> None:
    for name, service in SERVICES.items():
        assert set(service.get("secrets", ())) <= set(COMPOSE["secrets"]), name
        assert set(service.get("depends_on", ())) <= set(SERVICES), name
        for volume in service.get("volumes", ()):
            origin = volume.split(":")[0]
            if origin.startswith("./"):
                assert (DEPLOY / origin).exists(), (name, volume)
            elif not origin.startswith("${"):
                assert origin in COMPOSE["volumes"], (name, volume)
    asked = set(re.findall(r"\$\{(\w+)", (DEPLOY / "compose.yml").read_text()))
    given = set(re.findall(r"^(\w+)=", (DEPLOY / ".env.example").read_text(), re.MULTILINE))
    assert asked == given
    workspace = yaml.safe_load((DEPLOY / "home" / "workspace.yaml").read_text())
    assert workspace["load_from"][0]["grpc_server"]["host"] in SERVICES


def test_the_extra_that_the_server_s_instance_needs_is_in_the_lock() -> None:
    assert "dagster-postgres==" in (REPO / "requirements.lock").read_text()


def enter(**given: str) -> subprocess.CompletedProcess:
    said = 'echo "$JOURNEY_EMAIL_KEY|${JOURNEY_EMAIL_KEY_FILE-}"'
    return subprocess.run(
        [DEPLOY / "entrypoint.sh", "sh", "-c", said],
        capture_output=True,
        text=True,
        env={"PATH": os.environ["PATH"]} | given,
        check=False,
    )


def test_secrets_of_files_become_variables_and_one_that_is_missing_is_named(tmp_path: Path) -> None:
    secret = tmp_path / "key"
    secret.write_text("a key with $signs and 'quotes'\n")
    assert enter(JOURNEY_EMAIL_KEY_FILE=str(secret)).stdout == "a key with $signs and 'quotes'|\n"
    missing = enter(JOURNEY_EMAIL_KEY_FILE=str(tmp_path / "none"))
    assert missing.returncode == 2
    assert "JOURNEY_EMAIL_KEY_FILE" in missing.stderr


def read_unit(path: Path) -> configparser.ConfigParser:
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]  # names have capitals
    unit.read(path)
    return unit


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.stem)
def test_the_command_of_a_unit_is_one_of_ours_and_no_root_s(path: Path) -> None:
    service = read_unit(path)["Service"]
    program, *arguments = shlex.split(service["ExecStart"])
    assert Path(program).name == JOURNEY.name
    done = subprocess.run(
        [JOURNEY, *arguments, "--help"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert (service["User"], service["NoNewPrivileges"]) == ("journey", "true")
    cron = (DEPLOY / "cron" / "journey").read_text().splitlines()[-1]
    assert "/opt/journey/.venv/bin/journey run" in cron


def test_systemd_finds_nothing_wrong_with_the_units(tmp_path: Path) -> None:
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("systemd-analyze is not installed on this machine")
    for path in (DEPLOY / "systemd").glob("journey-*.*"):
        # The program is where this installation has it.
        here = path.read_text().replace("/opt/journey/.venv/bin/journey", sys.executable)
        (tmp_path / path.name).write_text(here)
    units = [str(path) for path in sorted(tmp_path.glob("*.*")) if path.suffix != ".example"]
    done = subprocess.run(
        [program, "verify", "--man=no", *units],
        capture_output=True,
        text=True,
        check=False,
    )
    said = [line for line in done.stderr.splitlines() if "journey-" in line]
    assert said == [], done.stderr
