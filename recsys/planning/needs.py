"""What a plan is made for: gaps of skills and classes wanted, the one place that joins the two."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
import polars as pl

from data.city import City
from features.demand.build import end_of
from features.errors import DemandError
from recsys.planning.gaps.table import SEED, gaps_of_city
from recsys.planning.interest.wants import wants

NO_GAPS: Final = pl.Schema(
    {"division_code": pl.String(), "skill_id": pl.String(), "gap": pl.Float64()}
)
"""Where no demand can be told, nothing is known to be short."""

Step = Callable[[str], None]
"""Told what begins."""


@dataclass(frozen=True, slots=True)
class Needs:
    """What residents and employers lack.

    Attributes:
        gaps: skills short by district; without rows where no demand can be told.
        wants: classes wanted by town.
    """

    gaps: pl.DataFrame
    wants: pl.DataFrame


def needs_of_city(
    city: City,
    month: date,
    step: Step,
    gaps: pl.DataFrame | None = None,
    wanted: pl.DataFrame | None = None,
) -> Needs:
    """The needs of a snapshot as they were known when a month was over.

    Args:
        city: the snapshot.
        month: first day of the month.
        step: told what begins.
        gaps: a table made before; left out, it is worked out.
        wanted: classes wanted, likewise.
    """
    told = told_gaps(city, month, step) if gaps is None else gaps
    step("counting what residents want")
    return Needs(told, wants(city, end_of(month)) if wanted is None else wanted)


def told_gaps(city: City, month: date, step: Step) -> pl.DataFrame:
    """The gaps, or none where postings tell no demand."""
    try:
        return gaps_of_city(city, month, step, np.random.default_rng(SEED)).table
    except DemandError:
        return NO_GAPS.to_frame()
