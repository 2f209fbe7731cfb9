"""A run of files of this machine needs no network: it has none, not even its own loopback."""

import shutil
import subprocess

import pytest

from tests.conftest import JOURNEY, SMALL, Shop
from tests.parsed_project import give_parsed_project

pytestmark = pytest.mark.slow

PROBE = "import socket; socket.create_connection(('127.0.0.1', 9), 1)"


def test_a_run_publishes_in_a_network_namespace_of_its_own(shop: Shop) -> None:
    unshare = shutil.which("unshare") or "unshare"
    alone = [unshare, "--map-root-user", "--net", "--"]
    if shutil.which(unshare) is None or subprocess.run([*alone, "true"], check=False).returncode:
        pytest.skip("network namespaces are not allowed on this machine (unshare --net)")
    probe = [*alone, JOURNEY.with_name("python"), "-c", PROBE]
    refused = subprocess.run(probe, capture_output=True, text=True, check=False)
    assert "Network is unreachable" in refused.stderr
    assert shop.journey("simulate", *SMALL).returncode == 0
    give_parsed_project(shop.data_dir, shop.config.parent)
    done = subprocess.run(
        [*alone, JOURNEY, "run"],
        env=shop.environment(),
        cwd=shop.home,
        capture_output=True,
        text=True,
        check=False,
        timeout=500,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert (shop.published / "current.duckdb").exists()
