"""A plan checked against its problem, with nothing but the problem's own arrays.

Nothing here is shared with the search: a mistake there can't excuse itself here. Every limit is
counted anew from the sections alone, in plain loops that follow the problem's sentences.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from recsys.planning.opening.problem import Problem

Section = tuple[int, int, int, tuple[int, ...]]
"""Offer, source, pool (of a hire: number of pools + district * qualifications + qualification)
and weekly slots."""

CLOSE: Final = 1e-6
"""Sums of yuan and hours are compared to this."""

LIMITS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "most": "more sections of an offer than applicants are expected for",
        "meetings": "not as many slots as meetings, or one twice",
        "window": "a slot outside the offer's part of the week",
        "rooms": "more sections in a slot than rooms are free",
        "qualified": "a teacher who can't teach the course or works elsewhere",
        "hours": "a teacher with more hours than are left",
        "clash": "a teacher in two places at once",
        "cap": "more hires than the cap leaves",
        "budget": "more spent than the budget",
        "rural": "fewer seats at rural sites than the floor",
        "town": "a town below its floor",
    }
)
"""What can be wrong, and the sentence of it."""


def violations(problem: Problem, sections: Sequence[Section]) -> dict[str, int]:
    """How often each limit is broken; every limit of ``LIMITS`` is named, 0 where it stands.

    Args:
        problem: what was planned.
        sections: the plan.
    """
    found = dict.fromkeys(LIMITS, 0)
    _offers(problem, sections, found)
    _rooms(problem, sections, found)
    _teachers(problem, sections, found)
    _hires(problem, sections, found)
    _money(problem, sections, found)
    _floors(problem, sections, found)
    return found


def covered_worth(problem: Problem, sections: Sequence[Section]) -> float:
    """What the plan's sections cover is worth, counted anew."""
    cover = problem.offers.cover
    reached: dict[int, float] = defaultdict(float)
    for offer, _, _, _ in sections:
        for place in range(cover.indptr[offer], cover.indptr[offer + 1]):
            reached[int(cover.indices[place])] += float(cover.data[place])
    worth = 0.0
    for cell, persons in reached.items():
        left = persons
        steps = zip(problem.cells.width[cell], problem.cells.value[cell], strict=True)
        for width, value in steps:
            part = min(left, float(width))
            worth += part * float(value)
            left -= part
    return worth


def _offers(problem: Problem, sections: Sequence[Section], found: dict[str, int]) -> None:
    times = Counter(offer for offer, _, _, _ in sections)
    found["most"] = sum(n > problem.offers.most[offer] for offer, n in times.items())
    for offer, _, _, slots in sections:
        wanted = problem.templates.meetings[problem.offers.course[offer]]
        found["meetings"] += len(slots) != wanted or len(set(slots)) != len(slots)
        window = problem.offers.window[offer]
        found["window"] += any(_window(slot) != window for slot in slots)


def _window(slot: int) -> int:
    """0 by day from Monday to Friday, 1 on their evenings, 2 at the weekend."""
    day, half = divmod(slot, 3)
    if day >= 5:
        return 2
    return 1 if half == 2 else 0


def _rooms(problem: Problem, sections: Sequence[Section], found: dict[str, int]) -> None:
    used = Counter(
        (int(problem.offers.site[offer]), slot) for offer, _, _, slots in sections for slot in slots
    )
    found["rooms"] = sum(n > problem.sites.free[site, slot] for (site, slot), n in used.items())


def _teachers(problem: Problem, sections: Sequence[Section], found: dict[str, int]) -> None:
    staff, hire = problem.staff, len(problem.staff.sources) - 1
    hours: dict[int, float] = defaultdict(float)
    busy: Counter[tuple[int, int]] = Counter()
    knows = staff.teaches.toarray() > 0
    for offer, source, pool, slots in sections:
        if source == hire:
            continue
        course, site = problem.offers.course[offer], problem.offers.site[offer]
        found["qualified"] += bool(
            staff.source[pool] != source
            or staff.district[pool] != problem.sites.district[site]
            or not knows[pool, problem.templates.qualification[course]]
        )
        hours[pool] += float(problem.templates.weekly_hours[course])
        busy.update((pool, slot) for slot in slots)
    found["hours"] = sum(taught > staff.hours[pool] + CLOSE for pool, taught in hours.items())
    found["clash"] = sum(n > staff.heads[pool] for (pool, _), n in busy.items())


def _hires(problem: Problem, sections: Sequence[Section], found: dict[str, int]) -> None:
    """A hire teaches one qualification in one district, so many hours, one class at a time."""
    staff, hire = problem.staff, len(problem.staff.sources) - 1
    hours: dict[tuple[int, int], float] = defaultdict(float)
    busy: Counter[tuple[int, int, int]] = Counter()
    for offer, source, pool, slots in sections:
        if source != hire:
            continue
        course = problem.offers.course[offer]
        district = int(problem.sites.district[problem.offers.site[offer]])
        kind = int(problem.templates.qualification[course])
        named = len(staff.pool_id) + district * staff.teaches.shape[1] + kind
        found["qualified"] += pool != named
        hours[district, kind] += float(problem.templates.weekly_hours[course])
        busy.update((district, kind, slot) for slot in slots)
    heads: Counter[int] = Counter()
    for (district, kind), taught in hours.items():
        by_hours = -(-(taught - CLOSE) // staff.hire_hours)
        at_once = max(n for (d, k, _), n in busy.items() if (d, k) == (district, kind))
        heads[district] += max(int(by_hours), at_once)
    found["cap"] = sum(n > staff.hires_left[district] for district, n in heads.items())


def _money(problem: Problem, sections: Sequence[Section], found: dict[str, int]) -> None:
    spent = 0.0
    for offer, source, _, _ in sections:
        hours = float(problem.templates.hours[problem.offers.course[offer]])
        spent += float(problem.offers.cost[offer]) + hours * float(problem.staff.rate[source])
    found["budget"] = int(spent > problem.limits.budget + CLOSE)


def _floors(problem: Problem, sections: Sequence[Section], found: dict[str, int]) -> None:
    seats = rural = 0.0
    held: Counter[int] = Counter()
    serves = problem.limits.serves.toarray() > 0
    for offer, _, _, _ in sections:
        site = int(problem.offers.site[offer])
        seats += float(problem.offers.seats[offer])
        rural += float(problem.offers.seats[offer]) * bool(problem.sites.rural[site])
        held.update(town for town in range(len(serves)) if serves[town, site])
    found["rural"] = int(rural < problem.limits.rural_share * seats - CLOSE)
    found["town"] = sum(held[t] < need for t, need in enumerate(problem.limits.floor.tolist()))
