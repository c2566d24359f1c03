"""Additive: a learned ranker whose score is a sum of readable terms, exact for every section.

price, season, fit, age_topic, popularity    one sum for all learners of an age band, kept
travel                                       looked up once a place, then told to its sections
slots                                        once a week
goal, taste                                  once a course or topic
"""

from collections.abc import Mapping
from dataclasses import dataclass
from threading import local
from typing import ClassVar, Final, NamedTuple

import numpy as np

from recsys.columns import Index, Reals
from recsys.offer import Candidates, Offer
from recsys.rankers.fold_in import busy_cost, sigmoid
from recsys.rankers.own_log import OwnLogs, free_bits, unlogged
from recsys.rankers.shelf import (
    SLOTS,
    Shelf,
    age_band,
    age_group,
    circles,
    home_kind,
    of_ways,
    travel_mode,
)
from recsys.rankers.tables import AdditiveModel
from recsys.stages import Ranker
from recsys.types import LearnerQuery

SHARED: Final = ("price", "season", "fit", "age_topic", "popularity")
"""Factors that learners of an age band share."""

SPARSE: Final = 4
"""Sections are told one by one where fewer than one in so many of an offer are asked about."""


class _Scratch(local):
    """Memory for one factor by section, used again and again: fresh memory is slow at first."""

    def __init__(self) -> None:
        """Take none yet; every thread has its own."""
        self._reals: Reals = np.empty(0)

    def of(self, width: int) -> Reals:
        """Room for so many numbers, which hold anything; shape (width,)."""
        if len(self._reals) < width:
            self._reals = np.empty(width)
        return self._reals[:width]


SCRATCH: Final = _Scratch()


class _Level(NamedTuple):
    """What sections share: its name, and each section's number."""

    name: str
    of_section: Index


@dataclass(frozen=True, slots=True)
class _Terms:
    """One decision's factors.

    Attributes:
        shared: of ``SHARED``, by section of the offer; shape (factors, sections).
        own: the learner's, by what it is told at, and how that is numbered.
        score: the sum of all, by section of the offer or by candidate; shape (width,).
        inside: the candidates' places among the width; None where they are the width.
    """

    shared: Reals
    own: Mapping[str, tuple[Reals, "_Level"]]
    score: Reals
    inside: Index | None


class Additive(Ranker):
    """Scores a section by the log odds that the learner asks for it once it is shown.

    Direction: higher is better. Range: unbounded, mostly -8 to 2. Unit: log odds, calibrated on
    the log it was fitted to, so that scores compare across learners. Never null: a cell that was
    never seen adds 0.
    """

    name: ClassVar[str] = "additive"
    FACTORS: Final = ("travel", "slots", *SHARED, "goal", "taste")

    def __init__(self, model: AdditiveModel, logs: OwnLogs | None) -> None:
        """Take a model for one decision.

        Args:
            model: fitted or loaded.
            logs: what learners' own logs say; None reads none.
        """
        self.model = model
        self._logs = logs
        self._told: tuple[Offer, Index | None, _Terms] | None = None

    def rank(self, query: LearnerQuery, candidates: Candidates) -> Reals:
        """The log odds of asking for each section."""
        terms = self._terms(query, candidates)
        return terms.score if terms.inside is None else terms.score.take(terms.inside, mode="clip")

    def parts(
        self, query: LearnerQuery, candidates: Candidates, chosen: Index
    ) -> Mapping[str, Reals]:
        """Each factor's log odds above the mean candidate's."""
        terms, found = self._terms(query, candidates), dict[str, Reals]()
        at = chosen if candidates.rows is None else candidates.rows[chosen]
        n = max(len(candidates), 1)
        for name, (values, level) in terms.own.items():
            counts = candidates.counts(level.name, level.of_section, len(values))
            found[name] = values[level.of_section[at]] - float(counts @ values) / n
        sums = candidates.sums((age_band(query), id(self.model)), terms.shared)
        return found | dict(zip(SHARED, terms.shared[:, at] - sums[:, None] / n, strict=True))

    def probability(self, query: LearnerQuery, candidates: Candidates) -> Reals:
        """The probability of asking for each section once it is shown, 0 to 1."""
        return sigmoid(self.rank(query, candidates))

    def _terms(self, query: LearnerQuery, candidates: Candidates) -> _Terms:
        """Every factor; kept for the parts of the sections just ranked."""
        offer, rows = candidates.offer, candidates.rows
        if self._told is None or self._told[0] is not offer or self._told[1] is not rows:
            few = rows is not None and SPARSE * len(rows) < len(offer)
            span, inside = (rows, None) if few else (None, rows)
            told = self._shared(query, offer)
            score = told[0].copy() if span is None else told[0, span]
            own = self._own(query, candidates, span)
            part = SCRATCH.of(len(score))
            for values, level in own.values():
                # clipped, as nothing is out of bounds: else it is checked in a copy of the whole
                values.take(_some(level.of_section, span), out=part, mode="clip")
                score += part
            self._told = (offer, rows, _Terms(told[1:], own, score, inside))
        return self._told[2]

    def _shared(self, query: LearnerQuery, offer: Offer) -> Reals:
        """The sum of what an age band shares and its level, then each factor; by section.

        Kept for the next learner of the band.
        """
        band = age_band(query)
        found: Reals = offer.once(
            ("shared", band, id(self.model)), lambda: self._told_to(band, offer)
        )
        return found

    def _told_to(self, band: int, offer: Offer) -> Reals:
        tables, shelf = self.model.tables, Shelf.of(offer, self.model.words)
        by_course = (
            tables.programme[band].take(shelf.programme),
            tables.topic[band].take(shelf.topic),
            tables.course.take(shelf.course),
        )
        factors = [
            tables.price.take(shelf.price),
            tables.season.take(shelf.season),
            *(values.take(shelf.courses) for values in by_course),
        ]
        return np.stack([float(tables.levels[0]) + np.sum(factors, axis=0), *factors])

    def _own(
        self, query: LearnerQuery, candidates: Candidates, span: Index | None
    ) -> dict[str, tuple[Reals, _Level]]:
        """The factors that differ from learner to learner."""
        tables, shelf = self.model.tables, Shelf.of(candidates.offer, self.model.words)
        own = unlogged(self.model, query) if self._logs is None else self._logs.of(query)
        near = None if span is None else np.unique(shelf.places[span])
        terms = {
            "travel": (self._travel(query, candidates, near), _Level("places", shelf.places)),
            "slots": (self._slots(query, own.free, shelf), _Level("weeks", shelf.weeks)),
        }
        if (goal := shelf.goal(query)) is not None:
            terms["goal"] = (tables.goal.take(goal), _Level("courses", shelf.courses))
        if own.liking is not None:
            topics = _Level(f"topics {id(self.model)}", shelf.topic_of_section)
            terms["taste"] = (own.liking, topics)
        return terms

    def _travel(self, query: LearnerQuery, candidates: Candidates, near: Index | None) -> Reals:
        """Log odds of the journey to each place; of ``near`` only, where that is given."""
        tables, online = self.model.tables, candidates.offer.places.online
        minutes = candidates.minutes
        if minutes is None:
            minutes = np.full(len(online), np.nan)
        at = slice(None) if near is None else near
        table = tables.travel[home_kind(query), travel_mode(query), age_group(query)]
        told = of_ways(table, minutes[at], online[at])
        if query.usual_circle_min is not None:
            told += tables.circle.take(circles(minutes[at], query.usual_circle_min))
        if near is None:
            return told
        odds = np.zeros(len(online))
        odds[near] = told
        return odds

    def _slots(self, query: LearnerQuery, free: Reals | None, shelf: Shelf) -> Reals:
        """Log odds by week: of the free slots told, or of those that the learner may have."""
        tables, told = self.model.tables, free_bits(query)
        if told is not None:
            odds: Reals = tables.told.take(shelf.met(told))
            return odds
        # a slot that isn't there is free
        chance = np.append(sigmoid(np.zeros(SLOTS) if free is None else free), 1.0)
        first, *further = chance.take(shelf.slots_in_turn)
        for each in further:
            first *= each
        return busy_cost(tables.busy, first)


def _some(whole: Index, span: Index | None) -> Index:
    return whole if span is None else whole[span]
