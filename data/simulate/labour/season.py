"""How vacancies follow the year: the lunar New Year's dip, the rush after it, a quiet December."""

from calendar import monthrange
from datetime import date
from typing import Final

import numpy as np
from numpy.typing import NDArray

from data.simulate.calendar import cut_off
from data.simulate.params import SimulationParams
from data.simulate.presets import SimulationError
from data.vocab import CITY_TIME
from data.vocabulary.lunar import NEW_YEARS

DIP_BEFORE: Final = 14
"""Days before the New Year on which hiring slackens."""

DIP_AFTER: Final = 10
"""Days after it until hiring begins again."""

RUSH_DAYS: Final = 35
"""Days of the rush that follows the dip."""

USUAL: Final = (1.0, 1.0, 1.05, 1.05, 1.0, 1.0, 0.95, 0.95, 1.1, 1.05, 0.95, 0.85)
"""Vacancies by month of the year without the New Year: graduates in spring, autumn hiring; a
guess."""


def labour_months(params: SimulationParams) -> tuple[date, ...]:
    """First days of the months before the one of the cut-off, oldest first.

    Raises:
        SimulationError: a month lies outside the years whose New Year is known.
    """
    end = cut_off(params).astimezone(CITY_TIME)
    last = end.year * 12 + end.month - 1
    months = tuple(date(n // 12, n % 12 + 1, 1) for n in range(last - params.labour_months, last))
    first, final = NEW_YEARS[0].year, NEW_YEARS[-1].year
    if months[0].year < first or months[-1].year > final:
        message = (
            f"the lunar New Year is known for {first}-{final}; "
            f"the labour months run from {months[0]} to {months[-1]}"
        )
        raise SimulationError(message)
    return months


def season(params: SimulationParams, months: tuple[date, ...]) -> NDArray[np.float64]:
    """Relative vacancies of each month: the mean over its days times the month's usual."""
    return np.array([_month(params, month) * USUAL[month.month - 1] for month in months])


def _month(params: SimulationParams, month: date) -> float:
    """Mean of the days' factors: ``new_year_dip``, ``new_year_rush`` or 1."""
    new_year = NEW_YEARS[month.year - NEW_YEARS[0].year].toordinal()
    days = np.arange(monthrange(month.year, month.month)[1]) + month.toordinal() - new_year
    dip = (days >= -DIP_BEFORE) & (days < DIP_AFTER)
    rush = (days >= DIP_AFTER) & (days < DIP_AFTER + RUSH_DAYS)
    return float(np.where(dip, params.new_year_dip, np.where(rush, params.new_year_rush, 1)).mean())
