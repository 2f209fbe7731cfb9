"""A Parquet column of another type than its tool's is never emptied in silence."""

import pytest

COLUMNS = {
    "event_timestamp": "1769940000000000 + n",
    "event_name": "'page_view'",
    "event_params": "[{'key': 'value', 'value': {'string_value': null::varchar, 'int_value': n,"
    " 'float_value': null::double, 'double_value': 1.5::double}}]",
    "user_pseudo_id": "'d' || n",
    "batch_event_index": "n",
    "device": "{'category': 'desktop'}",
    "ecommerce": "{'transaction_id': 't1', 'purchase_revenue': 1.5::double}",
}
ROWS = 4
INNER = "[].value.int_value"


def params(number: str, key: str = "value") -> str:
    """Event parameters of which the last is a number as given, beside one that is none."""
    given = "{'key': '%s', 'value': {'string_value': null::varchar, 'int_value': %s}}"
    return f"[{given % ('other', 'null')}, {given % (key, number)}]"


def load(warehouse, **changes: str):
    listed = ", ".join(f"{given} as {column}" for column, given in (COLUMNS | changes).items())
    warehouse.source("web_events", "ga4")
    path = warehouse.deliver("web_events/a.parquet", b"")
    warehouse.query(f"copy (select {listed} from range({ROWS}) as row(n)) to '{path}'")
    (result,) = warehouse.load("web_events").results
    return result


@pytest.mark.parametrize(
    ("column", "given", "words"),
    [
        ("event_params", "'[]'", "event_params is of type varchar where the format reads a list"),
        ("event_params", "['a']", "event_params[] is of type varchar where the format reads an"),
        ("event_params", "[{'key': 'a', 'value': 'b'}]", "event_params[].value is of type varchar"),
        ("event_params", "[{'key': 'a', 'value': {'int_value': date '2026-02-01'}}]",
         "event_params[].value.int_value is of type date where the format reads a whole number"),
        ("event_params", "[{'key': ['a']}]", "event_params[].key is of type list where the format"),
        ("device", "'desktop'", "device is of type varchar where the format reads an object"),
        ("device", "{'category': ['a']}", "device.category is of type list where the format reads"),
        ("event_timestamp", "timestamp '2026-02-01'", "event_timestamp is of type timestamp where"),
        ("event_name", "['a']", "event_name is of type list where the format reads text"),
        ("ecommerce", "{'purchase_revenue': [1.5]}", "ecommerce.purchase_revenue is of type list"),
    ],
)  # fmt: skip
def test_a_column_of_another_type_rejects_the_file(warehouse, column, given, words) -> None:
    result = load(warehouse, **{column: given})
    assert result.status == "rejected"
    assert words in result.reason
    assert "export it as the tool does, or use format 'mapped'" in result.reason


@pytest.mark.parametrize(
    ("column", "given", "member"),
    [
        ("event_timestamp", "case when n = 2 then 'Ada' else '176994000000000' || n end", ""),
        ("event_timestamp", "case when n = 2 then 1e300 else 1769940000000000 + n end", ""),
        ("event_timestamp", "(case when n = 2 then 1e19 else 1769940000000000 + n end)::ubigint",
         ""),
        ("event_timestamp", "1769940000000000 + if(n = 2, 0.6, 0)", ""),
        ("batch_event_index", "if(n = 2, '1.6', '1')", ""),
        ("ecommerce", "{'purchase_revenue': if(n = 2, 'Ada', '1.5')}", ".purchase_revenue"),
        ("event_params", params("if(n = 2, 1.6, n)::double"), INNER),
        ("event_params", params("if(n = 2, 1.6, n)::decimal(9, 2)"), INNER),
        ("event_params", params("if(n = 2, 1e300, n)"), INNER),
        ("event_params", params("if(n = 2, 'Ada', '7')"), INNER),
        ("event_params", params("if(n = 2, '1.6', '7')"), INNER),
    ],
)  # fmt: skip
def test_a_value_of_another_type_costs_its_row(warehouse, column, given, member) -> None:
    result = load(warehouse, **{column: given})
    assert (result.reason, result.delivered, result.loaded) == (None, ROWS, ROWS - 1)
    assert warehouse.quarantine("web_events", "reason, value, file_row") == [
        ("wrong_member_type", column + member, 3)
    ]
    assert "Ada" not in str(result.examples)


@pytest.mark.parametrize(
    ("column", "given"),
    [
        ("event_timestamp", "(1769940000000000 + n)::varchar"),
        ("batch_event_index", "n::utinyint"),
        ("user_pseudo_id", "n + 1"),
        ("user_id", "null"),
        ("ecommerce", "{'purchase_revenue': 1.5::decimal(9, 2), 'transaction_id': 7}"),
        ("device", "null::struct(category varchar)"),
        ("event_params", "null::struct(key varchar, value struct(int_value double))[]"),
        ("batch_event_index", "if(n = 2, 'nan'::double, n)"),
    ],
)
def test_what_can_be_read_is_read(warehouse, column: str, given: str) -> None:
    result = load(warehouse, **{column: given})
    assert (result.reason, result.loaded, result.quarantined) == (None, ROWS, 0)


@pytest.mark.parametrize("number", ["{}::double", "{}::decimal(9, 2)", "{}::float", "'{}'"])
def test_whole_numbers_that_a_table_tool_wrote_as_others_are_read(warehouse, number) -> None:
    """As pandas writes whole numbers of which some are nothing."""
    given = params(f"if(n = 2, null, {number.format(7)})", "transaction_id")
    changes = {"event_name": "'purchase'", "ecommerce": "null"}
    assert load(warehouse, event_params=given, **changes).loaded == ROWS
    assert warehouse.rows("web_events", "order_id") == [("7",)] * (ROWS - 1) + [(None,)]


def test_what_pandas_writes_for_no_number_is_none(warehouse) -> None:
    given = params("if(n = 2, 'nan'::double, 7)", "transaction_id")
    changes = {"event_name": "'purchase'", "ecommerce": "null"}
    result = load(warehouse, event_params=given, **changes)
    assert (result.reason, result.loaded) == (None, ROWS)
    assert warehouse.rows("web_events", "order_id") == [("7",)] * (ROWS - 1) + [(None,)]
