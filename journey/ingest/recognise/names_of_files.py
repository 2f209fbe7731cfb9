"""File names as a pattern that finds their like: where they have a date, and where they differ."""

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime

from journey.core.settings import FIRST_DAY

# The fullest first; each is taken where it is a day of the past.
DATES = (
    (re.compile(r"(?<!\d)\d{4}-\d{2}-\d{2}(?!\d)"), "%Y-%m-%d"),
    (re.compile(r"(?<!\d)\d{4}_\d{2}_\d{2}(?!\d)"), "%Y_%m_%d"),
    (re.compile(r"(?<!\d)\d{4}/\d{2}/\d{2}(?!\d)"), "%Y/%m/%d"),
    (re.compile(r"(?<!\d)\d{8}(?!\d)"), "%Y%m%d"),
    (re.compile(r"(?<!\d)\d{4}-\d{2}(?![\d-])"), "%Y-%m"),
)
NUMBER = re.compile(r"\d+")
WILD = "*"


def patterns(names: Sequence[str], today: date) -> Iterator[tuple[str, list[str]]]:
    """The names by the pattern that finds them: a date is a field, a number that differs a star."""
    found: dict[str, list[str]] = {}
    for given in names:
        before, layout, after = _parts(given, today)
        pattern = NUMBER.sub(WILD, before) + layout + _without_numbers(after)
        found.setdefault(pattern, []).append(given)
    for pattern, alike in found.items():
        # Where they differ in their dates alone, what is no date stays as it is.
        but_dates = {"".join(_parts(given, today)) for given in alike}
        yield (min(but_dates) if len(but_dates) == 1 else pattern), alike


def _parts(given: str, today: date) -> tuple[str, str, str]:
    """The name around its last date, and the field that finds that; all of it where it has none."""
    for expression, layout in DATES:
        days = [
            found for found in expression.finditer(given) if _is_day(found.group(), layout, today)
        ]
        if days:
            last = days[-1]
            return given[: last.start()], f"{{date:{layout}}}", given[last.end() :]
    return "", "", given


def _without_numbers(given: str) -> str:
    """With a star for numbers; those of an ending such as .mp3 stay."""
    stem, dot, ending = given.rpartition(".")
    return f"{NUMBER.sub(WILD, stem)}{dot}{ending}" if dot else NUMBER.sub(WILD, given)


def _is_day(given: str, layout: str, today: date) -> bool:
    try:
        return FIRST_DAY <= datetime.strptime(given, layout).date() <= today
    except ValueError:
        return False
