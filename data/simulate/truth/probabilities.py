"""What only the judge may read: the true probability of applying, and the planted facts."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from data.simulate.build import Built
from data.simulate.people.learners import learner_ids
from data.simulate.pool.sections import LOTTERY, RECORDED, Sections, section_id
from data.simulate.terms.choice import age_allows, apply_probability, sharing_allows, utilities
from data.vocab import AGE_BANDS

BLOCK = 500_000
"""Pairs scored at a time, so that memory stays flat."""


def apply_probabilities(built: Built, until: int, rng: np.random.Generator) -> pl.DataFrame:
    """The true probability of applying, for judged learners and every open section.

    A pair that a hard rule refuses, or whose access need is unmet, has probability 0.

    Args:
        built: the simulated city.
        until: the cut-off, microseconds since 1970.
        rng: draws who is judged, where not everyone is.

    Returns:
        learner_id, section_id, apply_probability (0 to 1), ordered by learner and section.
    """
    people, planned = built.world.people, built.terms[-1]
    judged = _judged(built, rng)
    opened = open_sections(built, until)
    learner = np.repeat(judged, len(opened))
    section = np.tile(opened, len(judged))
    parts = [
        _probability(built, learner[start : start + BLOCK], section[start : start + BLOCK])
        for start in range(0, len(learner), BLOCK)
    ]
    names = pl.Series([section_id(planned.first + index) for index in range(len(planned))])
    return pl.DataFrame(
        {
            "learner_id": pl.Series(learner_ids(len(people))).gather(learner),
            "section_id": names.gather(section),
            "apply_probability": np.concatenate(parts),
        }
    )


def open_sections(built: Built, until: int) -> NDArray[np.int64]:
    """Indices of the open term's sections whose window holds the cut-off."""
    planned = built.terms[-1]
    return np.flatnonzero((planned.opens <= until) & (until < planned.closes))


def _judged(built: Built, rng: np.random.Generator) -> NDArray[np.int64]:
    n = len(built.world.people)
    count = min(n, built.world.params.judged_learners)
    return np.sort(rng.choice(n, count, replace=False))


def _probability(
    built: Built, learner: NDArray[np.int64], section: NDArray[np.int64]
) -> NDArray[np.float64]:
    """P(apply | seen) of eligible pairs, else 0."""
    planned = built.terms[-1]
    chance = apply_probability(
        built.world.params, utilities(built.world, planned, learner, section)
    )
    return np.where(_eligible(built, learner, section), chance, 0.0)


def _eligible(
    built: Built, learner: NDArray[np.int64], section: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """The hard rules as the tables let a recommender apply them; access is in the utility."""
    world, planned = built.world, built.terms[-1]
    kept = _has_seat(built)[section] & age_allows(world, planned, learner, section)
    kept &= sharing_allows(world, planned, learner, section)
    kept &= _home_told(built)[learner] | ~_home_only(built)[section]
    kept &= _taught_before(built, learner, section)
    return kept & ~_committed(built, learner, section)


def _has_seat(built: Built) -> NDArray[np.bool_]:
    planned, result = built.terms[-1], built.results[-1]
    drawing = (planned.rule == LOTTERY) & (result.state == "applying")
    seats: NDArray[np.bool_] = drawing | (result.enrolled < planned.capacity)
    return seats


def _home_told(built: Built) -> NDArray[np.bool_]:
    """An unknown home is in no institution's district."""
    return built.tables["learners"]["home_division_code"].is_not_null().to_numpy()


def _home_only(built: Built) -> NDArray[np.bool_]:
    world, planned = built.world, built.terms[-1]
    return world.venues.home_only[world.courses.institution[planned.course]]


def _taught_before(
    built: Built, learner: NDArray[np.int64], section: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Not completed yet, and the prerequisite completed where the history may be read."""
    course = built.terms[-1].course[section]
    needed = built.world.courses.prerequisite[course]
    readable = _history_readable(built)[learner]
    ready = (needed < 0) | (readable & built.record.completed(learner, np.maximum(needed, 0)))
    return ready & ~built.record.completed(learner, course)


def _history_readable(built: Built) -> NDArray[np.bool_]:
    """Personalisation is on, and for a child the guardian agreed."""
    learners = built.tables["learners"]
    child = pl.col("age_band") == AGE_BANDS[0]
    agreed = ~child | pl.col("consent_guardian").fill_null(value=False)
    readable = learners.select(pl.col("consent_personalisation") & agreed).to_series()
    return readable.to_numpy()


def _committed(
    built: Built, learner: NDArray[np.int64], section: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Applied for already, or meets while a section the learner holds a seat in meets."""
    planned, result = built.terms[-1], built.results[-1]
    n = len(planned)
    made = result.applications
    applied = np.isin(learner * n + section, made.learner * n + made.section)
    held = ~result.left
    seats, holders = result.seats.section[held], result.seats.learner[held]
    taken = np.zeros(len(built.world.people), dtype=np.int64)
    np.bitwise_or.at(taken, holders, planned.slots[seats])
    busy: NDArray[np.bool_] = (taken[learner] & _slots(planned)[section]) != 0
    return applied | busy


def _slots(planned: Sections) -> NDArray[np.int64]:
    """Recorded sections clash with nothing."""
    return np.where(planned.mode == RECORDED, 0, planned.slots)
