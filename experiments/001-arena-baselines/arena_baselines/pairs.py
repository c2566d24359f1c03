"""Pairs of learner and section as numbers, the same for logged lists and for new ones."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from arena_baselines.facts import DAYTIME, SIXTY, Facts, Index, Reals
from arena_baselines.knowledge import Knowledge

FEATURES: Final = (
    "km",
    "online",
    "slot_fit",
    "daytime",
    "age_group",
    "work_status",
    "yuan",
    "programme",
    "category",
    "goal_match",
    "same_district",
    "shown",
    "course_rate",
    "age_course_rate",
    "age_topic_rate",
    "course_taste",
    "topic_taste",
)
"""The seventeen features of the boosted ranker; NaN is unknown."""


def ranker_features(facts: Facts, known: Knowledge, learner: Index, section: Index) -> Reals:
    """The columns of ``FEATURES``; shape (pairs, 17), 32-bit."""
    course, group = facts.course[section], facts.group[learner]
    columns = (
        facts.km[learner, facts.place[section]],
        facts.online[section],
        slot_fit(facts, learner, section),
        (facts.slots[section] & DAYTIME) != 0,
        group,
        facts.work[learner],
        facts.yuan[section],
        facts.programme[section],
        facts.category[section],
        facts.goal[learner, course],
        facts.home[learner] == facts.district[section],
        known.shown[course],
        known.course_rate[course],
        known.age_course_rate[group, course],
        known.age_topic_rate[group, course],
        known.course_taste[learner, course],
        known.topic_taste[learner, course],
    )
    return np.stack([column.astype(np.float32) for column in columns], axis=1)


def with_context(
    facts: Facts, score: NDArray[np.floating], learner: Index, section: Index
) -> Reals:
    """A score beside distance and slot, for a linear model; shape (pairs, 5).

    Kilometres stand in one column under 60 and in another from 60. Unknown distance, slots
    or score count nothing.
    """
    km = np.nan_to_num(facts.km[learner, facts.place[section]])
    elder = facts.group[learner] >= SIXTY
    busy = np.nan_to_num(1.0 - slot_fit(facts, learner, section))
    online = facts.online[section]
    return np.stack([np.nan_to_num(score), km * ~elder, km * elder, busy, online], axis=1)


def slot_fit(facts: Facts, learner: Index, section: Index) -> Reals:
    """Share of the section's slots that are free; NaN where free slots weren't told."""
    slots, free = facts.slots[section], facts.free[learner]
    share = np.bitwise_count(slots & free) / np.maximum(np.bitwise_count(slots), 1)
    return np.where(free < 0, np.nan, np.where(slots == 0, 1.0, share))
