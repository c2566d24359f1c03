"""The right answers: what learners applied to or enrolled in, in a period."""

from datetime import datetime
from typing import Final

import polars as pl

from data.city import City

WANTED: Final = ("apply", "waitlist", "enrol")
"""Events that say a learner chose a course. Views and impressions are not choices."""


def answers_between(
    city: City, start: datetime, end: datetime | None, programme: str | None = None
) -> pl.DataFrame:
    """Pairs of learner and course chosen in ``[start, end)``, from events and applications.

    Choices later taken back still count: what the learner wanted then is the question.

    Args:
        city: the snapshot.
        start: first moment, included.
        end: last moment, excluded; None leaves it open.
        programme: only courses of this programme; None takes all.

    Returns:
        learner_id, course_id; each pair once, in order.
    """
    chosen = city.scan("events").filter(pl.col("type").cast(pl.String).is_in(WANTED))
    events = chosen.filter(_within("occurred_at", start, end))
    ranked = city.scan("applications").filter(_within("submitted_at", start, end))
    courses = city.scan("sections").select("section_id", "course_id")
    applied = ranked.join(courses, on="section_id", how="inner")
    pairs = pl.concat(frame.select("learner_id", "course_id") for frame in (events, applied))
    if programme is not None:
        pairs = pairs.join(_courses_of(city, programme), on="course_id", how="semi")
    return pairs.unique().sort("learner_id", "course_id").collect()


def _within(column: str, start: datetime, end: datetime | None) -> pl.Expr:
    late_enough = pl.col(column) >= start
    return late_enough if end is None else late_enough & (pl.col(column) < end)


def _courses_of(city: City, programme: str) -> pl.LazyFrame:
    courses = city.scan("courses").filter(pl.col("programme").cast(pl.String) == programme)
    return courses.select("course_id")


def days_to_opening(city: City, as_of: datetime) -> int | None:
    """Whole days from just after the last opening of applications to ``as_of``.

    A cut that many days earlier falls into an enrolment window, when there are lists to judge.
    None where no window that opened before had a whole day to be judged.
    """
    opened = city.scan("sections").filter(pl.col("state").cast(pl.String) != "cancelled")
    ages = opened.select((pl.lit(as_of) - pl.col("apply_opens_at")).dt.total_days().alias("days"))
    found = ages.filter(pl.col("days") >= 1).min().collect().item()
    return None if found is None else int(found)
