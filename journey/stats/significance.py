"""How likely chance alone makes a difference as large: of means, of shares, of people over groups.

Every test takes arrays of the same length, one place a comparison, and gives arrays of that
length. Where nothing can be tested (a group of one, no variance, a number that is not known) its
place holds nan. The distributions are scipy's; what is compared with what is a matter of SQL.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import special

Numbers = NDArray[np.float64]


class Group(NamedTuple):
    """What is known of a group in each comparison; `variance` is that of a sample (n - 1)."""

    people: Numbers
    mean: Numbers
    variance: Numbers


class Interval(NamedTuple):
    """Of a difference of means, in the unit of the means; `p_value` is two-sided, 0 to 1."""

    low: Numbers
    high: Numbers
    p_value: Numbers


def welch(group: Group, other: Group, confidence: float = 0.95) -> Interval:
    """Whether the mean of a group differs from the other's: Welch's t test and its interval.

    The groups need not vary alike, nor be of one size. Source: B. L. Welch, "The generalization of
    'Student's' problem when several different population variances are involved", Biometrika 34
    (1947).
    """
    difference = group.mean - other.mean
    with np.errstate(divide="ignore", invalid="ignore"):
        part, other_part = (each.variance / each.people for each in (group, other))
        error = _or_nan(np.sqrt(part + other_part))
        degrees = (part + other_part) ** 2 / (
            part**2 / (group.people - 1) + other_part**2 / (other.people - 1)
        )
        margin = error * special.stdtrit(degrees, (1 + confidence) / 2)
        p_value = 2 * special.stdtr(degrees, -np.abs(difference) / error)
    return Interval(difference - margin, difference + margin, p_value)


def two_proportions(
    counted: Numbers, people: Numbers, other_counted: Numbers, other_people: Numbers
) -> Numbers:
    """The p-value of two shares, two-sided: of `people`, `counted` did it.

    The normal approximation with one standard error for both, that of their common share. Source:
    NIST/SEMATECH e-Handbook of Statistical Methods, 7.3.3. Nothing varies, and nothing can be
    tested, where all did it or none did.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        share, other_share = counted / people, other_counted / other_people
        common = (counted + other_counted) / (people + other_people)
        error = _or_nan(np.sqrt(common * (1 - common) * (1 / people + 1 / other_people)))
        p_value: Numbers = 2 * special.ndtr(-np.abs(share - other_share) / error)
    return p_value


def chi_square_p(chi_square: Numbers, degrees: Numbers) -> Numbers:
    """How likely Pearson's chi-square is at least so large, with so many degrees of freedom.

    Counts where none can be expected make it infinite, and its p-value 0.
    """
    p_value: Numbers = special.chdtrc(degrees, chi_square)
    return p_value


def _or_nan(error: Numbers) -> Numbers:
    """Without an error there is no noise to tell a difference from."""
    return np.where(error > 0, error, np.nan)
