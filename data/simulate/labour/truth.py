"""The true gaps of the labour market, for the judge alone."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from data.simulate.gather import ints
from data.simulate.labour.market import Labour
from data.simulate.labour.planted import KINDS, Planted
from data.simulate.labour.reach import reachable_seats
from data.simulate.place.places import Map
from data.simulate.topics import skills

__all__ = ["gap_rows", "reachable_seats"]


def gap_rows(
    labour: Labour, planted: Planted, seats: NDArray[np.float64], city: Map
) -> pl.DataFrame:
    """The truth table ``gaps``: every month, district and vocational skill.

    Supply is the jobseekers with the skill and the completer seats within reach; the gap is the
    vacancies minus the supply, below zero where people are over.

    Args:
        labour: the market.
        planted: the planted cells.
        seats: completers a month that each district reaches (``reachable_seats``), shape
            (districts, skills), or (months, districts, skills) where they change.
        city: the map.

    Returns:
        division_code, skill_id, month, vacancies, supply, gap (persons) and kind, ordered by
        month, district and skill.
    """
    taught = np.flatnonzero([skill.vocational for skill in skills()])
    vacancies = labour.vacancies[:, :, taught].astype(np.float64)
    supply = (labour.seekers + seats)[:, :, taught]
    month, district, skill = np.indices(vacancies.shape).reshape(3, -1)
    codes = pl.Series([row.division_code for row in city.districts])
    names = pl.Series([skills()[index].skill_id for index in ints(taught)])
    return pl.DataFrame(
        {
            "division_code": codes.gather(district),
            "skill_id": names.gather(skill),
            "month": pl.Series(labour.months).gather(month),
            "vacancies": vacancies.ravel(),
            "supply": supply.ravel(),
            "gap": (vacancies - supply).ravel(),
            "kind": _kinds(planted, vacancies.shape[1]).gather(
                np.ravel_multi_index((district, taught[skill]), (vacancies.shape[1], len(skills())))
            ),
        }
    )


def _kinds(planted: Planted, districts: int) -> pl.Series:
    """The kind of each cell, districts then skills; null where nothing is planted."""
    kind = np.full((districts, len(skills())), len(KINDS))
    kind[planted.district, planted.skill] = planted.kind
    return pl.Series([*KINDS, None], dtype=pl.String).gather(kind.ravel())
