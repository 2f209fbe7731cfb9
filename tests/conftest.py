"""What several tests share: the command line as users call it, and one demo warehouse."""

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.parsed_project import give_parsed_project, keep_parses_of_tests
from tests.sinks import Sink, webhook_sink
from tests.warm_process import run_warm

REPO = Path(__file__).resolve().parent.parent
SHARED_DATA = REPO.parent / "shared" / "data"
JOURNEY = Path(sys.executable).parent / "journey"
# Variables by which the product is set.
READ_OF_ENV = ("JOURNEY_", "DAGSTER_", "DBT_")
# Commands that read the dbt project.
PARSING = ("run", "docs", "metrics")
DEMO_PEOPLE, DEMO_DAYS, DEMO_SEED, DEMO_END = 1500, 120, 7, "2026-11-20"
keep_parses_of_tests()
MADE_ONCE = ("demo", "small")  # fixtures: a warehouse for all processes
SMALL = ("--people", "30", "--days", "3", "--end-date", "2026-11-20")


@dataclass
class Shop:
    """One warehouse of its own: data dir, settings file and Dagster home."""

    home: Path
    config: Path = REPO / "journey.toml"
    env: dict[str, str] = field(default_factory=dict)
    patience: float = 500  # seconds that a command may take

    @property
    def data_dir(self) -> Path:
        return self.home / "data"

    @property
    def published(self) -> Path:
        return self.data_dir / "published"

    def journey(self, *arguments: str, **env: str) -> subprocess.CompletedProcess:
        """Run `journey` in a process of its own, as a user or a scheduler does."""
        if arguments[0] in PARSING:
            give_parsed_project(self.data_dir, self.config.parent)
        return subprocess.run(
            [JOURNEY, *arguments],
            capture_output=True,
            text=True,
            env=self.environment(**env),
            cwd=self.home,
            check=False,
            timeout=self.patience,
        )

    def run(
        self, *arguments: str, module: str = "orchestration.start", **env: str
    ) -> subprocess.CompletedProcess:
        """`journey run` in a process of its own that has the libraries already."""
        give_parsed_project(self.data_dir, self.config.parent)
        return run_warm(module, ["run", *arguments], self.environment(**env), self.home)

    def environment(self, **env: str) -> dict[str, str]:
        own = {
            "DAGSTER_HOME": str(self.home),
            "JOURNEY_CONFIG": str(self.config),
            "JOURNEY_DATA_DIR": str(self.data_dir),
            "JOURNEY_EMAIL_KEY": "a key for tests, long enough to be one",
            "COLUMNS": "200",
        }
        return os.environ | own | self.env | env


def make_shop(home: Path, **given: object) -> Shop:
    home.mkdir(parents=True, exist_ok=True)
    shutil.copy(REPO / "dagster.yaml", home)
    return Shop(home=home, **given)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The order of files: no process waits for another at the beginning or the end.

    First one file of each warehouse that is made once, then the others that read them, then the
    longest.
    """
    readers = [[item.path for item in items if name in item.fixturenames] for name in MADE_ONCE]
    makers = {paths[0] for paths in readers if paths}
    reads = {path for paths in readers for path in paths}
    is_long = {item.path for item in items if item.get_closest_marker("long")}

    def turn(item: pytest.Item) -> tuple[bool, ...]:
        return item.path not in makers, item.path not in reads, item.path not in is_long

    items.sort(key=turn)


@pytest.fixture(autouse=True)
def umask() -> Iterator[None]:
    """The usual mask for each test, since commands that a test calls make it private."""
    mask = os.umask(0o022)
    yield
    os.umask(mask)


@pytest.fixture(autouse=True)
def environment() -> Iterator[None]:
    """What a command that a test calls in this process sets is for no other test."""
    before = {name: given for name, given in os.environ.items() if name.startswith(READ_OF_ENV)}
    yield
    for name in [name for name in os.environ if name.startswith(READ_OF_ENV)]:
        del os.environ[name]
    os.environ |= before


@pytest.fixture(scope="session")
def player() -> Iterator[object]:
    """What starts browsers: one for all tests of a process, which has room for no second one."""
    if shutil.which("chromium") is None:
        pytest.skip("Chromium is not installed; `make test-ui` installs it and runs these tests")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture
def sink() -> Iterator[Sink]:
    """A webhook that keeps what is posted to it."""
    with webhook_sink() as said:
        yield said


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    """An empty warehouse."""
    return make_shop(tmp_path / "shop")


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, Callable[[Path], None]], Path]:
    """Make a folder once for all test processes of this session."""
    root = tmp_path_factory.getbasetemp()
    if os.environ.get("PYTEST_XDIST_WORKER"):
        root = root.parent

    def make(name: str, fill: Callable[[Path], None]) -> Path:
        folder = root / name
        with open(root / f"{name}.lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not (folder / ".done").exists():
                folder.mkdir(exist_ok=True)
                fill(folder)
                (folder / ".done").touch()
        return folder

    return make


@pytest.fixture(scope="session")
def demo(once: Callable[[str, Callable[[Path], None]], Path]) -> Shop:
    """The demo shop after one undisturbed run. Shared: read it, do not write."""

    def fill(folder: Path) -> None:
        made = make_shop(folder)
        size = ["--people", str(DEMO_PEOPLE), "--days", str(DEMO_DAYS), "--seed", str(DEMO_SEED)]
        size += ["--end-date", DEMO_END]
        for done in (made.journey("simulate", *size), made.run()):
            assert done.returncode == 0, done.stdout + done.stderr

    return Shop(home=once("demo", fill))


@pytest.fixture(scope="session")
def small(once: Callable[[str, Callable[[Path], None]], Path]) -> Shop:
    """A shop of a few people after one run, each command as a user types it.

    Its users' mask lets others read, and it has made its e-mail key itself. Shared: read it, or
    take a copy.
    """
    own = {"JOURNEY_EMAIL_KEY": ""}

    def fill(folder: Path) -> None:
        made = make_shop(folder, env=own)
        mask = os.umask(0o022)
        try:
            for command in (("simulate", *SMALL), ("run",)):
                done = made.journey(*command)
                assert done.returncode == 0, done.stdout + done.stderr
        finally:
            os.umask(mask)

    return Shop(home=once("small", fill), env=own)


def copy_of(shop: Shop, home: Path) -> Shop:
    """A warehouse that begins as another one is."""
    made = make_shop(home, env=shop.env)
    shutil.copytree(shop.data_dir, made.data_dir, symlinks=True)
    return made
