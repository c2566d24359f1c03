"""What follows a seat: drops, cancellations, attendance, completion, ratings."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data.simulate.pool.sections import DAY_US, Sections
from data.simulate.terms.choice import World, pair_km, pair_taste

HOUR_US = 3_600_000_000
CONCENTRATION = 8.0
"""How closely a learner's attendance follows its mean (Beta); a guess."""

RATING_MEAN = 3.9
"""Mean rating of an average course; a guess."""


@dataclass(frozen=True, slots=True)
class Enrolled:
    """Learners with a seat in one term, one entry each.

    Attributes:
        learner: who.
        section: index into the term's sections.
        at: when the seat was given, microseconds since 1970.
    """

    learner: NDArray[np.int64]
    section: NDArray[np.int64]
    at: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of each seat; entries as in ``Enrolled``.

    Attributes:
        dropped: the seat was given back, by the learner or because the section was cancelled.
        dropped_at: when, microseconds since 1970.
        attended: share of classes attended.
        completed: at least the required share was attended.
        rating: 1 to 5, 0 where none was given.
    """

    dropped: NDArray[np.bool_]
    dropped_at: NDArray[np.int64]
    attended: NDArray[np.float64]
    completed: NDArray[np.bool_]
    rating: NDArray[np.int64]


def follow(
    world: World,
    sections: Sections,
    seats: Enrolled,
    left: NDArray[np.bool_],
    left_at: NDArray[np.int64],
    rng: np.random.Generator,
) -> tuple[Outcome, NDArray[np.bool_]]:
    """Draw the outcome of every seat of a finished term.

    Args:
        world: people, courses, venues, weights.
        sections: the term's sections.
        seats: every seat given, from the waiting list too.
        left: seats given back by their learner.
        left_at: when, microseconds since 1970.
        rng: draws attendance and ratings.

    Returns:
        The outcomes, and which sections were cancelled for want of learners.
    """
    staying = np.bincount(seats.section[~left], minlength=len(sections))
    cancelled = staying < sections.minimum
    closed = cancelled[seats.section]
    notice = _start_us(sections, seats) - 3 * DAY_US
    attended = _attendance(world, sections, seats, rng)
    completed = (attended >= world.params.completion_share) & ~left & ~closed
    outcome = Outcome(
        left | closed,
        np.where(left, left_at, np.maximum(notice, seats.at + HOUR_US)),
        attended,
        completed,
        _ratings(world, sections, seats, completed, rng),
    )
    return outcome, cancelled


def drop_out(
    world: World, sections: Sections, seats: Enrolled, rng: np.random.Generator
) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """Who gives a seat back before the start, and when."""
    left = rng.random(len(seats.learner)) < world.params.drop_share
    room = np.maximum(_start_us(sections, seats) - seats.at, 2 * HOUR_US)
    return left, seats.at + (rng.uniform(0.05, 0.95, len(left)) * room).astype(np.int64)


def _start_us(sections: Sections, seats: Enrolled) -> NDArray[np.int64]:
    """Midnight of the first day in city time (UTC+8)."""
    return sections.starts[seats.section] * DAY_US - 8 * HOUR_US


def _attendance(
    world: World, sections: Sections, seats: Enrolled, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Beta around a logistic mean: dearer, nearer and better courses are attended more."""
    params, course = world.params, sections.course[seats.section]
    logit = params.attendance_base + world.courses.quality[course]
    logit = (
        logit + params.attendance_price * sections.net_yuan[seats.section] / params.price_unit_yuan
    )
    logit = logit - params.attendance_km * pair_km(world, sections, seats.learner, seats.section)
    mean = np.clip(1 / (1 + np.exp(-logit)), 0.02, 0.98)
    share = rng.beta(mean * CONCENTRATION, (1 - mean) * CONCENTRATION)
    return np.round(share * 16) / 16


def _ratings(
    world: World,
    sections: Sections,
    seats: Enrolled,
    completed: NDArray[np.bool_],
    rng: np.random.Generator,
) -> NDArray[np.int64]:
    """Ratings of those who completed, by quality and taste; 0 where none was given."""
    quality = world.courses.quality[sections.course[seats.section]]
    taste = pair_taste(world, sections, seats.learner, seats.section)
    noise = rng.normal(0, 0.6, len(taste))
    stars = np.clip(np.round(RATING_MEAN + 0.6 * quality + 0.6 * taste + noise), 1, 5)
    told = completed & (rng.random(len(taste)) < world.params.rating_share)
    return np.where(told, stars, 0).astype(np.int64)
