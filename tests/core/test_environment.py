"""Variables given to the process are taken back, whatever happens while they are there."""

import os

import pytest

from journey.core.environment import variables


def test_variables_are_given_and_taken_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JOURNEY_OF_BEFORE", "before")
    monkeypatch.delenv("JOURNEY_NEW", raising=False)
    before = dict(os.environ)
    given = {"JOURNEY_OF_BEFORE": "changed", "JOURNEY_NEW": "new"}
    with pytest.raises(SystemExit):
        _fail_with(given, before | given)
    assert os.environ == before


def _fail_with(given: dict[str, str], expected: dict[str, str]) -> None:
    with variables(given):
        assert os.environ == expected
        os.environ.pop("JOURNEY_NEW")
        raise SystemExit(0)
