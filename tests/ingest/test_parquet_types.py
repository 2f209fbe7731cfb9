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
        ("event_params", "[{'key': 'a', 'value': {'int_value': 'b'}}]",
         "event_params[].value.int_value is of type varchar where the format reads a whole number"),
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
    assert result.status == "refused"
    assert words in result.reason
    assert "export it as the tool does, or use format 'mapped'" in result.reason


@pytest.mark.parametrize(
    ("column", "given", "member"),
    [
        ("event_timestamp", "case when n = 2 then 'Ada' else '176994000000000' || n end", ""),
        ("event_timestamp", "case when n = 2 then 1e300 else 1769940000000000 + n end", ""),
        ("event_timestamp", "(case when n = 2 then 1e19 else 1769940000000000 + n end)::ubigint",
         ""),
        ("ecommerce", "{'purchase_revenue': if(n = 2, 'Ada', '1.5')}", ".purchase_revenue"),
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
    ],
)
def test_what_can_be_read_is_read(warehouse, column: str, given: str) -> None:
    result = load(warehouse, **{column: given})
    assert (result.reason, result.loaded, result.quarantined) == (None, ROWS, 0)
