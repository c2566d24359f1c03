"""What an area takes up: the same list for everybody who lives there, read from nobody."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from data.city import City
from data.vocab import AGE_BAND_YEARS, DIVISION_CODE_PATTERN
from recsys.columns import Reals
from recsys.errors import QueryError
from recsys.explainers.facts import Facts
from recsys.explainers.impersonal import impersonal
from recsys.offer import Candidates
from recsys.pipeline.eligibility import Rulebook, eligible
from recsys.pipeline.limits import check_programme, check_size
from recsys.pipeline.recommender import Recommender
from recsys.rerankers.one_per_course import OnePerCourse, OnePerCourseConfig
from recsys.stages import CourseScorer
from recsys.types import LearnerQuery, Reason

SCORER: Final = "popularity"
"""Whose score orders the list: shares of recent interactions, shrunk to the city's."""

OF_AN_AREA: Final = frozenset({"window", "seats", "sharing", "age"})
"""Rules about a resident of whom nothing but the area, and at most the age band, is known."""

CITY: Final = "00"
"""Digits of the district in the code of a whole city."""


@dataclass(frozen=True, slots=True)
class Area:
    """For whom a list of what is popular is made.

    Attributes:
        division_code: 12-digit code of a division; a town or village counts as its district.
        age_band: one of ``data.vocab.AGE_BANDS``; None for all ages.
    """

    division_code: str
    age_band: str | None = None

    @property
    def district_code(self) -> str | None:
        """The district; None for the whole city."""
        code = self.division_code
        return None if code[4:6] == CITY else code[:6].ljust(len(code), "0")


@dataclass(frozen=True, slots=True)
class Popular:
    """One course that is popular in an area.

    Attributes:
        course_id: the course.
        section_id: one of its open sections, one in the district before others.
        rank: 1 is first.
        score: the popularity scorer's; higher is better.
        reasons: how many people chose it, where enough did; may be empty.
    """

    course_id: str
    section_id: str
    rank: int
    score: float
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class PopularCourses:
    """What is popular in an area.

    Attributes:
        area: for whom.
        items: most popular first; a course that nobody took is not among them.
        excluded: number of sections dropped, by rule.
    """

    area: Area
    items: tuple[Popular, ...]
    excluded: Mapping[str, int]


def popular(
    recommender: Recommender,
    area: Area,
    *,
    programme: str | None = None,
    n: int = 10,
    elder: bool = False,
) -> PopularCourses:
    """The open sections that an area takes up most, one a course.

    Nobody's record is read, so that everybody of an area gets the same bytes.

    Args:
        recommender: whose rules and model answer.
        area: for whom.
        programme: the programme asked for; None asks across programmes.
        n: courses wanted.
        elder: at most as many as the policy's elder mode allows, in plain words.

    Raises:
        QueryError: the area, programme or n can't be meant, or the model knows no popularity.
    """
    check_size(n)
    check_programme(programme)
    policy = recommender.policy_of(programme)
    query = resident(recommender, area, programme=programme, elder=elder)
    book = Rulebook(rule for rule in policy.chosen_rules if rule.name in OF_AN_AREA)
    kept, refusals = eligible(query, recommender.pool.candidates(query), book)
    shares = _shares(recommender, query, kept)
    known = np.flatnonzero(~np.isnan(shares))
    order = known[np.lexsort((_away(query, kept)[known], -shares[known]))]
    ranked = kept.take(order).with_columns({"score": shares[order]})
    each = OnePerCourse(OnePerCourseConfig(further="drop")).rerank(query, ranked)
    size = min(n, policy.elder.n_max) if elder else n
    best = each.take(np.arange(min(size, len(each))))
    return PopularCourses(area, _items(recommender.facts, query, best), refusals.counts())


def resident(
    recommender: Recommender, area: Area, *, programme: str | None = None, elder: bool = False
) -> LearnerQuery:
    """The query of somebody of whom only the area and the age band are known.

    Raises:
        QueryError: the area is no division of the city, or the age band isn't known.
    """
    _check_area(recommender.profiles.city, area)
    if area.age_band is not None and area.age_band not in AGE_BAND_YEARS:
        message = f"age_band is not one of {list(AGE_BAND_YEARS)}"
        raise QueryError(message)
    low, high = AGE_BAND_YEARS[area.age_band] if area.age_band else (None, None)
    return LearnerQuery(
        as_of=recommender.as_of,
        programme=programme,
        age_low=low,
        age_high=high,
        district_code=area.district_code,
        elder=elder,
    )


def _check_area(city: City, area: Area) -> None:
    """Refuse a code of another city, or of no place; without a table only the form is checked."""
    if not re.fullmatch(DIVISION_CODE_PATTERN, area.division_code):
        message = "the area is not a 12-digit division code, such as 330106000000"
        raise QueryError(message)
    if not city.has("divisions"):
        return
    divisions = city.scan("divisions").select("division_code", "name", "level").collect()
    if (area.district_code or area.division_code) not in divisions["division_code"]:
        districts = divisions.filter(pl.col("level") == "district").sort("division_code")
        known = ", ".join(f"{code} {name}" for code, name, _ in districts.iter_rows())
        message = f"the area is no division of this snapshot; its districts are {known}"
        raise QueryError(message)


def _shares(recommender: Recommender, query: LearnerQuery, kept: Candidates) -> Reals:
    scorer = recommender.scorers.get(SCORER)
    if not isinstance(scorer, CourseScorer) or scorer.uses_history:
        message = f"the model has no scorer {SCORER!r}; it has {sorted(recommender.scorers)}"
        raise QueryError(message)
    return scorer.score(query, kept)


def _away(query: LearnerQuery, kept: Candidates) -> Reals:
    """0 for sections held in the district, 1 for others."""
    if query.district_code is None:
        return np.zeros(len(kept))
    here = kept.among("district_code", [query.district_code])
    return (~here).astype(np.float64)


def _items(facts: Facts, query: LearnerQuery, best: Candidates) -> tuple[Popular, ...]:
    columns = (best.texts("course_id"), best.texts("section_id"), best["score"].tolist())
    return tuple(
        Popular(course, section, rank, score, _reasons(facts, query, course))
        for rank, (course, section, score) in enumerate(zip(*columns, strict=True), start=1)
    )


def _reasons(facts: Facts, query: LearnerQuery, course: str) -> tuple[Reason, ...]:
    """Counts of the district and of the age band; those of fewer people aren't in the facts."""
    counts = (
        ("chosen_here", facts.by_district.get((course, query.district_code or ""))),
        (
            "chosen_by_age",
            facts.by_age.get((course, -1 if query.age_low is None else query.age_low)),
        ),
    )
    told = [(kind, people) for kind, people in counts if people is not None]
    return tuple(
        impersonal(kind, {"people": people}, 1 / len(told), elder=query.elder)
        for kind, people in told
    )
