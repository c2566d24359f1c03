"""The year of hiring: the New Year moves, and little history says little."""

from datetime import date

import numpy as np
import pytest

from features.demand.forecast import Origin, future_totals
from features.demand.grid import after, months_between
from features.demand.season import LEAST_MONTHS, fit_season, lunar_shares

MONTHS = months_between(date(2022, 1, 1), date(2025, 6, 1))


def year_of_hiring(months: tuple[date, ...], growth: float = 0.0) -> np.ndarray:
    """A quiet December, and a dip and a rush that follow the lunar year."""
    quiet = np.array([0.8 if month.month == 12 else 1.0 for month in months])
    lunar = np.exp(lunar_shares(months) @ np.array([-0.9, 0.4]))
    return 1000 * quiet * lunar * np.exp(growth * np.arange(len(months)))


def test_the_dip_moves_with_the_new_year() -> None:
    january, february = lunar_shares([date(2025, 1, 1), date(2024, 2, 1)])[:, 0]
    assert january > 0.5  # 29 January 2025
    assert february > 0.5  # 10 February 2024
    assert lunar_shares([date(2024, 1, 1)])[0, 0] < 0.25


def test_a_dip_that_fell_in_february_is_foreseen_in_january() -> None:
    known = MONTHS[:35]  # to November 2024; so far the dips fell in January, January, February
    season = fit_season(year_of_hiring(known), known)
    ahead = [date(2025, 1, 1), date(2025, 2, 1)]
    truth = year_of_hiring((known[0], *ahead))[1:]
    assert season.factors(ahead)[0] / season.factors(ahead)[1] == pytest.approx(
        truth[0] / truth[1], rel=0.1
    )


def test_growth_is_no_season() -> None:
    season = fit_season(year_of_hiring(MONTHS, growth=0.02), MONTHS)
    assert season.growth == pytest.approx(0.02, abs=0.003)


@pytest.mark.parametrize("known", range(1, LEAST_MONTHS))
def test_below_thirteen_months_there_is_no_season(known: int) -> None:
    season = fit_season(year_of_hiring(MONTHS[:known]), MONTHS[:known])
    assert season.effects is None
    assert season.factors(MONTHS).tolist() == [1.0] * len(MONTHS)


def test_months_without_postings_are_not_taken_for_a_season() -> None:
    totals = year_of_hiring(MONTHS)
    totals[5:8] = 0.0
    season = fit_season(totals, MONTHS)
    assert np.isfinite(season.factors(MONTHS)).all()


def test_totals_ahead_follow_the_season() -> None:
    known = MONTHS[:36]
    totals = year_of_hiring(known)[:, None]
    origin = Origin(
        known, totals, np.ones((1, 1)), np.ones((1, 1)), fit_season(totals[:, 0], known)
    )
    ahead = [float(future_totals(origin, step)[0]) for step in range(1, 7)]
    truth = year_of_hiring(tuple(after(known[-1], step) for step in range(1, 7)))
    np.testing.assert_allclose(ahead, truth, rtol=0.12)
