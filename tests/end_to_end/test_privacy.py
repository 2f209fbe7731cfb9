"""Nothing personal leaves the places that are for it: words planted in every field, then sought.

One run on a few rows whose every field carries a word that says what it is. Afterwards every
file and database of the warehouse is searched for the words that may not be there.
"""

import hmac
import json
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from journey.core.settings import KINDS
from journey.ingest.contracts import Column, read_contract
from tests.conftest import Shop, make_shop
from tests.end_to_end.contents import content, files, place_of
from tests.ingest.rows import GOOD, good

# A whole run; what one part writes is searched in the tests of that part.
pytestmark = pytest.mark.slow

ADDRESS, HIDDEN, PERSON, NAMED = "zqaddress", "zqhidden", "zqperson", "zqnamed"
# Where each word may be; it may be in none of the other places.
ALLOWED = {
    ADDRESS: {"landing", "quarantine"},
    HIDDEN: {"landing", "quarantine", "raw", "warehouse"},
    PERSON: {"landing", "quarantine", "raw", "warehouse", "marts"},
    NAMED: {"landing", "quarantine", "raw", "warehouse", "marts", "report"},
}
# Words that a company gives to its campaigns, topics and devices; reports are made of them.
NAMES = {
    *("campaign", "utm_campaign", "utm_source", "utm_medium", "channel", "topic"),
    *("experiment", "variant", "country", "device", "event_name"),
}
WORDS_OF_A_PERSON = f"{HIDDEN} {PERSON} {NAMED} 07700 900123 {ADDRESS}@mail.test"


def word_of(column: Column) -> str:
    if column.is_identifier:
        return PERSON
    return NAMED if column.name in NAMES else HIDDEN


def address_of(kind: str) -> str:
    return f"{ADDRESS}.{kind}@mail.test".lower()


def planted(kind: str) -> dict[str, str]:
    """A good row of which every field that can hold text holds a word, and addresses beside."""
    row, address = dict(GOOD[kind]), address_of(kind)
    for column in read_contract(kind).columns:
        word = f"{word_of(column)}_{kind}_{column.name}"
        if column.type == "email_key":
            row[column.address_name] = address
        elif column.type == "json":
            row[column.name] = json.dumps({"name": word, "mail": address, word: [address]})
        elif column.name == "event_name" and not column.values:
            row[column.name] = word
        elif column.type == "text" and not (column.values or column.pattern):
            row[column.name] = word if column.is_identifier else f"{word} {address}"
        if column.name in ("page_url", "referrer", "url"):
            row[column.name] = f"https://{word}.test/{word}?mail={address}&name={word}"
    return row


def broken(kind: str) -> Iterator[dict[str, str]]:
    """For each field that has a type or a rule, a row that has a person's words there instead."""
    contract = read_contract(kind)
    for number, column in enumerate(contract.columns):
        is_free = column.type in ("text", "json", "email_key") and not column.values
        if is_free and not column.pattern:
            continue
        key = {name: f"{number}" for name in contract.key if name.endswith("_id")}
        yield good(kind, **key | {column.name: WORDS_OF_A_PERSON})


def deliver(shop: Shop) -> None:
    sources = []
    for kind in KINDS:
        path = shop.data_dir / "landing" / f"{kind}.jsonl"
        path.parent.mkdir(parents=True, exist_ok=True)
        rows = [good(kind), planted(kind), *broken(kind)]
        if kind == "email_events":
            rows.append(good(kind, event_id="of nobody else", email=address_of("nobody_else")))
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
        sources.append(
            f'[[sources]]\nname = "{kind}"\nkind = "{kind}"\nformat = "canonical"\n'
            f'path = "landing/{kind}.jsonl"\n'
        )
    shop.config.write_text("".join(sources))


@pytest.fixture(scope="module")
def planted_run(once) -> tuple[Shop, str]:
    """The warehouse after one run on planted rows, and all that was said about it."""

    def fill(folder: Path) -> None:
        shop = make_shop(folder, config=folder / "journey.toml")
        deliver(shop)
        said = []
        for done in (shop.run(), shop.journey("status")):
            assert done.returncode == 0, done.stdout + done.stderr
            said.append(done.stdout + done.stderr)
        (folder / "said.txt").write_text("".join(said))

    home = once("planted", fill)
    return Shop(home=home, config=home / "journey.toml"), (home / "said.txt").read_text()


@pytest.fixture(scope="module")
def contents(planted_run: tuple[Shop, str]) -> list[tuple[str, str, str]]:
    """Place, path and content of every file of the warehouse."""
    shop, _ = planted_run
    return [
        (place_of(path, shop), str(path.relative_to(shop.home)), content(path))
        for path in files(shop)
    ]


@pytest.mark.long
@pytest.mark.parametrize("word", ALLOWED)
def test_words_are_where_they_may_be_and_nowhere_else(contents, word: str) -> None:
    leaks = [path for place, path, text in contents if word in text and place not in ALLOWED[word]]
    assert leaks == []
    held = {place for place, _, text in contents if word in text}
    assert held >= ALLOWED[word] - {"report"}, "the search would find it where it is"


def test_keys_of_addresses_are_ids_of_the_warehouse_alone(planted_run, contents) -> None:
    shop, _ = planted_run
    key = shop.environment()["JOURNEY_EMAIL_KEY"].encode()
    addresses = [address_of(kind) for kind in (*KINDS, "nobody_else")]
    keys = [hmac.new(key, address.encode(), sha256).hexdigest() for address in addresses]
    held = {place for place, _, text in contents if any(known in text for known in keys)}
    assert held == {"raw", "warehouse", "marts"}


def test_numbers_of_people_are_in_quarantine_alone(contents) -> None:
    held = {place for place, _, text in contents if "07700 900123" in text}
    assert held == {"landing", "quarantine"}


def test_progress_messages_name_no_person(planted_run) -> None:
    _, said = planted_run
    assert "quarantine" in said
    for word in ALLOWED:
        assert word not in said.lower()


def test_every_field_of_every_kind_carried_a_word(planted_run) -> None:
    shop, _ = planted_run
    for kind in KINDS:
        text = (shop.data_dir / "landing" / f"{kind}.jsonl").read_text()
        for column in read_contract(kind).columns:
            said = [json.loads(line) for line in text.splitlines()]
            names = {column.name, column.address_name}
            values = [str(row[name]) for row in said for name in names if name in row]
            assert any("zq" in value for value in values), (kind, column.name)
