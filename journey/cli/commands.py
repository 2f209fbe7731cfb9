"""The commands that sentences name, with the options that this warehouse needs.

A sentence says `journey run`; typed as it stands that would be about the default warehouse, where
the command that said it was given another.
"""

import re
import shlex
import sys
from collections.abc import Sequence

NAMED = re.compile(r"`(journey (?!metrics)[a-z][^`]*)`")
OPTIONS = ("--config", "--data-dir")


def given_options(arguments: Sequence[str] | None = None) -> str:
    """Those of the options that say which warehouse is meant, as they were given."""
    arguments = sys.argv[1:] if arguments is None else arguments
    found = []
    for number, word in enumerate(arguments):
        name, equals, value = word.partition("=")
        if name in OPTIONS:
            value = value if equals else "".join(arguments[number + 1 : number + 2])
            found.append(f" {name} {shlex.quote(value)}")
    return "".join(found)


def with_options(sentence: str, arguments: Sequence[str] | None = None) -> str:
    """The sentence, in which each command of journey can be typed as it stands."""
    given = given_options(arguments)

    def completed(command: re.Match[str]) -> str:
        has_them = any(option in command[1] for option in (*OPTIONS, "--help"))
        return command[0] if has_them else f"`{command[1]}{given}`"

    return NAMED.sub(completed, sentence)
