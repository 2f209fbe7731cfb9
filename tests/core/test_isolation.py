"""What one test sets of the environment is gone in the next: commands in this process set it."""

import os


def test_a_test_may_set_the_environment() -> None:
    assert "JOURNEY_OF_A_TEST" not in os.environ
    os.environ["JOURNEY_OF_A_TEST"] = "1"


def test_the_next_test_does_not_see_it() -> None:
    assert "JOURNEY_OF_A_TEST" not in os.environ
