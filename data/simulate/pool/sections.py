"""Sections of one term: courses at places and times, with seats and windows."""

from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from data.simulate.calendar import WINDOW_DAYS, Term
from data.simulate.params import SimulationParams
from data.simulate.people.people import microseconds
from data.simulate.place.venues import Venues
from data.simulate.pool.courses import Courses
from data.simulate.pool.programmes import PROGRAMME_FACTS, lottery_shares, seat_ranges
from data.simulate.pool.timetable import Flags, Masks, timetable
from data.simulate.streams import Streams
from data.vocab import ACCESS_NEEDS

DAY_US: Final = 86_400_000_000
FIRST_COME, LOTTERY, REVIEW = 0, 1, 2
RULES: Final = ("first_come", "lottery", "review")
OFFLINE, LIVE, RECORDED, DUAL = 0, 1, 2, 3
MODES: Final = ("offline", "online_live", "online_recorded", "dual")
RECORDED_SEATS: Final = 2_000
"""Seats of a recorded section, which no room limits."""

COURSES, SCHEDULE, LATE, TEACHERS = 0, 1, 2, 3
"""Streams of one term's sections: which courses run, how, which windows open late, who teaches."""

HOURS_A_MEETING: Final = 2
"""Class hours of one meeting."""

FEATURES: Final = ("captions", "sign_language", "screen_reader")
"""Access features that a section itself confirms; the others are its venue's."""


@dataclass(frozen=True, slots=True)
class Sections:
    """The sections of one term, one array entry each.

    Attributes:
        term: the term they belong to.
        number: of the term, from 0.
        first: number of the first section among all terms' sections.
        course: index into the pool.
        venue: index into venues, -1 online.
        mode: index into ``MODES``.
        slots: mask of weekly slots.
        capacity: seats.
        minimum: applicants without whom it is cancelled, -1 for none.
        rule: index into ``RULES``.
        price_fen: price before subsidy.
        subsidy_fen: part of the price paid for the learner.
        opens: application window, microseconds since 1970.
        closes: its end.
        starts: first day, days since 1970.
        ends: last day.
        features: 1 confirmed, 0 confirmed absent, -1 unknown; shape (n, 3) by ``FEATURES``.
        meets: mask of access needs that are confirmed met, bit i is ``ACCESS_NEEDS[i]``.
        listed: whether the page may show it this term (not for own people, window open).
    """

    term: Term
    number: int
    first: int
    course: NDArray[np.int64]
    venue: NDArray[np.int64]
    mode: NDArray[np.int64]
    slots: Masks
    capacity: NDArray[np.int64]
    minimum: NDArray[np.int64]
    rule: NDArray[np.int64]
    price_fen: NDArray[np.int64]
    subsidy_fen: NDArray[np.int64]
    opens: NDArray[np.int64]
    closes: NDArray[np.int64]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    features: NDArray[np.int64]
    meets: Masks
    listed: Flags

    def __len__(self) -> int:
        """How many sections."""
        return len(self.course)

    @property
    def net_yuan(self) -> NDArray[np.float64]:
        """What the learner pays."""
        return (self.price_fen - self.subsidy_fen) / 100.0


def courses_by_term(
    params: SimulationParams, courses: Courses, streams: Streams, terms: int
) -> list[NDArray[np.int64]]:
    """The course of each section, term by term: staples, the new ones, a sample of the old.

    Args:
        params: the city's parameters.
        courses: the pool.
        streams: the city's random streams; each term draws from its own.
        terms: how many terms.
    """
    chosen: list[NDArray[np.int64]] = []
    for term in range(terms):
        kept = np.flatnonzero(courses.staple & (courses.first_term < term))
        new = np.flatnonzero(courses.first_term == term)[: params.sections_per_term - len(kept)]
        pool = chosen[-1] if chosen else new
        rest = params.sections_per_term - len(kept) - len(new)
        rng = streams.of("sections", term, COURSES)
        more = rng.choice(pool[~courses.staple[pool]], rest, replace=False)
        chosen.append(np.sort(np.concatenate([kept, new, more])))
    return chosen


def make_sections(
    params: SimulationParams,
    term: Term,
    first: int,
    course: NDArray[np.int64],
    courses: Courses,
    venues: Venues,
    streams: Streams,
    number: int,
    *,
    is_open: bool,
) -> Sections:
    """Schedule a term's sections.

    Args:
        params: the city's parameters.
        term: when.
        first: number of the first section.
        course: which course each section runs.
        courses: the pool.
        venues: where.
        streams: the city's random streams.
        number: of the term, which names its streams.
        is_open: the term is open at the cut-off, so that some windows open after it.
    """
    rng = streams.of("sections", number, SCHEDULE)
    programme, institution = courses.programme[course], courses.institution[course]
    mode = _modes(params, courses, course, rng)
    in_room, famous = np.isin(mode, (OFFLINE, DUAL)), course == courses.famous
    venue, slots = timetable(programme, institution, in_room, famous, venues, rng)
    slots = np.where(mode == RECORDED, 0, slots)
    capacity = np.where(mode == RECORDED, RECORDED_SEATS, _capacity(params, programme, rng))
    late = streams.of("sections", number, LATE).random(len(course)) < params.late_window_share
    opens, closes = _windows(params, term, late & ~famous & is_open, rng)
    starts, ends = _dates(term, slots, courses.hours[course], rng)
    price, subsidy = _prices(programme, courses.hours[course], rng)
    features = _features(mode, rng)
    own = venues.own[institution]
    return Sections(
        term=term,
        number=number,
        first=first,
        course=course,
        venue=venue,
        mode=mode,
        slots=slots,
        capacity=capacity,
        minimum=np.where(own | (mode == RECORDED), -1, _minimum(params, capacity)),
        rule=np.where(mode == RECORDED, FIRST_COME, _rules(params, courses, course, rng)),
        price_fen=price,
        subsidy_fen=subsidy,
        opens=opens,
        closes=closes,
        starts=starts,
        ends=ends,
        features=features,
        meets=_meets(venue, features, venues),
        listed=~own & (opens == microseconds(term.opens_at)),
    )


def section_id(number: int) -> str:
    """The id of the city's n-th section."""
    return f"section-{number:07d}"


def section_ids(count: int) -> pl.Series:
    """The ids of all sections, by number."""
    return pl.Series([section_id(number) for number in range(count)])


def _modes(
    params: SimulationParams,
    courses: Courses,
    course: NDArray[np.int64],
    rng: np.random.Generator,
) -> NDArray[np.int64]:
    """Mostly in a room; always so where a course may not be open to every district."""
    live, recorded = 0.6 * params.online_share, 0.4 * params.online_share
    shares = [1 - live - recorded - params.dual_share, live, recorded, params.dual_share]
    drawn = rng.choice(len(MODES), len(course), p=shares)
    return np.where(courses.room_only[course] | (course == courses.famous), OFFLINE, drawn)


def _capacity(
    params: SimulationParams, programme: NDArray[np.int64], rng: np.random.Generator
) -> NDArray[np.int64]:
    ranges = seat_ranges(params)
    low, high = ranges[:, 0], ranges[:, 1]
    seats: NDArray[np.int64] = rng.integers(low[programme], high[programme] + 1)
    return seats


def _minimum(params: SimulationParams, capacity: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.maximum((params.minimum_share * capacity).astype(np.int64), 1)


def _windows(
    params: SimulationParams, term: Term, late: Flags, rng: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Windows open together, but for the late ones, which open after the cut-off."""
    start = microseconds(term.opens_at)
    delay = np.where(late, round(params.as_of_hours * 3600e6) + DAY_US, 0)
    length = (WINDOW_DAYS + rng.integers(0, 4, len(late))) * DAY_US
    return start + delay, start + length + delay


def _dates(
    term: Term, slots: Masks, hours: NDArray[np.int64], rng: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """From one of the first two Mondays for as many weeks as the hours need."""
    monday = (term.starts_on - _EPOCH).days
    weekly = np.maximum(np.bitwise_count(slots).astype(np.int64), 1) * HOURS_A_MEETING
    weeks = np.clip(-(-hours // weekly), 2, term.weeks - 1)
    starts = monday + 7 * rng.integers(0, 2, len(slots))
    return starts, starts + 7 * weeks - 1


_EPOCH: Final = date(1970, 1, 1)


def _prices(
    programme: NDArray[np.int64], hours: NDArray[np.int64], rng: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Price and subsidy in fen, the price rounded to ten yuan."""
    low = np.array([row.price_yuan[0] for row in PROGRAMME_FACTS])[programme]
    high = np.array([row.price_yuan[1] for row in PROGRAMME_FACTS])[programme]
    hourly = low + (high - low) * rng.random(len(programme))
    price = np.round(hourly * hours / 10).astype(np.int64) * 1000
    share = np.array([row.subsidy for row in PROGRAMME_FACTS])[programme]
    paid = np.clip(rng.normal(share, 0.15) * (share > 0), 0, 1)
    return price, np.round(price * paid / 1000).astype(np.int64) * 1000


def _rules(
    params: SimulationParams,
    courses: Courses,
    course: NDArray[np.int64],
    rng: np.random.Generator,
) -> NDArray[np.int64]:
    """Lots are drawn for viral courses, else the likelier the more appeal a course has.

    Of each programme the share that draws lots is given; the rest is first come or reviewed.
    """
    programme = courses.programme[course]
    review = np.array([row.review for row in PROGRAMME_FACTS])[programme]
    result = np.where(rng.random(len(course)) < review, REVIEW, FIRST_COME)
    appeal = courses.popularity[course] / max(params.popularity_sd, 1e-9)
    wanted = params.lottery_appeal * appeal + rng.normal(0, 1, len(course))
    wanted[courses.viral[course]] = np.inf
    for index, share in enumerate(lottery_shares(params)):
        here = np.flatnonzero(programme == index)
        ranked = here[np.argsort(-wanted[here], kind="stable")]
        result[ranked[: round(share * len(here))]] = LOTTERY
    result[courses.viral[course]] = LOTTERY
    return result


def _features(mode: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.int64]:
    """Captions are common online; most sections know nothing about the rest."""
    online = np.isin(mode, (LIVE, RECORDED))[:, None]
    confirmed = np.where(online, [0.6, 0.05, 0.5], [0.08, 0.03, 0.05])
    draw = rng.random((len(mode), len(FEATURES)))
    return np.where(draw < confirmed, 1, np.where(draw > 0.75, 0, -1))


def _meets(venue: NDArray[np.int64], features: NDArray[np.int64], venues: Venues) -> Masks:
    """Needs confirmed met: a building's only matter where there is one."""
    masks = np.zeros(len(venue), dtype=np.int64)
    online = venue < 0
    for bit, need in enumerate(ACCESS_NEEDS):
        if need in FEATURES:
            met = features[:, FEATURES.index(need)] == 1
        else:
            confirmed = venues.venues[need].fill_null(value=False).to_numpy()
            met = np.where(online, need != "hearing_loop", confirmed[venue])
        masks |= met.astype(np.int64) << bit
    return masks
