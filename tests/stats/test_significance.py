"""The tests of significance, against published tables, worked examples and closed forms.

Nothing here asks scipy: a distribution that has a formula in elementary functions is compared with
that, the others with what is printed.
"""

import math

import numpy as np
import pytest

from journey.stats.significance import Group, Interval, chi_square_p, two_proportions, welch

# Percentage points of Student's t as printed in tables: two-sided 5 %, by degrees of freedom.
T_95 = {1: 12.706, 2: 4.303, 5: 2.571, 10: 2.228, 20: 2.086, 30: 2.042, 60: 2.000, 120: 1.980}
# Upper 5 % and 1 % points of chi-square.
CHI_SQUARE_95 = {1: 3.841, 2: 5.991, 3: 7.815, 5: 11.070, 10: 18.307, 30: 43.773, 50: 67.505}
CHI_SQUARE_99 = {1: 6.635, 2: 9.210, 3: 11.345, 5: 15.086, 10: 23.209, 30: 50.892, 50: 76.154}


def of(*values: float) -> np.ndarray:
    return np.array(values, dtype=float)


def groups(*samples: list[float]) -> Group:
    people = of(*(len(sample) for sample in samples))
    mean = of(*(np.mean(sample) for sample in samples))
    variance = of(*(np.var(sample, ddof=1) for sample in samples))
    return Group(people, mean, variance)


def of_degrees(degrees: float, statistic: float) -> Interval:
    """A comparison whose statistic is this one, with so many degrees of freedom.

    The other group is so large that it adds none; the standard error is 1.
    """
    people = degrees + 1
    return welch(Group(of(people), of(statistic), of(people)), Group(of(1e300), of(0), of(1e-300)))


def test_welchs_test_gives_the_published_examples():
    """Two worked examples that textbooks and implementations of the test print."""
    screws = [30.02, 29.99, 30.11, 29.97, 30.01, 29.99]
    other_screws = [29.89, 29.93, 29.72, 29.98, 30.02, 29.98]
    few, many = [3.0, 4.0, 1.0, 2.1], [490.2, 340.0, 433.9]
    found = welch(groups(screws, few), groups(other_screws, many))
    assert found.p_value == pytest.approx([0.090773324285671, 0.010751561149785], rel=1e-12)
    assert (found.low[0], found.high[0]) == pytest.approx((-0.0196, 0.2096), abs=5e-5)


@pytest.mark.parametrize("degrees", T_95)
def test_intervals_reach_as_far_as_the_printed_points_of_t(degrees: int):
    found = of_degrees(degrees, 0)
    assert found.high == pytest.approx(T_95[degrees], abs=5e-4)
    assert found.low == -found.high
    assert of_degrees(degrees, found.high[0]).p_value == pytest.approx(0.05, rel=1e-12)


def test_tails_of_t_follow_their_closed_forms_however_far_out():
    for t in (0, 0.01, 0.7, 1.96, 12, 90, 4e5):
        cauchy = 2 / math.pi * math.atan2(1, t)
        assert of_degrees(1, t).p_value == pytest.approx(cauchy, rel=1e-11)
        root = math.sqrt(2 + t * t)
        assert of_degrees(2, t).p_value == pytest.approx(2 / (root * (root + t)), rel=1e-11)


def test_with_very_many_people_t_is_normal():
    for t in (0, 0.3, 1.96, 5, 20, 37):
        normal = math.erfc(t / math.sqrt(2))
        assert of_degrees(1e12, t).p_value == pytest.approx(normal, rel=1e-8)


def test_broken_degrees_of_freedom_lie_between_whole_ones():
    for t in (0.7, 1.96, 12):
        tails = [of_degrees(degrees, t).p_value[0] for degrees in (2, 2.25, 2.5, 2.75, 3)]
        assert tails == sorted(tails, reverse=True)
        assert len(set(tails)) == len(tails)


def test_what_does_not_vary_is_not_tested():
    """No variance in either group, a group of one, no one to compare with."""
    unknown = math.nan
    one = Group(of(100, 1, 100), of(1, 1, 1), of(0, unknown, 0.25))
    other = Group(of(100, 100, unknown), of(0, 0.5, unknown), of(0, 0.25, unknown))
    for values in welch(one, other):
        assert np.isnan(values).all()


def test_one_group_may_stand_still():
    found = welch(Group(of(100), of(0.5), of(0.25)), Group(of(50), of(0.5), of(0)))
    assert found.p_value == 1
    assert found.high == pytest.approx(1.98422 * 0.05, rel=1e-5)  # as with 99 degrees of freedom


def test_two_shares_are_compared_by_the_error_of_their_common_share():
    """0.75 and 0.25 of 100 are the root of 50 standard errors apart, 0.6 and 0.4 that of 8."""
    counted, people = of(75, 40, 10, 30), of(100, 100, 20, 50)
    other_counted, other_people = of(25, 60, 40, 60), of(100, 100, 80, 150)
    found = two_proportions(counted, people, other_counted, other_people)
    unequal = math.erfc(0.2 / math.sqrt(2 * 0.45 * 0.55 * (1 / 50 + 1 / 150)))
    assert found == pytest.approx([math.erfc(5), math.erfc(2), 1, unequal], rel=1e-11)


def test_shares_without_people_or_of_all_or_of_none_are_not_tested():
    found = two_proportions(of(0, 5, 0, 3), of(10, 10, 0, 10), of(0, 8, 1, 0), of(20, 8, 9, 0))
    assert np.isnan(found).tolist() == [True, False, True, True]
    assert math.isnan(two_proportions(of(10), of(10), of(8), of(8))[0])


def test_chi_square_has_its_printed_points():
    for points, share in ((CHI_SQUARE_95, 0.05), (CHI_SQUARE_99, 0.01)):
        found = chi_square_p(of(*points.values()), of(*points))
        assert found == pytest.approx([share] * len(points), rel=1e-3)


def test_tails_of_chi_square_follow_their_closed_forms_however_far_out():
    for x in (0, 1e-6, 0.5, 4, 60, 900):
        found = chi_square_p(of(x, x, x), of(1, 2, 4))
        expected = [math.erfc(math.sqrt(x / 2)), math.exp(-x / 2), math.exp(-x / 2) * (1 + x / 2)]
        assert found == pytest.approx(expected, rel=1e-11)


def test_people_where_none_should_be_are_no_chance_and_no_degrees_no_test():
    found = chi_square_p(of(math.inf, math.nan, 1), of(1, 2, math.nan))
    assert found[0] == 0
    assert np.isnan(found[1:]).all()
