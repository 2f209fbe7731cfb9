"""What is wrong with a file is the file's, what is wrong with a definition the definition's."""

import pytest

from journey import ingest
from journey.core.errors import ConfigurationError
from journey.ingest.formats import known_formats
from tests.ingest.mapped_orders import PLAIN, ROWS
from tests.ingest.rows import csv_of
from tests.messages import assert_says


def test_a_file_without_a_column_that_is_asked_for_is_rejected(warehouse) -> None:
    warehouse.source("orders", "mapped", columns=PLAIN)
    warehouse.deliver("orders/a.csv", csv_of(ROWS))
    warehouse.deliver("orders/b.csv", csv_of([{"id": "1", "day": "2026-01-01", "value": "3"}]))
    first, second = warehouse.load("orders").results
    assert first.loaded == 2
    expression = "column 'customer_id' = \"who\" of source 'orders'"
    found = ('Referenced column "who" not found', "3 columns", "id, day")
    assert_says(second.reason, "landing/orders/b.csv: ", expression, *found)
    assert "value" not in second.reason


def test_a_file_without_its_header_is_reported(warehouse) -> None:
    warehouse.source("orders", "mapped", columns=PLAIN)
    warehouse.deliver("orders/a.csv", csv_of(ROWS).split("\n", 1)[1])
    (result,) = warehouse.load("orders").results
    assert "and none that the source uses: see whether its first line is a header" in result.reason
    assert "007" not in result.reason


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"format": "mapedd", "columns": PLAIN}, "format 'mapedd' is unknown for orders; it is one"
         f" of {', '.join(known_formats('orders'))}, or a new file formats/orders/mapedd.sql"),
        ({"columns": {**PLAIN, "cupon": "x"}}, "orders has no column 'cupon'; it has order_id,"),
        ({"columns": {"order_id": "id"}}, "columns lacks ordered_at, net_amount, currency, one of"
         " customer_id, email_key, anonymous_id, which orders requires"),
        ({"columns": PLAIN | {"coupon": "upper(x"}}, "column 'coupon' = \"upper(x\": syntax error"),
        ({"columns": PLAIN | {"coupon": "x from y"}}, "column 'coupon'"),
        ({"columns": PLAIN | {"coupon": ""}}, "column 'coupon' = \"\": it is empty"),
        ({"columns": PLAIN | {"coupon": "*"}}, "it gives several values; give one"),
        ({"columns": PLAIN | {"coupon": "upper(columns('c.*'))"}}, "it gives several values"),
        ({"columns": PLAIN | {"coupon": "unnest(items)"}}, "it gives several values; give one"),
        ({"columns": PLAIN | {"coupon": "(select content from read_text('/etc/hosts'))"}},
         "it may not call read_text: it may read the rows of its own file alone"),
        ({"columns": PLAIN | {"coupon": "(select max(x) from 'other.csv')"}},
         "it may read the rows of its own file, 'delivered', and no other table"),
        ({"columns": PLAIN | {"coupon": "(select 1 from query('select 1'))"}}, "not call query"),
        ({"columns": PLAIN | {"coupon": "hex(GetVariable('inner_key'))"}}, "not call getvariable"),
        ({"columns": PLAIN | {"coupon": "1); copy (select 1) to 'elsewhere'; --"}}, "syntax error"),
        ({"columns": PLAIN, "where": "exists (from glob('*'))"}, "not call glob"),
        ({"columns": PLAIN, "where": "1 = "}, "where = \"1 = \": syntax error"),
        ({"columns": PLAIN, "group_by": ["order_id", "currency", "order_id"]},
         "group_by has 'order_id' twice; take one out"),
        ({"columns": PLAIN, "group_by": ["order_id", "ID"]},
         "group_by has 'order_id' and 'ID', which are the same; take one out"),
        ({"format": "canonical", "where": "1 = 1"}, "where belongs to format 'mapped' and this one"
         " is 'canonical'"),
    ],
)  # fmt: skip
def test_a_wrong_definition_is_reported_before_anything_is_read(warehouse, given, words) -> None:
    warehouse.source("orders", given.pop("format", "mapped"), **given)
    with pytest.raises(ConfigurationError) as raised:
        ingest.plan(warehouse.settings)
    assert str(raised.value).startswith("source 'orders'")
    assert words in str(raised.value)


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"net_amount": "worth * who2"}, None),
        ({"net_amount": "nosuch(worth)"}, "column 'net_amount' = \"nosuch(worth)\""),
    ],
)
def test_an_expression_that_fits_no_file_is_a_configuration_error(
    warehouse, columns, words
) -> None:
    warehouse.source("orders", "mapped", columns=PLAIN | columns)
    warehouse.deliver("orders/a.csv", csv_of([ROWS[0] | {"who": "x"}]))
    if words is None:
        assert "does not fit it" in warehouse.load("orders").rejected[0].reason
        return
    with pytest.raises(ConfigurationError) as raised:
        warehouse.load("orders")
    assert words in str(raised.value)
    assert "source 'orders'" in str(raised.value)


def test_a_slip_in_a_definition_rejects_a_json_file(warehouse) -> None:
    """Taken as a member that records leave out, an order that was cancelled would be placed."""
    warehouse.source("orders", "mapped", columns=PLAIN | {"status": "statuss"})
    warehouse.deliver("orders/a.jsonl", [row | {"status": "cancelled"} for row in ROWS])
    [result] = warehouse.load("orders").results
    assert result.status == "rejected"
    assert "names 'statuss', which no record has; they have 'status'" in result.reason


def test_a_member_that_no_record_has_is_reported_once(warehouse, caplog) -> None:
    columns = PLAIN | {"status": "state", "coupon": "coupon_2"}
    warehouse.source("orders", "mapped", columns=columns)
    for name in "ab":
        rows = [row | {"id": row["id"] + name, "coupon_1": "x"} for row in ROWS]
        warehouse.deliver(f"orders/{name}.jsonl", rows)
    with caplog.at_level("INFO", logger="journey"):
        results = warehouse.load("orders").results
    assert [result.loaded for result in results] == [2, 2]
    assert caplog.text.count("has the member 'state'") == 1


def test_a_statement_behind_an_expression_is_never_run(warehouse, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    made = "1); copy (select 1) to 'elsewhere'; select (1"
    warehouse.deliver("orders/a.jsonl", [{"id": 1}])
    given = [{"columns": PLAIN | {"coupon": each}} for each in (made, made + "); --")]
    given += [
        {"columns": PLAIN, key: each} for key, each in (("where", made), ("group_by", [made]))
    ]
    for definition in given:
        warehouse.sources.clear()
        warehouse.source("orders", "mapped", **definition)
        with pytest.raises(ConfigurationError, match="source 'orders'"):
            warehouse.load("orders")
        assert not (tmp_path / "elsewhere").exists()
