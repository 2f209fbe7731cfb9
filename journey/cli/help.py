"""How `--help` shows options: a flag takes no value, so it has no type beside it."""

from typing import Any

from typer.core import TyperOption

_display_type = TyperOption.display_type_rich


def show_flags_plainly() -> None:
    """Leave out `<bool>` wherever this process prints help; again does nothing."""
    TyperOption.display_type_rich = _without_type_of_flags  # type: ignore[method-assign, assignment]


def _without_type_of_flags(option: TyperOption, ctx: Any) -> str | None:
    return None if option.is_flag else _display_type(option, ctx=ctx)
