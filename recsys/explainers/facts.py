"""What reasons may mention: names, and counts of people large enough to hide each of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

import polars as pl

from data.city import City
from data.vocabulary import builtin
from features.asof import known
from features.learner import learner_features

K_ANONYMOUS: Final = 10
"""Fewest people whose number may be told."""

TAKING: Final = ("apply", "enrol")
"""Events by which somebody chose a course."""

Counts = Mapping[tuple[str, str | int], int]


@dataclass(frozen=True, slots=True)
class Facts:
    """Names and counts for sentences.

    Attributes:
        titles: course titles by id.
        skills: skill names by id.
        occupations: occupation names by code.
        occupation_skills: skill ids by occupation code.
        by_age: people who chose a course, by course and youngest age of their band.
        by_district: the same by course and home district.
    """

    titles: Mapping[str, str]
    skills: Mapping[str, str]
    occupations: Mapping[str, str]
    occupation_skills: Mapping[str, frozenset[str]]
    by_age: Counts
    by_district: Counts


def facts_of(city: City, as_of: datetime) -> Facts:
    """The facts of a city just before an instant.

    Only learners whose history may be used are counted, and no count below ``K_ANONYMOUS``
    is kept.
    """
    takers = _takers(city, as_of)
    skills = _vocabulary(city, "occupation_skills").group_by("occupation_code").agg("skill_id")
    return Facts(
        titles=_names(city.read("courses").select("course_id", "title")),
        skills=_names(_vocabulary(city, "skills").select("skill_id", "name")),
        occupations=_names(_vocabulary(city, "occupations").select("occupation_code", "name")),
        occupation_skills={code: frozenset(ids) for code, ids in skills.iter_rows()},
        by_age=_counts(takers, "age_low"),
        by_district=_counts(takers, "district_code"),
    )


def _vocabulary(city: City, table: str) -> pl.DataFrame:
    return city.read(table) if city.has(table) else builtin(table)


def _names(pairs: pl.DataFrame) -> Mapping[str, str]:
    return MappingProxyType(dict(pairs.iter_rows()))


def _takers(city: City, as_of: datetime) -> pl.DataFrame:
    """One row per learner and course chosen: with the learner's age and district."""
    learners = learner_features(city, as_of).filter("personalised")
    groups = learners.select("learner_id", "age_low", "district_code")
    chosen = known(city, "events", as_of).filter(pl.col("type").is_in(TAKING))
    pairs = chosen.select("learner_id", "course_id").unique()
    return pairs.join(groups.lazy(), on="learner_id").collect(engine="streaming")


def _counts(takers: pl.DataFrame, group: str) -> Counts:
    counts = takers.drop_nulls(group).group_by("course_id", group).len()
    large = counts.filter(pl.col("len") >= K_ANONYMOUS)
    return MappingProxyType({(course, value): count for course, value, count in large.iter_rows()})
