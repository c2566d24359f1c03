"""From lists seen to seats held: views, applications, admission."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from data.simulate.pool.sections import DAY_US, FIRST_COME, Sections
from data.simulate.terms.choice import (
    World,
    age_allows,
    apply_probability,
    sharing_allows,
    utilities,
)
from data.simulate.terms.exposure import Lists
from data.simulate.terms.record import Record

SECOND_US = 1_000_000
NOTICE_US = 3_600 * SECOND_US
"""From a seat given back to the next in line, one hour."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What happened to each shown pair; entries as in ``Lists``.

    Attributes:
        utility: U of the pair.
        viewed: the course page was opened.
        wanted: the learner would apply, before the limit on applications and clashes.
        at: when the section was looked at, microseconds since 1970.
    """

    utility: NDArray[np.float64]
    viewed: NDArray[np.bool_]
    wanted: NDArray[np.bool_]
    at: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Applications:
    """One entry per application of a term.

    Attributes:
        learner: who applies.
        section: index into the term's sections.
        rank: 1 for the learner's first choice.
        at: when, microseconds since 1970.
        position: where in the learner's list the section stood.
    """

    learner: NDArray[np.int64]
    section: NDArray[np.int64]
    rank: NDArray[np.int64]
    at: NDArray[np.int64]
    position: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Admission:
    """What became of each application; entries as in ``Applications``.

    Attributes:
        decided: the outcome is known (seats at once, or the draw has been held).
        admitted: a seat was given.
        place: 1 for the first in the section's order.
        at: when it was decided, microseconds since 1970.
    """

    decided: NDArray[np.bool_]
    admitted: NDArray[np.bool_]
    place: NDArray[np.int64]
    at: NDArray[np.int64]


def look(
    world: World, sections: Sections, lists: Lists, record: Record, rng: np.random.Generator
) -> Seen:
    """Draw views and wishes for every shown pair."""
    params = world.params
    u = utilities(world, sections, lists.learner, lists.section)
    chance = apply_probability(params, u)
    wanted = rng.random(len(u)) < chance
    wanted &= admissible(world, sections, record, lists.learner, lists.section)
    view = 1 / (1 + np.exp(params.view_threshold - u))
    viewed = wanted | (rng.random(len(u)) < view)
    pause = rng.integers(5 * SECOND_US, 40 * SECOND_US, len(u))
    return Seen(u, viewed, wanted, lists.seen_at + lists.position * 45 * SECOND_US + pause)


def so_far(seen: Seen, until: int) -> Seen:
    """The same without course pages opened at or after an instant, microseconds since 1970."""
    return replace(seen, viewed=seen.viewed & (seen.at < until))


def made_before(made: Applications, until: int) -> Applications:
    """The applications made before an instant, microseconds since 1970."""
    early = made.at < until
    return Applications(*(getattr(made, field.name)[early] for field in fields(Applications)))


def admissible(
    world: World,
    sections: Sections,
    record: Record,
    learner: NDArray[np.int64],
    section: NDArray[np.int64],
) -> NDArray[np.bool_]:
    """Age, sharing, prerequisites and not completed yet: what an application form refuses."""
    course = sections.course[section]
    needed = world.courses.prerequisite[course]
    ready = (needed < 0) | record.completed(learner, np.maximum(needed, 0))
    allowed = age_allows(world, sections, learner, section)
    allowed &= sharing_allows(world, sections, learner, section)
    return allowed & ready & ~record.completed(learner, course)


def apply(world: World, sections: Sections, lists: Lists, seen: Seen) -> Applications:
    """The most wanted sections of each learner, without clashes, up to the limit."""
    pair = np.flatnonzero(seen.wanted)
    pair = pair[np.lexsort((-seen.utility[pair], lists.learner[pair]))]
    rank = _rank_within(lists.learner[pair])
    kept = rank <= world.params.max_applications
    pair, rank = pair[kept], rank[kept]
    free = ~_clashes(sections.slots[lists.section[pair]], lists.learner[pair], rank)
    pair = pair[free]
    learner, section = lists.learner[pair], lists.section[pair]
    return Applications(
        learner,
        section,
        _rank_within(learner),
        seen.at[pair] + 30 * SECOND_US,
        lists.position[pair],
    )


def joined(parts: Sequence[Applications]) -> Applications:
    """The applications of several blocks of learners as those of one term."""
    return Applications(
        *(
            np.concatenate([getattr(part, field.name) for part in parts])
            for field in fields(Applications)
        )
    )


def admit(
    sections: Sections, made: Applications, until: int, rng: np.random.Generator
) -> Admission:
    """First come by time, everything else by one draw the day after the window closes."""
    by_time = sections.rule[made.section] == FIRST_COME
    drawn_at = sections.closes[made.section] + DAY_US
    order_key = np.where(by_time, made.at / made.at.max(initial=1), rng.random(len(made.learner)))
    order = np.lexsort((order_key, made.section))
    place = np.empty(len(order), dtype=np.int64)
    place[order] = _rank_within(made.section[order])
    at = np.where(by_time, made.at + SECOND_US, drawn_at)
    decided = at <= until
    return Admission(decided, decided & (place <= sections.capacity[made.section]), place, at)


def promoted(
    sections: Sections,
    made: Applications,
    verdict: Admission,
    freed: NDArray[np.int64],
    freed_at: NDArray[np.int64],
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Who of the waiting lists gets the seats given back.

    Args:
        sections: the term's sections.
        made: all applications.
        verdict: what became of them.
        freed: the section of each seat given back.
        freed_at: when, microseconds since 1970.

    Returns:
        Indices into ``made``, and when each gets the seat: the first in line the first seat.
    """
    waiting = np.flatnonzero(verdict.decided & ~verdict.admitted)
    waiting = waiting[np.lexsort((verdict.place[waiting], made.section[waiting]))]
    order = np.lexsort((freed_at, freed))
    start = np.r_[0, np.cumsum(np.bincount(freed, minlength=len(sections)))]
    turn = verdict.place[waiting] - sections.capacity[made.section[waiting]] - 1
    lucky = turn < np.diff(start)[made.section[waiting]]
    chosen, turn = waiting[lucky], turn[lucky]
    seat = order[start[made.section[chosen]] + turn]
    return chosen, np.maximum(freed_at[seat], verdict.at[chosen]) + NOTICE_US


def _rank_within(groups: NDArray[np.int64]) -> NDArray[np.int64]:
    """1, 2, .. within each run of equal values."""
    starts = np.flatnonzero(np.r_[True, groups[1:] != groups[:-1]])[: len(groups)]
    lengths = np.diff(np.r_[starts, len(groups)])
    return np.arange(len(groups)) - np.repeat(starts, lengths) + 1


def _clashes(
    slots: NDArray[np.int64], learner: NDArray[np.int64], rank: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Whether a better choice of the same learner meets in the same slot."""
    clash = np.zeros(len(slots), dtype=bool)
    for better in range(1, int(rank.max(initial=1))):
        same = np.zeros(len(slots), dtype=bool)
        same[better:] = learner[better:] == learner[:-better]
        shared = np.zeros(len(slots), dtype=bool)
        shared[better:] = (slots[better:] & slots[:-better]) != 0
        clash |= same & shared
    return clash
