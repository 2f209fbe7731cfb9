"""What is made wrong in a mart, and what must then reject it."""

from collections.abc import Sequence
from typing import NamedTuple


class Defects(NamedTuple):
    """Statements that break a mart, and the sentences and tests of dbt that fail then.

    A generic test is called by its kind and what it is about, as `one_row_per people`.
    """

    changes: list[str]
    sentences: list[str]
    dbt_tests: Sequence[str] = ()
