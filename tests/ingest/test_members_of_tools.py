"""Members of each tool's records: of another type, empty, absent, given twice, in another case.

All of a tool's lie in one delivery, a file for each question: a load for each takes minutes.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from journey.ingest.formats import read_format
from journey.ingest.outcomes import FileResult
from journey.ingest.read.wrong_types import WRONG_TYPE
from tests.ingest.conftest import EMAIL_KEY, Warehouse
from tests.ingest.hostile import RECORDS, TOOLS
from tests.ingest.members import emptied, given_twice, of_wrong_types, recased

CASES = (str.upper, str.title, str.swapcase)


@dataclass
class Delivery:
    """What was written into each file, and what became of it."""

    kind: str
    warehouse: Warehouse
    records: dict[str, list]
    results: dict[str, FileResult]

    def quarantined(self, file: str, column: str) -> list[str]:
        rows = self.warehouse.quarantine(self.kind, f"file_name, {column}")
        return [value for name, value in rows if name.endswith(f"/{file}.jsonl")]


@pytest.fixture(scope="module", params=RECORDS, ids="-".join)
def tool(request, tmp_path_factory) -> Iterator[Delivery]:
    kind, format = request.param
    record, own_id = RECORDS[kind, format], TOOLS[kind, format]["id"]
    is_number = isinstance(record[own_id], int)
    sound = [record | {own_id: 70 + n if is_number else f"sound{n}"} for n in range(5)]
    known = read_format(kind, format).columns
    records = {
        "wrong": [sound[0], *(wrong for _, wrong in of_wrong_types(kind, format, sound[0]))],
        "twice": [sound[1], *given_twice(kind, format, sound[1])],
        "empty": emptied(kind, format, record),
        "nothing": [{}, {"some_other": 1}],
        "own_case": sound[2:],
        "other_case": [
            recased(each, case, known) for case, each in zip(CASES, sound[2:], strict=True)
        ],
    }
    warehouse = Warehouse(tmp_path_factory.mktemp(format) / "data")
    for file, given in records.items():
        source = "other_case" if file == "other_case" else "tool"  # its rows are those of own_case
        warehouse.source(kind, format, name=source)
        lines = [each if isinstance(each, str) else json.dumps(each) for each in given]
        warehouse.deliver(f"{source}/{file}.jsonl", "\n".join(lines))
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("JOURNEY_EMAIL_KEY", EMAIL_KEY)
        results = {
            result.file_name.rpartition("/")[2].removesuffix(".jsonl"): result
            for result in warehouse.load(kind).results
        }
    assert {file: results[file].reason for file in records} == dict.fromkeys(records)
    return Delivery(kind, warehouse, records, results)


def test_a_member_of_another_type_costs_its_record(tool: Delivery, request) -> None:
    kind, format = request.node.callspec.params["tool"]
    result, count = tool.results["wrong"], len(tool.records["wrong"])
    assert (result.records, result.delivered, result.loaded) == (count, count, 1)
    assert result.quarantine_reasons == {WRONG_TYPE: count - 1}
    assert set(tool.quarantined("wrong", "value")) == {
        ".".join("[]" if step == 0 else step for step in path).replace(".[]", "[]")
        for path, _ in of_wrong_types(kind, format, RECORDS[kind, format])
    }
    assert " its member '" in result.examples[WRONG_TYPE]


def test_lists_and_objects_are_empty_in_every_way(tool: Delivery) -> None:
    result = tool.results["empty"]
    assert result.records == len(tool.records["empty"])
    assert WRONG_TYPE not in result.quarantine_reasons


def test_records_that_give_nothing_end_in_quarantine(tool: Delivery) -> None:
    """Whatever a record lacks is nothing, never an error: it ends in quarantine by reason."""
    result = tool.results["nothing"]
    assert (result.records, result.loaded) == (2, 0)
    assert result.quarantined == result.delivered


def test_a_member_that_is_given_twice_costs_its_record(tool: Delivery) -> None:
    """Of the two the last would win, in silence."""
    result, (_, *twice) = tool.results["twice"], tool.records["twice"]
    assert (result.records, result.loaded) == (1 + len(twice), 1)
    assert result.quarantine_reasons == {"member_given_twice": len(twice)}
    assert set(tool.quarantined("twice", "row_text")) == set(twice)


def test_a_record_means_the_same_in_any_case(tool: Delivery) -> None:
    own, other = (tool.results[file] for file in ("own_case", "other_case"))
    assert (own.loaded, own.quarantined) == (len(CASES), 0)
    assert (other.loaded, other.quarantined) == (len(CASES), 0)
    rows = {
        file: tool.warehouse.rows(
            tool.kind,
            "* exclude (source, file_name, load_id)",
            f"file_name like '%/{file}.jsonl'",
        )
        for file in ("own_case", "other_case")
    }
    assert rows["own_case"] == rows["other_case"]
