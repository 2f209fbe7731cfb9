"""The tables that are data of the project: those that are shipped, or a team's own in their place.

`seeds/<name>.csv` beside a settings file replaces the shipped one whole: same columns, other rows.
What the rows mean is said beside each seed in `dbt_project/seeds/`; whether they are true to it,
dbt's tests of the seeds decide.
"""

import csv
from difflib import get_close_matches
from functools import cache
from pathlib import Path

import duckdb
import yaml

from journey.core import sql
from journey.core.errors import ConfigurationError
from journey.core.resources import own_or_shipped, resource
from journey.core.sql import name, text

SEEDS_DIR = resource("dbt_project") / "seeds"
# As dbt reads a CSV file: these texts are no value.
NULLS = "['', 'null']"


def own_seeds_dir(own_dir: Path) -> Path:
    """Where a team keeps its own seeds: `own_dir` is the folder of its settings file."""
    return own_dir / "seeds"


def seed_files(own_dir: Path | None) -> dict[str, Path]:
    """The file of every seed by its name. Raises ConfigurationError where a team's is none."""
    files = own_or_shipped(SEEDS_DIR, own_seeds_dir(own_dir) if own_dir else SEEDS_DIR, "*.csv")
    for path in files.values():
        if path.parent != SEEDS_DIR:
            found = path.stat()
            _check(path, found.st_mtime_ns, found.st_size)
    return {Path(file).stem: path for file, path in files.items()}


def read_seed(own_dir: Path | None, seed: str) -> tuple[dict[str, str], ...]:
    """The rows of a seed, as text."""
    with seed_files(own_dir)[seed].open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


@cache
def _check(path: Path, _written: int, _size: int) -> None:
    """Once for each content, known by time and size."""
    shipped = SEEDS_DIR / path.name
    if not shipped.exists():
        known = sorted(seed.stem for seed in SEEDS_DIR.glob("*.csv"))
        close = get_close_matches(path.stem, known, n=1)
        hint = f"did you mean '{close[0]}.csv'?" if close else f"known are {', '.join(known)}"
        raise ConfigurationError(f"{path}: there is no seed '{path.stem}'; {hint}")
    problem = _problem_of_shape(path, shipped) or _problem_of_values(path)
    if problem:
        raise ConfigurationError(f"{path}: {problem}; fix it and run again")


def _problem_of_shape(path: Path, shipped: Path) -> str | None:
    with shipped.open(encoding="utf-8", newline="") as file:
        columns = next(csv.reader(file))
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = csv.reader(file, strict=True)
            header = next(rows, [])
            if header != columns:
                return (
                    f"its columns are {', '.join(header) or 'none'}, where those of the shipped "
                    f"seed are {', '.join(columns)}"
                )
            for row in rows:
                if row and len(row) != len(columns):
                    return f"line {rows.line_num} has {len(row)} values for {len(columns)} columns"
    except UnicodeDecodeError as error:
        return f"this is not UTF-8 (byte {error.start})"
    except csv.Error as error:
        return f"this is not a CSV file ({error})"
    return None


def _problem_of_values(path: Path) -> str | None:
    """The first column with a value that is not of its type."""
    described = yaml.safe_load((SEEDS_DIR / f"{path.stem}.yml").read_text(encoding="utf-8"))
    types = described["seeds"][0]["config"]["column_types"]
    wrong = ", ".join(
        f"count(*) filter ({name(column)} is not null and "
        f"try_cast({name(column)} as {type}) is null)"
        for column, type in types.items()
    )
    columns = ", ".join(f"{text(column)}: 'varchar'" for column in types)
    with duckdb.connect() as connection:
        counts = connection.execute(
            f"select {wrong} from read_csv({sql.file(path)}, columns = {{{columns}}}, "
            f"header = true, auto_detect = false, delim = ',', quote = '\"', escape = '\"', "
            f"nullstr = {NULLS})"
        ).fetchone()
    for (column, type), count in zip(types.items(), counts or (), strict=True):
        if count:
            return f"column '{column}' has {count:,} values that are no {type}"
    return None
