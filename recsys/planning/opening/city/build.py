"""A city's tables put together: the problem, and the names that a report needs."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np
import polars as pl
from scipy.sparse import csr_array

from data.city import City
from features.applicants import Applicants, learn
from recsys.planning.opening.city.ground import Ground, ground_of
from recsys.planning.opening.city.needs import JOB, cells_of
from recsys.planning.opening.city.offers import offers_of
from recsys.planning.opening.city.pool import Pool, pool_of
from recsys.planning.opening.city.staffing import staff_of
from recsys.planning.opening.costs import Costs, shipped_costs
from recsys.planning.opening.errors import PlanningError
from recsys.planning.opening.problem import Cells, Limits, Offers, Problem, Sites, Templates

TOWN: Final = "town"
"""The only kind of division that has a floor."""


@dataclass(frozen=True, slots=True)
class Ask:
    """What a plan is asked to keep to.

    Attributes:
        budget: yuan.
        rural_share: of learners' seats at rural sites, at least.
        teachers_cap: teachers for 10,000 residents; None for the declared figure.
        town_floor: sections for each town, at least.
        costs: declared figures.
    """

    budget: float
    rural_share: float = 0.0
    teachers_cap: float | None = None
    town_floor: int = 0
    costs: Costs | None = None


@dataclass(frozen=True, slots=True)
class Setting:
    """A city's problem with the tables it was made from.

    Attributes:
        problem: as arrays.
        cells: rows of ``city.needs``, one for each cell.
        ground: venues and people.
        pool: courses; one for each template.
        applicants: what was learned of them.
        costs: declared figures.
        qualifications: names in the order of their numbers.
        out_of_reach: towns for which no usable site counts, so that they have no floor.
    """

    problem: Problem
    cells: pl.DataFrame
    ground: Ground
    pool: Pool
    applicants: Applicants
    costs: Costs
    qualifications: tuple[str, ...]
    out_of_reach: tuple[str, ...]


def setting_of(
    city: City,
    moment: datetime,
    ask: Ask,
    gaps: pl.DataFrame,
    wants: pl.DataFrame | None = None,
    extra: pl.DataFrame | None = None,
    keep: Collection[tuple[str, str]] = (),
    *,
    alone: bool = False,
) -> Setting:
    """The problem of a city at a moment.

    Args:
        city: any snapshot.
        moment: the cut-off, with an offset from UTC.
        ask: what a plan has to keep to.
        gaps: skills short by district; ``city.needs`` says which columns are read.
        wants: classes wanted by town.
        extra: rooms that aren't in the snapshot, rows of the contract table ``venues``.
        keep: courses and venues that may be opened whatever is expected of them.
        alone: whether courses are on offer too that cover nothing that is needed.

    Raises:
        CutOffError: the moment has no offset from UTC.
        PlaceError: people live in divisions none of which has a point.
        PlanningError: nothing is needed, or there is nowhere to meet it.
    """
    costs = ask.costs or shipped_costs()
    ground = ground_of(city, moment, extra)
    cells = cells_of(gaps, wants, costs.value)
    here = [*ground.districts, *ground.towns]
    cells = cells.filter(pl.col("division_code").is_in(here))
    if (cells.is_empty() and not alone) or ground.venues.is_empty():
        message = (
            f"nothing can be planned: {cells.height} cells of need lie in the "
            f"{len(ground.districts)} districts with schools, which have "
            f"{ground.venues.height} venues with a room"
        )
        raise PlanningError(message)
    wanted = set(cells.filter(pl.col("kind") == JOB)["topic"])
    pool = pool_of(city, moment, wanted, costs.teaching)
    applicants = learn(ground.past)
    offers = offers_of(ground, pool, cells, applicants, costs, keep, alone=alone)
    staff, names = staff_of(city, moment, ground, pool, costs, ask.teachers_cap)
    limits, lost = _limits(ground, offers, ask)
    problem = Problem(
        _cells(cells), _sites(ground), _templates(pool, names, costs), staff, offers, limits
    )
    return Setting(problem, cells, ground, pool, applicants, costs, names, lost)


def _cells(rows: pl.DataFrame) -> Cells:
    return Cells(
        tuple(rows["division_code"]),
        tuple(rows["topic"]),
        rows["width"].to_numpy().astype(np.float64),
        rows["value"].to_numpy().astype(np.float64),
    )


def _sites(ground: Ground) -> Sites:
    number = {code: place for place, code in enumerate(ground.districts)}
    venues = ground.venues
    return Sites(
        tuple(venues["venue_id"]),
        np.array([number.get(code, 0) for code in venues["district_code"]], dtype=np.int64),
        venues["rural"].to_numpy(),
        venues["seats"].to_numpy().astype(np.int64),
        ground.free,
    )


def _templates(pool: Pool, names: Sequence[str], costs: Costs) -> Templates:
    number: Mapping[str, int] = {name: place for place, name in enumerate(names)}
    hours = pool.courses["hours"].to_numpy().astype(np.float64)
    weekly = hours / costs.teaching.weeks
    return Templates(
        tuple(pool.courses["course_id"]),
        hours,
        np.maximum(1, np.ceil(weekly / costs.teaching.meeting_hours)).astype(np.int64),
        weekly,
        np.array([number[name] for name in pool.courses["qualification"]], dtype=np.int64),
    )


def _limits(ground: Ground, offers: Offers, ask: Ask) -> tuple[Limits, tuple[str, ...]]:
    """Floors count sections at a town's own sites, else at those its people reach."""
    usable = np.zeros(ground.venues.height, dtype=np.bool_)
    usable[offers.site] = True
    serves = (_own(ground) & usable).astype(np.float64)
    reached = (ground.by_town > 0) & usable
    alone = serves.sum(axis=1) == 0
    serves[alone] = reached[alone]
    served = serves.sum(axis=1) > 0
    towns = tuple(ground.towns)
    floor = np.where(served, ask.town_floor, 0).astype(np.int64)
    limits = Limits(ask.budget, ask.rural_share, floor, towns, csr_array(serves))
    lost = tuple(towns[place] for place in np.flatnonzero(~served)) if ask.town_floor else ()
    return limits, lost


def _own(ground: Ground) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    towns = ground.towns.to_numpy()
    at = ground.venues["town_code"].fill_null("").to_numpy()
    return np.asarray(towns[:, None] == at)
