"""The true probability of applying, pair by pair, and the rule that bars a pair."""

from collections.abc import Iterator
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from data.simulate.build import Built
from data.simulate.people.learners import learner_ids
from data.simulate.pool.sections import LOTTERY, RECORDED, Sections, section_id
from data.simulate.terms.choice import (
    age_allows,
    apply_probability,
    sharing_allows,
    utilities,
)
from data.vocab import AGE_BANDS

BLOCK: Final = 500_000
"""Pairs scored at a time, so that memory stays flat."""

RULES: Final = (
    "sharing",
    "access",
    "age",
    "consent",
    "prerequisites",
    "already_completed",
    "timetable_clash",
    "seats",
)
"""Hard rules by the names of the recommender's; a pair is barred by the first that holds."""

ALLOWED: Final = -1


def apply_probabilities(built: Built, until: int, rng: np.random.Generator) -> pl.DataFrame:
    """The true probability of applying, for judged learners and every open section.

    A pair that a hard rule refuses has probability 0.

    Args:
        built: the simulated city.
        until: the cut-off, microseconds since 1970.
        rng: draws who is judged, where not everyone is.

    Returns:
        learner_id, section_id, apply_probability (0 to 1) and barred_by (one of ``RULES``, null
        where the pair is allowed), ordered by learner and section.
    """
    return pl.concat(probability_batches(built, until, rng))


def probability_batches(
    built: Built, until: int, rng: np.random.Generator
) -> Iterator[pl.DataFrame]:
    """``apply_probabilities``, some learners at a time."""
    planned = built.terms[-1]
    judged, opened = judged_learners(built, rng), open_sections(built, until)
    names = pl.Series([section_id(planned.first + int(index)) for index in opened])
    ids = pl.Series(learner_ids(len(built.world.people)))
    held = _Held(built)
    size = max(1, BLOCK // max(1, len(opened)))
    for start in range(0, len(judged), size):
        block = judged[start : start + size]
        learner, section = np.repeat(block, len(opened)), np.tile(opened, len(block))
        barred = held.barred(learner, section)
        chance = apply_probability(
            built.world.params, utilities(built.world, planned, learner, section)
        )
        wanted = (barred == ALLOWED) & ~held.had(learner, section)
        yield pl.DataFrame(
            {
                "learner_id": ids.gather(learner),
                "section_id": pl.concat([names] * len(block)),
                "apply_probability": np.where(wanted, chance, 0.0),
                "barred_by": _named(barred),
            }
        )


def open_sections(built: Built, until: int) -> NDArray[np.int64]:
    """Indices of the open term's sections whose window holds the cut-off."""
    planned = built.terms[-1]
    return np.flatnonzero((planned.opens <= until) & (until < planned.closes))


def judged_learners(built: Built, rng: np.random.Generator) -> NDArray[np.int64]:
    """Who is judged: everyone, or a draw of ``judged_learners``."""
    n = len(built.world.people)
    count = min(n, built.world.params.judged_learners)
    return np.sort(rng.choice(n, count, replace=False))


def _named(barred: NDArray[np.int8]) -> pl.Series:
    index = pl.Series(barred).cast(pl.Int32)
    return pl.Series(RULES).gather(index.set(index < 0, None).cast(pl.UInt32))


class _Held:
    """What stands between learners and sections at the cut-off, looked up by pairs."""

    def __init__(self, built: Built) -> None:
        self._built = built
        self._planned: Sections = built.terms[-1]
        result = built.results[-1]
        drawing = (self._planned.rule == LOTTERY) & (result.state == "applying")
        self._seat_left = drawing | (result.enrolled < self._planned.capacity)
        learners = built.tables["learners"]
        self._home_told = learners["home_division_code"].is_not_null().to_numpy()
        self._readable = _history_readable(learners)
        # recorded sections clash with nothing
        self._slots = np.where(self._planned.mode == RECORDED, 0, self._planned.slots)
        seats = result.seats
        held = ~result.left
        self._taken = np.zeros(len(built.world.people), dtype=np.int64)
        np.bitwise_or.at(self._taken, seats.learner[held], self._planned.slots[seats.section[held]])
        made, n = result.applications, len(self._planned)
        self._applied: NDArray[np.int64] = np.unique(made.learner * n + made.section)
        gone = seats.learner[result.left] * n + seats.section[result.left]
        stands: NDArray[np.bool_] = ~np.isin(self._applied, gone)
        self._standing = self._applied[stands]

    def barred(self, learner: NDArray[np.int64], section: NDArray[np.int64]) -> NDArray[np.int8]:
        """Index into ``RULES`` of the first rule that refuses each pair, else ``ALLOWED``.

        Where a history may not be read, the rules that need one hold nobody off.
        """
        world, planned = self._built.world, self._planned
        course = planned.course[section]
        needed = world.courses.prerequisite[course]
        readable = self._readable[learner]
        record = self._built.record
        ready = record.completed(learner, np.maximum(needed, 0))
        local = world.venues.home_only[world.courses.institution[course]]
        refusals = {
            "sharing": ~sharing_allows(world, planned, learner, section)
            | (local & ~self._home_told[learner]),
            "access": (world.people.needs[learner] & ~planned.meets[section]) != 0,
            "age": ~age_allows(world, planned, learner, section),
            "consent": (needed >= 0) & ~readable,
            "prerequisites": (needed >= 0) & readable & ~ready,
            "already_completed": readable & record.completed(learner, course),
            "timetable_clash": readable & self._committed(learner, section, self._standing),
            "seats": ~self._seat_left[section],
        }
        result = np.full(len(learner), ALLOWED, dtype=np.int8)
        for number, rule in reversed(list(enumerate(RULES))):
            result[refusals[rule]] = number
        return result

    def had(self, learner: NDArray[np.int64], section: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Completed or committed, told or not; who gave a seat back doesn't apply again either."""
        course = self._planned.course[section]
        done = self._built.record.completed(learner, course)
        return done | self._committed(learner, section, self._applied)

    def _committed(
        self,
        learner: NDArray[np.int64],
        section: NDArray[np.int64],
        applications: NDArray[np.int64],
    ) -> NDArray[np.bool_]:
        """One of the applications, or meets while a section the learner holds a seat in meets."""
        applied = np.isin(learner * len(self._planned) + section, applications)
        busy: NDArray[np.bool_] = (self._taken[learner] & self._slots[section]) != 0
        return applied | busy


def _history_readable(learners: pl.DataFrame) -> NDArray[np.bool_]:
    """Personalisation is on, and for a child the guardian agreed."""
    child = pl.col("age_band") == AGE_BANDS[0]
    agreed = ~child | pl.col("consent_guardian").fill_null(value=False)
    readable = learners.select(pl.col("consent_personalisation") & agreed).to_series()
    return readable.to_numpy()
