"""The built wheel is the whole product: an empty folder is enough, and where it is installed stays
as it was installed."""

import json
import os
import re
import subprocess
import sys
import sysconfig
import urllib.request
import venv
from pathlib import Path

import pytest

from tests.conftest import REPO
from tests.orchestration.served import free_port

TIMEOUT = 400
SIZE = ("--people", "60", "--days", "20", "--end-date", "2026-11-20")
ASSETS = "{ assetsOrError { ... on AssetConnection { nodes { id } } } }"
# What no reader of the wheel needs: what dbt leaves, and macros that only the linter reads.
LEFT_OUT = ("dbt_project/lint/", "dbt_project/target/", "dbt_project/logs/")

pytestmark = [pytest.mark.long, pytest.mark.slow]


class Installed:
    """An installation that cannot be written to, and an empty folder in which it is used."""

    def __init__(self, root: Path) -> None:
        self.home, self.folder = root / "home", root / "empty"
        self.home.mkdir()
        self.folder.mkdir()
        self._environment = root / "environment"
        wheels = root / "wheels"
        build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel"]
        _done([*build, "--directory", str(wheels)], REPO)
        venv.create(self._environment, with_pip=False)
        # Sees the libraries of the tests, but not their checkout: what a path file names in a
        # folder that a path file names is not followed.
        libraries = sysconfig.get_paths()["purelib"]
        (self.site / "libraries.pth").write_text(f"{libraries}\n")
        (wheel,) = wheels.iterdir()
        install = [_beside("uv"), "pip", "install", "--quiet", "--offline", "--no-cache"]
        install += ["--no-deps", "--compile-bytecode", "--python", self._program("python")]
        _done([*install, str(wheel)], root)
        for path in self._environment.rglob("*"):
            if not path.is_symlink():
                path.chmod(path.stat().st_mode & ~0o222)
        self._as_installed = self._files()

    @property
    def site(self) -> Path:
        (found,) = self._environment.glob("lib/python3*/site-packages")
        return found

    def journey(self, *arguments: str) -> str:
        return _done([self._program("journey"), *arguments], self.folder, self.variables())

    def start(self, *arguments: str) -> subprocess.Popen:
        return subprocess.Popen(
            [self._program("journey"), *arguments],
            cwd=self.folder,
            env=self.variables(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def variables(self) -> dict[str, str]:
        """Nothing says where anything is, and Python may write beside what it imports."""
        own = ("JOURNEY_", "DAGSTER_", "DBT_", "PYTHON")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(own)}
        return kept | {"HOME": str(self.home), "COLUMNS": "200"}

    def assert_untouched(self) -> None:
        assert self._files() == self._as_installed

    def _files(self) -> dict[str, tuple[int, int]]:
        return {
            str(path): (path.stat().st_size, path.stat().st_mtime_ns)
            for path in sorted(self._environment.rglob("*"))
            if path.is_file() and path.suffix != ".pyc"
        }

    def _program(self, name: str) -> str:
        return str(self._environment / "bin" / name)


def _beside(program: str) -> str:
    return str(Path(sys.executable).parent / program)


def _done(command: list[str], folder: Path, env: dict[str, str] | None = None) -> str:
    done = subprocess.run(
        command, cwd=folder, env=env, capture_output=True, text=True, check=False, timeout=TIMEOUT
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    return Installed(tmp_path_factory.mktemp("installed"))


@pytest.fixture(scope="module")
def run(installed: Installed) -> Installed:
    """After the demo shop was simulated and loaded."""
    installed.journey("simulate", *SIZE)
    installed.journey("run")
    return installed


def test_all_that_the_checkout_has_of_the_product_is_in_the_wheel(installed: Installed) -> None:
    tracked = _done(["git", "ls-files", "dbt_project", "expectations"], REPO).splitlines()
    shipped = installed.site / "journey" / "shipped"
    wanted = [name for name in tracked if not name.startswith(LEFT_OUT)]
    missing = [name for name in wanted if not (shipped / name).exists()]
    assert len(tracked) > 300
    assert missing == []


def test_an_empty_folder_becomes_a_warehouse(run: Installed) -> None:
    published = run.folder / "data" / "published"
    assert (published / "current.duckdb").exists()
    assert (published / "report" / "index.html").exists()
    assert (run.folder / "data" / "docs" / "definitions.html").exists()
    assert sorted(path.name for path in run.folder.iterdir()) == ["data", "journey.toml", "seeds"]
    assert len(json.loads(run.journey("status", "--json"))["versions"]) == 1
    assert "nothing published" in run.journey("run")


def test_the_catalogue_is_served_from_an_installation(run: Installed) -> None:
    serving = run.start("serve", "--port", str(free_port()))
    try:
        said = serving.stdout.readline()
        address = re.search(r"http://127\.0\.0\.1:\d+", said)
        assert address, said + serving.stdout.read()
        request = urllib.request.Request(  # noqa: S310
            f"{address[0]}/graphql",
            data=json.dumps({"query": ASSETS}).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:  # noqa: S310
            nodes = json.load(answer)["data"]["assetsOrError"]["nodes"]
        assert len(nodes) > 50
    finally:
        serving.terminate()
        serving.wait(timeout=60)
        serving.stdout.close()
    run.assert_untouched()


def test_readers_need_nothing_beside_an_installation(run: Installed) -> None:
    assert "stage" in run.journey("ask", "1")
    run.journey("docs", "--to", "handbook")
    assert (run.folder / "handbook" / "dbt.html").exists()
    assert "people" in run.journey("sql", "select count(*) as people from people", "--csv")


def test_nothing_is_written_beside_an_installation_and_into_a_home_its_cache_alone(
    run: Installed,
) -> None:
    """What is kept for all warehouses of an installation lies where the platform keeps caches."""
    run.assert_untouched()
    cache = run.home / ".cache" / "journey-warehouse"
    written = [path for path in run.home.rglob("*") if path.is_file()]
    assert [path for path in written if not path.is_relative_to(cache)] == []
