"""What was known when a term opened: counts, rates by age, and two models of taste."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from arena_baselines.facts import GROUPS, Facts, Index, Reals
from arena_baselines.log import Lists
from data.city import City
from features.asof import known
from features.enrolment import enrolled_pairs
from features.interactions import course_interactions
from recsys.scorers.histories import taken_courses
from recsys.scorers.ials import Ials
from recsys.scorers.matrices import one_thread
from recsys.types import TrainingSet

PRIOR: Final = 20.0
"""Impressions that a rate's prior weighs."""


@dataclass(frozen=True, slots=True)
class Knowledge:
    """Evidence from before a term; over learners (n), age groups (g) and courses (c).

    Attributes:
        enrolled: past enrolments, (c,).
        age_popularity: log of the share of the age group's applications, (g, c).
        shown: past impressions, (c,).
        course_rate: applications per impression, shrunk, (c,).
        age_course_rate: the same of the age group, shrunk to its rate for the skills, (g, c).
        age_topic_rate: the age group's rate for all courses of the same skills, (g, c).
        course_taste: iALS over courses; NaN without history or for a new course, (n, c).
        topic_taste: iALS over the skills taught, averaged; NaN likewise, (n, c).
    """

    enrolled: Reals
    age_popularity: Reals
    shown: Reals
    course_rate: Reals
    age_course_rate: Reals
    age_topic_rate: Reals
    course_taste: NDArray[np.float32]
    topic_taste: NDArray[np.float32]


def learn(city: City, as_of: datetime, facts: Facts, lists: Lists) -> Knowledge:
    """Everything counted and fitted on what came before an instant.

    Args:
        city: the tables.
        as_of: the instant; nothing from it on is read.
        facts: rows of learners, sections and courses.
        lists: shown pairs of earlier terms, of learners whose history may be used.
    """
    shown, applied = _counts(facts, lists), _counts(facts, lists.only(lists.applied))
    rates = _rates(shown, applied, facts.taught)
    share = (applied + 0.5) / (applied + 0.5).sum(axis=1, keepdims=True)
    interactions = course_interactions(city, as_of)
    return Knowledge(
        enrolled=_enrolments(city, as_of, facts),
        age_popularity=np.log(share),
        shown=shown.sum(axis=0),
        course_taste=_course_taste(interactions, facts, as_of),
        topic_taste=_topic_taste(interactions, facts, as_of),
        **rates,
    )


def _counts(facts: Facts, lists: Lists) -> Reals:
    """Pairs by age group and course, (g, c)."""
    cells = np.zeros((GROUPS, facts.courses.height))
    np.add.at(cells, (facts.group[lists.learner], facts.course[lists.section]), 1.0)
    return cells


def _rates(shown: Reals, applied: Reals, taught: Reals) -> Mapping[str, Reals]:
    """Applications per impression, each shrunk to the coarser one above it.

    rate = (applied + PRIOR * coarser) / (shown + PRIOR)
    """
    overall = (applied.sum(axis=1, keepdims=True) + 1.0) / (shown.sum(axis=1, keepdims=True) + 50.0)
    by_topic = [
        np.einsum("gk,ck->gc", np.einsum("gc,ck->gk", n, taught), taught) for n in (applied, shown)
    ]
    topic = (by_topic[0] + PRIOR * overall) / (by_topic[1] + PRIOR)
    all_ages = applied.sum() / max(shown.sum(), 1.0)
    return {
        "course_rate": (applied.sum(axis=0) + PRIOR * all_ages) / (shown.sum(axis=0) + PRIOR),
        "age_course_rate": (applied + PRIOR * topic) / (shown + PRIOR),
        "age_topic_rate": topic,
    }


def _enrolments(city: City, as_of: datetime, facts: Facts) -> Reals:
    """Seats ever held, by course: the global count of the old page."""
    pairs = enrolled_pairs(known(city, "events", as_of)).collect()
    rows = pairs.join(facts.sections, on="section_id")["row"].to_numpy()
    return np.bincount(facts.course[rows], minlength=facts.courses.height).astype(np.float64)


def _course_taste(interactions: pl.DataFrame, facts: Facts, as_of: datetime) -> NDArray[np.float32]:
    learner, courses, scores = _ials(interactions, facts, as_of)
    result = np.full((facts.learners.height, facts.courses.height), np.nan, dtype=np.float32)
    columns = _places(courses, facts.courses["course_id"])
    result[np.ix_(learner, columns)] = scores
    return result


def _topic_taste(interactions: pl.DataFrame, facts: Facts, as_of: datetime) -> NDArray[np.float32]:
    """Taste for skills, averaged over what a course teaches; it reaches new courses too."""
    skills = facts.courses.select("course_id", skill="skill_ids")
    by_skill = (
        interactions.join(skills, on="course_id")
        .explode("skill")
        .drop_nulls("skill")
        .group_by("learner_id", course_id="skill")
        .agg(pl.col("weight").sum(), pl.col("age_days").min())
        .sort("learner_id", "course_id")
    )
    learner, known_skills, scores = _ials(by_skill, facts, as_of)
    names = facts.courses["skill_ids"].explode(empty_as_null=False).unique().sort()
    taught = facts.taught[:, _places(known_skills, names)]
    weight = taught / np.maximum(taught.sum(axis=1, keepdims=True), 1.0)
    with one_thread():
        means = scores @ weight.T.astype(np.float32)
    means[:, taught.sum(axis=1) == 0] = np.nan
    result = np.full((facts.learners.height, facts.courses.height), np.nan, dtype=np.float32)
    result[learner] = means
    return result


def _ials(
    interactions: pl.DataFrame, facts: Facts, as_of: datetime
) -> tuple[Index, NDArray[np.str_], NDArray[np.float32]]:
    """Rows of the learners with a history, the known items, and scores of both."""
    nothing = pl.DataFrame()
    fitted = Ials().fit(TrainingSet(interactions, nothing, nothing, as_of))
    items, taken = taken_courses(interactions)
    learners = interactions.select("learner_id").unique().sort("learner_id")
    rows = learners.join(facts.learners, on="learner_id", maintain_order="left")["row"].to_numpy()
    with one_thread():
        return rows, items, fitted.fold_in(taken)


def _places(items: NDArray[np.str_], names: pl.Series) -> Index:
    """Places of items in a sorted series that holds them all."""
    return np.searchsorted(np.array(names.to_list(), dtype=np.str_), items).astype(np.int64)
