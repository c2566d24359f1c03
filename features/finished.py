"""Who completed what they held a seat in: the log a model of completion learns from."""

from datetime import date, datetime
from typing import Final

import polars as pl

from data.city import City
from features.asof import city_day, in_utc, known
from features.enrolment import last_time, stands

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
    found = (
        _told(city, as_of, date.min).filter("seat").select("learner_id", "section_id", "completed")
    )
    return found.collect().sort("learner_id", "section_id")


def section_outcomes(city: City, as_of: datetime, since: date) -> pl.DataFrame:
    """How many held a seat to the end of each ended section, and how many of them completed.

    Who completed counts as a holder, whatever the seats' own events say. Cancelled sections, and
    those of which nobody's completion or attendance was ever told, are left out.

    Args:
        city: any snapshot.
        as_of: the cut-off, with an offset from UTC.
        since: first day on which a section may have ended.

    Returns:
        section_id, holders, completed (persons), by section.

    Raises:
        CutOffError: the cut-off has no offset from UTC.
    """
    stayed = _told(city, as_of, since).filter(pl.col("completed") | stands("enrol", "drop"))
    counted = stayed.group_by("section_id").agg(
        holders=pl.len().cast(pl.Int64), completed=pl.col("completed").sum().cast(pl.Int64)
    )
    return counted.sort("section_id").collect()


def _told(city: City, as_of: datetime, since: date) -> pl.LazyFrame:
    """Each learner and ended section of which outcomes are told, and what came of it.

    seat: a seat was ever given; enrol, drop: when last; completed.
    """
    cut = in_utc(as_of)
    ended = city.scan("sections").filter(
        pl.col("ends_on").is_between(since, city_day(cut), closed="left"),
        pl.col("state") != "cancelled",
    )
    schools = city.scan("courses").select("course_id", "institution_id")
    over = ended.select("section_id", "course_id").join(schools, on="course_id", how="left")
    kind = pl.col("type")
    pairs = (
        known(city, "events", cut)
        .filter(kind.is_in(["enrol", "drop", "attend", "complete"]))
        .join(over.select("section_id"), on="section_id", how="semi")
        .group_by("learner_id", "section_id")
        .agg(
            last_time("enrol"),
            last_time("drop"),
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
    return pairs.filter("held").with_columns(completed=completed)
