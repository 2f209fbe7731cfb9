"""What is wrong with the settings, in sentences: which one, where it was set, what to do.

Takes the validation library's account apart. Never shows a value that may be a secret.
"""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any, get_args, get_origin

from pydantic import BaseModel, ValidationError

# What to give instead, for the mistakes whose own words are about types of Python.
GIVE = {
    "int_parsing": "give a whole number",
    "int_type": "give a whole number",
    "int_from_float": "give a whole number",
    "float_parsing": "give a number",
    "float_type": "give a number",
    "bool_parsing": "give true or false",
    "bool_type": "give true or false",
    "string_type": "give a text in quotes",
    "tuple_type": 'give a list, such as ["one", "two"]',
    "dict_type": "give a table of names and values",
    "model_type": "give a table, as in the project's journey.toml",
    "greater_than_equal": "give {ge} or more",
    "greater_than": "give more than {gt}",
    "less_than_equal": "give {le} or less",
}
# What settings are called now that had another name in a released version.
RENAMED = {
    "alert_nights": "alert_history_runs",
    "alert_least_nights": "alert_min_history",
    "alert_mads": "alert_mad_threshold",
    "alert_least_move": "alert_min_change",
    "alert_smallest_sample": "alert_min_sample",
}
INSTANT = "give an instant such as 2026-11-22T00:00:00Z"
# Not settings of the file, though the model has them.
PLACES = ("config_file", "data_dir")


def explain(
    error: ValidationError, model: type[BaseModel], path: Path, origins: Mapping[str, str]
) -> str:
    """One sentence a mistake. `origins` says where settings were given that are not of the file."""
    sentences = []
    for problem in error.errors(include_url=False):
        first = str(problem["loc"][0]) if problem["loc"] else ""
        where = origins.get(first, str(path))
        sentences.append(f"{where}: {_sentence(problem, model, is_in_file=first not in origins)}")
    return "; ".join(sentences)


def explain_variables(model: type[BaseModel], names: Sequence[str]) -> str:
    """Environment variables that hold a list or table which cannot be read."""
    lists = [name for name in names if _origin(model, name) in (tuple, dict)]
    variables = ", ".join(f"JOURNEY_{name.upper()}" for name in lists)
    return (
        f"environment variable {variables}: a list is given as JSON, such as "
        '\'["one", "two"]\'; fix it, or set it in the settings file'
    )


def _sentence(problem: Any, model: type[BaseModel], *, is_in_file: bool) -> str:
    name, owner, known = _place(problem["loc"], model)
    kind = problem["type"]
    subject = f"{owner}the setting '{name}'" if is_in_file else f"{owner}the value"
    if kind == "extra_forbidden":
        if name in RENAMED and not owner:
            return f"{subject} is called '{RENAMED[name]}' now; rename it"
        close = get_close_matches(name, known, n=1)
        hint = f"did you mean '{close[0]}'?" if close else f"known are {', '.join(sorted(known))}"
        return f"{subject} is unknown; {hint}"
    if kind == "missing":
        return f"{subject} is missing; add it"
    if not name or (kind == "value_error" and owner and name == "sources"):
        return f"{owner}{_reason(problem)}; fix it and run again"
    if kind == "string_pattern_mismatch":
        field = known.get(name)
        example = f", as '{field.examples[0]}' is" if field and field.examples else ""
        return f"{subject} is '{problem['input']}', which is not of the right form{example}; fix it"
    if kind == "literal_error":
        close = get_close_matches(str(problem["input"]), _choices(problem), n=1)
        hint = f"did you mean '{close[0]}'?" if close else "choose one of them"
        return f"{subject} is '{problem['input']}' and must be {_expected(problem)}; {hint}"
    if kind.startswith("datetime"):
        return f"{subject} is wrong; {INSTANT}"
    if kind in GIVE:
        return f"{subject} is wrong; {GIVE[kind].format(**problem.get('ctx', {}))}"
    return f"{subject} is wrong: {_reason(problem)}; fix it and run again"


def _place(
    location: Sequence[int | str], model: type[BaseModel]
) -> tuple[str, str, Mapping[str, Any]]:
    """The setting's name, whose it is (of which source), and the settings beside it."""
    if len(location) >= 2 and location[0] == "sources" and isinstance(location[1], int):
        source = get_args(model.model_fields["sources"].annotation)[0]
        name = str(location[2]) if len(location) > 2 else "sources"
        return name, f"source number {location[1] + 1}: ", source.model_fields
    known = {name: field for name, field in model.model_fields.items() if name not in PLACES}
    return (str(location[0]) if location else ""), "", known


def _reason(problem: Any) -> str:
    message = str(problem["msg"]).removeprefix("Value error, ")
    return message[:1].lower() + message[1:]


def _expected(problem: Any) -> str:
    return str(problem["msg"]).removeprefix("Input should be ")


def _choices(problem: Any) -> list[str]:
    return _expected(problem).replace(" or ", ", ").replace("'", "").split(", ")


def _origin(model: type[BaseModel], name: str) -> Any:
    return get_origin(model.model_fields[name].annotation)
