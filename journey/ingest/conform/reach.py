"""What an expression of a source may reach: the rows of its own file and of the tables that it is
joined with, one value for each row.

Found in the parsed statement, before any file is read. Whether its names and types fit a file is
not known here.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from journey.ingest.read.relations import DELIVERED

Node = dict[str, Any]  # as the database serializes what it parsed

TABLE_FUNCTIONS = ("unnest", "range", "generate_series")
# What they give is the database's own, secrets among it.
OF_DATABASE = ("getvariable", "current_setting", "getenv")


def fault(statement: Node, tables: Sequence[str] = ()) -> str | None:
    """Why the one expression that a parsed statement selects cannot be taken; None if it can.

    `tables` are those that its source names.
    """
    [parsed] = statement["statements"]
    [expression] = parsed["node"]["select_list"]
    outer, parts = list(_outside_queries(expression)), list(_nodes(expression))
    if any(node.get("class") == "STAR" for node in outer) or "unnest" in _functions(outer):
        return "it gives several values; give one for each row"
    made = {given["key"] for node in parts if "map" in node for given in node["map"]}
    read = {node["table_name"].lower() for node in parts if node.get("type") == "BASE_TABLE"}
    if read - made - {DELIVERED, *tables}:
        joined = f" and of {', '.join(tables)}" if tables else ""
        return f"it may read the rows of its own file, '{DELIVERED}',{joined} and no other table"
    calls = (node["function"] for node in parts if node.get("type") == "TABLE_FUNCTION")
    closed = {function["function_name"].lower() for function in calls} - {*TABLE_FUNCTIONS}
    closed |= _functions(parts) & {*OF_DATABASE}
    if closed:
        return f"it may not call {min(closed)}: it may read the rows of its own file alone"
    return None


def _functions(nodes: Iterable[Node]) -> set[str]:
    return {node["function_name"].lower() for node in nodes if node.get("class") == "FUNCTION"}


def _nodes(tree: Any) -> Iterator[Node]:
    """Every node of a parsed tree."""
    if isinstance(tree, dict):
        yield tree
        tree = list(tree.values())
    for inner in tree if isinstance(tree, list) else ():
        yield from _nodes(inner)


def _outside_queries(tree: Any) -> Iterator[Node]:
    """Every node but those of queries within it, which have rows of their own."""
    if isinstance(tree, dict):
        yield tree
        tree = [] if tree.get("class") == "SUBQUERY" else list(tree.values())
    for inner in tree if isinstance(tree, list) else ():
        yield from _outside_queries(inner)
