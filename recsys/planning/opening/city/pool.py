"""What can be opened: courses of the pool, and one to be made for each skill that none teaches."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from data.city import City
from features.asof import city_day, in_utc, known
from features.divisions import district_of
from features.finished import section_outcomes
from features.section import section_features
from features.supply.attainment import attained
from features.supply.seats import MEMORY, completion_of
from features.vocabulary import vocabulary
from recsys.planning.opening.costs import Teaching

NEW: Final = "new:"
"""Begins the id of a course that has to be made."""

LEAST_TO_OPEN: Final = 8.0
"""Applicants without whom a section isn't opened, where no section tells; an assumption."""


@dataclass(frozen=True, slots=True)
class Pool:
    """Courses that may be opened.

    Attributes:
        courses: course_id, title, programme, category, institution_id, institution_district,
            sharing, age_min, age_max, hours, minimum (applicants), completion (rate),
            qualification (group of skills, else category), by course_id.
        ties: course (row of ``courses``), skill_id, attainment.
        group_of: the group of each skill.
    """

    courses: pl.DataFrame
    ties: pl.DataFrame
    group_of: dict[str, str]


def pool_of(city: City, moment: datetime, wanted: set[str], teaching: Teaching) -> Pool:
    """The courses of a city's pool that others may hold, and those to be made.

    Args:
        city: any snapshot.
        moment: the cut-off, with an offset from UTC.
        wanted: skills that are short; one that no course teaches gets a course to be made.
        teaching: how sections are taught.
    """
    cut = in_utc(moment)
    groups = _groups(city, cut)
    ties = attained(city, cut)
    rows = _courses(city, cut)
    names = dict(vocabulary(city, "skills", cut).select("skill_id", "name").collect().iter_rows())
    missing = sorted(wanted - set(ties.join(rows, on="course_id", how="semi")["skill_id"]))
    made = _made(missing, names, teaching)
    courses = pl.concat([_with_rates(city, moment, rows), made], how="diagonal").sort("course_id")
    both = pl.concat(
        [
            ties.select("course_id", "skill_id", "attainment"),
            pl.DataFrame(
                {
                    "course_id": [NEW + skill for skill in missing],
                    "skill_id": missing,
                    "attainment": [1.0] * len(missing),
                },
                schema={"course_id": pl.String, "skill_id": pl.String, "attainment": pl.Float64},
            ),
        ]
    )
    numbered = courses.select("course_id").with_row_index("course")
    tied = both.join(numbered, on="course_id").sort("course", "skill_id")
    main = (
        tied.with_columns(group=pl.col("skill_id").replace(groups))
        .group_by("course_id")
        .agg(pl.col("group").sort_by("attainment", "skill_id", descending=[True, False]).first())
    )
    qualified = courses.join(main, on="course_id", how="left", maintain_order="left")
    told = courses["minimum"].drop_nulls()
    minimum = float(np.median(told.to_numpy())) if len(told) else LEAST_TO_OPEN
    return Pool(
        qualified.select(
            *[name for name in courses.columns if name not in {"minimum", "completion"}],
            pl.col("minimum").fill_null(minimum),
            pl.col("completion").fill_null(courses["completion"].mean() or 0.75),
            qualification=pl.coalesce("group", "category"),
        ),
        tied.select(pl.col("course").cast(pl.Int64), "skill_id", "attainment"),
        groups,
    )


def _groups(city: City, cut: datetime) -> dict[str, str]:
    """The group of each skill; a skill without one is its own."""
    skills = vocabulary(city, "skills", cut).select("skill_id", "parent_id").collect()
    return {skill: parent or skill for skill, parent in skills.iter_rows()}


def _courses(city: City, cut: datetime) -> pl.DataFrame:
    owners = known(city, "institutions", cut).select(
        "institution_id",
        institution_district=district_of("division_code"),
        sharing=pl.col("sharing").cast(pl.String),
    )
    return (
        known(city, "courses", cut)
        .join(owners, on="institution_id", how="left")
        .filter(pl.col("sharing").fill_null("city") != "own", pl.col("hours") > 0)
        .select(
            "course_id", "title", pl.col("programme", "category").cast(pl.String),
            "institution_id", "institution_district", "sharing", "age_min", "age_max", "hours",
        )
        .collect()
    )  # fmt: skip


def _with_rates(city: City, moment: datetime, rows: pl.DataFrame) -> pl.DataFrame:
    """Courses with their completion rate and the applicants that they usually ask for."""
    sections = section_features(city, in_utc(moment)).with_columns(
        pl.col("programme").cast(pl.String)
    )
    outcomes = section_outcomes(city, moment, city_day(moment) - MEMORY)
    rates = completion_of(sections, outcomes).expected(rows)["rate"]
    least = sections.join(rows.select("course_id"), on="course_id", how="semi")
    usual = least.group_by("programme").agg(usual=pl.col("min_to_open").median())
    own = least.group_by("course_id").agg(own=pl.col("min_to_open").median())
    told = rows.with_columns(completion=rates).join(
        own, on="course_id", how="left", maintain_order="left"
    )
    joined = told.join(usual, on="programme", how="left", maintain_order="left")
    return joined.with_columns(minimum=pl.coalesce("own", "usual")).drop("own", "usual")


def _made(skills: list[str], names: dict[str, str], teaching: Teaching) -> pl.DataFrame:
    """Courses that have to be made, one for each skill."""
    return pl.DataFrame(
        {
            "course_id": [NEW + skill for skill in skills],
            "title": [f"{names.get(skill) or skill}（新开发）" for skill in skills],
            "programme": ["vocational"] * len(skills),
            "category": ["vocational_skills"] * len(skills),
            "hours": [teaching.new_course_hours] * len(skills),
        },
        schema={
            "course_id": pl.String,
            "title": pl.String,
            "programme": pl.String,
            "category": pl.String,
            "hours": pl.Float64,
        },
    )


def serves_people(courses: pl.DataFrame) -> NDArray[np.bool_]:
    """Whether each course takes seniors, children, adults, shape (courses, 3)."""
    low = courses["age_min"].fill_null(0).to_numpy()
    high = courses["age_max"].fill_null(200).to_numpy()
    bands = ((60, 200), (0, 17), (18, 59))
    return np.stack([(low <= end) & (high >= begin) for begin, end in bands], axis=1)
