"""Which cell of each table a section falls into: the coordinates of the additive ranker.

    level      shared by                 cells
    section    -                         price, season (category x term)
    course     sections of a course      programme, topic, the course itself
    week       sections of equal slots   told free slots
    place      sections of a place       minutes

What depends on the section alone is worked out once for an offer and kept with it.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, TypeVar

import numpy as np
import polars as pl
from numpy.typing import NDArray

from data.vocab import (
    AGE_BAND_YEARS,
    AGE_BANDS,
    CATEGORIES,
    PROGRAMMES,
    TRAVEL_MODES,
    WORK_STATUSES,
)
from features.slots import BIT_OF
from recsys.columns import Index, Mask, Reals
from recsys.offer import Offer
from recsys.types import LearnerQuery

Cells = NDArray[np.int32]

AGE_FROM: Final = (0, 25, 35, 45, 60, 70)
"""Youngest age of the groups that travel and programmes are told apart for."""

BANDS: Final = len(AGE_BANDS) + 1
"""Age bands, and one for an unknown age."""

HOMES: Final = ("cell", "village", "town", "district")
"""How closely a home may be known; one more for a home that isn't."""

MINUTES_FROM: Final = (
    *(0, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 28, 31, 34, 37, 40, 44, 48, 52, 57, 62, 70),
    *(80, 90, 110),
)
"""Shortest journey of each class, minutes."""
UNKNOWN_WAY: Final = len(MINUTES_FROM)
ONLINE: Final = UNKNOWN_WAY + 1
WAYS: Final = ONLINE + 1
"""Classes of journey: by minutes, unknown, and none at all."""
MODES: Final = len(TRAVEL_MODES) + 1
"""Travel modes, and one for a mode that wasn't told."""

YUAN_FROM: Final = (0, 1, 50, 100, 150, 200, 250, 300, 400, 500, 700, 1000, 1500)
"""Lowest price of each class, yuan after subsidy; one more for a price that isn't known."""
PRICES: Final = len(YUAN_FROM) + 1
FEN_A_YUAN: Final = 100

UNTOLD, ANY_TIME, ALL_FREE, NONE_FREE, SOME_FREE = range(5)
"""How a section's slots meet the free slots that a learner told."""
TOLD: Final = 5

NO_CIRCLE, WITHIN, BEYOND = range(3)
"""How a journey meets the longest that the learner likes."""
CIRCLES: Final = 3

NO_GOAL, OF_OCCUPATION, NAMED = range(3)
"""Whether a course teaches a skill of the wanted occupation, or one that was named."""
GOALS: Final = 3

SLOTS: Final = len(BIT_OF)
MOST_SLOTS: Final = 3
"""Weekly slots of a section that are looked at; few sections meet more often."""

_BAND_OF_YEARS: Final[Mapping[tuple[int | None, int | None], int]] = {
    AGE_BAND_YEARS[band]: place for place, band in enumerate(AGE_BANDS)
}

_WAY_OF_MINUTE: Final = (
    np.searchsorted(MINUTES_FROM, np.arange(MINUTES_FROM[-1] + 1), side="right") - 1
).astype(np.intp)

_MET: Final = np.array(
    [
        ANY_TIME if not held else ALL_FREE if shared == held else SOME_FREE if shared else NONE_FREE
        for held in range(SLOTS + 1)
        for shared in range(SLOTS + 1)
    ],
    dtype=np.int32,
)
"""How a week meets the free slots told, by how many slots it has and how many are free."""

Kind = TypeVar("Kind", bound=np.generic)


@dataclass(frozen=True, slots=True)
class Words:
    """What tables are indexed by beyond the fixed vocabularies.

    Attributes:
        course_ids: courses with an effect of their own, sorted.
        topics: a skill group's id, or ``~category`` for courses without known skills.
        skill_ids: skills of a known group, sorted.
        skill_topics: the topic of each of ``skill_ids``.
        terms: terms by time.
        occupation_codes: occupations whose skills are known, sorted.
        occupation_skills: the skills of each as one text, joined by spaces.
    """

    course_ids: NDArray[np.str_]
    topics: NDArray[np.str_]
    skill_ids: NDArray[np.str_]
    skill_topics: NDArray[np.int32]
    terms: NDArray[np.str_]
    occupation_codes: NDArray[np.str_]
    occupation_skills: NDArray[np.str_]

    def topic_of(self, skills: Iterable[str], category: str | None) -> int:
        """The topic that most of a course's skills belong to; its category's without any."""
        places = np.searchsorted(self.skill_ids, found := sorted(skills))
        hits = [
            int(self.skill_topics[place])
            for place, skill in zip(places.tolist(), found, strict=True)
            if place < len(self.skill_ids) and self.skill_ids[place] == skill
        ]
        if hits:
            return min(Counter(hits).items(), key=lambda counted: (-counted[1], counted[0]))[0]
        return _place(self.topics, f"~{category}", default=len(self.topics) - 1)

    def wanted_of(self, occupation: str | None) -> list[str]:
        """The skills of an occupation; none where it is unknown."""
        place = _place(self.occupation_codes, occupation or "", default=-1)
        return [] if place < 0 else str(self.occupation_skills[place]).split(" ")


class Shelf:
    """An offer's sections in the coordinates of a model."""

    def __init__(self, offer: Offer, words: Words) -> None:
        """Work out what doesn't depend on who asks."""
        self.offer = offer
        self.words = words
        # indices of the platform's own width: others are converted each time they are used
        self.rows: Index = np.arange(len(offer))
        self.places: Index = offer.places.of_section.astype(np.intp)
        self.courses: Index = offer.courses.of_section.astype(np.intp)
        weeks, numbers = np.unique(offer.slots, return_inverse=True)
        self.weeks: Index = numbers.astype(np.intp)
        self.week_bits = weeks.astype(np.int32)

    @classmethod
    def of(cls, offer: Offer, words: Words) -> "Shelf":
        """The shelf of an offer, made once."""
        found: Shelf = offer.once(("shelf", id(words)), lambda: cls(offer, words))
        return found

    @cached_property
    def price(self) -> Cells:
        """Class of price of each section."""
        yuan = self.offer.numbers("price_net_fen") / FEN_A_YUAN
        classes = np.searchsorted(YUAN_FROM, np.nan_to_num(yuan), side="right") - 1
        return np.where(np.isnan(yuan), PRICES - 1, np.maximum(classes, 0)).astype(np.int32)

    @cached_property
    def season(self) -> Cells:
        """Term and category of each section; a term never seen counts as the last."""
        terms = self.offer.level("term")
        known = {str(term): place for place, term in enumerate(self.words.terms)}
        last = len(known) - 1
        places = np.array([*(known.get(term, last) for term in terms.values), last])
        category = _coded(self.offer, "category", CATEGORIES)
        return (places[terms.of_section] * (len(CATEGORIES) + 1) + category).astype(np.int32)

    @cached_property
    def programme(self) -> Cells:
        """Programme of each course of the offer."""
        return _coded(self.offer, "programme", PROGRAMMES)[self._first_rows]

    @cached_property
    def topic(self) -> Cells:
        """Topic of each course of the offer."""
        rows = self._first_rows.tolist()
        skills, categories = self.offer.values("teaches_skill_ids"), self.offer.values("category")
        topics = [self.words.topic_of(skills[row] or (), categories[row]) for row in rows]
        return np.array(topics, dtype=np.int32)

    @cached_property
    def topic_of_section(self) -> Index:
        """Topic of each section's course."""
        return self.topic[self.courses].astype(np.intp)

    @cached_property
    def course(self) -> Cells:
        """Place of each course among those with an effect; one past the last for a new one."""
        known = {str(course): place for place, course in enumerate(self.words.course_ids)}
        ids = self.offer.courses.values
        return np.array([known.get(course, len(known)) for course in ids], dtype=np.int32)

    @cached_property
    def week_slots(self) -> Cells:
        """The first slots of each week, shape (weeks, MOST_SLOTS); -1 where there are fewer."""
        slots = np.full((len(self.week_bits), MOST_SLOTS), -1, dtype=np.int32)
        for row, bits in enumerate(self.week_bits.tolist()):
            held = [slot for slot in range(SLOTS) if bits >> slot & 1][:MOST_SLOTS]
            slots[row, : len(held)] = held
        return slots

    @cached_property
    def slots_in_turn(self) -> Index:
        """The first slot of each week, then the second of each; ``SLOTS`` where there is none."""
        return np.where(self.week_slots < 0, SLOTS, self.week_slots).T.astype(np.intp)

    @cached_property
    def _held(self) -> Index:
        """The row of ``_MET`` of each week: by how many slots it has."""
        return np.bitwise_count(self.week_bits).astype(np.intp) * (SLOTS + 1)

    @cached_property
    def _first_rows(self) -> Index:
        """A section of each course."""
        return np.unique(self.courses, return_index=True)[1]

    @cached_property
    def _teaching(self) -> Mapping[str, Index]:
        """The courses that teach each skill."""
        skills = self.offer.values("teaches_skill_ids")
        found: dict[str, list[int]] = {}
        for course, row in enumerate(self._first_rows.tolist()):
            for skill in skills[row] or ():
                found.setdefault(skill, []).append(course)
        return {skill: np.array(courses) for skill, courses in found.items()}

    def goal(self, query: LearnerQuery) -> Cells | None:
        """How each course of the offer serves the learner's goal; None without a goal."""
        if not query.goal_skills and query.goal_occupation_code is None:
            return None
        cells = np.zeros(len(self.offer.courses.values), dtype=np.int32)
        for skill in self.words.wanted_of(query.goal_occupation_code):
            cells[self._teaching.get(skill, [])] = OF_OCCUPATION
        for skill in query.goal_skills:
            cells[self._teaching.get(skill, [])] = NAMED
        return cells

    def met(self, free: int | Cells, weeks: Index | None = None) -> Cells:
        """How each week meets the free slots told.

        Args:
            free: the free slots as bits; of one learner, or for each of ``weeks``.
            weeks: those asked for, None for all.
        """
        bits = self.week_bits if weeks is None else self.week_bits[weeks]
        held = self._held if weeks is None else self._held[weeks]
        shared = np.bitwise_count(bits & np.asarray(free, dtype=np.int32))
        cells: Cells = _MET.take(held + shared)
        return cells


def ways(minutes: Reals, online: Mask) -> Cells:
    """Class of each journey.

    Args:
        minutes: one way, NaN where unknown; shape (journeys,).
        online: whether there is no way at all; shape (journeys,).
    """
    return of_ways(np.arange(WAYS, dtype=np.int32), minutes, online)


def of_ways(table: NDArray[Kind], minutes: Reals, online: Mask) -> NDArray[Kind]:
    """What a table holds for the class of each journey.

    Args:
        table: by class; shape (WAYS,).
        minutes: one way, NaN where unknown; shape (journeys,).
        online: whether there is no way at all; shape (journeys,).
    """
    # what is unknown, like what is far, comes last and is told apart below
    whole = np.fmin(minutes, MINUTES_FROM[-1]).astype(np.intp)
    found = table.take(_WAY_OF_MINUTE).take(whole, mode="clip")
    np.copyto(found, table[UNKNOWN_WAY], where=np.isnan(minutes))
    np.copyto(found, table[ONLINE], where=online)
    return found


def circles(minutes: Reals, usual: float | Reals) -> Cells:
    """How each journey meets the longest that the learner likes.

    Args:
        minutes: one way, NaN where unknown; shape (journeys,).
        usual: the longest, minutes, NaN where it wasn't told; of one learner, or by journey.
    """
    cells = np.where(minutes > usual, np.int32(BEYOND), np.int32(WITHIN))
    np.copyto(cells, NO_CIRCLE, where=np.isnan(minutes + usual))
    return cells


def age_group(query: LearnerQuery) -> int:
    """Place of the learner's age in AGE_FROM; the youngest group when unknown."""
    return bisect_right(AGE_FROM, query.age_low or 0) - 1


def age_band(query: LearnerQuery) -> int:
    """Place of the learner's band; the last when unknown."""
    return _BAND_OF_YEARS.get((query.age_low, query.age_high), BANDS - 1)


def home_kind(query: LearnerQuery) -> int:
    """How closely the home is known; the last when it isn't."""
    if query.home is None or query.home_known not in HOMES:
        return len(HOMES)
    return HOMES.index(query.home_known)


def travel_mode(query: LearnerQuery) -> int:
    """Place of the learner's travel mode; the last when it wasn't told."""
    modes = TRAVEL_MODES
    return modes.index(query.travel_mode) if query.travel_mode in modes else MODES - 1


def work(query: LearnerQuery) -> int | None:
    """Place of the learner's work status; None when it wasn't told."""
    if query.work_status not in WORK_STATUSES:
        return None
    return WORK_STATUSES.index(query.work_status)


def _coded(offer: Offer, column: str, vocabulary: Sequence[str]) -> Cells:
    """Places in a closed vocabulary; one past the last where unknown."""
    level = offer.level(column)
    known = {value: place for place, value in enumerate(vocabulary)}
    places = [*(known.get(value, len(known)) for value in level.values), len(known)]
    return np.array(places, dtype=np.int32)[level.of_section]


def _place(values: NDArray[np.str_], wanted: str, *, default: int) -> int:
    """Place of a text in a sorted array."""
    place = int(np.searchsorted(values, wanted))
    return place if place < len(values) and values[place] == wanted else default


def text(values: Sequence[Any]) -> NDArray[np.str_]:
    """Texts as a sorted array of fixed width."""
    return np.array(pl.Series(values, dtype=pl.String).unique().sort().to_list(), dtype=np.str_)
