"""What the logs of a block of learners say: worked out for all of them at once.

A log is a few dozen sections, so that most of the time goes to starting each step; a block of
learners starts it once. Each learner gets the very numbers that the learner would get alone.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from features.shown import ASKED
from features.slots import bits_of
from recsys.columns import Index, Mask, Reals
from recsys.offer import Offer
from recsys.pairing import traveller
from recsys.rankers.fold_in import (
    Log,
    all_free,
    busy_cost,
    free_after,
    free_odds,
    status_prior,
    taste_after,
)
from recsys.rankers.shelf import (
    Shelf,
    age_band,
    age_group,
    circles,
    home_kind,
    travel_mode,
    ways,
    work,
)
from recsys.rankers.tables import AdditiveModel
from recsys.types import LearnerQuery

OpenTo = Callable[[Sequence[LearnerQuery], Offer, Index, Index], Mask]
"""Of queries, all sections, and the learner and row of each that was shown: which of these the
learner could have asked for."""


@dataclass(frozen=True, slots=True)
class Own:
    """What is known of one learner beyond the tables.

    Attributes:
        free: log odds of being free in each slot, shape (SLOTS,); None where free slots were told.
        liking: of each topic, log odds, shape (topics,); None without a log.
    """

    free: Reals | None
    liking: Reals | None


class Shown(NamedTuple):
    """What several learners were shown, one learner after another.

    Attributes:
        learner: whose each section is, in rising order; shape (shown,).
        rows: the section's row among all that may have been shown; shape (shown,).
        outcomes: what became of it; shape (shown,).
    """

    learner: Index
    rows: Index
    outcomes: NDArray[np.int8]


class OwnLogs:
    """Reads the logs of a block of queries when the first of them is asked for."""

    def __init__(
        self,
        model: AdditiveModel,
        past: Offer,
        open_to: OpenTo,
        queries: Sequence[LearnerQuery] = (),
    ) -> None:
        """Take the block; queries beyond it are answered one at a time.

        Args:
            model: fitted or loaded.
            past: all sections that a learner may have been shown.
            open_to: which of them the learner could have asked for.
            queries: the block.
        """
        self._model = model
        self._past = past
        self._open_to = open_to
        self._queries = queries
        self._block: Mapping[int, Own] | None = None

    def of(self, query: LearnerQuery) -> Own:
        """What is known of the learner who asks."""
        if self._block is None:
            found = self._read(self._queries)
            self._block = {id(q): own for q, own in zip(self._queries, found, strict=True)}
        own = self._block.get(id(query))
        return self._read([query])[0] if own is None else own

    def _read(self, queries: Sequence[LearnerQuery]) -> list[Own]:
        """What is known of each; with free slots told, the log tells of taste only."""
        shown = shown_to(queries, self._past)
        if not len(shown.rows):
            return [unlogged(self._model, query) for query in queries]
        tables, count = self._model.tables, len(queries)
        log, lost, free = self._slots(queries, shown)
        has_log = np.bincount(shown.learner, minlength=count) > 0
        liking = taste_after(tables, log.base + lost, log, shown.learner, count)
        return [
            Own(free[place] if free_bits(query) is None else None, liking[place])
            if has_log[place]
            else unlogged(self._model, query)
            for place, query in enumerate(queries)
        ]

    def _slots(self, queries: Sequence[LearnerQuery], shown: Shown) -> tuple[Log, Reals, Reals]:
        """The logs, what slots took from each shown section, and each learner's free slots.

        Shapes (shown,) and (learners, SLOTS).
        """
        tables, shelf = self._model.tables, Shelf.of(self._past, self._model.words)
        weeks = shelf.weeks[shown.rows]
        possible = self._open_to(queries, self._past, shown.learner, shown.rows)
        log = Log(
            base=self._base(queries, shown, shelf),
            outcomes=shown.outcomes,
            open_to=possible | (shown.outcomes == ASKED),
            slots=shelf.week_slots[weeks],
            topics=shelf.topic_of_section[shown.rows],
        )
        told = [free_bits(query) for query in queries]
        guessed = np.array([bits is None for bits in told])[shown.learner]
        bits = np.array([bits or 0 for bits in told], dtype=np.int32)[shown.learner]
        lost = tables.told.take(shelf.met(bits, weeks))
        prior = np.array([status_prior(tables, age_group(q), work(q)) for q in queries])
        some = Log(
            log.base[guessed],
            log.outcomes[guessed],
            log.open_to[guessed],
            log.slots[guessed],
            log.topics[guessed],
        )
        free, own = free_after(tables, prior, some, shown.learner[guessed])
        lost[guessed] = busy_cost(tables.busy, all_free(own, some.slots))
        return log, lost, free

    def _base(self, queries: Sequence[LearnerQuery], shown: Shown, shelf: Shelf) -> Reals:
        """Log odds of each shown section without slots and taste."""
        tables, who, rows = self._model.tables, shown.learner, shown.rows
        kinds = np.array(
            [(home_kind(q), travel_mode(q), age_group(q), age_band(q)) for q in queries]
        )
        home, mode, group, band = kinds[who].T
        usual = np.array([q.usual_circle_min for q in queries], dtype=np.float64)[who]
        courses, places = shelf.courses[rows], shelf.places[rows]
        venues = shelf.offer.places
        minutes = venues.minutes_of_pairs([traveller(q) for q in queries], who, places)
        odds: Reals = (
            tables.travel[home, mode, group, ways(minutes, venues.online[places])]
            + tables.circle.take(circles(minutes, usual))
            + tables.price.take(shelf.price[rows])
            + tables.season.take(shelf.season[rows])
            + tables.programme[band, shelf.programme[courses]]
            + tables.topic[band, shelf.topic[courses]]
            + tables.course.take(shelf.course[courses])
        )
        return odds


def unlogged(model: AdditiveModel, query: LearnerQuery) -> Own:
    """What is known of a learner of whom no log is read."""
    if free_bits(query) is not None:
        return Own(None, None)
    prior = status_prior(model.tables, age_group(query), work(query))
    return Own(free_odds(model.tables.free, prior[None])[0], None)


def free_bits(query: LearnerQuery) -> int | None:
    """The free slots that were told, as bits; None where none were."""
    free = query.usual_slots if query.free_slots is None else query.free_slots
    return None if free is None else bits_of(free)


def shown_to(queries: Sequence[LearnerQuery], past: Offer) -> Shown:
    """What the learners were shown; a section that the tables no longer hold is left out.

    Args:
        queries: of the learners.
        past: all sections that anybody may have been shown.
    """
    number = past.numbering("section_id").get
    sizes = [len(query.shown) for query in queries]
    learner = np.repeat(np.arange(len(queries)), sizes)
    rows = np.array([number(id_, -1) for query in queries for id_ in query.shown], dtype=np.intp)
    outcomes = np.array([each for query in queries for each in query.outcomes], dtype=np.int8)
    kept = np.flatnonzero(rows >= 0)
    return Shown(learner[kept], rows[kept], outcomes[kept])
