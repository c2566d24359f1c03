"""One term: lists, choices, seats and what follows, up to the cut-off."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from data.simulate.pool.sections import LOTTERY, Sections
from data.simulate.streams import Streams
from data.simulate.terms.aftermath import Enrolled, Outcome, drop_out, follow
from data.simulate.terms.choice import World
from data.simulate.terms.diary import Diary
from data.simulate.terms.exposure import Page, show
from data.simulate.terms.log import Log
from data.simulate.terms.record import Record
from data.simulate.terms.seats import (
    Admission,
    Applications,
    admit,
    apply,
    joined,
    look,
    made_before,
    promoted,
    so_far,
)
from data.vocab import SECTION_STATES

BLOCK: Final = 65_536
"""Learners at a time, so that memory stays flat; part of what the seed means."""

Given = tuple[Enrolled, NDArray[np.bool_], NDArray[np.int64]]
"""Seats, which of them were given back, and when."""


@dataclass(frozen=True, slots=True)
class TermResult:
    """What one term leaves behind.

    Attributes:
        state: state of each section at the cut-off.
        enrolled: seats taken, or applicants while a lottery takes applications.
        applications: choice ranks and times.
        seats: who holds or held a seat.
        outcome: what became of the seats; None in the open term.
        left: seats given back.
        uniform: learners whose list was random traffic.
    """

    state: NDArray[np.str_]
    enrolled: NDArray[np.int64]
    applications: Applications
    seats: Enrolled
    outcome: Outcome | None
    left: NDArray[np.bool_]
    uniform: NDArray[np.int64]


def run_term(
    world: World,
    sections: Sections,
    page: Page,
    record: Record,
    past: NDArray[np.int64],
    log: Log,
    streams: Streams,
    until: int,
) -> tuple[Sections, TermResult]:
    """Run one term and log it.

    Args:
        world: people, courses, venues, weights.
        sections: the term's sections.
        page: what orders the lists.
        record: completed courses; a finished term adds to it.
        past: past enrolments of each course; the term adds its own.
        log: receives the events.
        streams: the city's random streams.
        until: the cut-off, microseconds since 1970; a term that ends later stays open.

    Returns:
        The sections with the famous class's seats set, and what the term left behind.
    """
    number = sections.number
    diary = Diary(log, sections, page.name)
    visits = list(_visits(world, sections, page, record, diary, streams, until))
    made = joined([applications for applications, _ in visits])
    sections = _with_famous_seats(world, sections, made)
    verdict = admit(sections, made, until, streams.of("seats", number))
    diary.decided(made, verdict)
    seats = Enrolled(
        made.learner[verdict.admitted], made.section[verdict.admitted], verdict.at[verdict.admitted]
    )
    aftermath = streams.of("aftermath", number)
    left, left_at = drop_out(world, sections, seats, aftermath)
    left &= left_at <= until
    seats, left, left_at = _refilled(sections, made, verdict, (seats, left, left_at), diary, until)
    np.add.at(past, sections.course[seats.section], 1)
    uniform = np.concatenate([learners for _, learners in visits])
    if sections.closes.max() > until:
        diary.dropped(seats, left, left_at)
        state, enrolled = _open(sections, made, seats, left, aftermath, until)
        return sections, TermResult(state, enrolled, made, seats, None, left, uniform)
    outcome, cancelled = follow(world, sections, seats, left, left_at, aftermath)
    diary.dropped(seats, outcome.dropped, outcome.dropped_at)
    diary.followed(seats, outcome)
    done = outcome.completed
    record.add(seats.learner[done], sections.course[seats.section[done]])
    staying = np.bincount(seats.section[~outcome.dropped], minlength=len(sections))
    state = np.where(cancelled, SECTION_STATES[-1], "finished")
    return sections, TermResult(state, staying, made, seats, outcome, outcome.dropped, uniform)


def _visits(
    world: World,
    sections: Sections,
    page: Page,
    record: Record,
    diary: Diary,
    streams: Streams,
    until: int,
) -> Iterator[tuple[Applications, NDArray[np.int64]]]:
    """Each block of learners looks and applies; who saw random traffic is told besides."""
    n = len(world.people)
    for block, start in enumerate(range(0, n, BLOCK)):
        learners = np.arange(start, min(start + BLOCK, n))
        exposure = streams.of("exposure", sections.number, block)
        lists = show(world, sections, page, learners, until, exposure)
        choice = streams.of("choice", sections.number, block)
        # who came just before the cut-off is still reading when the tables end
        seen = so_far(look(world, sections, lists, record, choice), until)
        made = made_before(apply(world, sections, lists, seen), until)
        diary.visited(lists, seen, made)
        yield made, np.unique(lists.learner[lists.uniform])


def _with_famous_seats(world: World, sections: Sections, made: Applications) -> Sections:
    """The famous class has one seat for every so many applicants, and opens for however few."""
    famous = np.flatnonzero(sections.course == world.courses.famous)
    applicants = np.bincount(made.section, minlength=len(sections))[famous]
    capacity = sections.capacity.copy()
    seats = np.round(applicants / world.params.famous_applicants_per_seat).astype(np.int64)
    capacity[famous] = np.maximum(seats, 1)
    minimum = sections.minimum.copy()
    minimum[famous] = -1
    return replace(sections, capacity=capacity, minimum=minimum)


def _refilled(
    sections: Sections,
    made: Applications,
    verdict: Admission,
    given: Given,
    diary: Diary,
    until: int,
) -> Given:
    """Seats given back go to the waiting list; who comes in so stays."""
    seats, left, left_at = given
    chosen, at = promoted(sections, made, verdict, seats.section[left], left_at[left])
    chosen, at = chosen[at <= until], at[at <= until]
    diary.promoted(made.learner[chosen], made.section[chosen], at)
    more = Enrolled(
        np.r_[seats.learner, made.learner[chosen]],
        np.r_[seats.section, made.section[chosen]],
        np.r_[seats.at, at],
    )
    return more, np.r_[left, np.zeros(len(chosen), dtype=bool)], np.r_[left_at, at]


def _open(
    sections: Sections,
    made: Applications,
    seats: Enrolled,
    left: NDArray[np.bool_],
    rng: np.random.Generator,
    until: int,
) -> tuple[NDArray[np.str_], NDArray[np.int64]]:
    """State and seats taken at the cut-off; lotteries count their applicants."""
    holding = np.bincount(seats.section[~left], minlength=len(sections))
    applicants = np.bincount(made.section, minlength=len(sections))
    drawn = sections.rule == LOTTERY
    listed = np.where(rng.random(len(sections)) < 0.95, "applying", "published")
    state = np.where(sections.opens <= until, np.where(drawn, "applying", listed), "published")
    return state, np.where(drawn, applicants, holding)
