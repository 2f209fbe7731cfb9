"""The parameters that make what was seen most likely, found the same way every time."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from scipy import optimize

LEAST_PEOPLE = 30  # who determine a parameter; of fewer, as in all the marts, rates say little
# Where parameters are looked for. Beyond these, people no longer differ from one another (or
# without bound), and another power of ten changes no prediction.
LEAST, MOST = 1e-4, 1e3
MOST_STEPS = 500
DIGITS = 9  # of what is stored: what follows is where the search happened to stop
FLAT = 1e-6  # of the likelihood of one person, by the logarithm of a parameter

# The logarithm of the likelihood of all people at some parameters, and its slope along each.
Likelihood = Callable[[np.ndarray], tuple[float, np.ndarray]]


def most_likely(
    likelihood: Likelihood, names: Sequence[str], people: int
) -> dict[str, float] | None:
    """The positive parameters of the largest likelihood; None where no maximum was found."""

    def loss(logs: np.ndarray) -> tuple[float, np.ndarray]:
        parameters = np.exp(logs)
        value, slopes = likelihood(parameters)
        return -value / people, -slopes * parameters / people

    bounds = [(np.log(LEAST), np.log(MOST))] * len(names)
    found = optimize.minimize(
        loss,
        np.zeros(len(names)),
        jac=True,
        method="L-BFGS-B",
        bounds=bounds,
        options={"maxiter": MOST_STEPS, "ftol": 0, "gtol": FLAT / 1000},
    )
    if not is_flat(found.x, loss(found.x)[1], bounds):
        return None
    return dict(zip(names, np.exp(found.x).tolist(), strict=True))


def is_flat(logs: np.ndarray, slopes: np.ndarray, bounds: list[tuple[float, float]]) -> bool:
    """Whether no step within the bounds leads further down."""
    least, most = np.array(bounds).T
    return bool(np.abs(np.clip(logs - slopes, least, most) - logs).max() <= FLAT)


def row_of_fit(
    fit: Any, log_likelihood: Callable[..., tuple[float, Any]], seen: Any
) -> dict[str, Any]:
    """A fit as it is stored: its parameters, rounded, and their likelihood; or that there is none.

    `fit` is a named tuple or None; `log_likelihood` takes the parameters and what was `seen`,
    and gives its value first.
    """
    if fit is None:
        return {"is_fitted": False}
    parameters = {name: round(value, DIGITS) for name, value in fit._asdict().items()}
    value, _ = log_likelihood(list(parameters.values()), seen)
    return parameters | {"is_fitted": True, "log_likelihood": round(value, DIGITS)}
