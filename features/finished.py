"""Who completed what they held a seat in: the log a model of completion learns from."""

from datetime import datetime
from typing import Final

import polars as pl

from data.city import City
from features.asof import city_day, in_utc, known

COMPLETED_FROM: Final = 2 / 3
"""Share of classes attended that counts as completed at a school that tells attendance alone."""


def finished_pairs(city: City, as_of: datetime) -> pl.DataFrame:
    """Each learner and ended section in which the learner was given a seat, once.

    A seat given back counts as not completed: the class went on without that learner. Cancelled
    sections, and those of which nobody's completion or attendance was ever told, are left out.

    Args:
        city: any snapshot.
        as_of: the cut-off, with an offset from UTC.

    Returns:
        learner_id, section_id, completed (Boolean), by learner and section.

    Raises:
        CutOffError: the cut-off has no offset from UTC.
    """
    cut = in_utc(as_of)
    ended = city.scan("sections").filter(
        pl.col("ends_on") < city_day(cut), pl.col("state") != "cancelled"
    )
    schools = city.scan("courses").select("course_id", "institution_id")
    over = ended.select("section_id", "course_id").join(schools, on="course_id", how="left")
    kind = pl.col("type")
    pairs = (
        known(city, "events", cut)
        .filter(pl.col("section_id").is_not_null(), kind.is_in(["enrol", "attend", "complete"]))
        .group_by("learner_id", "section_id")
        .agg(
            seat=(kind == "enrol").any(),
            complete=(kind == "complete").any(),
            attended=pl.when(kind == "attend").then(pl.col("value")).max(),
        )
        .join(over.drop("course_id"), on="section_id")
        .with_columns(
            tells=pl.col("complete").any().over("institution_id"),
            held=(pl.col("complete") | pl.col("attended").is_not_null()).any().over("section_id"),
        )
    )
    attended = pl.col("attended").fill_null(0.0) >= COMPLETED_FROM
    completed = pl.when("tells").then("complete").otherwise(attended)
    found = pairs.filter("seat", "held").select("learner_id", "section_id", completed=completed)
    return found.collect().sort("learner_id", "section_id")
