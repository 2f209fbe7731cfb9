"""No name, number or address of a person leaves a file by way of a message.

Canaries are put wherever a reader could quote them; then every sentence, the ledger and the loads'
records are searched. Quarantine itself may hold rows as they were delivered.
"""

import json
import logging
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from journey.core.errors import JourneyError
from tests.ingest.rows import good

PERSON = ["Zebulon Quartermain", "+44 7700 900123", "12 Heronsgate Lane", "zebulon@quarter.test"]
NAMELIKE = ["Zebulon", "Quartermain", "Heronsgate", "07700900123", "quarter.test"]
CANARIES = [word.encode() for word in (*PERSON, *NAMELIKE, "ebulon", "eronsgate")]
MAPPING = {
    "order_id": "id",
    "ordered_at": "cast(day as timestamp)",
    "customer_id": "who.id",
    "net_amount": "amount + 1",
    "currency": "'GBP'",
}


def headerless(separator: str, people: list[str] = PERSON) -> str:
    return "".join(separator.join(people) + "\n" for _ in range(20))


def parquet(path: Path, columns: dict) -> bytes:
    pq.write_table(pa.table(columns), path)
    return path.read_bytes()


def files(scratch: Path) -> dict[str, str | bytes | list]:
    row = good("orders")
    texts = ("order_id", "ordered_at", "net_amount", "currency", "status", "email", "is_test")
    return {
        "comma.csv": headerless(","),
        "names.csv": headerless(",", NAMELIKE),
        "one.csv": "Zebulon\nQuartermain\n",
        "tabs.tsv": headerless("\t"),
        "semicolon.txt": headerless(";"),
        "twice.csv": headerless(",", [*PERSON, PERSON[0]]),
        "half.csv": ",".join([*row, *PERSON]) + "\n" + ",".join([*row.values(), *PERSON]) + "\n",
        "open.csv": '"Zebulon, Quartermain\n07700900123\n',
        "latin.csv": b"Zebulon Quartermain\n" + b"\xe9\n",
        "short.csv": ",".join(row) + "\n" + "Zebulon Quartermain,07700900123\n" * 3,
        "quote.csv": ",".join(row) + '\n"Zebulon "Quartermain,07700900123\n' * 3,
        "keys.jsonl": [{name: "1"} for name in (*PERSON, *NAMELIKE)],
        "keys.json": json.dumps({name: {"a": "1"} for name in PERSON}),
        "list.json": json.dumps([{name: row} for name in NAMELIKE]),
        "text.json": json.dumps(PERSON),
        "broken.jsonl": '{"Zebulon Quartermain": 077\n' * 3,
        "cut.json": '[{"Zebulon Quartermain": "07700900123"}, {"Zeb',
        "values.jsonl": [row | {name: person} for name in texts for person in (*PERSON, *NAMELIKE)],
        "names.parquet": parquet(scratch / "n", {name: ["1"] for name in (*PERSON, *NAMELIKE)}),
        "nested.parquet": parquet(scratch / "s", {"who": [dict.fromkeys(PERSON, 1)]}),
        "named Zebulon.xml": "<Zebulon>07700900123</Zebulon>\n",
    }


FORMATS = {
    "canonical": ("orders", {}),
    "mapped": ("orders", {"columns": MAPPING}),
    "grouped": (
        "orders",
        {
            "columns": MAPPING | {"net_amount": "sum(amount)", "ordered_at": "min(day)"},
            "group_by": ["order_id", "customer_id"],
        },
    ),
    "cast": ("orders", {"columns": MAPPING | {"customer_id": "struct_extract(who, 'id')::int"}}),
    "shopify": ("orders", {}),
    "segment": ("web_events", {}),
    "ga4": ("web_events", {}),
    "sendgrid": ("email_events", {}),
}


@pytest.mark.parametrize("format", FORMATS)
def test_no_canary_sings(warehouse, tmp_path, caplog, capfd, format: str) -> None:
    caplog.set_level(logging.DEBUG)
    kind, given = FORMATS[format]
    format = format if kind != "orders" or format in ("canonical", "shopify") else "mapped"
    said = []
    contents = files(tmp_path)
    for file, content in contents.items():  # alone, since a wrong definition stops the run
        name = f"s{len(said)}"
        warehouse.sources = []
        warehouse.source(kind, format, name=name, **given)
        warehouse.deliver(f"{name}/{file.replace('Zebulon', 'x')}", content)
        try:
            loaded = warehouse.load(kind)
            said.append(
                repr([(r.reason, r.examples, r.quarantine_reasons) for r in loaded.results])
            )
            assert loaded.results, file
        except JourneyError as error:
            said.append(str(error))
    assert len(said) == len(contents)
    out, err = capfd.readouterr()
    shown = {file: sentence.encode() for file, sentence in zip(contents, said, strict=True)}
    shown |= {"the log": caplog.text.encode(), "the console": (out + err).encode()}
    for path in (*warehouse.data_dir.glob("ledger*"), *warehouse.data_dir.glob("raw/.loads/*/*")):
        shown[path.name] = path.read_bytes()
    found = {
        place: [canary for canary in CANARIES if canary in content]
        for place, content in shown.items()
    }
    assert not {place: canaries for place, canaries in found.items() if canaries}, said


def test_a_slip_of_a_column_is_named(warehouse) -> None:
    """Nothing of a person's is in a name that resembles a column's, and its user must find it."""
    warehouse.source("orders")
    warehouse.deliver("orders/a.csv", "order_id,ordered_att,Zebulon\n1,2,3\n")
    (rejected,) = warehouse.load("orders").rejected
    assert "its header has 'ordered_att', column 3, which orders does not know" in rejected.reason
