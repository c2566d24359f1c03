"""What to open in a room: courses by what they would bring, with who is expected and rivals."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import polars as pl

from recsys.planning.opening.city.build import Setting
from recsys.planning.opening.city.room import check_slots
from recsys.planning.opening.errors import PlanningError
from recsys.planning.opening.problem import WINDOWS
from recsys.planning.opening.report import NAMES, rivals_of
from recsys.planning.opening.tables import SLOTS_OF

COLUMNS: Final = (
    "rank",
    "course_id",
    "title",
    "category",
    "window",
    "slots",
    "applicants",
    "applicants_low",
    "applicants_high",
    "seats",
    "gap_closed",
    "cost",
    "unit_cost",
    "rivals_3km",
)
"""Columns of the advice; ``gap_closed`` is worth where nothing else is opened besides."""


def site_advice(setting: Setting, venue_id: str, slots: Sequence[str], top: int) -> pl.DataFrame:
    """Courses for a room, the ones that close most first, then those with most applicants.

    Args:
        setting: the city, with the room in it.
        venue_id: the room.
        slots: weekly slots in which it's free; none means those in which the snapshot has a room
            free.
        top: rows at most.

    Raises:
        PlanningError: there is no such room, or it's not free in any of the slots.
    """
    problem, offers = setting.problem, setting.problem.offers
    if venue_id not in problem.sites.site_id:
        few = ", ".join(problem.sites.site_id[:3])
        message = f"there is no venue {venue_id!r} with a room; there are {few}, and so on"
        raise PlanningError(message)
    site = problem.sites.site_id.index(venue_id)
    free = _free(setting, site, slots)
    here: list[int] = np.flatnonzero(offers.site == site).tolist()
    fits = [
        n for n in here
        if len(free[int(offers.window[n])]) >= problem.templates.meetings[offers.course[n]]
    ]  # fmt: skip
    worth = _worth(setting, np.array(fits, dtype=np.int64))
    ranked = np.lexsort((-offers.applicants[fits], -worth.round(9)))
    _, first = np.unique(offers.course[fits][ranked], return_index=True)
    # each course once, in its best part of the week
    order: list[int] = ranked[np.sort(first)][:top].tolist()
    chosen = [fits[place] for place in order]
    rivals = rivals_of(setting, [(int(offers.course[n]), site) for n in chosen])
    rows = [
        {"rank": rank, **_row(setting, n, free[int(offers.window[n])]),
         "gap_closed": round(float(worth[place]), 4), "rivals_3km": near}
        for rank, (n, place, near) in enumerate(zip(chosen, order, rivals, strict=True), 1)
    ]  # fmt: skip
    if not rows:
        return pl.DataFrame(schema=dict.fromkeys(COLUMNS, pl.Null))
    return pl.DataFrame(rows, infer_schema_length=None).select(COLUMNS)


def _free(setting: Setting, site: int, slots: Sequence[str]) -> list[list[int]]:
    """The slots of each window that the room has free."""
    check_slots(slots)
    asked = {NAMES.index(slot) for slot in slots}
    open_in = setting.problem.sites.free[site]
    free = [
        [slot for slot in SLOTS_OF[window] if (slot in asked if asked else open_in[slot] > 0)]
        for window in range(len(WINDOWS))
    ]
    if not any(free):
        message = "the room is in use in every slot in which it's open"
        raise PlanningError(message)
    return free


def _worth(
    setting: Setting, chosen: np.ndarray[tuple[int, ...], np.dtype[np.int64]]
) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """What each section would cover on its own."""
    cover = setting.problem.offers.cover[chosen]
    part = setting.problem.worth(cover.data, cover.indices)
    sums = np.concatenate([[0.0], np.cumsum(part)])
    return np.asarray(sums[cover.indptr[1:]] - sums[cover.indptr[:-1]])


def _row(setting: Setting, offer: int, free: list[int]) -> dict[str, object]:
    problem, offers = setting.problem, setting.problem.offers
    template = setting.pool.courses.row(int(offers.course[offer]), named=True)
    cost = float(problem.section_cost[offer].min())
    done = float(offers.completers[offer])
    return {
        "course_id": template["course_id"],
        "title": template["title"],
        "category": template["category"],
        "window": WINDOWS[int(offers.window[offer])],
        "slots": ",".join(NAMES[slot] for slot in free),
        "applicants": round(float(offers.applicants[offer]), 4),
        "applicants_low": float(offers.low[offer]),
        "applicants_high": float(offers.high[offer]),
        "seats": round(float(offers.seats[offer]), 4),
        "cost": round(cost, 2),
        "unit_cost": round(cost / done, 2),
    }
