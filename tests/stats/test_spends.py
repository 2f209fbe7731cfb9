"""The model of what a purchase is worth: published parameters, and known ones recovered."""

import numpy as np
import pytest

from journey.stats.likelihood import LEAST_PEOPLE
from journey.stats.spends import Spends, Worth, fitted_worth, log_likelihood
from tests.stats.cdnow import cdnow_spends

PUBLISHED = Worth(p=6.25, q=3.74, v=15.44)  # Fader and Hardie 2013
KNOWN = Worth(p=6.0, q=4.0, v=15.0)


def drawn(people: int, seed: int, unit: float = 1.0) -> tuple[Spends, np.ndarray]:
    """What people spent, purchase by purchase, and what each of them spends on the average."""
    draw = np.random.default_rng(seed)
    scales = draw.gamma(KNOWN.q, 1 / KNOWN.v, people)
    purchases = draw.integers(1, 6, people)
    means = np.array(
        [
            draw.gamma(KNOWN.p, 1 / scale, n).mean()
            for scale, n in zip(scales, purchases, strict=True)
        ]
    )
    return Spends(purchases, means * unit, np.ones(people)), KNOWN.p / scales * unit


def test_the_cdnow_sample_gives_the_published_parameters():
    seen = cdnow_spends()
    assert len(seen.people) == 946
    # two decimals are published; the means of the summary are rounded too
    assert list(fitted_worth(seen)) == pytest.approx(PUBLISHED, abs=0.01)


@pytest.mark.parametrize("unit", [1.0, 10_000.0])
def test_known_parameters_are_recovered_in_any_currency(unit):
    seen, _ = drawn(30_000, 1, unit)
    found = fitted_worth(seen)
    assert found.p == pytest.approx(KNOWN.p, rel=0.06)
    assert found.q == pytest.approx(KNOWN.q, rel=0.06)
    assert found.v == pytest.approx(KNOWN.v * unit, rel=0.06)


def test_a_weighted_mean_of_own_and_all_people_s_is_what_people_spend():
    seen, own = drawn(50_000, 2)
    total = seen.purchases * seen.mean
    expected = KNOWN.p * (KNOWN.v + total) / (KNOWN.p * seen.purchases + KNOWN.q - 1)
    for low, high in ((0, 15), (15, 25), (25, 40), (40, 80)):
        group = (seen.purchases == 2) & (seen.mean >= low) & (seen.mean < high)
        error = own[group].std() / np.sqrt(group.sum())
        assert expected[group].mean() == pytest.approx(own[group].mean(), abs=4 * error)


def test_slopes_of_the_likelihood_are_its_differences():
    seen, _ = drawn(300, 3)
    at, step = np.array(KNOWN), 1e-5
    _, slopes = log_likelihood(at, seen)
    for place, slope in enumerate(slopes):
        around = [at + sign * step * (np.arange(3) == place) for sign in (1, -1)]
        up, down = (log_likelihood(each, seen)[0] for each in around)
        assert slope == pytest.approx((up - down) / (2 * step), rel=1e-5, abs=1e-4)


def test_too_few_are_not_fitted_and_neither_is_a_mean_without_bound():
    seen, _ = drawn(LEAST_PEOPLE, 4)
    few = Spends(*(each[1:] for each in (seen.purchases, seen.mean, seen.people)))
    assert fitted_worth(few) is None
    draw = np.random.default_rng(5)
    wild = Spends(np.full(500, 3), draw.pareto(0.5, 500) + 1, np.ones(500))
    assert fitted_worth(wild) is None


@pytest.mark.parametrize("seed", [9, 11])  # v at the end of where it is looked for, and within
def test_rounding_decides_nothing_where_people_hardly_differ(seed):
    """The order in which likelihoods are added changes their last digits; the fit stays."""
    draw = np.random.default_rng(seed)
    purchases = draw.integers(1, 8, 150)
    means = draw.gamma(0.78 * purchases, 1 / (0.78 * purchases))
    found = []
    for _ in range(20):
        order = draw.permutation(150)
        found.append(fitted_worth(Spends(purchases[order], means[order], np.ones(150))))
    assert None not in found
    assert np.ptp(np.array(found), axis=0) == pytest.approx(0, abs=1e-5)
