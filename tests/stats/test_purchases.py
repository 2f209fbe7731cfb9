"""The model of repeat buying: published parameters, known ones, and chance against formula."""

import numpy as np
import pytest
from scipy import integrate, stats

from journey.stats.likelihood import LEAST, LEAST_PEOPLE, MOST
from journey.stats.purchases import (
    Histories,
    Rates,
    beta_quadrature,
    chance_of_staying,
    expected_purchases,
    fitted_rates,
    log_likelihood,
)
from tests.stats.cdnow import cdnow_histories
from tests.stats.simulated import days, drawn_histories, one_history

PUBLISHED = Rates(r=0.243, alpha=4.414, a=0.793, b=2.426)
PUBLISHED_LIKELIHOOD = -9582.4
KNOWN = Rates(r=0.8, alpha=6.0, a=1.2, b=3.0)


def test_the_cdnow_sample_gives_the_published_parameters():
    seen = cdnow_histories()
    assert len(seen.people) == 2357
    found = fitted_rates(seen)
    assert [round(each, 3) for each in found] == list(PUBLISHED)
    assert log_likelihood(found, seen)[0] == pytest.approx(PUBLISHED_LIKELIHOOD, abs=0.05)


def test_the_published_customer_is_expected_to_buy_as_published():
    # customer 0001 of the sample, in the 39 weeks that follow: 1.226 (Fader, Hardie & Lee 2005)
    expected = expected_purchases(PUBLISHED, one_history(2, 30.43, 38.86), int(days(39)))
    assert expected == pytest.approx(1.226, abs=5e-4)


def test_known_parameters_are_recovered_from_simulated_buyers():
    seen, later = drawn_histories(KNOWN, people=20_000, weeks=60, ahead=30, seed=1)
    found = fitted_rates(seen)
    assert found.r == pytest.approx(KNOWN.r, rel=0.08)
    assert found.alpha == pytest.approx(KNOWN.alpha, rel=0.08)
    assert found.a / (found.a + found.b) == pytest.approx(KNOWN.a / (KNOWN.a + KNOWN.b), rel=0.05)
    # what was held out is what was expected, of all and of each number of repeats
    expected = expected_purchases(found, seen, int(days(30)))
    assert expected.sum() == pytest.approx(later.sum(), rel=0.05)
    for repeats in (0, 1, 2, 3):
        same = seen.repeats == repeats
        assert expected[same].mean() == pytest.approx(later[same].mean(), abs=0.05)


def test_expectations_are_the_means_of_buyers_with_that_history():
    # Buyers drawn until each history has its thousands: repeats as published, the last one and the
    # end within a week of what was published.
    weeks, ahead = 30.0, 52.0
    seen, later = drawn_histories(KNOWN, people=150_000, weeks=weeks, ahead=ahead, seed=2)
    expected = expected_purchases(KNOWN, seen, int(days(ahead)))
    groups = [seen.repeats == 0]
    groups += [
        (seen.repeats == repeats) & (seen.last >= low) & (seen.last < high)
        for repeats in (1, 2, 4)
        for low, high in ((0, 10), (10, 20), (20, 30))
    ]
    for group in groups:
        error = later[group].std() / np.sqrt(group.sum())
        assert group.sum() > 500
        assert expected[group].mean() == pytest.approx(later[group].mean(), abs=4 * error)


@pytest.mark.parametrize(
    ("rates", "history", "weeks"),
    [
        (PUBLISHED, (2, 30.43, 38.86), 39),
        (PUBLISHED, (0, 0, 0), 52),
        (PUBLISHED, (400, 150, 151), 52),
        (Rates(0.3, 0.05, 0.6, 2.0), (0, 0, 0.3), 52),
        (Rates(2.0, 5.0, 1.0, 1.5), (3, 10, 20), 13),
        (Rates(2.0, 5.0, 1.0 + 1e-12, 1.5), (3, 10, 20), 13),
        (Rates(0.5, 3.0, LEAST, 0.7), (1, 4, 9), 52),
        (Rates(0.5, 3.0, MOST, MOST), (1, 4, 9), 52),
        (Rates(MOST, MOST, 2.0, 3.0), (9, 8, 9), 52),
    ],
)
def test_expectations_are_those_of_the_posterior_whatever_the_parameters(rates, history, weeks):
    """The mean over chances by adaptive integration, in the quantiles of their distribution."""
    repeats, last, observed = history

    def bought(quantile: float) -> float:
        chance = max(stats.beta.ppf(quantile, rates.a, rates.b + repeats), 1e-300)
        growth = np.log1p(chance * weeks / (rates.alpha + observed))
        return -np.expm1(-(rates.r + repeats) * growth) / chance

    mean, _ = integrate.quad(bought, 0, 1, epsabs=0, epsrel=1e-10, limit=500)
    seen = one_history(repeats, last, observed)
    found = expected_purchases(rates, seen, int(days(weeks)))
    assert found == pytest.approx(mean * chance_of_staying(rates, seen), rel=1e-7)


def test_the_quadrature_gives_the_moments_of_the_beta_distribution():
    for a, b in ((0.8, 2.4), (1.0, 1.0), (LEAST, 3.0), (MOST, MOST), (0.5, 900.0)):
        points, weights = beta_quadrature(a, b)
        assert weights.sum() == pytest.approx(1, rel=1e-12)
        for moment in (1, 2, 3):
            found = (weights * points**moment).sum()
            assert found == pytest.approx(stats.beta(a, b).moment(moment), rel=1e-9)


def test_slopes_of_the_likelihood_are_its_differences():
    seen, _ = drawn_histories(KNOWN, people=300, weeks=30, ahead=0, seed=3)
    at, step = np.array(KNOWN), 1e-5
    _, slopes = log_likelihood(at, seen)
    for place, slope in enumerate(slopes):
        around = [at + sign * step * (np.arange(4) == place) for sign in (1, -1)]
        up, down = (log_likelihood(each, seen)[0] for each in around)
        assert slope == pytest.approx((up - down) / (2 * step), rel=1e-5)


def test_equal_histories_may_be_grouped_and_the_fit_does_not_move():
    seen, _ = drawn_histories(KNOWN, people=2_000, weeks=30, ahead=0, seed=4)
    in_days = [np.floor(each * 7) for each in (seen.last, seen.observed)]
    single = Histories.of_days(seen.repeats, *in_days, seen.people)
    said, people = np.unique([seen.repeats, *in_days], axis=1, return_counts=True)
    together = Histories.of_days(*said, people)
    assert len(people) < len(seen.people)
    assert fitted_rates(together) == pytest.approx(fitted_rates(single), rel=1e-3)
    assert fitted_rates(together) == fitted_rates(together)


def test_too_few_who_came_back_are_not_fitted():
    seen, _ = drawn_histories(KNOWN, people=400, weeks=30, ahead=0, seed=5)
    back = np.flatnonzero(seen.repeats > 0)
    few = np.concatenate([np.flatnonzero(seen.repeats == 0), back[: LEAST_PEOPLE - 1]])
    enough = np.concatenate([few, back[LEAST_PEOPLE - 1 : LEAST_PEOPLE]])
    columns = (seen.repeats, seen.last, seen.observed, seen.people)
    assert fitted_rates(Histories(*(each[few] for each in columns))) is None
    assert fitted_rates(Histories(*(each[enough] for each in columns))) is not None
