"""Additive: a learned ranker whose score is a sum of readable terms, exact for every section.

place     travel                          what sections share is looked up once and told to
week      slots                           each of them, so that twenty thousand sections
course    fit, age_topic, popularity,     take a few steps and none is cut before it is
goal, taste                     scored
section   price, season
"""

from collections.abc import Callable, Hashable, Mapping
from typing import ClassVar, Final

import numpy as np

from features.shown import ASKED
from features.slots import bits_of
from recsys.offer import Candidates, Index, Mask, Offer, Reals
from recsys.pairing import paired
from recsys.rankers.fold_in import (
    Log,
    all_free,
    busy_cost,
    free_after,
    free_odds,
    sigmoid,
    status_prior,
    taste_after,
)
from recsys.rankers.shelf import Cells, Shelf, age_band, age_group, home_kind, travel_mode, work
from recsys.rankers.tables import AdditiveModel
from recsys.stages import Ranker
from recsys.types import LearnerQuery

OpenTo = Callable[[LearnerQuery, Candidates], Mask]
"""Which of the sections that were shown the learner could have asked for."""

PLACE, WEEK, COURSE, SECTION = "place", "week", "course", "section"

Terms = dict[str, tuple[str, Reals]]
"""By factor, the level it is told at and its log odds by place, week, course or section."""


class Additive(Ranker):
    """Scores a section by the log odds that the learner asks for it once it is shown.

    Direction: higher is better. Range: unbounded, mostly -8 to 2. Unit: log odds, calibrated on
    the log it was fitted to, so that scores compare across learners. Never null: a cell that was
    never seen adds 0.
    """

    name: ClassVar[str] = "additive"
    FACTORS: Final = (
        "travel",
        "slots",
        "price",
        "season",
        "fit",
        "age_topic",
        "popularity",
        "goal",
        "taste",
    )

    def __init__(self, model: AdditiveModel, past: Offer, open_to: OpenTo) -> None:
        """Take a model for one decision.

        Args:
            model: fitted or loaded.
            past: all sections that a learner may have been shown.
            open_to: which of them the learner could have asked for.
        """
        self.model = model
        self._past = past
        self._open_to = open_to
        self._told: tuple[Offer, Terms] | None = None
        self._places: dict[tuple[str, int], Index] = {}

    def rank(self, query: LearnerQuery, candidates: Candidates) -> Reals:
        """The log odds of asking for each section."""
        levels: dict[str, Reals] = {}
        for level, values in self._terms(query, candidates).values():
            levels[level] = levels[level] + values if level in levels else values
        score = np.full(len(candidates), float(self.model.tables.levels[0]))
        for level, values in levels.items():
            score += values.take(self._at(level, candidates))
        return score

    def parts(
        self, query: LearnerQuery, candidates: Candidates, chosen: Index
    ) -> Mapping[str, Reals]:
        """Each factor's log odds above the mean candidate's."""
        shares: dict[str, Reals] = {}
        found: dict[str, Reals] = {}
        for name, (level, values) in self._terms(query, candidates).items():
            at = self._at(level, candidates)
            if level not in shares:
                counts = np.bincount(at, minlength=len(values))
                shares[level] = counts / max(len(candidates), 1)
            found[name] = values.take(at[chosen]) - float(values @ shares[level])
        return found

    def probability(self, query: LearnerQuery, candidates: Candidates) -> Reals:
        """The probability of asking for each section once it is shown, 0 to 1."""
        return sigmoid(self.rank(query, candidates))

    def _terms(self, query: LearnerQuery, candidates: Candidates) -> Terms:
        """Every factor at its level; kept for the parts of the sections just ranked."""
        if self._told is None or self._told[0] is not candidates.offer:
            self._told = (candidates.offer, self._personal(query, candidates))
        return self._told[1]

    def _personal(self, query: LearnerQuery, candidates: Candidates) -> Terms:
        """Every factor, those that the learner's own log moves last."""
        tables, log = self.model.tables, self._log(query)
        shelf = Shelf.of(candidates.offer, self.model.words)
        terms = self._plain(query, candidates, shelf)
        told = shelf.told(free_bits(query))
        if told is not None:
            terms["slots"] = (WEEK, tables.told.take(told))
            lost = None
        else:
            odds, lost = self._free(query, log)
            chance = all_free(odds[shelf.week_slots], shelf.week_slots)
            terms["slots"] = (WEEK, busy_cost(tables.busy, chance))
        if log is not None:
            base = log.base if lost is None else log.base + lost
            terms["taste"] = (COURSE, taste_after(tables, base, log).take(shelf.topic))
        return terms

    def _free(self, query: LearnerQuery, log: Log | None) -> tuple[Reals, Reals | None]:
        """Log odds that each slot is free, and what busy slots cost each section of the log."""
        tables = self.model.tables
        prior = status_prior(tables, age_group(query), work(query))
        if log is None:
            return free_odds(tables.free, prior[None])[0], None
        odds, own = free_after(tables, prior, log)
        return odds, busy_cost(tables.busy, all_free(own, log.slots))

    def _plain(self, query: LearnerQuery, candidates: Candidates, shelf: Shelf) -> Terms:
        """The factors that don't read the learner's log."""
        tables, band = self.model.tables, age_band(query)
        terms: Terms = {
            "travel": (PLACE, self._travel(query, shelf, candidates)),
            "price": (SECTION, self._once("price", shelf, tables.price, shelf.price)),
            "season": (SECTION, self._once("season", shelf, tables.season, shelf.season)),
            "fit": (COURSE, self._once(band, shelf, tables.programme[band], shelf.programme)),
            "age_topic": (COURSE, self._once(-1 - band, shelf, tables.topic[band], shelf.topic)),
            "popularity": (COURSE, self._once("course", shelf, tables.course, shelf.course)),
        }
        if (goal := shelf.goal(query)) is not None:
            terms["goal"] = (COURSE, tables.goal.take(goal))
        return terms

    def _travel(
        self, query: LearnerQuery, shelf: Shelf, pairs: Candidates, places: Index | None = None
    ) -> Reals:
        """Log odds of the journey to each place of the offer, or to some of them."""
        tables, minutes = self.model.tables, pairs.minutes
        table = tables.travel[home_kind(query), travel_mode(query), age_group(query)]
        odds: Reals = table.take(shelf.ways(minutes, places))
        cells = shelf.circle(minutes, query.usual_circle_min, places)
        return odds if cells is None else odds + tables.circle.take(cells)

    def _once(self, name: Hashable, shelf: Shelf, table: Reals, cells: Cells) -> Reals:
        """A table told to an offer, kept for the next learner who shares it."""
        key = ("told", name, id(self.model))
        found: Reals = shelf.offer.once(key, lambda: table.take(cells))
        return found

    def _log(self, query: LearnerQuery) -> Log | None:
        """What the learner was shown, in the model's coordinates; None for nothing."""
        rows, kept = rows_shown(query, self._past)
        if not len(rows):
            return None
        shown = paired(query, self._past, rows)
        shelf = Shelf.of(self._past, self.model.words)
        weeks, courses = shelf.weeks[rows], shelf.courses[rows]
        base = self._base(query, shown, shelf, courses)
        if (told := shelf.told(free_bits(query), weeks)) is not None:
            base += self.model.tables.told.take(told)
        outcomes = np.array(query.outcomes, dtype=np.int8)[kept]
        possible = self._open_to(query, shown) | (outcomes == ASKED)
        slots, topics = shelf.week_slots[weeks], shelf.topic[courses]
        return Log(base, outcomes, possible, slots, topics)

    def _base(self, query: LearnerQuery, shown: Candidates, shelf: Shelf, courses: Index) -> Reals:
        """Log odds of a few sections without slots and taste, row by row."""
        tables, band = self.model.tables, age_band(query)
        rows = np.arange(len(shelf.offer)) if shown.rows is None else shown.rows
        odds: Reals = (
            self._travel(query, shelf, shown, shelf.places[rows])
            + tables.price.take(shelf.price[rows])
            + tables.season.take(shelf.season[rows])
            + tables.programme[band].take(shelf.programme[courses])
            + tables.topic[band].take(shelf.topic[courses])
            + tables.course.take(shelf.course[courses])
        )
        return odds

    def _at(self, level: str, candidates: Candidates) -> Index:
        """The place, week, course or own number of each candidate."""
        key = (level, id(candidates))
        if key not in self._places:
            shelf = Shelf.of(candidates.offer, self.model.words)
            whole = {
                PLACE: shelf.places,
                WEEK: shelf.weeks,
                COURSE: shelf.courses,
                SECTION: shelf.rows,
            }
            self._places[key] = candidates.pick(whole[level])
        return self._places[key]


def free_bits(query: LearnerQuery) -> int | None:
    """The free slots that were told, as bits; None where none were."""
    free = query.usual_slots if query.free_slots is None else query.free_slots
    return None if free is None else bits_of(free)


def rows_shown(query: LearnerQuery, past: Offer) -> tuple[Index, Index]:
    """The rows of the sections shown, and which entries of the log they are.

    A section that the tables no longer hold is left out.
    """
    numbers = past.numbering("section_id")
    rows = np.array([numbers.get(section, -1) for section in query.shown], dtype=np.intp)
    kept = np.flatnonzero(rows >= 0)
    return rows[kept], kept
