"""The course pool: what each institution teaches, and from which term on."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from data.simulate.gather import ints, pick
from data.simulate.params import SimulationParams
from data.simulate.place.venues import KINDS, Venues
from data.simulate.pool.programmes import PROGRAMME_FACTS, PROGRAMME_INDEX
from data.simulate.pool.texts import description, title
from data.simulate.taste import Directions, around
from data.simulate.topics import skills, topics
from data.vocab import LAYERS

MAX_SKILLS = 3
"""Skills of one course, at most."""

LAYER_SHARES = (0.6, 0.3, 0.1)
"""Of intro, advanced and premium courses; a guess."""

PREREQUISITE_SHARE = 0.4
"""Of advanced and premium courses that ask for an intro course, where there is one; a guess."""


@dataclass(frozen=True, slots=True)
class Courses:
    """The pool: its tables, and one array entry per course.

    Attributes:
        courses: contract table.
        course_skills: contract table.
        first_term: index of the term in which the course is new.
        programme: index into ``PROGRAMME_FACTS``.
        institution: index of the institution.
        skills: indices into ``topics.skills()``, shape (n, 3), -1 where fewer.
        hours: class hours.
        taste: unit vectors phi, float32 of shape (n, taste_dimensions).
        popularity: a_c, utility units.
        quality: q_c, utility units.
        prerequisite: course index that must be completed, -1 for none.
        ages: youngest and oldest age, shape (n, 2).
    """

    courses: pl.DataFrame
    course_skills: pl.DataFrame
    first_term: NDArray[np.int64]
    programme: NDArray[np.int64]
    institution: NDArray[np.int64]
    skills: NDArray[np.int64]
    hours: NDArray[np.int64]
    taste: NDArray[np.float32]
    popularity: NDArray[np.float64]
    quality: NDArray[np.float64]
    prerequisite: NDArray[np.int64]
    ages: NDArray[np.int64]


def make_courses(
    params: SimulationParams,
    venues: Venues,
    supply: NDArray[np.float64],
    space: Directions,
    rng: np.random.Generator,
    words: np.random.Generator,
) -> Courses:
    """Fill the pool: the first term's courses, then new ones each term.

    Args:
        params: the city's parameters.
        venues: institutions that may teach.
        supply: weight of each simulated district in supply.
        space: topic directions.
        rng: draws the pool.
        words: draws the texts.
    """
    first_term = _first_terms(params)
    n = len(first_term)
    programme = _programmes(first_term, rng)
    institution = _institutions(programme, venues, supply, rng)
    topic = _topics(programme, rng)
    skill = _skills(topic, rng)
    layer = rng.choice(len(LAYERS), n, p=LAYER_SHARES)
    hours = _one_of([row.hours for row in PROGRAMME_FACTS], programme, rng)
    ages = _ages(programme, rng)
    prerequisite = _prerequisites(first_term, programme, skill, layer, rng)
    frame = _course_rows(
        programme, institution, topic, skill, layer, hours, ages, prerequisite, words
    )
    return Courses(
        courses=frame,
        course_skills=_skill_rows(skill, layer, rng),
        first_term=first_term,
        programme=programme,
        institution=institution,
        skills=skill,
        hours=hours,
        taste=around(space.topics[topic], params.course_noise, rng),
        popularity=_popularity(params, programme, rng),
        quality=rng.normal(0, params.quality_sd, n),
        prerequisite=prerequisite,
        ages=ages,
    )


def _first_terms(params: SimulationParams) -> NDArray[np.int64]:
    """Nine courses for ten sections at first, then one for each new section."""
    counts = [round(0.9 * params.sections_per_term)]
    counts += [round(params.new_share * params.sections_per_term)] * params.history_terms
    return np.repeat(np.arange(len(counts)), counts)


def _programmes(first_term: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.int64]:
    """Every term's new courses hold each programme by its share."""
    edges = np.cumsum([row.share for row in PROGRAMME_FACTS])
    result = np.empty(len(first_term), dtype=np.int64)
    for term in np.unique(first_term):
        here = np.flatnonzero(first_term == term)
        even = (np.arange(len(here)) + 0.5) / len(here)
        result[here] = rng.permutation(np.searchsorted(edges[:-1], even, side="right"))
    return result


def _institutions(
    programme: NDArray[np.int64],
    venues: Venues,
    supply: NDArray[np.float64],
    rng: np.random.Generator,
) -> NDArray[np.int64]:
    """An institution that runs the programme, by its district's supply and its venues."""
    rooms = np.bincount(venues.of_institution, minlength=len(venues.kind))
    weight = supply[venues.institution_district] * rooms * np.where(venues.own, 0.3, 1.0)
    per_district = np.bincount(venues.institution_district, weights=rooms)
    weight /= per_district[venues.institution_district]
    result = np.empty(len(programme), dtype=np.int64)
    for index, row in enumerate(PROGRAMME_FACTS):
        runs = np.array([row.name in kind.programmes for kind in pick(KINDS, venues.kind)])
        chance = weight * runs
        here = programme == index
        result[here] = rng.choice(len(chance), here.sum(), p=chance / chance.sum())
    return result


def _topics(programme: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.int64]:
    """A topic of the programme; those that name it first are likelier."""
    result = np.empty(len(programme), dtype=np.int64)
    for index, row in enumerate(PROGRAMME_FACTS):
        chance = np.array(
            [
                1 / (1 + topic.programmes.index(row.name)) if row.name in topic.programmes else 0
                for topic in topics()
            ]
        )
        here = programme == index
        result[here] = rng.choice(len(chance), here.sum(), p=chance / chance.sum())
    return result


def _skills(topic: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.int64]:
    """A main skill and up to two more of the same topic."""
    result = np.full((len(topic), MAX_SKILLS), -1, dtype=np.int64)
    for course, taught in enumerate(pick(topics(), topic)):
        members = np.array(taught.skills)
        count = min(int(rng.choice(MAX_SKILLS, p=(0.25, 0.4, 0.35))) + 1, len(members))
        result[course, :count] = rng.choice(members, count, replace=False)
    return result


def _one_of(
    choices: list[tuple[int, ...]], programme: NDArray[np.int64], rng: np.random.Generator
) -> NDArray[np.int64]:
    draws = rng.random(len(programme))
    return np.array(
        [
            options[int(draw * len(options))]
            for options, draw in zip(pick(choices, programme), draws, strict=True)
        ]
    )


def _ages(programme: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.int64]:
    """The programme's limits where the course states them, else 0 and 120."""
    stated = rng.random(len(programme)) < np.array(
        [row.age_limit_share for row in pick(PROGRAMME_FACTS, programme)]
    )
    limits = [row.ages for row in pick(PROGRAMME_FACTS, programme)]
    return np.array(
        [
            (low or 0, 120 if high is None else high) if state else (0, 120)
            for (low, high), state in zip(limits, stated.tolist(), strict=True)
        ]
    )


def _prerequisites(
    first_term: NDArray[np.int64],
    programme: NDArray[np.int64],
    skill: NDArray[np.int64],
    layer: NDArray[np.int64],
    rng: np.random.Generator,
) -> NDArray[np.int64]:
    """An intro course of the same programme and main skill that is not newer."""
    asks = (layer > 0) & (rng.random(len(layer)) < PREREQUISITE_SHARE)
    result = np.full(len(layer), -1, dtype=np.int64)
    for course in np.flatnonzero(asks):
        basis = np.flatnonzero(
            (layer == 0)
            & (programme == programme[course])
            & (skill[:, 0] == skill[course, 0])
            & (first_term <= first_term[course])
        )
        if len(basis):
            result[course] = basis[0]
    return result


def _popularity(
    params: SimulationParams, programme: NDArray[np.int64], rng: np.random.Generator
) -> NDArray[np.float64]:
    """a_c ~ N(0, sd²), a few viral; at least one of the first senior courses is."""
    viral = rng.random(len(programme)) < params.viral_share
    viral[np.flatnonzero(programme == PROGRAMME_INDEX["senior"])[0]] = True
    return rng.normal(0, params.popularity_sd, len(programme)) + params.viral_bonus * viral


def _course_rows(
    programme: NDArray[np.int64],
    institution: NDArray[np.int64],
    topic: NDArray[np.int64],
    skill: NDArray[np.int64],
    layer: NDArray[np.int64],
    hours: NDArray[np.int64],
    ages: NDArray[np.int64],
    prerequisite: NDArray[np.int64],
    rng: np.random.Generator,
) -> pl.DataFrame:
    facts = pick(PROGRAMME_FACTS, programme)
    words = [[taught.words for taught in pick(skills(), row[row >= 0])] for row in skill]
    layers = pick(LAYERS, layer)
    vocational = [row.name == "vocational" for row in facts]
    return pl.DataFrame(
        {
            "course_id": [course_id(number) for number in range(len(facts))],
            "title": [
                title(row.name, tier, spoken[0], rng)
                for row, tier, spoken in zip(facts, layers, words, strict=True)
            ],
            "description": [
                description(row.name, row.audience, spoken, length, rng)
                for row, spoken, length in zip(facts, words, ints(hours), strict=True)
            ],
            "institution_id": [f"inst-{index:05d}" for index in institution.tolist()],
            "programme": [row.name for row in facts],
            "category": [taught.category for taught in pick(topics(), topic)],
            "layer": layers,
            "skill_level": [
                t + 1 if v else None for t, v in zip(ints(layer), vocational, strict=True)
            ],
            "age_min": [low or None for low in ages[:, 0].tolist()],
            "age_max": [None if high == 120 else high for high in ages[:, 1].tolist()],
            "hours": hours.astype(np.float64),
            "credits": np.round(hours / 16, 1),
            "language": ["zh"] * len(facts),
            "prerequisites": pl.Series(
                [[course_id(index)] if index >= 0 else [] for index in prerequisite.tolist()],
                dtype=pl.List(pl.String),
            ),
            "certificate": [
                "职业技能等级证书" if v and t else None
                for v, t in zip(vocational, ints(layer), strict=True)
            ],
        }
    )


def course_id(number: int) -> str:
    """The id of the pool's n-th course."""
    return f"course-{number:06d}"


def _skill_rows(
    skill: NDArray[np.int64], layer: NDArray[np.int64], rng: np.random.Generator
) -> pl.DataFrame:
    """The main skill weighs 1, further ones less; one tie in ten was extracted."""
    course, rank = np.nonzero(skill >= 0)
    declared = rng.random(len(course)) > 0.1
    return pl.DataFrame(
        {
            "course_id": [course_id(number) for number in course.tolist()],
            "skill_id": [taught.skill_id for taught in pick(skills(), skill[course, rank])],
            "weight": np.array([1.0, 0.6, 0.4])[rank],
            "level_to": layer[course] + 1,
            "provenance": np.where(declared, "declared", "extracted").tolist(),
        }
    )
