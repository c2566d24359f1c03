"""One row per course: what is taught, as fields, skills and one text."""

from datetime import datetime
from typing import Final

import polars as pl

from data.city import City
from data.glossary import label_zh
from data.vocab import CATEGORIES, PROGRAMMES
from features.asof import known
from features.vocabulary import vocabulary

COLUMNS: Final = (
    "course_id",
    "title",
    "description",
    "institution_id",
    "programme",
    "category",
    "layer",
    "skill_level",
    "age_min",
    "age_max",
    "hours",
    "document",
    "skill_ids",
    "skill_weights",
)


def course_features(city: City, as_of: datetime) -> pl.DataFrame:
    """Every course of the pool, by course_id; columns in docs/features.md.

    Raises:
        CutOffError: the cut-off has no offset from UTC.
    """
    courses = known(city, "courses", as_of)
    taught = courses.join(taught_skills(city, as_of), on="course_id", how="left")
    none_known = [pl.col(c).fill_null([]) for c in ("skill_ids", "skill_weights", "skill_names")]
    features = taught.with_columns(none_known).with_columns(_document())
    return features.select(COLUMNS).sort("course_id").collect()


def skill_names(city: City, as_of: datetime) -> pl.LazyFrame:
    """skill_id and name, of the snapshot's own skills, else of the built-in vocabulary."""
    return vocabulary(city, "skills", as_of).select("skill_id", "name")


def taught_skills(city: City, as_of: datetime) -> pl.LazyFrame:
    """Per course with skills: skill_ids in order, their skill_weights, and known skill_names."""
    rows = known(city, "course_skills", as_of).join(
        skill_names(city, as_of), on="skill_id", how="left"
    )
    return rows.group_by("course_id").agg(
        pl.col("skill_id").sort().alias("skill_ids"),
        pl.col("weight").sort_by("skill_id").alias("skill_weights"),
        pl.col("name").sort_by("skill_id").drop_nulls().alias("skill_names"),
    )


def _document() -> pl.Expr:
    """Title, description, skills, category and programme, a line each; the unknown left out."""
    skills = pl.col("skill_names").list.join(" ")
    lines = [
        pl.col("title"),
        pl.col("description"),
        pl.when(skills != "").then(skills),
        _in_chinese("category", CATEGORIES),
        _in_chinese("programme", PROGRAMMES),
    ]
    return pl.concat_str(lines, separator="\n", ignore_nulls=True).alias("document")


def _in_chinese(column: str, values: tuple[str, ...]) -> pl.Expr:
    words = {value: label_zh(value, table="courses") for value in values}
    return pl.col(column).cast(pl.String).replace_strict(words, return_dtype=pl.String)
