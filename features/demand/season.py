"""How the city's vacancies follow the year, the moving New Year included.

    log total_t = level + growth·t + calendar[month of t] + holiday·h_t + rush·r_t + noise

h_t is the share of the month's days from 15 days before the lunar New Year (the first of the
spring-travel rush, 春运) to the end of the eight-day holiday, r_t of the five weeks of hiring that
follow. Every effect has a normal prior around zero, so that one year of months says little and two
say it well; below ``LEAST_MONTHS`` there is no season at all.
"""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from data.vocabulary.lunar import NEW_YEARS

Floats = NDArray[np.float64]

LEAST_MONTHS: Final = 13
"""Months of postings from which a season is told."""

HOLIDAY: Final = (-15, 8)
"""Days around the first day of the lunar year on which hiring rests, the end not included."""

RUSH: Final = (8, 43)
"""Days after it on which hiring is made up for."""

LEVEL_SD, GROWTH_SD, CALENDAR_SD, LUNAR_SD, NOISE_SD = 10.0, 0.01, 0.1, 1.0, 0.03
"""Standard deviations of the effects, of log vacancies; of the growth, a month."""

MONTHS_OF_YEAR: Final = 12


@dataclass(frozen=True, slots=True)
class Season:
    """The fitted year.

    Attributes:
        effects: level, growth, twelve calendar months, holiday, rush; None without a season.
        known_months: how many months it was fitted on.
    """

    effects: Floats | None
    known_months: int

    @property
    def growth(self) -> float:
        """Growth of log vacancies a month; 0 without a season."""
        return 0.0 if self.effects is None else float(self.effects[1])

    def factors(self, months: Sequence[date]) -> Floats:
        """Vacancies of each month relative to the mean of a year; 1 without a season.

        The mean is that of the twelve calendar months and of two months' worth of the New Year.
        """
        if self.effects is None:
            return np.ones(len(months))
        calendar, lunar = self.effects[2 : 2 + MONTHS_OF_YEAR], self.effects[-2:]
        place = np.array([month.month - 1 for month in months], dtype=np.int64)
        logs = calendar[place] + lunar_shares(months) @ lunar
        days = np.array([HOLIDAY[1] - HOLIDAY[0], RUSH[1] - RUSH[0]]) / 365.25
        relative: Floats = np.exp(logs - calendar.mean() - days @ lunar)
        return relative


def fit_season(totals: Floats, months: Sequence[date]) -> Season:
    """The posterior mean of the effects; closed form.

    Args:
        totals: vacancies of the whole city a month, shape (M,); months without any are skipped.
        months: first days, length M.
    """
    held = totals > 0
    if held.sum() < LEAST_MONTHS:
        return Season(None, int(held.sum()))
    design = _design(months)[held]
    spread = np.array([LEVEL_SD, GROWTH_SD, *[CALENDAR_SD] * MONTHS_OF_YEAR, LUNAR_SD, LUNAR_SD])
    precision = design.T @ design / NOISE_SD**2 + np.diag(spread**-2.0)
    right = design.T @ np.log(totals[held]) / NOISE_SD**2
    effects = np.linalg.solve(precision, right).astype(np.float64)
    return Season(effects, int(held.sum()))


def lunar_shares(months: Sequence[date]) -> Floats:
    """Share of each month's days in the holiday and in the rush, shape (M, 2).

    The New Year of 2024 was on 10 February: most of that month rested.

    >>> lunar_shares([date(2024, 2, 1)]).round(2).tolist()
    [[0.59, 0.41]]
    """
    return np.array([_lunar_shares(month) for month in months]).reshape(-1, 2)


@cache
def _lunar_shares(month: date) -> tuple[float, float]:
    days = month.toordinal() + np.arange(monthrange(month.year, month.month)[1])
    offsets = days[:, None] - np.array([day.toordinal() for day in NEW_YEARS])
    holiday, rush = (
        float(((offsets >= begin) & (offsets < end)).any(axis=1).mean())
        for begin, end in (HOLIDAY, RUSH)
    )
    return holiday, rush


def _design(months: Sequence[date]) -> Floats:
    number = np.arange(len(months), dtype=np.float64)
    place = np.array([month.month - 1 for month in months], dtype=np.int64)
    calendar = np.eye(MONTHS_OF_YEAR)[place]
    ones = np.ones((len(months), 1))
    return np.hstack([ones, (number - number.mean())[:, None], calendar, lunar_shares(months)])
