"""Sections of one term: courses at places and times, with seats and windows."""

from dataclasses import dataclass
from datetime import UTC, date
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from data.simulate.calendar import WINDOW_DAYS, Term
from data.simulate.gather import pick
from data.simulate.params import SimulationParams
from data.simulate.people.people import microseconds, slot_mask
from data.simulate.place.venues import Venues
from data.simulate.pool.courses import Courses, course_id
from data.simulate.pool.programmes import PROGRAMME_FACTS
from data.vocab import ACCESS_NEEDS

DAY_US: Final = 86_400_000_000
FIRST_COME, LOTTERY, REVIEW = 0, 1, 2
RULES: Final = ("first_come", "lottery", "review")
OFFLINE, LIVE, RECORDED, DUAL = 0, 1, 2, 3
MODES: Final = ("offline", "online_live", "online_recorded", "dual")
RECORDED_SEATS: Final = 2_000
"""Seats of a recorded section, which no room limits."""

HOURS_A_MEETING: Final = 2
"""Class hours of one meeting."""

FEATURES: Final = ("captions", "sign_language", "screen_reader")
"""Access features that a section itself confirms; the others are its venue's."""

Masks = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Sections:
    """The sections of one term, one array entry each.

    Attributes:
        term: the term they belong to.
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
        teacher: teacher number within the institution.
    """

    term: Term
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
    teacher: NDArray[np.int64]

    def __len__(self) -> int:
        """How many sections."""
        return len(self.course)

    @property
    def net_yuan(self) -> NDArray[np.float64]:
        """What the learner pays."""
        return (self.price_fen - self.subsidy_fen) / 100.0


def courses_by_term(
    params: SimulationParams, courses: Courses, rng: np.random.Generator
) -> list[NDArray[np.int64]]:
    """The course of each section, term by term: the new ones, and a sample of the old."""
    chosen: list[NDArray[np.int64]] = []
    for term in range(params.history_terms + 1):
        new = np.flatnonzero(courses.first_term == term)
        pool = chosen[-1] if chosen else new
        rest = params.sections_per_term - len(new)
        chosen.append(np.sort(np.concatenate([new, rng.choice(pool, rest, replace=False)])))
    return chosen


def make_sections(
    params: SimulationParams,
    term: Term,
    first: int,
    course: NDArray[np.int64],
    courses: Courses,
    venues: Venues,
    rng: np.random.Generator,
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
        rng: draws the schedule.
        is_open: the term is open at the cut-off, so that some windows open after it.
    """
    n = len(course)
    programme = courses.programme[course]
    mode = rng.choice(4, n, p=_mode_shares(params))
    venue = np.where(
        np.isin(mode, (LIVE, RECORDED)), -1, _rooms(courses.institution[course], venues, rng)
    )
    slots = np.where(mode == RECORDED, 0, _slots(programme, rng))
    capacity = np.where(mode == RECORDED, RECORDED_SEATS, _capacity(programme, rng))
    opens, closes = _windows(params, term, n, rng, is_open=is_open)
    starts, ends = _dates(term, slots, courses.hours[course], rng)
    price, subsidy = _prices(programme, courses.hours[course], rng)
    features = _features(mode, rng)
    own = venues.own[courses.institution[course]]
    return Sections(
        term=term,
        first=first,
        course=course,
        venue=venue,
        mode=mode,
        slots=slots,
        capacity=capacity,
        minimum=np.where(own | (mode == RECORDED), -1, _minimum(params, capacity)),
        rule=np.where(mode == RECORDED, FIRST_COME, _rules(programme, rng)),
        price_fen=price,
        subsidy_fen=subsidy,
        opens=opens,
        closes=closes,
        starts=starts,
        ends=ends,
        features=features,
        meets=_meets(venue, features, venues),
        listed=~own & (opens == microseconds(term.opens_at)),
        teacher=rng.integers(0, 1 << 16, n),
    )


def section_id(number: int) -> str:
    """The id of the city's n-th section."""
    return f"section-{number:07d}"


def section_ids(count: int) -> pl.Series:
    """The ids of all sections, by number."""
    return pl.Series([section_id(number) for number in range(count)])


def _mode_shares(params: SimulationParams) -> list[float]:
    live, recorded = 0.6 * params.online_share, 0.4 * params.online_share
    return [1 - live - recorded - params.dual_share, live, recorded, params.dual_share]


def _rooms(
    institution: NDArray[np.int64], venues: Venues, rng: np.random.Generator
) -> NDArray[np.int64]:
    """A venue of the course's institution."""
    count = np.bincount(venues.of_institution)
    start = np.r_[0, np.cumsum(count)[:-1]]
    room = np.floor(rng.random(len(institution)) * count[institution]).astype(np.int64)
    venue: NDArray[np.int64] = start[institution] + room
    return venue


def _slots(programme: NDArray[np.int64], rng: np.random.Generator) -> Masks:
    """One weekly slot by programme, for some sections a second."""
    draws = rng.random((3, len(programme)))
    masks = np.zeros(len(programme), dtype=np.int64)
    for index, row in enumerate(PROGRAMME_FACTS):
        bits = np.array([slot_mask((slot,)) for slot in row.slots])
        here = programme == index
        one = bits[(draws[0] * len(bits)).astype(np.int64)]
        two = np.where(draws[2] < row.second_slot, bits[(draws[1] * len(bits)).astype(np.int64)], 0)
        masks[here] = (one | two)[here]
    return masks


def _capacity(programme: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.int64]:
    low = np.array([row.capacity[0] for row in PROGRAMME_FACTS])
    high = np.array([row.capacity[1] for row in PROGRAMME_FACTS])
    return rng.integers(low[programme], high[programme] + 1)


def _minimum(params: SimulationParams, capacity: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.maximum((params.minimum_share * capacity).astype(np.int64), 1)


def _windows(
    params: SimulationParams, term: Term, n: int, rng: np.random.Generator, *, is_open: bool
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Windows open together; in the open term a few open after the cut-off."""
    start = microseconds(term.opens_at)
    late = (rng.random(n) < params.late_window_share) & is_open
    delay = np.where(late, round(params.as_of_hours * 3600e6) + DAY_US, 0)
    length = (WINDOW_DAYS + rng.integers(0, 4, n)) * DAY_US
    return start + delay, start + length + np.where(late, delay, 0)


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


def _rules(programme: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.int64]:
    lottery = np.array([row.lottery for row in PROGRAMME_FACTS])[programme]
    review = np.array([row.review for row in PROGRAMME_FACTS])[programme]
    draw = rng.random(len(programme))
    return np.where(draw < lottery, LOTTERY, np.where(draw < lottery + review, REVIEW, FIRST_COME))


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


def section_rows(
    sections: Sections,
    courses: Courses,
    state: NDArray[np.str_],
    enrolled: NDArray[np.int64],
    teachers: NDArray[np.int64],
) -> pl.DataFrame:
    """The contract table ``sections`` of one term.

    Args:
        sections: the term's sections.
        courses: the pool.
        state: state of each section at the cut-off.
        enrolled: seats taken, or applicants where a lottery takes applications.
        teachers: number of teachers of each institution.
    """
    numbers = range(sections.first, sections.first + len(sections))
    institution = courses.institution[sections.course]
    teacher = sections.teacher % teachers[institution]
    return pl.DataFrame(
        {
            "section_id": [section_id(number) for number in numbers],
            "course_id": [course_id(number) for number in sections.course.tolist()],
            "venue_id": [f"venue-{v:05d}" if v >= 0 else None for v in sections.venue.tolist()],
            "term": [sections.term.name] * len(sections),
            "mode": pick(MODES, sections.mode),
            "slots": pl.Series(_slot_names(sections.slots), dtype=pl.List(pl.String)),
            "starts_on": pl.Series(sections.starts).cast(pl.Int32).cast(pl.Date),
            "ends_on": pl.Series(sections.ends).cast(pl.Int32).cast(pl.Date),
            "capacity": sections.capacity,
            "min_to_open": pl.Series(
                [m if m >= 0 else None for m in sections.minimum.tolist()], dtype=pl.Int64
            ),
            "apply_opens_at": pl.Series(sections.opens).cast(pl.Datetime("us", str(UTC))),
            "apply_closes_at": pl.Series(sections.closes).cast(pl.Datetime("us", str(UTC))),
            "rule": pick(RULES, sections.rule),
            "price_fen": sections.price_fen,
            "subsidy_fen": sections.subsidy_fen,
            "teacher_id": [
                f"teacher-{owner:05d}-{number}"
                for owner, number in zip(institution.tolist(), teacher.tolist(), strict=True)
            ],
            "state": state.tolist(),
            "enrolled": enrolled,
            **{
                name: pl.Series(
                    [
                        None if known < 0 else bool(known)
                        for known in sections.features[:, column].tolist()
                    ],
                    dtype=pl.Boolean,
                )
                for column, name in enumerate(FEATURES)
            },
        }
    )


def _slot_names(masks: Masks) -> list[list[str]]:
    return [
        [f"{bit // 3 + 1}{'MAE'[bit % 3]}" for bit in range(21) if mask >> bit & 1]
        for mask in masks.tolist()
    ]
