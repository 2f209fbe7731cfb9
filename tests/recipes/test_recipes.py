"""The recipes of CONTRIBUTING, performed: the files that they name, in a copy, and nothing else.

What they add is in `files`, at its place in the repository, in `entries`, in the file that lists
its like, and in ROWS and CHANGES; then the copy's own run and tests have to pass.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from journey.read.questions import questions
from tests.conftest import REPO

pytestmark = pytest.mark.slow

ADDED = Path(__file__).parent / "files"
# Its number is the next one.
QUESTION = "dbt_project/analyses/NN_customers_by_channel.sql"
QUESTIONS = questions()
ENTRIES = Path(__file__).parent / "entries"
SOURCES = """
[[sources]]
name = "askwell"
kind = "feedback"
format = "askwell"
path = "landing/askwell/*.jsonl"

[[sources]]
name = "calendar"
kind = "appointments"
format = "canonical"
path = "landing/calendar/*.csv"
"""
# What is added at the end of a file.
ROWS = {
    "dbt_project/seeds/stage_models.csv": "".join(
        f"plain,{stage},{name},{position}\n"
        for stage, name, position in (
            ("awareness", "Stranger", 1),
            ("consideration", "Visitor", 2),
            ("intent", "Visitor", 2),
            ("purchase", "Customer", 3),
            ("retention", "Customer", 3),
            ("advocacy", "Fan", 4),
        )
    ),
    "dbt_project/seeds/stage_rules.csv": "900,web:book_appointment,,before,intent\n",
    "dbt_project/seeds/bot_patterns.csv": "shopcheckbot,\n",
    "dbt_project/seeds/segment_types.csv": "first_device,device,3,false\n",
    "dbt_project/models/staging/sources.yml": (
        "      - name: appointments\n"
        "        description: Appointments as delivered. One row per delivered version of an"
        " appointment.\n"
    ),
    "dbt_project/models/exposures.yml": (
        "\n  - name: shop_dashboard\n    type: dashboard\n    owner: {name: shop}\n"
        "    description: What the shop's managers look at.\n"
        "    depends_on:\n      - ref('channel_customers')\n"
    ),
    "dbt_project/models/terms.md": (
        "\n{% docs appointment %}\n#### Appointment\n\nA time that a person reserved in the shop.\n"
        "{% enddocs %}\n"
    ),
    "journey.toml": SOURCES,
}
# What is changed in a file.
CHANGES = {
    # The report and the questions read another mart.
    "dbt_project/models/exposures.yml": (
        "      - ref('experiment_results')\n",
        "      - ref('experiment_results')\n      - ref('channel_customers')\n",
    ),
    "dbt_project/seeds/cohort_grids.csv": ("week,52,,all ", "week,52,,all first_device "),
}
COMMAND = '''

@group.command()
def greet() -> None:
    """Greet the reader.

    Example: journey greet
    """
    plain_console().print("Good day.")
'''
ANSWERS = '{"answer_id": "x1", "answered": "2026-11-19T10:00:00Z", "stars": "5", "person": "1"}\n'
CALENDAR = "appointment_id,starts_at,customer_id,minutes\np1,2026-11-19T09:00:00Z,1,30\n"
# The tests that look at every file of a folder, which a recipe's file must not break.
TESTS = (
    "tests/catalogue/test_profile.py",
    "tests/pages/test_definitions.py",
    "tests/read/test_questions.py",
    "tests/ingest/test_contracts.py",
    "tests/ingest/test_fuzz.py::test_every_tool_format_is_tried",
    "tests/ingest/test_definitions.py",
    "tests/ingest/test_members_of_tools.py",
    "tests/ingest/test_quarantine.py",
    "tests/ingest/test_recognise.py",
    "tests/ingest/test_statement_size.py",
    "tests/ingest/test_tool_formats.py",
    "tests/reference/test_seeds_as_defined.py",
    "tests/pages/test_checks_page.py",
    "tests/cli/test_commands.py",
    "tests/docs/test_definitions.py",
    "tests/read/test_metrics.py",
    "tests/checks/test_raw_gate.py",
    "tests/pages/test_report_sections.py",
    "tests/checks/test_suites.py",
    "tests/monitor/test_metric_history.py",
)


class Copy:
    """The repository with every recipe performed, and a warehouse of it."""

    def __init__(self, home: Path) -> None:
        self.repo, self.data_dir = home / "repo", home / "data"

    def run(self, *command: str) -> subprocess.CompletedProcess:
        environment = os.environ | {
            "DAGSTER_HOME": str(self.repo),
            "JOURNEY_CONFIG": str(self.repo / "journey.toml"),
            "JOURNEY_DATA_DIR": str(self.data_dir),
            "JOURNEY_EMAIL_KEY": "a key for tests, long enough to be one",
            "PYTHONPATH": str(self.repo),
        }
        for name in [name for name in environment if name.startswith("PYTEST_")]:
            del environment[name]
        return subprocess.run(
            [sys.executable, *command],
            cwd=self.repo,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def journey(self, *arguments: str) -> str:
        done = self.run("-c", "from orchestration.start import main; main()", *arguments)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def ask(self, query: str) -> list[tuple]:
        with duckdb.connect(str(self.data_dir / "published" / "current.duckdb"), True) as marts:
            return marts.execute(query).fetchall()


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    made = Copy(tmp_path_factory.mktemp("recipes"))
    listing = [
        "/usr/bin/env",
        "git",
        "ls-files",
        "-z",
        "--cached",
        "--others",
        "--exclude-standard",
    ]
    tracked = subprocess.run(listing, cwd=REPO, capture_output=True, text=True, check=True)
    for name in filter(None, tracked.stdout.split("\0")):
        if (REPO / name).is_file():
            (made.repo / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(REPO / name, made.repo / name)
    before = {path for path in made.repo.rglob("*") if path.is_file()}
    shutil.copytree(ADDED, made.repo, dirs_exist_ok=True)
    assert not before & {made.repo / path.relative_to(ADDED) for path in files_of(ADDED)}
    question = made.repo / QUESTION
    question.rename(question.with_name(question.name.replace("NN", str(len(QUESTIONS) + 1))))
    for path in files_of(ENTRIES):
        heading, entries = path.read_text().split("\n", 1)
        listing_file = made.repo / path.relative_to(ENTRIES)
        assert listing_file.read_text().startswith(f"{heading}\n")
        with open(listing_file, "a") as file:
            file.write(f"\n{entries}")
    for name, (given, changed) in CHANGES.items():
        text = (made.repo / name).read_text()
        assert given in text
        (made.repo / name).write_text(text.replace(given, changed))
    for name, rows in {**ROWS, "journey/cli/showing.py": COMMAND}.items():
        with open(made.repo / name, "a") as file:
            file.write(rows)
    return made


def files_of(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.fixture(scope="module")
def built(copy: Copy) -> Copy:
    copy.journey("simulate", "--people", "300", "--days", "40", "--end-date", "2026-11-20")
    for name, content in (("askwell/a.jsonl", ANSWERS), ("calendar/a.csv", CALENDAR)):
        path = copy.data_dir / "landing" / name
        path.parent.mkdir(parents=True)
        path.write_text(content)
    copy.journey("run")
    return copy


def test_a_tool_s_export_and_a_kind_of_data_are_loaded(built: Copy) -> None:
    for kind, source in (("feedback", "askwell"), ("appointments", "calendar")):
        files = built.data_dir / "raw" / kind / "*" / "*.parquet"
        found = duckdb.sql(
            f"select source from read_parquet('{files}', union_by_name = true)"
            f" where source = '{source}'"
        ).fetchall()
        assert found == [(source,)]
    with duckdb.connect(str(built.data_dir / "warehouse.duckdb"), read_only=True) as warehouse:
        rows = warehouse.execute(
            "select appointment_id, minutes from staging.stg_appointments__appointments"
        ).fetchall()
    assert rows == [("p1", 30)]


def test_rows_of_seeds_are_in_force(built: Copy) -> None:
    names = built.ask(
        "select distinct stage from marts.stage_names where stage_model = 'plain' order by all"
    )
    assert names == [("Customer",), ("Fan",), ("Stranger",), ("Visitor",)]
    funnel = "select count(*) from marts.stage_funnel where stage_model = 'plain' and entered > 0"
    assert built.ask(funnel)[0][0] > 0
    segments = "select count(*) from marts.cohort_retention where segment_type = 'first_device'"
    assert built.ask(segments)[0][0] > 0


def test_a_mart_is_published_checked_and_described(built: Copy) -> None:
    ((people,),) = built.ask("select sum(people) from marts.channel_customers")
    assert built.ask("select count(*) from marts.people") == [(people,)]
    page = (built.data_dir / "docs" / "checks.html").read_text()
    assert 'id="marts/channel_customers"' in page
    definitions = (built.data_dir / "published" / "report" / "definitions.html").read_text()
    assert "channel_customers" in definitions
    assert "A time that a person reserved" in definitions


def test_a_section_a_metric_a_question_and_a_command_are_found(built: Copy) -> None:
    report = (built.data_dir / "published" / "report" / "index.html").read_text()
    assert "Customers by channel" in report
    history = duckdb.sql(f"from '{built.data_dir}/metrics/*.parquet'").fetchall()
    assert any("people with an order" in row for row in history)
    assert "Which channels bring customers?" in built.journey("ask")
    assert "customers" in built.journey("ask", str(len(QUESTIONS) + 1))
    assert "Good day." in built.journey("greet")
    assert "greet" in built.journey("--help")


def test_a_metric_has_an_answer(built: Copy) -> None:
    visits = built.ask("select count(*) from marts.visits")[0][0]
    answer = built.journey("metrics", "query", "--metrics", "visits")
    assert str(visits) in answer.replace(",", "")


def test_the_product_s_own_tests_pass_with_all_of_it(copy: Copy) -> None:
    done = copy.run("-m", "pytest", "-q", "-m", "not slow", "--tb=short", *TESTS)
    assert done.returncode == 0, done.stdout[-6000:]


def test_lint_passes_with_all_of_it(copy: Copy) -> None:
    bin_dir = Path(sys.executable).parent
    for command in (
        ["ruff", "check", "."],
        ["ruff", "format", "--check", "."],
        ["sqlfluff", "lint", "dbt_project/models/marts/core/channel_customers.sql"],
        ["yamllint", "--strict", "."],
    ):
        done = subprocess.run(
            [bin_dir / command[0], *command[1:]],
            cwd=copy.repo, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout[-3000:]
