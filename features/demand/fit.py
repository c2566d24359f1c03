"""Fit of the demand model: what would have predicted each month best from the months before."""

from dataclasses import fields
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from features.demand.shrinkage import DemandModel, Expected, filter_levels, log_likelihood

Floats = NDArray[np.float64]

LEAST_MONTHS: Final = 4
"""Below this many months the model's defaults stand: nothing was predicted yet to learn from."""

MOST_CELLS: Final = 50_000
"""Cells (area, skill) times months that a fit looks at; evenly spaced ones of more."""

WARM_UP: Final = 1
"""First months that are learned from but not predicted."""

START: Final = DemandModel()
LEAST = (0.5, 0.5, 0.003)
MOST = (0.9999, 1e4, 3.0)
"""Least and most of discount, dispersion and prior variance."""


def fit_model(expected: Expected) -> DemandModel:
    """The model of the largest one-step-ahead predictive likelihood.

    Nelder-Mead (1965) on logit discount, log dispersion and log prior variance; the same
    counts give the same model.

    Args:
        expected: counts and expectations, shape (M, A, K).

    Returns:
        The default model where months are fewer than ``LEAST_MONTHS`` or nothing was counted.
    """
    if len(expected.counts) < LEAST_MONTHS or expected.counts.sum() == 0:
        return START
    part = _thinned(expected)

    def worse(point: Floats) -> float:
        return -_score(part, _model(point))

    found = minimize(worse, _point(START), method="Nelder-Mead", tol=0.02, options={"maxfev": 160})
    return _model(found.x)


def _score(expected: Expected, model: DemandModel) -> float:
    filtered = filter_levels(expected, model)
    ahead = slice(WARM_UP, None)
    return float(
        log_likelihood(
            expected.counts[ahead], filtered.ahead_mean[ahead], filtered.ahead_shape[ahead]
        ).sum()
    )


def _thinned(expected: Expected) -> Expected:
    """Every so many cells, areas and skills mixed, as one area of many."""
    months = len(expected.counts)
    step = max(1, -(-expected.counts.size // MOST_CELLS))
    return Expected(
        *(
            getattr(expected, part.name).reshape(months, 1, -1)[:, :, ::step]
            for part in fields(expected)
        )
    )


def _point(model: DemandModel) -> Floats:
    d = model.discount
    return np.log([d / (1 - d), model.dispersion, model.prior_variance])


def _model(point: Floats) -> DemandModel:
    raw = np.exp(point)
    raw[0] /= 1.0 + raw[0]
    return DemandModel(*(float(value) for value in np.clip(raw, LEAST, MOST)))
