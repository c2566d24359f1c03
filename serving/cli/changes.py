"""Changes to a plan as they are written on the command line.

section:COURSE@VENUE@SLOT     add or drop; the slot may be left out when dropping
teacher:ID                    drop
teacher:SKILL@DISTRICT=HOURS  add: a part-time teacher with so many class hours a week
venue:ID                      drop
venue:LON,LAT,SEATS           add: a room, open in every slot
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import numpy as np
import polars as pl

from data.city import City
from data.errors import XuepeiError
from features.divisions import CODE_DIGITS
from recsys.planning.opening.city.build import Setting
from recsys.planning.opening.city.room import NEW_ROOM, check_slots, room_at
from recsys.planning.opening.draft import Draft
from recsys.planning.opening.problem import WINDOWS, Reals
from recsys.planning.opening.report import NAMES
from recsys.planning.opening.tables import SLOTS_OF
from recsys.planning.opening.what_if import (
    Effect,
    add_section,
    carry,
    drop_section,
    with_teacher,
    without_teacher,
    without_venue,
)

KINDS: Final = ("section", "teacher", "venue")

PART_TIME: Final = "part_time"


@dataclass(frozen=True, slots=True)
class Change:
    """One change to a plan.

    Attributes:
        adds: whether something is added; else it is dropped.
        kind: section, teacher or venue.
        what: the rest of the text.
    """

    adds: bool
    kind: str
    what: str

    def __str__(self) -> str:
        return f"{'add' if self.adds else 'drop'} {self.kind}:{self.what}"


def read_change(text: str, *, adds: bool) -> Change:
    """A change from its text.

    Raises:
        XuepeiError: not of the form that is expected.
    """
    kind, _, what = text.partition(":")
    if kind not in KINDS or not what:
        message = f"{text!r} is no change; expected section:…, teacher:… or venue:…"
        raise XuepeiError(message)
    return Change(adds, kind, what)


def kept_pairs(changes: list[Change]) -> list[tuple[str, str]]:
    """Courses and venues named by changes: they must be on offer, whatever is expected of them."""
    found = [it.what.split("@") for it in changes if it.kind == "section"]
    return [(parts[0], parts[1]) for parts in found if len(parts) >= 2]


def extra_room(city: City, moment: datetime, changes: list[Change]) -> pl.DataFrame | None:
    """The room that a change adds; at most one in a run.

    Raises:
        XuepeiError: more than one, or not three numbers.
    """
    rooms = [it.what for it in changes if it.kind == "venue" and it.adds]
    if not rooms:
        return None
    if len(rooms) > 1:
        message = "only one venue can be added in a run"
        raise XuepeiError(message)
    try:
        lon, lat, seats = (float(part) for part in rooms[0].split(","))
    except ValueError:
        message = f"venue:{rooms[0]}: expected LON,LAT,SEATS"
        raise XuepeiError(message) from None
    return room_at(city, moment, lon, lat, int(seats))


def without_extra(setting: Setting) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    """Rooms free where the added one isn't there yet, shape (sites, slots)."""
    free = setting.problem.sites.free.copy()
    free[[name == NEW_ROOM for name in setting.problem.sites.site_id]] = 0
    return free


def apply_change(setting: Setting, draft: Draft, price: Reals, change: Change) -> Effect:
    """What a change does to a plan.

    Raises:
        XuepeiError: it names what isn't there, or a limit stands against it.
    """
    if change.kind == "section":
        return _section(setting, draft, change)
    if change.kind == "teacher":
        return _teacher(setting, draft, price, change)
    if change.adds:
        return carry(draft, setting.problem, price)
    site = _index(setting.problem.sites.site_id, change.what, "venue with a room")
    return without_venue(draft, site, price)


def _section(setting: Setting, draft: Draft, change: Change) -> Effect:
    course, venue, *slot = (*change.what.split("@"), "") if "@" in change.what else ("", "")
    problem = setting.problem
    here = _index(problem.sites.site_id, venue, "venue with a room")
    what = _index(problem.templates.course_id, course, "course in the pool")
    offers = np.flatnonzero((problem.offers.course == what) & (problem.offers.site == here))
    slots = [part for part in slot if part]
    check_slots(slots)
    if slots:
        number = NAMES.index(slots[0])
        window = next(w for w in range(len(WINDOWS)) if number in SLOTS_OF[w])
        offers = offers[problem.offers.window[offers] == window]
    if change.adds:
        if not len(offers) or not slots:
            message = f"{change.what}: expected COURSE@VENUE@SLOT of a course the venue may hold"
            raise XuepeiError(message)
        cheap = np.argsort(problem.section_cost[offers[0]], kind="stable").tolist()
        return add_section(draft, int(offers[0]), cheap)
    numbers = [n for n, line in draft.lines.items() if line.offer in set(offers.tolist())]
    if not numbers:
        message = f"the plan has no section of {course} at {venue}"
        raise XuepeiError(message)
    return drop_section(draft, min(numbers))


def _teacher(setting: Setting, draft: Draft, price: Reals, change: Change) -> Effect:
    staff = setting.problem.staff
    if not change.adds:
        return without_teacher(draft, _index(staff.pool_id, change.what, "teacher"), price)
    skill, _, rest = change.what.partition("@")
    district, _, hours = rest.partition("=")
    group = setting.pool.group_of.get(skill, skill)
    try:
        weekly = float(hours)
    except ValueError:
        message = f"teacher:{change.what}: expected SKILL@DISTRICT=HOURS"
        raise XuepeiError(message) from None
    places = tuple(setting.ground.districts)
    return with_teacher(
        draft,
        _index(places, district.ljust(CODE_DIGITS, "0"), "district with schools"),
        _index(setting.qualifications, group, "skill that a course teaches, or its group,"),
        staff.sources.index(PART_TIME),
        weekly,
        price,
    )


def _index(names: tuple[str, ...], name: str, what: str) -> int:
    if name not in names:
        message = f"there is no {what} {name!r}; there are {len(names):,}, such as {names[:3]}"
        raise XuepeiError(message)
    return names.index(name)


def told(change: Change, effect: Effect) -> dict[str, Any]:
    """An effect in figures."""
    return {
        "change": str(change),
        "gap_closed": round(effect.worth, 4),
        "cost": round(effect.cost, 2),
        "coverage": round(effect.coverage, 6),
        "opened": len(effect.opened),
        "closed": len(effect.closed),
    }
