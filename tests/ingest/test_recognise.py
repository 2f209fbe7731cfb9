"""Whose export a file is: each sample as its own tool and no other; what others may be."""

import json
import tomllib
from datetime import date
from pathlib import Path

import pytest

from journey.core.settings import KINDS, Settings
from journey.ingest import recognise
from journey.ingest.formats import GENERIC, known_formats
from journey.ingest.recognise.names_of_files import patterns
from tests.ingest.rows import csv_of, good

HERE = Path(__file__).parent
DATA = HERE / "data"
TODAY = date(2026, 3, 1)
TOOLS = sorted({tool for kind in KINDS for tool in known_formats(kind) if tool not in GENERIC})
RECORDS = sorted((HERE / "tools").glob("*/*.json"))


def tool_of(name: str) -> str | None:
    """The tool whose name a file's or folder's name begins with."""
    return max((tool for tool in TOOLS if name.startswith(tool)), key=len, default=None)


SAMPLES = sorted(path for path in DATA.iterdir() if tool_of(path.name))


def matched(path: Path, copies: Path) -> recognise.matching.Match | None:
    return recognise.match(recognise.structure_of(path, copies, recognise.expected()))


@pytest.mark.parametrize("path", RECORDS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_record_of_each_format_is_known_as_its_tool_s(tmp_path: Path, path: Path) -> None:
    """`<tool>.json`, and `<tool>-<shape>.json` where a tool writes its records in several."""
    sample = json.loads(path.read_text(encoding="utf-8"))
    container = sample.get("container", "jsonl")
    given = tmp_path / f"a.{container}"
    record = sample["record"]
    if container == "csv":
        given.write_text(csv_of([record]))
    else:
        given.write_text(2 * f"{json.dumps(record)}\n")
    found = matched(given, tmp_path)
    assert found is not None
    assert found.tool == path.stem.partition("-")[0]
    assert path.parent.name in found.kinds


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_every_sample_is_known_as_its_own_tool_s(tmp_path: Path, path: Path) -> None:
    found = matched(path, tmp_path)
    assert found is not None
    assert found.tool == tool_of(path.name)


def test_every_tool_is_recognised_in_some_sample() -> None:
    recorded = {path.stem.partition("-")[0] for path in RECORDS}
    assert recorded | {tool_of(path.name) for path in SAMPLES} == set(TOOLS)


def test_samples_of_tools_that_are_not_read_are_no_other_s(
    tmp_path: Path, shared_data: Path
) -> None:
    """Real exports: each is its own tool's, or of none; never of another."""
    for path in sorted((shared_data / "samples").glob("*/*")):
        if path.suffix in (".csv", ".json", ".jsonl", ".parquet"):
            found = matched(path, tmp_path)
            tool = found.tool.removesuffix("_tables") if found else ""
            assert path.parent.name.startswith(tool), (path.name, found)


@pytest.mark.parametrize(("container", "wrapper"), [("json", "orders"), ("json", "order")])
def test_records_in_a_document_are_known_too(tmp_path: Path, container: str, wrapper: str) -> None:
    record = json.loads((HERE / "tools" / "orders" / "shopify.json").read_text())["record"]
    path = tmp_path / f"a.{container}"
    inner = [record] if wrapper == "orders" else record
    path.write_text(json.dumps({wrapper: inner}, indent=1))
    found = matched(path, tmp_path)
    assert found is not None
    assert found.tool == "shopify"


@pytest.mark.parametrize("kind", KINDS)
def test_the_contracts_own_names_are_canonical(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(csv_of([good(kind)]))
    found = matched(path, tmp_path)
    assert found is not None
    assert (found.tool, found.kinds) == ("canonical", (kind,))


@pytest.mark.parametrize(
    ("names", "pattern"),
    [
        (["a_2026-02-01.csv", "a_2026-02-02.csv"], "a_{date:%Y-%m-%d}.csv"),
        (["a_20260201.csv"], "a_{date:%Y%m%d}.csv"),
        (["2026/02/01/a.csv"], "{date:%Y/%m/%d}/a.csv"),
        (["a_2026-02.csv"], "a_{date:%Y-%m}.csv"),
        (["ga4/a_2026-01-01.csv"], "ga4/a_{date:%Y-%m-%d}.csv"),
        (["a_2026-01-01_2026-01-31.csv", "a_2026-02-01_2026-02-28.csv"],
         "a_*-*-*_{date:%Y-%m-%d}.csv"),
        (["a_2999-01-01.csv"], "a_2999-01-01.csv"),
        (["orders_export_1.csv", "orders_export_2.csv"], "orders_export_*.csv"),
        (["orders_export_1.csv"], "orders_export_1.csv"),
        (["a_20261301.csv"], "a_20261301.csv"),
        (["2026-02-01/part-1.csv", "2026-02-02/part-2.csv"], "{date:%Y-%m-%d}/part-*.csv"),
    ],
)  # fmt: skip
def test_names_of_files_are_a_pattern(names: list[str], pattern: str) -> None:
    assert list(patterns(names, TODAY)) == [(pattern, names)]


def proposed(tmp_path: Path, content: str) -> dict:
    """The one source that is written for a table."""
    exports = tmp_path / "exports"
    exports.mkdir()
    (exports / "till.csv").write_text(content)
    found = recognise.folder(exports, tmp_path / "data", currency="EUR", today=TODAY)
    text = recognise.settings_text(found, currency="EUR", time_zone="UTC")
    config = tmp_path / "journey.toml"
    config.write_text(text)
    Settings.load(config)
    [source] = tomllib.loads(text)["sources"]
    return source


@pytest.mark.parametrize(
    ("given", "expression"),
    [
        ("2026-02-01 10:00", "bought"),
        ("31/12/2025 18:05", "try_strptime(bought, '%d/%m/%Y %H:%M')"),
        ("12/31/2025", "try_strptime(bought, '%m/%d/%Y')"),
        ("31.12.2025 18:05:01", "try_strptime(bought, '%d.%m.%Y %H:%M:%S')"),
    ],
)
def test_a_notation_of_times_is_found(tmp_path: Path, given: str, expression: str) -> None:
    source = proposed(tmp_path, f"ref,bought,e-mail,total\n1,{given},a@example.test,1.50\n")
    assert source["columns"]["ordered_at"] == expression
    assert source.get("date_only", False) == (len(given) == 10)


@pytest.mark.parametrize(
    ("given", "expression"),
    [
        ("12.50", "total"),
        ("£1200.50", "try_cast(replace(regexp_replace(total, '[^0-9.,-]', '', 'g'), ',', '') as "
         "decimal(18, 2))"),
        ("1.200,50 €", "try_cast(replace(replace(regexp_replace(total, '[^0-9.,-]', '', 'g'), '.',"
         " ''), ',', '.') as decimal(18, 2))"),
    ],
)  # fmt: skip
def test_a_notation_of_amounts_is_found(tmp_path: Path, given: str, expression: str) -> None:
    source = proposed(tmp_path, f'ref,bought,e-mail,total\n1,2026-02-01,a@example.test,"{given}"\n')
    assert source["columns"]["net_amount"] == expression
    assert source["columns"]["email"] == '"e-mail"'
    assert source["columns"]["currency"] == "'EUR'"


def test_a_table_of_german_names_and_numbers_is_proposed(tmp_path: Path) -> None:
    source = proposed(
        tmp_path, "Bestellnummer;Datum;E-Mail;Betrag\n1;01.02.2026;a@example.test;1.200,50\n"
    )
    assert source["columns"]["order_id"] == "Bestellnummer"
    assert source["columns"]["ordered_at"] == "try_strptime(Datum, '%d.%m.%Y')"
    assert "Betrag" in source["columns"]["net_amount"]


def test_lines_of_orders_are_put_together(tmp_path: Path) -> None:
    source = proposed(tmp_path, (DATA / "uci_lines.csv").read_text())
    assert source["group_by"] == ["order_id"]
    assert source["columns"]["net_amount"] == "sum(Quantity * UnitPrice)"


@pytest.mark.parametrize(
    "header",
    [
        "id,created,email",  # accounts, customers, profiles
        "id,amount,net,currency,created",  # payouts, transfers, balances
        "id,created,customer_id,network,recipient",  # cards
    ],
)
def test_a_table_whose_names_are_of_any_table_is_nothing(tmp_path: Path, header: str) -> None:
    row = ",".join("1" for _ in header.split(","))
    (tmp_path / "some.csv").write_text(f"{header}\n{row}\n")
    [found] = recognise.folder(tmp_path, tmp_path / "data", today=TODAY)
    assert found.proposal is None


def test_a_column_that_a_table_has_twice_is_looked_at_once(tmp_path: Path) -> None:
    lines = "order_no,bought,total,Total,email\n1,2026-02-01,5,6,a@b.example\n"
    source = proposed(tmp_path, lines)
    assert source["columns"]["net_amount"] == "total"


def test_what_is_not_known_is_a_comment(tmp_path: Path) -> None:
    exports = tmp_path / "exports"
    exports.mkdir()
    (exports / "people.csv").write_text("Ann Smith,447700900123\nBob,447700900124\n")
    (exports / "odd.csv").write_text("shade,length\nred,1\n")
    (exports / "empty.csv").write_text("")
    found = recognise.folder(exports, tmp_path / "data", today=TODAY)
    text = recognise.settings_text(found, currency="EUR", time_zone="UTC")
    assert "sources" not in tomllib.loads(text)
    assert "Ann" not in text
    for words in ("Its columns: shade, length", "empty.csv is left out: the file is empty"):
        assert words in text


def test_payments_of_a_shop_s_orders_are_not_counted_twice(tmp_path: Path) -> None:
    exports = tmp_path / "exports"
    exports.mkdir()
    (exports / "payments.csv").write_bytes((DATA / "stripe_payments.csv").read_bytes())

    def sources() -> list[tuple[str, str]]:
        found = recognise.folder(exports, tmp_path / "data", today=TODAY)
        text = recognise.settings_text(found, currency="EUR", time_zone="UTC")
        return [(of["format"], of["kind"]) for of in tomllib.loads(text)["sources"]]

    assert sources() == [("stripe", "orders"), ("stripe", "refunds")]
    (exports / "orders.json").write_bytes((DATA / "shopify_orders.json").read_bytes())
    assert sources() == [("shopify", "orders"), ("shopify", "refunds")]


def test_paths_below_the_data_dir_begin_there(tmp_path: Path) -> None:
    landing = tmp_path / "data" / "landing"
    landing.mkdir(parents=True)
    (landing / "a_2026-02-01.csv").write_text(csv_of([good("orders")]))
    (landing / ".hidden.csv").write_text(csv_of([good("orders")]))
    [found] = recognise.folder(landing, tmp_path / "data", today=TODAY)
    assert (found.path, found.stem) == ("landing/a_{date:%Y-%m-%d}.csv", "a")
