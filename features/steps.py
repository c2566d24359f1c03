"""One row per course as a step on the way to something: what it asks for and what it lifts."""

from datetime import datetime
from typing import Final

import polars as pl

from data.city import City
from features.asof import known
from features.divisions import district_of

COLUMNS: Final = (
    "course_id",
    "title",
    "institution_id",
    "programme",
    "layer",
    "skill_level",
    "hours",
    "credits",
    "prerequisites",
    "age_min",
    "age_max",
    "sharing",
    "institution_name",
    "institution_district_code",
    "skills",
)


def course_steps(city: City, as_of: datetime) -> pl.DataFrame:
    """Every course of the pool, by course_id; columns in docs/features.md.

    Raises:
        CutOffError: the cut-off has no offset from UTC.
    """
    institutions = known(city, "institutions", as_of).select(
        "institution_id",
        "sharing",
        institution_name="name",
        institution_district_code=district_of("division_code"),
    )
    taught = known(city, "course_skills", as_of).sort("course_id", "skill_id")
    lifts = taught.group_by("course_id", maintain_order=True).agg(
        skills=pl.struct("skill_id", "weight", "level_to")
    )
    steps = (
        known(city, "courses", as_of)
        .join(institutions, on="institution_id", how="left")
        .join(lifts, on="course_id", how="left")
        .with_columns(pl.col("skills").fill_null([]))
    )
    return steps.select(COLUMNS).sort("course_id").collect()
