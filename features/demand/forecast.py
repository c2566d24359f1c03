"""The next months: share x seasonal total x growth, with intervals.

    V_{t+h} = total_{a,t+h} · pi_ak · alpha / beta
    total_{a,t+h} = level_a · S_{t+h} · e^{g(h)}

level_a is the area's total without the season, smoothed exponentially by .3; S the season of
``season``, which moves with the lunar New Year; g the growth, damped. Source: METHODS section 3.
Intervals are those of the level carried h months on, calibrated by past origins of the same h.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
from numpy.typing import NDArray

from features.demand.grid import after
from features.demand.season import Season
from features.demand.shrinkage import DemandModel, shape_of

Floats = NDArray[np.float64]

SMOOTHING: Final = 0.3
"""Weight of the newest month in an area's level."""

DAMPING: Final = 0.9
"""What is left of growth a month later."""


@dataclass(frozen=True, slots=True)
class Origin:
    """What is known when a forecast is made; A areas, K skills.

    Attributes:
        months: first days of the known months.
        totals: persons by month and area, shape (M, A).
        share: expected share of each cell in its area's total, shape (A, K).
        alpha: shape of each cell's level, shape (A, K).
        season: fitted on the known months.
    """

    months: tuple[date, ...]
    totals: Floats
    share: Floats
    alpha: Floats
    season: Season


def expected_persons(origin: Origin, ahead: int) -> Floats:
    """Persons expected ``ahead`` months after the last known month, shape (A, K)."""
    return future_totals(origin, ahead)[:, None] * origin.share


def future_totals(origin: Origin, ahead: int) -> Floats:
    """Persons of each area ``ahead`` months on, shape (A,)."""
    plain = origin.totals / origin.season.factors(origin.months)[:, None]
    level = plain[0]
    for month in plain[1:]:
        level = SMOOTHING * month + (1 - SMOOTHING) * level
    grown = origin.season.growth * sum(DAMPING**step for step in range(1, ahead + 1))
    season = origin.season.factors([after(origin.months[-1], ahead)])[0]
    total: Floats = level * season * np.exp(grown)
    return total


def future_shape(origin: Origin, model: DemandModel, ahead: int) -> Floats:
    """Shape of the negative binomial ``ahead`` months on: what is known of the level fades."""
    return shape_of(model.discount**ahead * origin.alpha, model)
