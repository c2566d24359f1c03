"""Logged lists as arrays: who was shown what, in the ranker's coordinates, and what came of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from data.city import City
from data.vocab import CATEGORIES, PROGRAMMES
from features.learner import learner_features
from features.section import section_features
from features.shown import ASKED
from recsys.offer import Candidates, Offer
from recsys.pairing import paired
from recsys.pipeline.eligibility import open_to
from recsys.pipeline.profiles import Profiles
from recsys.pipeline.queries import build_query
from recsys.rankers.own_log import free_bits, shown_to
from recsys.rankers.shelf import (
    AGE_FROM,
    BANDS,
    CIRCLES,
    GOALS,
    HOMES,
    MODES,
    MOST_SLOTS,
    PRICES,
    TOLD,
    WAYS,
    Shelf,
    Words,
    age_band,
    age_group,
    circles,
    home_kind,
    travel_mode,
    ways,
    work,
)
from recsys.types import LearnerQuery

TABLES: Final = (
    "travel_by_home",
    "travel",
    "travel_by_mode",
    "circle",
    "told",
    "price",
    "programme",
    "programme_by_band",
    "topic",
    "topic_by_age",
    "topic_by_band",
    "season",
    "goal",
    "course",
)
"""The tables that are fitted, in the order of their steps. Tables of one factor are added up:
the finer ones say how far their cells are from the coarser ones'."""

Progress = Callable[[int, int], None]
"""Told how many learners have been read, and of how many."""


SectionsOf = Mapping[str, tuple[Sequence[str], Sequence[int]]]
"""By learner, sections and what became of each, as ``features.shown`` tells it."""


@dataclass(frozen=True)
class Pairs:
    """Shown sections of many learners, in the learners' order.

    Attributes:
        learner: number of the learner; shape (pairs,).
        outcome: see ``features.shown``; shape (pairs,).
        open_to: whether the learner could have asked for it; shape (pairs,).
        cells: by table, the cell of each pair.
        slots: first slots of the section, -1 where there are fewer; (pairs, MOST_SLOTS).
        topic: topic of the course; shape (pairs,).
        told: by learner, whether free slots were told.
        free: by learner, the free slots told as bits, 0 where untold.
        work: by learner, the work status, -1 where untold.
        age: by learner, the age group.
    """

    learner: NDArray[np.int64]
    outcome: NDArray[np.int8]
    open_to: NDArray[np.bool_]
    cells: dict[str, NDArray[np.int32]]
    slots: NDArray[np.int32]
    topic: NDArray[np.int32]
    told: NDArray[np.bool_]
    free: NDArray[np.int32]
    work: NDArray[np.int64]
    age: NDArray[np.int64]

    def __len__(self) -> int:
        """How many pairs there are."""
        return len(self.learner)


def read_pairs(
    city: City,
    as_of: datetime,
    words: Words,
    *,
    most_learners: int,
    seed: int,
    progress: Progress | None = None,
    log: SectionsOf | None = None,
) -> Pairs:
    """The logged pairs of learners whose history may be used.

    The same code as a query's works out minutes, topics and what was open to the learner, so
    that a table means the same when it is fitted and when it is read.

    Args:
        city: the snapshot.
        as_of: the cut-off (aware).
        words: what tables are indexed by.
        most_learners: a draw of so many where there are more; bounds time and memory.
        seed: of that draw.
        progress: told after each hundred learners.
        log: another log by learner, in the place of the lists that were shown.
    """
    sections = section_features(city, as_of).filter(pl.col("state").cast(pl.String) != "draft")
    travel = city.read("travel_times") if city.has("travel_times") else None
    past = Offer(sections, travel)
    profiles = Profiles(city, as_of, reads_lists=log is None)
    ids = _drawn(learner_features(city, as_of), most_learners, seed)
    rows: list[_Rows] = []
    for number, learner in enumerate(ids):
        query = build_query(profiles, learner, programme=None, n=1, new_events=None, limits={})
        if log is not None:
            logged, outcomes = log.get(learner, ((), ()))
            query = replace(query, shown=tuple(logged), outcomes=tuple(outcomes))
        if query.shown:
            rows.append(_rows_of(query, past, words))
        if progress and number % 100 == 0:
            progress(number, len(ids))
    return _joined(rows)


@dataclass(frozen=True)
class _Rows:
    """One learner's pairs."""

    outcome: NDArray[np.int8]
    open_to: NDArray[np.bool_]
    cells: dict[str, NDArray[Any]]
    slots: NDArray[np.int32]
    facts: tuple[bool, int, int, int]


def _drawn(learners: pl.DataFrame, most: int, seed: int) -> Sequence[str]:
    """Ids of learners whose history may be used, all or a draw."""
    ids = learners.filter("personalised")["learner_id"]
    if len(ids) > most:
        chosen = np.random.default_rng((seed, 5)).choice(len(ids), most, replace=False)
        ids = ids.gather(np.sort(chosen))
    found: list[str] = ids.to_list()
    return found


def _rows_of(query: LearnerQuery, past: Offer, words: Words) -> _Rows:
    learner, rows, outcome = shown_to([query], past)
    shown = paired(query, past, rows)
    shelf, free = Shelf.of(past, words), free_bits(query)
    status = work(query)
    return _Rows(
        outcome=outcome,
        open_to=open_to([query], past, learner, rows) | (outcome == ASKED),
        cells=_cells(query, shown, shelf),
        slots=shelf.week_slots[shelf.weeks[rows]],
        facts=(
            free is not None,
            free or 0,
            -1 if status is None else status,
            age_group(query),
        ),
    )


def _cells(query: LearnerQuery, shown: Candidates, shelf: Shelf) -> dict[str, NDArray[Any]]:
    """The cell of each shown section in each table."""
    rows = np.arange(len(shelf.offer)) if shown.rows is None else shown.rows
    course = shelf.courses[rows]
    topic, places, online = shelf.topic[course], shelf.places[rows], shelf.offer.places.online
    journeys = np.full(len(online), np.nan) if shown.minutes is None else shown.minutes
    minutes = journeys[places]
    way = ways(minutes, online[places])
    group, topics, programmes = age_group(query), len(shelf.words.topics), len(PROGRAMMES) + 1
    free, goal, usual = free_bits(query), shelf.goal(query), query.usual_circle_min
    untold = np.zeros(len(rows), dtype=np.int32)
    return {
        "travel_by_home": (home_kind(query) * len(AGE_FROM) + group) * WAYS + way,
        "travel": group * WAYS + way,
        "travel_by_mode": (travel_mode(query) * len(AGE_FROM) + group) * WAYS + way,
        "circle": untold if usual is None else circles(minutes, usual),
        "told": untold if free is None else shelf.met(free, shelf.weeks[rows]),
        "price": shelf.price[rows],
        "programme": group * programmes + shelf.programme[course],
        "programme_by_band": age_band(query) * programmes + shelf.programme[course],
        "topic": topic,
        "topic_by_age": group * topics + topic,
        "topic_by_band": age_band(query) * topics + topic,
        "season": shelf.season[rows],
        "goal": untold if goal is None else goal[course],
        "course": shelf.course[course],
    }


def _joined(rows: Sequence[_Rows]) -> Pairs:
    sizes = np.array([len(part.outcome) for part in rows], dtype=np.int64)
    facts = np.array([part.facts for part in rows], dtype=np.int64).reshape(-1, 4)
    cells = {
        name: np.concatenate([np.zeros(0), *(part.cells[name] for part in rows)]).astype(np.int32)
        for name in TABLES
    }
    return Pairs(
        learner=np.repeat(np.arange(len(rows)), sizes),
        outcome=np.concatenate([np.zeros(0, np.int8), *(part.outcome for part in rows)]),
        open_to=np.concatenate([np.zeros(0, np.bool_), *(part.open_to for part in rows)]),
        cells=cells,
        slots=np.concatenate([np.zeros((0, MOST_SLOTS), np.int32), *(p.slots for p in rows)]),
        topic=cells["topic"],
        told=facts[:, 0].astype(np.bool_),
        free=facts[:, 1].astype(np.int32),
        work=facts[:, 2],
        age=facts[:, 3],
    )


def sizes(words: Words) -> dict[str, int]:
    """How many cells each table has."""
    ages, topics = len(AGE_FROM), len(words.topics)
    return {
        "travel_by_home": (len(HOMES) + 1) * ages * WAYS,
        "travel": ages * WAYS,
        "travel_by_mode": MODES * ages * WAYS,
        "circle": CIRCLES,
        "told": TOLD,
        "price": PRICES,
        "programme": ages * (len(PROGRAMMES) + 1),
        "programme_by_band": BANDS * (len(PROGRAMMES) + 1),
        "topic": topics,
        "topic_by_age": ages * topics,
        "topic_by_band": BANDS * topics,
        "season": len(words.terms) * (len(CATEGORIES) + 1),
        "goal": GOALS,
        "course": len(words.course_ids) + 1,
    }
