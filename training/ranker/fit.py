"""The additive ranker, fitted: tables, free hours and tastes by turns."""

from dataclasses import replace
from datetime import datetime
from typing import Final

import numpy as np
import polars as pl

from data.city import City
from data.vocab import AGE_BAND_YEARS, AGE_BANDS, CATEGORIES, PROGRAMMES, WORK_STATUSES
from data.vocabulary import builtin
from features.course import course_features
from features.section import section_features
from features.shown import ASKED
from recsys.columns import Reals
from recsys.rankers.fold_in import all_free, busy_cost, free_odds, gradients, slot_evidence
from recsys.rankers.shelf import (
    AGE_FROM,
    ALL_FREE,
    BANDS,
    HOMES,
    MODES,
    NO_CIRCLE,
    NO_GOAL,
    NONE_FREE,
    SLOTS,
    SOME_FREE,
    UNTOLD,
    WAYS,
    Words,
    text,
)
from recsys.rankers.tables import AdditiveModel, Tables
from recsys.scorers.matrices import one_thread
from training.errors import RankerDataError
from training.ranker.odds import Odds, by_learner_and_topic
from training.ranker.pairs import Pairs, Progress, read_pairs, sizes
from training.ranker.tastes import loadings

LEAST_ASKED: Final = 200
"""Requests for a seat out of lists, below which no ranker is fitted."""

MOST_LEARNERS: Final = 50_000
"""Learners whose lists are read; more make tables surer than they need to be."""

FIRST_SWEEPS: Final = 5
TURNS: Final = 3
SWEEPS: Final = 2
"""Sweeps before the hours are looked at, and then turns of hours and tables."""

FIRST_BUSY: Final = 2.0
LEAST_BUSY: Final = 0.1
"""Log odds that a busy slot takes away: the first guess, and the least."""

PRIOR_PEOPLE: Final = 10.0
"""People of the average hours that a work status's own are shrunk with."""
PRIOR_WORKERS: Final = 2.0
"""The same for an age group's shares of work statuses."""

GROUP_OF_BAND: Final = np.append(
    np.searchsorted(AGE_FROM, [AGE_BAND_YEARS[band][0] for band in AGE_BANDS], side="right") - 1, 0
)
"""The age group of each band; an unknown age counts to the youngest, as in a query."""


def fit_ranker(
    city: City,
    as_of: datetime,
    *,
    seed: int = 0,
    most_learners: int = MOST_LEARNERS,
    progress: Progress | None = None,
) -> AdditiveModel:
    """A ranker fitted to what learners did with the lists they were shown.

    Args:
        city: the snapshot.
        as_of: the cut-off (aware); nothing at or after it is learned from.
        seed: of the draw of learners where there are more than ``most_learners``.
        most_learners: whose lists are read.
        progress: told how many learners have been read.

    Raises:
        RankerDataError: fewer than ``LEAST_ASKED`` requests came out of logged lists.
    """
    words = words_of(city, as_of)
    pairs = read_pairs(
        city, as_of, words, most_learners=most_learners, seed=seed, progress=progress
    )
    asked = int((pairs.outcome == ASKED).sum())
    if asked < LEAST_ASKED or asked == len(pairs):
        message = f"{asked} requests in {len(pairs)} logged places; {LEAST_ASKED} are needed"
        raise RankerDataError(message)
    return AdditiveModel(words, fit_tables(pairs, words))


def words_of(city: City, as_of: datetime) -> Words:
    """The courses, topics and terms that tables are indexed by."""
    courses, sections = course_features(city, as_of), section_features(city, as_of)
    groups = _skill_groups(city)
    skills = text(list(groups))
    named = [*groups.values(), *(f"~{category}" for category in CATEGORIES), "~unknown"]
    topics = text(named)
    asks = _occupation_skills(city)
    occupations = text(list(asks))
    terms = sections.group_by("term").agg(pl.col("starts_on").min()).sort("starts_on", "term")
    return Words(
        course_ids=text(courses["course_id"].to_list()),
        topics=topics,
        skill_ids=skills,
        skill_topics=np.searchsorted(topics, [groups[str(s)] for s in skills]).astype(np.int32),
        terms=np.array(terms["term"].to_list() or [""], dtype=np.str_),
        occupation_codes=occupations,
        occupation_skills=np.array([" ".join(asks[str(c)]) for c in occupations], dtype=np.str_),
    )


def fit_tables(pairs: Pairs, words: Words) -> Tables:
    """The tables that explain the pairs best."""
    odds = Odds.flat(pairs, sizes(words))
    hours = Hours(pairs)
    busy = np.array([FIRST_BUSY])
    lost = hours.cost(busy, hours.each)
    odds.sweep(lost, FIRST_SWEEPS)
    for _ in range(TURNS):
        busy = np.array([max(_told_gap(odds), LEAST_BUSY)])
        own = hours.evidence(odds, odds.total - lost, busy)
        lost = hours.cost(busy, hours.learn(own))
        odds.sweep(lost, SWEEPS)
    slope, curve = gradients(odds.levels, odds.total, odds.log)
    shape = (len(pairs.told), len(words.topics))
    with one_thread():
        tastes = loadings(
            by_learner_and_topic(slope, pairs, *shape), by_learner_and_topic(curve, pairs, *shape)
        )
    return tables_of(odds, hours, busy, tastes, words)


class Hours:
    """When learners are free: told by some, seen in what the others ask for.

    Attributes:
        rates: share free by work status and slot.
        work_by_age: share of each work status in each age group.
        each: log odds of each slot of each pair before any log.
    """

    def __init__(self, pairs: Pairs) -> None:
        """Count what was told."""
        self._pairs = pairs
        self._untold = ~pairs.told[pairs.learner]
        self._held = pairs.slots >= 0
        self.rates = _rates(pairs)
        self.work_by_age = _work_by_age(pairs)
        told = np.eye(len(WORK_STATUSES))[np.maximum(pairs.work, 0)]
        self._prior = np.where((pairs.work >= 0)[:, None], told, self.work_by_age[pairs.age])
        self._odds = free_odds(self.rates, self._prior)
        self.each = self._of_pairs()

    def _of_pairs(self) -> Reals:
        return self._odds[self._pairs.learner[:, None], self._pairs.slots]

    def cost(self, busy: Reals, each: Reals) -> Reals:
        """Log odds lost by each pair to slots that may be taken; 0 where they were told."""
        lost = busy_cost(busy, all_free(each, self._pairs.slots))
        return np.where(self._untold, lost, 0.0)

    def evidence(self, odds: Odds, base: Reals, busy: Reals) -> Reals:
        """What each pair says of its slots; shape (pairs, MOST_SLOTS)."""
        log = replace(odds.log, base=base)
        found = slot_evidence(odds.levels, busy, self._of_pairs(), log)
        return np.where(self._untold[:, None], found, 0.0)

    def learn(self, own: Reals) -> Reals:
        """Update the learners; log odds of each pair's slots without its own say."""
        learners = len(self._pairs.told)
        at = self._pairs.learner[:, None] * SLOTS + self._pairs.slots
        sums = np.bincount(at[self._held], own[self._held], learners * SLOTS)
        evidence: Reals = sums.reshape(learners, SLOTS).astype(np.float64)
        self._odds = free_odds(self.rates, self._prior, evidence)
        return self._of_pairs() - own


def _rates(pairs: Pairs) -> Reals:
    """Share free by work status and slot, shrunk to everyone's."""
    bits = (pairs.free[:, None] >> np.arange(SLOTS)) & 1
    told = bits[pairs.told]
    everyone = told.mean(axis=0) if len(told) else np.full(SLOTS, 0.5)
    status = pairs.work[pairs.told]
    rows = [told[status == work] for work in range(len(WORK_STATUSES))]
    return np.stack(
        [(r.sum(axis=0) + PRIOR_PEOPLE * everyone) / (len(r) + PRIOR_PEOPLE) for r in rows]
    )


def _work_by_age(pairs: Pairs) -> Reals:
    """Share of each work status in each age group, shrunk to everyone's."""
    works = len(WORK_STATUSES)
    known = pairs.work >= 0
    at = pairs.age[known] * works + pairs.work[known]
    counts = np.bincount(at, minlength=len(AGE_FROM) * works).reshape(-1, works)
    everyone = (counts.sum(axis=0) + 1) / (counts.sum() + works)
    total = counts.sum(axis=1, keepdims=True) + PRIOR_WORKERS
    return np.asarray((counts + PRIOR_WORKERS * everyone) / total, dtype=np.float64)


def _told_gap(odds: Odds) -> float:
    """How much less often sections at taken hours are asked for, among those who told theirs."""
    told = odds.cells["told"]
    seen = np.bincount(odds.pairs.cells["told"], minlength=len(told)) + 1e-9
    taken = [NONE_FREE, SOME_FREE]
    return float(told[ALL_FREE] - (told[taken] * seen[taken]).sum() / seen[taken].sum())


def tables_of(odds: Odds, hours: Hours, busy: Reals, tastes: Reals, words: Words) -> Tables:
    """The fitted cells, the tables of one factor added up."""
    cells, ages, topics = odds.cells, len(AGE_FROM), len(words.topics)
    homes = cells["travel_by_home"].reshape(len(HOMES) + 1, 1, ages, WAYS)
    modes = cells["travel_by_mode"].reshape(MODES, ages, WAYS)
    of_group = cells["programme"].reshape(ages, len(PROGRAMMES) + 1)
    of_age = cells["topic_by_age"].reshape(ages, topics)
    # who told nothing is read without these tables, so that their cells belong to the levels
    untold = cells["circle"][NO_CIRCLE] + cells["told"][UNTOLD] + cells["goal"][NO_GOAL]
    return Tables(
        levels=odds.levels + untold,
        travel=homes + modes + cells["travel"].reshape(ages, WAYS),
        circle=cells["circle"] - cells["circle"][NO_CIRCLE],
        told=cells["told"] - cells["told"][UNTOLD],
        price=cells["price"],
        programme=of_group[GROUP_OF_BAND] + cells["programme_by_band"].reshape(BANDS, -1),
        topic=cells["topic"] + of_age[GROUP_OF_BAND] + cells["topic_by_band"].reshape(BANDS, -1),
        season=cells["season"],
        goal=np.maximum(cells["goal"] - cells["goal"][NO_GOAL], 0.0),
        course=cells["course"],
        busy=busy,
        free=hours.rates,
        work_by_age=hours.work_by_age,
        tastes=tastes,
    )


def _skill_groups(city: City) -> dict[str, str]:
    """The group of each skill: its parent, else itself."""
    skills = city.read("skills") if city.has("skills") else builtin("skills")
    pairs = skills.select("skill_id", pl.coalesce("parent_id", "skill_id")).iter_rows()
    return {str(skill): str(group) for skill, group in pairs}


def _occupation_skills(city: City) -> dict[str, list[str]]:
    """The skills that each occupation asks for."""
    own = city.has("occupation_skills")
    asks = city.read("occupation_skills") if own else builtin("occupation_skills")
    by_code = asks.group_by("occupation_code").agg(pl.col("skill_id").unique().sort())
    return {str(code): skills for code, skills in by_code.iter_rows()}
