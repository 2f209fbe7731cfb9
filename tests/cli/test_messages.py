"""What users are told: every command by an example, every mistake in one sentence.

A sentence says what is wrong, where, and what to do next; it comes with its exit code and never
with a traceback. The command line is called in this process, so that a mistake costs no start-up.
"""

import errno
import gzip
import json
import os
import shlex
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from journey import checks, ingest
from journey.core.lock import writer_lock
from journey.core.settings import Settings
from orchestration import cli
from tests.conftest import REPO
from tests.ingest.rows import csv_of, good

GOOD_CONFIG = """
[[sources]]
name = "shop"
kind = "orders"
format = "canonical"
path = "landing/shop/{date}.csv"
"""
ORDERS = csv_of([good("orders")])
MAPPED = """
[[sources]]
name = "till"
kind = "orders"
format = "mapped"
path = "landing/till.csv"
"""
COLUMNS = """[sources.columns]
order_id = "number"
ordered_at = "day"
customer_id = "who"
net_amount = "worth"
currency = "'GBP'"
"""
TILL = "number,day,who,worth\n1,2026-03-01,7,9.50\n1,2026-03-01,7,0.50\n"


@dataclass
class Desk:
    """Where one mistake is made: a settings file and a data dir of its own."""

    home: Path
    monkeypatch: pytest.MonkeyPatch

    @property
    def config(self) -> Path:
        return self.home / "journey.toml"

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def settings(self) -> Settings:
        return Settings.load(self.config, self.data)

    def deliver(self, name: str, content: str | bytes) -> None:
        path = self.data / "landing" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)

    def replace(self, place: str, function: Callable[..., Any]) -> None:
        self.monkeypatch.setattr(place, function)


Before = Callable[[Desk], Any]


@dataclass
class Mistake:
    """A command, what makes it wrong, and what must be said of it."""

    name: str
    command: str
    code: int
    words: tuple[str, ...]
    config: str | bytes | None = GOOD_CONFIG
    before: Before | None = None
    env: dict[str, str] = field(default_factory=dict)


def mistake(name: str, command: str, code: int, *words: str, **given: Any) -> Mistake:
    return Mistake(name, command, code, words, **given)


# What makes a command wrong beside its settings and arguments.


@contextmanager
def port_taken(_: Desk) -> Iterator[int]:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        yield taken.getsockname()[1]


def lock_held(desk: Desk) -> Any:
    return writer_lock(desk.settings)


def data_is_a_file(desk: Desk) -> None:
    desk.data.write_text("not a folder")


def orders_delivered(desk: Desk) -> None:
    desk.deliver("shop/2026-03-01.csv", ORDERS)


def till_delivered(desk: Desk) -> None:
    """A night that loads what was delivered, without the orchestrator around it."""
    desk.deliver("till.csv", TILL)
    loading_only(desk)


def loading_only(desk: Desk) -> None:
    def load(settings: Settings, *_: object, **__: object) -> None:
        for kind in settings.kinds:
            ingest.prepare(settings, kind, run_id="run").commit()

    desk.replace("orchestration.run._execute", load)


def key_is_short(desk: Desk) -> None:
    orders_delivered(desk)
    (desk.data / "email.key").write_text("short")
    loading_only(desk)


def orders_delivered_to_be_loaded(desk: Desk) -> None:
    orders_delivered(desk)
    loading_only(desk)


def file_is_unreadable(desk: Desk) -> None:
    orders_delivered(desk)
    path = desk.data / "landing" / "shop" / "2026-03-01.csv"

    def refuse(*_: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    desk.replace("journey.ingest.ledger_contents.digest", refuse)
    loading_only(desk)


def disk_is_full(desk: Desk) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", str(desk.data / "landing"))

    desk.replace("demo.simulation.written", refuse)


def ledger_is_no_database(desk: Desk) -> None:
    desk.data.mkdir()
    (desk.data / "ledger.sqlite").write_text("this is no database, and long enough to tell")


def manifest_is_cut_off(desk: Desk) -> None:
    version = desk.data / "published" / "versions" / "20260301T000000Z-run"
    version.mkdir(parents=True)
    (version / "manifest.json").write_text('{"version": "2026')


def suite_is_broken(content: str) -> Before:
    def before(desk: Desk) -> None:
        suite = desk.home / "expectations" / "marts" / "people.yml"
        suite.parent.mkdir(parents=True)
        suite.write_text(content)

        def judge(settings: Settings, *_: object, **__: object) -> None:
            checks.validate(settings, "marts", ["people"], suites_dir=suite.parents[1])

        orders_delivered(desk)
        desk.replace("orchestration.run._execute", judge)

    return before


def project_does_not_parse(desk: Desk) -> None:
    from journey.transform import project

    folder = desk.home / "dbt_project"
    folder.mkdir()
    for name in ("dbt_project.yml", "profiles.yml"):
        shutil.copy(REPO / "dbt_project" / name, folder)
    (folder / "models").mkdir()
    (folder / "models" / "broken.sql").write_text("select {{ ref('nobody' }}")
    desk.replace("journey.transform.project.DBT_DIR", folder)
    orders_delivered(desk)
    desk.replace(
        "orchestration.run._execute", lambda settings, *_, **__: project.prepare_project(settings)
    )


def fault_of_ours(desk: Desk) -> None:
    def break_down(_: Settings) -> None:
        raise KeyError("ann@example.com")

    desk.replace("journey.read.status.read_status", break_down)


SETTINGS = (
    mistake("no settings file", "status", 2, "journey.toml: there is no such settings file",
        "--config", config=None),
    mistake("no TOML", "status", 2, "not valid TOML", "line 1", "mend that line",
        config="keep_versions = = 3"),
    mistake("no UTF-8", "status", 2, "this is not UTF-8", "save it as UTF-8",
        config="own_domains = ['é']".encode("latin1")),
    mistake("unknown setting", "status", 2, "'keep_version' is unknown; did",
        "you mean 'keep_versions'?",
        config="keep_version = 3"),
    mistake("setting that is like no other", "status", 2, "'zzz' is unknown; known are", "as_of",
        config="zzz = 1"),
    mistake("wrong type", "status", 2, "'keep_versions' is wrong; give a whole number",
        config="keep_versions = 'three'"),
    mistake("too small", "status", 2, "'keep_versions' is wrong; give 1 or more",
        config="keep_versions = 0"),
    mistake("no currency", "status", 2, "'reporting_currency' is 'gbp'", "as 'GBP' is",
        config="reporting_currency = 'gbp'"),
    mistake("no time zone", "status", 2, "'Mars/Olympus' is not a time zone name such as",
        config="reporting_time_zone = 'Mars/Olympus'"),
    mistake("no choice", "status", 2, "'orders_from' is 'webs'", "did you mean 'web'?",
        config="orders_from = 'webs'"),
    mistake("no memory", "status", 2, "'memory_limit' is 'lots'", "as '6GB' is",
        config="memory_limit = 'lots'"),
    mistake("no list", "status", 2, "'own_domains' is wrong; give a list",
        config="own_domains = 3"),
    mistake("sources in words", "status", 2, "'sources' is wrong; give a list",
        config="sources = 'shop'"),
    mistake("source without a kind", "status", 2, "source number 1: the setting 'kind' is missing",
        config=GOOD_CONFIG.replace('kind = "orders"', "")),
    mistake("unknown kind", "status", 2, "'kind' is 'order'", "did you mean 'orders'?",
        config=GOOD_CONFIG.replace('"orders"', '"order"')),
    mistake("unknown key of a source", "status", 2, "'pth' is unknown; did you mean 'path'?",
        config=GOOD_CONFIG + "pth = 'x'"),
    mistake("name of a source", "status", 2, "'name' is 'my shop'", "as 'shop_orders' is",
        config=GOOD_CONFIG.replace('"shop"', '"my shop"')),
    mistake("two sources of one name", "status", 2, "two sources are named shop; names must differ",
        config=GOOD_CONFIG * 2),
    mistake("data dir in the file", "status", 2, "'data_dir' is not set in the file", "--data-dir",
        config="data_dir = 'elsewhere'"),
    mistake("list in the environment", "status", 2, "environment variable JOURNEY_STAGE_MODELS",
        "given as JSON", env={"JOURNEY_STAGE_MODELS": "digital,aida"}),
    mistake("number in the environment", "status", 2, "environment variable JOURNEY_KEEP_VERSIONS",
        "give a whole number", env={"JOURNEY_KEEP_VERSIONS": "x"}),
    mistake("webhook", "status", 2, "'webhook_url' is wrong", "https://host",
        config="webhook_url = 'ftp://secret'"),
    mistake("mail server", "status", 2, "'smtp_url' is wrong", "smtps://host",
        config="smtp_url = 'mail.shop.example:25/secret'"),
    mistake("mail without ends", "status", 2, "smtp_url needs alert_from and alert_to",
        config="smtp_url = 'smtp://mail.shop.example'"),
    mistake("mail to nobody", "status", 2, "'alert_to' is 'ada'", config="alert_to = ['ada']"),
    mistake("share above all", "status", 2, "'alert_quarantine_share' is wrong; give 1",
        config="alert_quarantine_share = 5"),
)  # fmt: skip

COMMANDS = (
    mistake("unknown command", "rum", 2, "no such command 'rum'", "run", "`journey --help`"),
    mistake("unknown option", "run --form 2026-03-01", 2, "--form", "--from",
        "`journey run --help`"),
    mistake("no date", "run --date 2026-13-01", 2, "'--date'", "'2026-13-01' is not a day such as"),
    mistake("dates the wrong way", "run --from 2026-03-02 --to 2026-03-01", 2,
        "--from 2026-03-02 lies after --to 2026-03-01; swap them"),
    mistake("two kinds of dates", "run --date 2026-03-02 --to 2026-03-01", 2,
        "--date is one day and excludes --from and --to"),
    mistake("refresh of a date", "run --full-refresh --date 2026-03-02", 2,
        "--full-refresh loads everything anew and excludes --date"),
    mistake("day to come", "run --from 2026-03-01 --to 2999-01-01", 2, "2999-01-01", "today",
        "give --from and --to within that", before=orders_delivered),
    mistake("no instant", "run --as-of yesterday", 2, "option --as-of: the value is wrong; give",
        "2026-11-22T00:00:00Z"),
    mistake("nothing delivered", "run", 3, "no row has been loaded yet", "`journey simulate`"),
    mistake("no version named", "rollback", 2, "missing argument", "`journey rollback --help`"),
    mistake("no version at all", "rollback v1", 2, "no version 'v1'; there is none yet: run",
        "`journey run`"),
    mistake("question before a night", "sql 'select 1'", 3, "nothing is published yet; run",
        "`journey run`"),
    mistake("export before a night", "export people --to people.csv", 3, "nothing is published"),
    mistake("shell before a night", "shell", 3, "nothing is published yet"),
    mistake("two forms of an answer", "sql 'select 1' --csv --json", 2, "exclude each other"),
    mistake("rows below one", "sql 'select 1' --limit 0", 2, "'--limit'", "`journey sql --help`"),
    mistake("format of no writer", "export people --to people.doc", 2, "people.doc",
        ".csv, .parquet, .xlsx"),
    mistake("folder of no export", "export people --to nowhere/people.csv", 2, "nowhere",
        "no such folder"),
    mistake("no notebook", "notebook nowhere.py", 2, "nowhere.py: there is no such notebook"),
    mistake("port beyond all", "serve --port 99999", 2, "'--port'", "65535"),
    mistake("port taken", "serve --port PORT", 2, "on 127.0.0.1 is taken", "--port",
        before=port_taken),
    mistake("nobody in the shop", "simulate --people 0", 2, "'--people'", "`journey simulate"),
    mistake("seed below zero", "simulate --seed -1", 2, "seed -1", "choose other values"),
    mistake("days without end", "simulate --days 9999", 2, "days 9999", "at most 3650"),
    mistake("lock held", "run", 4, f"process {os.getpid()}", "wait for it to end",
        before=lock_held),
    mistake("lock held against rollback", "rollback v1", 4, "is writing to this warehouse",
        before=lock_held),
    mistake("data dir is a file", "run", 2, "/data: a file is in the way", "--data-dir",
        before=data_is_a_file),
    mistake("disk full", "simulate --people 5 --days 3", 4, "landing: no space left on device",
        "make room", before=disk_is_full),
    mistake("ledger damaged", "status", 4, "ledger.sqlite: the ledger cannot be used",
        before=ledger_is_no_database),
    mistake("manifest damaged", "status", 4, "20260301T000000Z-run", "manifest.json", "damaged",
        "journey rollback", before=manifest_is_cut_off),
    mistake("fault of ours", "status", 4, "a fault of Journey Warehouse, not of yours",
        "(KeyError at journey/cli/operating.py:", before=fault_of_ours),
)  # fmt: skip

PROJECT = (
    mistake("unknown format", "run", 2, "source 'shop': format 'shopfy' is unknown for orders",
        "shopify", config=GOOD_CONFIG.replace("canonical", "shopfy")),
    mistake("format of another kind", "run", 2, "format 'ga4' is unknown for orders",
        config=GOOD_CONFIG.replace("canonical", "ga4")),
    mistake("unknown directive", "run", 2, "'%Q' is not known there; use %Y",
        config=GOOD_CONFIG.replace("{date}", "{date:%Q}")),
    mistake("unknown placeholder", "status", 2, "'{day}' stands for nothing", "{date:%Y-%m-%d}",
        config=GOOD_CONFIG.replace("{date}", "{day}")),
    mistake("where of a canonical source", "run", 2, "where belongs to format 'mapped'",
        config=GOOD_CONFIG + "where = '1 = 1'"),
    mistake("mapped without columns", "run", 2, "columns lacks ordered_at", "add an expression",
        config=MAPPED),
    mistake("column that the kind has not", "run", 2, "orders has no column 'cupon'",
        config=MAPPED + COLUMNS + 'cupon = "x"'),
    mistake("SQL that is none", "run", 2, "column 'coupon' = \"upper(x\": syntax error",
        "fix the expression", config=MAPPED + COLUMNS + 'coupon = "upper(x"'),
    mistake("where that is no SQL", "run", 2, 'where = "1 ="', "fix the expression",
        config=MAPPED + "where = '1 ='\n" + COLUMNS),
    mistake("function that there is not", "run", 2, "column 'coupon' = \"nosuch(who)\"", "nosuch",
        config=MAPPED + COLUMNS + 'coupon = "nosuch(who)"', before=till_delivered),
    mistake("group without an aggregate", "run", 2, "source 'till', column 'ordered_at'",
        "GROUP BY", "such as any_value",
        config=MAPPED + 'group_by = ["order_id"]\n' + COLUMNS, before=till_delivered),
    mistake("short key of the environment", "run", 2, "JOURNEY_EMAIL_KEY", "at least 32",
        "openssl rand", env={"JOURNEY_EMAIL_KEY": "short"}, before=orders_delivered_to_be_loaded),
    mistake("short key of the file", "run", 2, "email.key: the address key is empty or short",
        "restore it from a backup", before=key_is_short),
    mistake("Dagster home that is none", "run", 2, "DAGSTER_HOME", "nowhere", "dagster.yaml",
        env={"DAGSTER_HOME": "/nowhere"}, before=orders_delivered),
    mistake("suite that is no YAML", "run", 2, "people.yml: this is not valid YAML", "mend it",
        before=suite_is_broken("name: [")),
    mistake("suite of another name", "run", 2, "people.yml: its name must be marts.people",
        before=suite_is_broken("name: marts.persons")),
    mistake("suite without expectations", "run", 2, "people.yml: it lists no expectations; add",
        before=suite_is_broken("name: marts.people")),
    mistake("dbt project that does not parse", "run", 4, "dbt_project does not parse; fix it",
        "broken.sql", before=project_does_not_parse),
)  # fmt: skip

MISTAKES = (*SETTINGS, *COMMANDS, *PROJECT)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    for name in [name for name in os.environ if name.startswith(("JOURNEY_", "DAGSTER_HOME"))]:
        monkeypatch.delenv(name)
    return Desk(tmp_path, monkeypatch)


def options_of(desk: Desk) -> list[str]:
    return ["--config", str(desk.config), "--data-dir", str(desk.data)]


def call(desk: Desk, command: str) -> int:
    """The exit code of `journey <command>` at this desk."""
    options = options_of(desk)
    desk.monkeypatch.setattr(sys, "argv", ["journey", *shlex.split(command), *options])
    with pytest.raises(SystemExit) as left:
        cli.main()
    return left.value.code


@pytest.mark.parametrize("wrong", MISTAKES, ids=lambda wrong: wrong.name)
def test_a_mistake_is_told_in_one_sentence(
    desk: Desk, capsys: pytest.CaptureFixture, wrong: Mistake
) -> None:
    if wrong.config is not None:
        content = wrong.config
        desk.config.write_bytes(content if isinstance(content, bytes) else content.encode())
    for name, value in wrong.env.items():
        desk.monkeypatch.setenv(name, value)
    context = wrong.before(desk) if wrong.before else None
    with context or nullcontext() as port:
        code = call(desk, wrong.command.replace("PORT", str(port)))
    # Each command that is named carries the options; tests/cli/test_commands.py is about that.
    told = capsys.readouterr().err.replace(f" {shlex.join(options_of(desk))}", "")
    print(told)
    assert code == wrong.code, told
    assert told.startswith("journey: ")
    assert told.count("\n") == 1, told
    for words in wrong.words:
        assert words in told, told
    for never in ("Traceback", "ann@example.com", "secret", "Error:"):
        assert never not in told


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("shop/2026-03-01.csv", "", "the file is empty; deliver it again"),
        ("shop/2026-03-01.csv", "order_id,colour\n1,red\n", "its header has 'colour', which orders"
         " does not know"),
        ("shop/2026-03-01.csv", "order_id,customer_id\n1,2\n", "its header lacks ordered_at"),
        ("shop/2026-03-01.csv", ORDERS.replace("o1", "é").encode("latin1"), "rows are not UTF-8"),
        ("shop/2026-03-01.csv", gzip.compress(ORDERS.encode() * 99)[:-20], "the gzip is cut off"),
        ("shop/2026-03-01.csv", b"PAR1" + ORDERS.encode(), "the Parquet file is cut off"),
        ("shop/2026-13-01.csv", ORDERS, "is not a date; rename the file"),
        ("till.csv", "number,day,worth\n1,2026-03-01,9\n", "\"who\" not found"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_taken_is_told_in_one_sentence(
    desk: Desk, capsys: pytest.CaptureFixture, name: str, content: str | bytes, words: str
) -> None:
    """The night goes on without the file; `journey status` says why."""
    desk.config.write_text(GOOD_CONFIG + MAPPED + COLUMNS)
    desk.deliver(name, content)
    loading_only(desk)
    call(desk, "run")
    capsys.readouterr()
    assert call(desk, "status") == 0
    told = capsys.readouterr().out
    (line,) = [line for line in told.splitlines() if line.startswith("✗")]
    assert f"landing/{name}: " in line
    assert words in line


def test_a_file_that_may_not_be_read_costs_itself_alone(
    desk: Desk, capsys: pytest.CaptureFixture
) -> None:
    desk.config.write_text(GOOD_CONFIG)
    file_is_unreadable(desk)
    code = call(desk, "run")
    print(capsys.readouterr())
    assert call(desk, "status") == 0
    told = capsys.readouterr().out
    assert "2026-03-01.csv: it cannot be opened (Permission denied)" in told
    assert "see to its permissions" in told
    assert code == 0


def test_a_mistake_is_told_to_programs_too(desk: Desk, capsys: pytest.CaptureFixture) -> None:
    desk.config.write_text(GOOD_CONFIG)
    assert call(desk, "run --json") == 3
    told = capsys.readouterr()
    assert '{"status": "failed", "error": "no row has been loaded yet' in told.out
    assert told.err.startswith("journey: ")


def test_kept_versions_are_named_when_another_is_asked_for(
    desk: Desk, capsys: pytest.CaptureFixture
) -> None:
    desk.config.write_text(GOOD_CONFIG)
    published = desk.data / "published"
    version = published / "versions" / "20260301T020000Z-run"
    version.mkdir(parents=True)
    (version / "manifest.json").write_text("{}")
    (published / "history.jsonl").write_text(json.dumps({"version": version.name}) + "\n")
    assert call(desk, "rollback 20260301") == 2
    told = capsys.readouterr().err
    assert f"no version '20260301'; the kept ones are {version.name}" in told


def commands(command: Any = None, path: tuple[str, ...] = ("journey",)) -> Iterator[tuple]:
    """Every command of the command line, with the words that call it."""
    command = command or get_command(cli.app)
    yield path, command
    for name, inner in getattr(command, "commands", {}).items():
        yield from commands(inner, (*path, name))


@pytest.mark.parametrize(("path", "command"), list(commands()), ids=str)
def test_every_command_is_helped_by_an_example_that_works(path: tuple[str, ...], command) -> None:
    assert command.help, f"{' '.join(path)} has no help"
    examples = [
        line.strip().removeprefix("Example: ").split(", ")[0]
        for line in command.help.splitlines()
        if line.strip().startswith("Example: ")
    ]
    assert examples, f"the help of {' '.join(path)} has no line 'Example: {' '.join(path)} …'"
    for example in examples:
        words = shlex.split(example)
        assert words[: len(path)] == list(path)
        if not hasattr(command, "commands"):
            command.make_context(path[-1], words[len(path) :])  # raises on what it does not take
        for option in command.params:
            assert getattr(option, "help", None), f"{' '.join(path)} {option.name} has no help"


def test_help_is_shown_without_a_mistake(capfd: pytest.CaptureFixture) -> None:
    journey = Path(sys.executable).parent / "journey"
    for arguments in ([], ["--help"], ["run", "--help"]):
        assert subprocess.run([journey, *arguments], check=False).returncode == 0
        shown = capfd.readouterr().out
        assert "Example: journey" in shown
        assert "<bool>" not in shown, "a flag takes no value"
