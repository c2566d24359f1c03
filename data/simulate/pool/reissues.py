"""Near-duplicates: older courses published again under a new id, with the same content."""

from dataclasses import replace
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from data.simulate.pool.cohort import Cohort, Offer
from data.simulate.pool.texts import EDITIONS, reworded
from data.simulate.taste import around

T = TypeVar("T", bound=np.generic)

SAME_INSTITUTION: Final = 0.5
"""Share of reissues that stay at their institution; a guess."""

TASTE_NOISE: Final = 0.02
"""Noise of a reissue around its original's taste vector, of length one."""

QUALITY_NOISE: Final = 0.1
"""Standard deviation of a reissue's appeal and quality around the original's."""

HOURS_NOISE: Final = 0.2
"""A reissue's hours lie within this share of the original's."""


def with_reissues(
    offer: Offer,
    cohort: Cohort,
    older: Cohort,
    rng: np.random.Generator,
    words: np.random.Generator,
) -> Cohort:
    """The cohort with a share of its courses replaced by reissues of older ones.

    No course is reissued twice, and no reissue, viral or planted course is reissued.

    Args:
        offer: who may teach what.
        cohort: new courses.
        older: all courses before them.
        rng: draws the reissues.
        words: draws how their wording changes.
    """
    count = round(offer.params.near_duplicate_share * len(cohort))
    free = ~older.staple & ~older.viral & (older.duplicate_of < 0)
    free[older.duplicate_of[older.duplicate_of >= 0]] = False
    at, original = _pairs(cohort.programme, older.programme, np.flatnonzero(free), count, rng)
    changed = {
        name: _put(getattr(cohort, name), at, getattr(older, name)[original])
        for name in ("topic", "skills", "layer", "ages", "prerequisite", "declared")
    }
    n = len(at)
    return replace(
        cohort,
        **changed,
        institution=_put(cohort.institution, at, _hosts(offer, cohort, older, at, original, rng)),
        hours=_put(cohort.hours, at, _similar_hours(older.hours[original], rng)),
        taste=_put(
            cohort.taste, at, around(older.taste[original].astype(np.float64), TASTE_NOISE, rng)
        ),
        popularity=_put(
            cohort.popularity, at, older.popularity[original] + rng.normal(0, QUALITY_NOISE, n)
        ),
        quality=_put(cohort.quality, at, older.quality[original] + rng.normal(0, QUALITY_NOISE, n)),
        viral=_put(cohort.viral, at, np.zeros(n, dtype=np.bool_)),
        duplicate_of=_put(cohort.duplicate_of, at, original),
        form=_put(cohort.form, at, reworded(older.form[original], words)),
        edition=_put(cohort.edition, at, words.integers(1, len(EDITIONS), n)),
    )


def _pairs(
    programme: NDArray[np.int64],
    older: NDArray[np.int64],
    free: NDArray[np.int64],
    count: int,
    rng: np.random.Generator,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Places in the cohort and an older course of the same programme for each."""
    chosen = rng.permutation(len(programme))[:count]
    places: list[NDArray[np.int64]] = []
    originals: list[NDArray[np.int64]] = []
    for kind in np.unique(programme[chosen]):
        here = chosen[programme[chosen] == kind]
        candidates = rng.permutation(free[older[free] == kind])[: len(here)]
        places.append(here[: len(candidates)])
        originals.append(candidates)
    empty = np.zeros(0, dtype=np.int64)
    return np.concatenate([empty, *places]), np.concatenate([empty, *originals])


def _hosts(
    offer: Offer,
    cohort: Cohort,
    older: Cohort,
    at: NDArray[np.int64],
    original: NDArray[np.int64],
    rng: np.random.Generator,
) -> NDArray[np.int64]:
    """The original's institution, or the drawn one where its district may teach the skills."""
    drawn, before = cohort.institution[at], older.institution[original]
    district = offer.venues.institution_district[drawn]
    allowed = offer.teachable[district, older.topic[original]]
    skills = older.skills[original]
    taught = (skills[:, :, None] == allowed[:, None, :]).any(axis=2) | (skills < 0)
    moves = taught.all(axis=1) & (rng.random(len(at)) >= SAME_INSTITUTION)
    return np.where(moves, drawn, before)


def _similar_hours(hours: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.int64]:
    """Whole hours, so that short courses keep theirs."""
    more = np.trunc(hours * rng.uniform(-HOURS_NOISE, HOURS_NOISE, len(hours)))
    return hours + more.astype(np.int64)


def _put(values: NDArray[T], at: NDArray[np.int64], new: NDArray[T]) -> NDArray[T]:
    """A copy of the values with some replaced."""
    result = values.copy()
    result[at] = new
    return result
