"""True gaps of the labour market, with the seats that the choice world really completes."""

from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from data.simulate.build import Built
from data.simulate.labour.market import Labour
from data.simulate.labour.reach import reachable_seats
from data.simulate.labour.truth import gap_rows

TERM_MONTHS: Final = 6
"""Months for which the completers of one term stand."""


def gap_table(city: Built, labour: Labour) -> pl.DataFrame:
    """The truth table ``gaps``: vacancies, supply and gap by month, district and skill.

    Args:
        city: after its terms.
        labour: the market.

    Returns:
        Columns of ``labour.truth.gap_rows``.
    """
    return gap_rows(labour, city.planted, _completers(city), city.city)


def _completers(city: Built) -> NDArray[np.float64]:
    """Completers a month within each district's reach, by skill, of the last finished term."""
    planned, seats = city.terms[-1], np.zeros(len(city.terms[-1]))
    for term, result in zip(city.terms, city.results, strict=True):
        if result.outcome is not None:
            done = result.seats.section[result.outcome.completed]
            planned, seats = term, np.bincount(done, minlength=len(term)) / TERM_MONTHS
    venues, room = city.world.venues, planned.venue >= 0
    lon, lat = (
        np.where(room, axis[np.maximum(planned.venue, 0)], np.nan)
        for axis in (venues.lon, venues.lat)
    )
    skills = city.world.courses.skills[planned.course]
    return reachable_seats(city.city, lon, lat, seats, skills)
