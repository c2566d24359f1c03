"""The contract tables of courses and their skills."""

from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from data.simulate.gather import ints, pick
from data.simulate.pool.cohort import NO_AGES, Cohort
from data.simulate.pool.programmes import PROGRAMME_FACTS
from data.simulate.pool.texts import Wording, description, title
from data.simulate.topics import skills, topics
from data.vocab import LAYERS

SKILL_WEIGHTS: Final = np.array([1.0, 0.6, 0.4])
"""Of the main skill and the further ones."""


def course_id(number: int) -> str:
    """The id of the pool's n-th course."""
    return f"course-{number:06d}"


def course_rows(pool: Cohort) -> pl.DataFrame:
    """The contract table ``courses``, in the pool's order."""
    facts = pick(PROGRAMME_FACTS, pool.programme)
    layers = pick(LAYERS, pool.layer)
    vocational = [row.name == "vocational" for row in facts]
    wordings = _wordings(pool)
    return pl.DataFrame(
        {
            "course_id": [course_id(number) for number in range(len(pool))],
            "title": [title(wording) for wording in wordings],
            "description": [description(wording) for wording in wordings],
            "institution_id": [f"inst-{index:05d}" for index in pool.institution.tolist()],
            "programme": [row.name for row in facts],
            "category": [taught.category for taught in pick(topics(), pool.topic)],
            "layer": layers,
            "skill_level": [
                tier + 1 if v else None
                for tier, v in zip(ints(pool.layer), vocational, strict=True)
            ],
            "age_min": _stated(pool.ages[:, 0], NO_AGES[0]),
            "age_max": _stated(pool.ages[:, 1], NO_AGES[1]),
            "hours": pool.hours.astype(np.float64),
            "credits": np.round(pool.hours / 16, 1),
            "language": ["zh"] * len(pool),
            "prerequisites": _listed(pool.prerequisite),
            "certificate": [
                "职业技能等级证书" if v and tier else None
                for v, tier in zip(vocational, ints(pool.layer), strict=True)
            ],
        }
    )


def skill_rows(pool: Cohort) -> pl.DataFrame:
    """The contract table ``course_skills``; one tie in ten was extracted."""
    course, rank = np.nonzero(pool.skills >= 0)
    declared = pool.declared[course, rank]
    return pl.DataFrame(
        {
            "course_id": [course_id(number) for number in course.tolist()],
            "skill_id": [taught.skill_id for taught in pick(skills(), pool.skills[course, rank])],
            "weight": SKILL_WEIGHTS[rank],
            "level_to": pool.layer[course] + 1,
            "provenance": np.where(declared, "declared", "extracted").tolist(),
        }
    )


def _listed(course: NDArray[np.int64]) -> pl.Series:
    """Lists of the one course each, empty where it is -1."""
    ids = pl.Series([course_id(index) if index >= 0 else None for index in course.tolist()])
    return ids.cast(pl.String).reshape((-1, 1)).cast(pl.List(pl.String)).list.drop_nulls()


def _stated(ages: NDArray[np.int64], none: int) -> pl.Series:
    """Age limits; null where none is stated."""
    return pl.Series(
        [age if age != none else None for age in ages.tolist()],
        dtype=pl.Int64,
    )


def _rows(values: NDArray[np.int64]) -> list[list[int]]:
    """A two-dimensional array as lists of Python integers."""
    rows: list[list[int]] = values.tolist()
    return rows


def _wordings(pool: Cohort) -> list[Wording]:
    """What each course's texts are made from."""
    words = [skill.words for skill in skills()]
    taught, draws = _rows(pool.skills), _rows(pool.form)
    choices = zip(
        ints(pool.programme),
        ints(pool.layer),
        ints(pool.topic),
        ints(pool.hours),
        ints(pool.edition),
        strict=True,
    )
    return [
        Wording(
            programme=PROGRAMME_FACTS[programme].name,
            layer=LAYERS[layer],
            skills=[words[index] for index in taught[number] if index >= 0],
            siblings=[words[at] for at in topics()[topic].skills if at not in taught[number]],
            hours=hours,
            draws=draws[number],
            edition=edition,
        )
        for number, (programme, layer, topic, hours, edition) in enumerate(choices)
    ]
