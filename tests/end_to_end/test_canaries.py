"""Canaries through whole runs: one that publishes, one that dbt ends and two that the gate ends.

Names, numbers and addresses of people lie where a message could quote them: in the first rows of
files without a header, in values that break casts and contracts, in a file's name, and in what dbt
and the checks read. All that is written or shown is searched, as in `test_privacy.py`; only
what may hold rows may hold them.
"""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest

from journey.checks.suites import SUITES_DIR
from tests.conftest import Shop, make_shop
from tests.end_to_end.contents import content, files, place_of
from tests.ingest.rows import csv_of, good
from tests.sinks import mail_sink, webhook_sink

# Whole runs, which take minutes.
pytestmark = pytest.mark.slow

NAME, PHONE, STREET = "zebulon quartermain", "07700 900123", "12 heronsgate lane"
ADDRESS = "zebulon@quarter.test"
CANARIES = ("zebulon", "quartermain", "900123", "heronsgate", "quarter.test")
# Rows as they were delivered, as they were kept, and marts with the ids of customers.
OF_ROWS = {"landing", "quarantine", "raw", "warehouse", "marts"}
CONFIG = """
[[sources]]
name = "orders"
kind = "orders"
format = "canonical"
path = "landing/orders/*.csv"

[[sources]]
name = "customers"
kind = "customers"
format = "canonical"
path = "landing/customers/*"

[[sources]]
name = "till"
kind = "orders"
format = "mapped"
path = "landing/till/*.csv"
[sources.columns]
order_id = "number"
ordered_at = "cast(day as timestamp)"
customer_id = "cast(who as bigint)"
net_amount = "cast(amount as decimal(18, 2))"
currency = "'GBP'"

[[sources]]
name = "answers"
kind = "feedback"
format = "canonical"
path = "landing/answers/*"

[[sources]]
name = "feedback"
kind = "feedback"
format = "mapped"
path = "landing/feedback/*.jsonl"
[sources.columns]
feedback_id = "id"
occurred_at = "sent::timestamp"
kind = "'nps'"
score = "score::int"
customer_id = "struct_extract(who, 'id')::varchar"
"""
FAILING_SUITE = """

  - type: expect_query_to_return_no_rows
    kwargs:
      unexpected_rows_query: {query}
    severity: critical
    description: {name}
    meta: {{why: A test.}}
"""


def deliver(shop: Shop) -> None:
    shop.config.write_text(CONFIG)
    person = [NAME.title(), PHONE, STREET.title(), ADDRESS]
    row_of_a_person = ",".join(person) + "\n"
    landing = {
        "orders/good.csv": csv_of(
            [good("orders", order_id=str(n), customer_id=NAME) for n in range(20)]
        ),
        "orders/headerless.csv": row_of_a_person * 5,
        "orders/broken.csv": csv_of(
            [
                good("orders", order_id=f"b{place}{number}", **{column: given})
                for place, column in enumerate(("ordered_at", "net_amount", "currency", "status"))
                for number, given in enumerate(person)
            ]
        ),
        "orders/wide.csv": csv_of([good("orders")]).replace("\n", f",{row_of_a_person}", 1),
        "orders/quote.csv": csv_of([good("orders", order_id="q")]) + f'"{NAME}\n' + row_of_a_person,
        f"orders/{ADDRESS}.csv": "order_id\n",
        "customers/headerless.csv": row_of_a_person.replace(",", ";") * 3,
        "customers/keys.jsonl": json.dumps(dict.fromkeys(person, 1)) + "\n",
        "customers/cut.json": json.dumps([{name: 1} for name in person])[:-3],
        "till/casts.csv": "number,day,who,amount\n1,2026-02-01,7,5\n"
        + "".join(f"{n},2026-02-01,7,{given}\n" for n, given in enumerate(person))
        + "".join(f"{n}0,2026-02-01,{given},5\n" for n, given in enumerate(person)),
        "till/headerless.csv": row_of_a_person * 3,
        "feedback/casts.jsonl": "".join(
            json.dumps({"id": given, "sent": given, "score": given, "who": given}) + "\n"
            for given in person
        ),
        "answers/good.csv": csv_of([good("feedback")]),
    }
    for name, text in landing.items():
        path = shop.data_dir / "landing" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def deliver_more(shop: Shop, day: int) -> None:
    path = shop.data_dir / "landing" / "orders" / f"more_{day}.csv"
    path.write_text(csv_of([good("orders", order_id=f"more {day}")]))


@contextmanager
def spoiled_raw(shop: Shop) -> Iterator[None]:
    """As if a file of raw had been changed by hand: a cast of dbt's fails on it."""
    path = next((shop.data_dir / "raw" / "feedback").glob("event_date=2*/*.parquet"))
    before = path.read_bytes()
    duckdb.execute(
        f"""copy (
            select * replace ('{NAME} {PHONE}' as score)
            from read_parquet('{path}', hive_partitioning = false)
        ) to '{path}' (format parquet)"""
    )
    yield
    path.write_bytes(before)


def failing_suites(folder: Path, name: str, query: str) -> Path:
    shutil.copytree(SUITES_DIR, folder)
    suite = folder / "marts" / "people.yml"
    suite.write_text(suite.read_text().rstrip() + FAILING_SUITE.format(name=name, query=query))
    return folder


@pytest.fixture(scope="module")
def shown(once) -> tuple[Shop, dict[str, str]]:
    """The warehouse after all these runs, and what was shown of each."""

    def fill(folder: Path) -> None:
        shop = make_shop(folder, config=folder / "journey.toml")
        deliver(shop)
        outputs = {}
        with webhook_sink() as hook, mail_sink() as mail:
            notified = {
                "JOURNEY_WEBHOOK_URL": hook.url,
                "JOURNEY_SMTP_URL": mail.url,
                "JOURNEY_ALERT_FROM": "journey@shop.test",
                "JOURNEY_ALERT_TO": '["data@shop.test"]',
            }

            def run(name: str, code: int, module: str = "orchestration.start", **env: str) -> None:
                done = shop.run(module=module, **notified, **env)
                outputs[name] = done.stdout + done.stderr
                assert done.returncode == code, outputs[name]
                keep_logs(shop, name)

            run("published", 0)
            deliver_more(shop, 1)
            with spoiled_raw(shop):
                run("ended by dbt", 4)
            for name, code, query in (
                ("failed in the gate", 3, "select person_id from {batch}"),
                ("ended by a check", 4, "select * from {batch} where cast(person_id as int) = 1"),
            ):
                deliver_more(shop, len(outputs) + 1)
                suites = failing_suites(folder / f"suites {code}", name.replace(" ", "_"), query)
                run(name, code, "tests.failing_gate", JOURNEY_TEST_SUITES=str(suites))
            for command in ("status", "doctor"):
                done = shop.journey(command)
                outputs[command] = done.stdout + done.stderr
            outputs["webhook"] = json.dumps(hook.posts)
            outputs["mail"] = "\n".join(mail.get_content() for mail in mail.mails)
        (folder / "said.txt").write_text(json.dumps(outputs))

    home = once("canaries", fill)
    shop = Shop(home=home, config=home / "journey.toml")
    return shop, json.loads((home / "said.txt").read_text())


def keep_logs(shop: Shop, name: str) -> None:
    """What the next run writes again."""
    for path in (
        shop.data_dir / "logs" / "run.log",
        shop.data_dir / "dbt_target" / "run_results.json",
    ):
        if path.exists():
            shutil.copy(path, shop.home / f"{name} {path.name}")


def found_in(text: str) -> list[str]:
    return [canary for canary in CANARIES if canary in text.lower()]


@pytest.mark.long
def test_nothing_that_is_shown_names_a_person(shown) -> None:
    _, outputs = shown
    assert all(outputs.values()), "each of them says something"
    assert {place: found for place, text in outputs.items() if (found := found_in(text))} == {}


@pytest.mark.long
def test_nothing_that_is_written_names_a_person_but_rows(shown) -> None:
    shop, _ = shown
    leaks, held = {}, set()
    for path in files(shop):
        text, place = content(path), place_of(path, shop)
        if path == shop.data_dir / "ledger.sqlite":
            text = text.replace(f"landing/orders/{ADDRESS}.csv", "")  # by which it knows the file
        found = found_in(text) + found_in(str(path.relative_to(shop.home)))
        if found and place in OF_ROWS:
            held.add(place)
        elif found:
            leaks[str(path.relative_to(shop.home))] = found
    assert leaks == {}
    assert held == OF_ROWS, "the search would find it where it is"


@pytest.mark.long
def test_each_run_came_to_the_end_that_it_was_made_for(shown) -> None:
    _, outputs = shown
    assert "REJECTED" in outputs["published"]
    assert "dbt could not build" in outputs["ended by dbt"]
    assert "marts/people failed_in_the_gate" in outputs["failed in the gate"]
    assert "the check 'ended_by_a_check'" in outputs["ended by a check"]
