"""The next micro-spaces: places whose circle takes in most residents who have none yet."""

from datetime import datetime
from typing import Any, Final

import numpy as np
import polars as pl
from scipy.sparse import csr_array

from data.city import City
from features.asof import in_utc, known
from features.catchment import CITIZEN_MIN
from features.reach import reach
from features.section import on_wgs84
from features.supply.table import served_residents
from recsys.planning.opening.errors import PlanningError

COLUMNS: Final = (
    "rank",
    "division_code",
    "town_code",
    "district_code",
    "lon",
    "lat",
    "residents",
    "residents_60plus",
    "covered_after",
)
"""Columns: residents (and those from 60 on) newly within the circle, and the share of all
residents within a circle once this and those before it are there."""


def micro_spaces(city: City, moment: datetime, wanted: int) -> pl.DataFrame:
    """Where to put the next micro-spaces, one after the other.

    A place is covered when a venue with a room is within 15 minutes. Each next space goes where
    it covers most residents that nothing covers yet: greedy, at least 1 - 1/e of the best choice
    [nemhauser1978]. Fewer rows than wanted come back where everybody is covered.

    Args:
        city: any snapshot.
        moment: the cut-off, with an offset from UTC.
        wanted: spaces.

    Raises:
        PlanningError: none is wanted.
    """
    if wanted < 1:
        message = f"at least one micro-space is to be placed; got {wanted}"
        raise PlanningError(message)
    cut = in_utc(moment)
    people = served_residents(city, cut)
    venues = on_wgs84(known(city, "venues", cut).filter(pl.col("rooms") > 0).collect())
    covered = np.diff(reach(people, venues, cut_min=CITIZEN_MIN).indptr) > 0
    near = reach(people, people, cut_min=CITIZEN_MIN).T.tocsr()
    return _placed(people, near, covered, wanted)


def _placed(
    people: pl.DataFrame,
    near: csr_array,
    covered: np.ndarray[tuple[int, ...], np.dtype[np.bool_]],
    wanted: int,
) -> pl.DataFrame:
    """Greedy cover; ``near`` holds, for each place that may get a space, the places it serves."""
    persons = people["population"].to_numpy()
    elders = people["population_60plus"].fill_null(0.0).to_numpy()
    serves = csr_array((np.ones(near.nnz), near.indices, near.indptr), shape=near.shape)
    rows: list[dict[str, Any]] = []
    for rank in range(1, wanted + 1):
        gain = serves @ np.where(covered, 0.0, persons)
        best = int(np.argmax(gain))
        if gain[best] <= 0:
            break
        circle = near.indices[near.indptr[best] : near.indptr[best + 1]]
        new = circle[~covered[circle]]
        covered = covered.copy()
        covered[circle] = True
        place = people.row(best, named=True)
        rows.append(
            {
                name: place[name]
                for name in ("division_code", "town_code", "district_code", "lon", "lat")
            }
            | {
                "rank": rank,
                "residents": round(float(persons[new].sum())),
                "residents_60plus": round(float(elders[new].sum())),
                "covered_after": round(float(persons[covered].sum() / persons.sum()), 6),
            }
        )
    if not rows:
        return pl.DataFrame(schema=dict.fromkeys(COLUMNS, pl.Null))
    return pl.DataFrame(rows).select(COLUMNS)
