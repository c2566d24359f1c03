"""What reasons may mention: names, and counts of people large enough to hide each of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import MappingProxyType
from typing import NamedTuple

import polars as pl

from data.city import City
from data.vocabulary import builtin
from recsys.explainers import counts
from recsys.explainers.counts import Groups


class Share(NamedTuple):
    """How many people, and what share of them, in whole percent."""

    people: int
    percent: int


class Rating(NamedTuple):
    """How many people rated, and their mean, from 1 to 5."""

    people: int
    mean: float


@dataclass(frozen=True, slots=True)
class Facts:
    """Names and figures for sentences; no figure about fewer people than ``K_ANONYMOUS``.

    Attributes:
        titles: course titles by id.
        skills: skill names by id.
        occupations: occupation names by code.
        occupation_skills: skill ids by occupation code.
        by_age: people who chose a course, by course and youngest age of their band.
        by_district: the same by course and home district.
        takers: people who chose a course, by course.
        favoured: groups that choose something more often than all learners do: people by
            what (``course``, ``category``, ``programme``), its value, and the group's value
            (youngest age or district).
        finished: those who joined past sections of a course, and how many of them finished.
        finished_at: the same by institution.
        rated: ratings by course.
        held: courses of which a section has begun; empty where the city knows no past.
        advertised: job advertisements of the last half-year whose tags name a skill, by skill.
        as_of: just before which all this was known.
    """

    titles: Mapping[str, str]
    skills: Mapping[str, str]
    occupations: Mapping[str, str]
    occupation_skills: Mapping[str, frozenset[str]]
    by_age: Groups
    by_district: Groups
    takers: Mapping[str, int] = field(default_factory=dict[str, int])
    favoured: Mapping[tuple[str, str, str | int], int] = field(
        default_factory=dict[tuple[str, str, str | int], int]
    )
    finished: Mapping[str, Share] = field(default_factory=dict[str, Share])
    finished_at: Mapping[str, Share] = field(default_factory=dict[str, Share])
    rated: Mapping[str, Rating] = field(default_factory=dict[str, Rating])
    held: frozenset[str] = frozenset()
    advertised: Mapping[str, int] = field(default_factory=dict[str, int])
    as_of: datetime = datetime(1970, 1, 1, tzinfo=UTC)


def facts_of(city: City, as_of: datetime) -> Facts:
    """The facts of a city just before an instant.

    Only learners whose history may be used are counted.
    """
    takers = counts.takers(city, as_of)
    joined = counts.joined(city, as_of)
    occupation_skills = _vocabulary(city, "occupation_skills")
    skills = occupation_skills.group_by("occupation_code").agg("skill_id")
    return Facts(
        titles=_names(city.read("courses").select("course_id", "title")),
        skills=_names(_vocabulary(city, "skills").select("skill_id", "name")),
        occupations=_names(_vocabulary(city, "occupations").select("occupation_code", "name")),
        occupation_skills={code: frozenset(ids) for code, ids in skills.iter_rows()},
        by_age=counts.by_group(takers, "age_low"),
        by_district=counts.by_group(takers, "district_code"),
        takers=counts.by_course(takers),
        favoured=counts.favoured(takers),
        finished=_shares(joined, "course_id"),
        finished_at=_shares(joined, "institution_id"),
        rated={
            course: Rating(people, mean)
            for course, people, mean in counts.ratings(city, as_of).iter_rows()
        },
        held=counts.held(city, as_of),
        advertised=counts.advertised(city, as_of, _vocabulary(city, "skills")),
        as_of=as_of,
    )


def _vocabulary(city: City, table: str) -> pl.DataFrame:
    return city.read(table) if city.has(table) else builtin(table)


def _names(pairs: pl.DataFrame) -> Mapping[str, str]:
    return MappingProxyType(dict(pairs.iter_rows()))


def _shares(joined: pl.DataFrame, key: str) -> Mapping[str, Share]:
    return {
        value: Share(people, percent)
        for value, people, percent in counts.shares(joined, key).iter_rows()
    }
