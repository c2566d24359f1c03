"""What learners' behaviour says about courses: one strength per learner and course.

    weight = sum over event types of STRENGTHS[type] * measure

The unit is one enrolment. Each type counts once, however often it happened; impressions count
nothing, for they are the platform's behaviour. Evidence is taken back by what came after it, or
at the same instant:

- a drop takes back apply, waitlist, enrol and attend of the same section;
- a dislike, or a last rating below 3, takes back all earlier evidence on the course.

Recency stays apart as ``age_days``; whoever scores decides what it is worth.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from types import MappingProxyType
from typing import Final

import polars as pl

from data.city import City
from features.asof import in_utc, known
from features.enrolment import last_time, stands
from features.learner import personalised

STRENGTHS: Final[Mapping[str, float]] = MappingProxyType(
    {
        "view": 0.2,
        "favourite": 0.5,
        "apply": 0.8,
        "waitlist": 0.8,
        "enrol": 1.0,
        "attend": 1.0,  # times the share of classes attended
        "complete": 1.0,
        "rate": 0.5,  # times the stars above NEUTRAL_STARS
    }
)
"""What one event of a type is worth, in enrolments."""

NEUTRAL_STARS: Final = 3.0
"""A rating that says nothing; below it the rating works as a dislike."""
UNDONE_BY_DROP: Final = ("apply", "waitlist", "enrol", "attend")
MICROSECONDS_A_DAY: Final = 86_400_000_000


def course_interactions(city: City, as_of: datetime) -> pl.DataFrame:
    """Strength of each learner's interest in each course, by learner_id and course_id.

    Only learners whose history may be used are in it; a city without a learners table has
    recorded nobody's refusal, so all are in. Columns are in docs/features.md.

    Raises:
        CutOffError: the cut-off has no offset from UTC.
    """
    cut = in_utc(as_of)
    events = of_consenting(city, known(city, "events", cut), cut)
    age = (pl.lit(cut) - pl.col("at")).dt.total_microseconds() / MICROSECONDS_A_DAY
    pairs = course_strengths(latest_events(events)).with_columns(age.alias("age_days"))
    columns = ("learner_id", "course_id", "weight", "age_days")
    return pairs.select(columns).sort("learner_id", "course_id").collect(engine="streaming")


def of_consenting(city: City, rows: pl.LazyFrame, as_of: datetime) -> pl.LazyFrame:
    """The rows of learners whose history may be used."""
    if not city.has("learners"):
        return rows
    consenting = known(city, "learners", as_of).filter(personalised()).select("learner_id")
    return rows.join(consenting, on="learner_id", how="semi")


def latest_events(events: pl.LazyFrame) -> pl.LazyFrame:
    """What stands of each learner's behaviour towards each section: the last event of a type.

    Args:
        events: rows of the ``events`` contract, already cut off.

    Returns:
        learner_id, course_id, section_id (null: the course as such), one instant per event type
        but impression (null: never), share (of classes, last attended), stars (last rated); in
        no particular order.
    """
    by_section = ["learner_id", "course_id", "section_id"]
    return events.filter(pl.col("type") != "impression").group_by(by_section).agg(_last_of_each())


def course_strengths(latest: pl.LazyFrame) -> pl.LazyFrame:
    """Strength and latest evidence of each learner and course.

    Args:
        latest: the frame made by ``latest_events``.

    Returns:
        learner_id, course_id, weight (Float64 > 0, enrolments), at (the latest event that
        counted); in no particular order.
    """
    held = latest.with_columns(_not_dropped())
    by_course = held.group_by("learner_id", "course_id").agg(_over_sections())
    counted = by_course.with_columns(_denied_at()).with_columns(_counted())
    weighed = counted.with_columns(_weight(), pl.max_horizontal(list(STRENGTHS)).alias("at"))
    return weighed.filter(pl.col("weight") > 0).select("learner_id", "course_id", "weight", "at")


# The expressions are the same for every call; building them would cost a single learner's query
# more than running them.


@cache
def _last_of_each() -> list[pl.Expr]:
    """Per section: when each type last happened, and the last share and stars."""
    times = [last_time(event_type) for event_type in (*STRENGTHS, "drop", "dislike")]
    return [*times, _last_value("attend").alias("share"), _last_value("rate").alias("stars")]


def _last_value(event_type: str) -> pl.Expr:
    chosen = pl.col("type") == event_type
    return (
        pl.when(chosen)
        .then(pl.col("value"))
        .max_by(pl.when(chosen).then(_order(pl.col("occurred_at"), pl.col("value"))))
    )


def _order(at: pl.Expr, value: pl.Expr) -> pl.Expr:
    """Orders by time and, at the same instant, by value: the same winner in every run."""
    thousandths = (value * 1000).round().cast(pl.Int128)
    return at.to_physical().cast(pl.Int128) * 1_000_000 + thousandths


@cache
def _not_dropped() -> list[pl.Expr]:
    """Each type that a drop takes back: null where one did."""
    return [pl.when(stands(t, undone_by="drop")).then(pl.col(t)) for t in UNDONE_BY_DROP]


@cache
def _over_sections() -> list[pl.Expr]:
    """Per course: the latest of each type, the best attended section, the last stars."""
    times = [pl.col(event_type).max() for event_type in (*STRENGTHS, "dislike")]
    share = pl.when(pl.col("attend").is_not_null()).then(pl.col("share")).max().alias("share")
    stars = pl.col("stars").max_by(_order(pl.col("rate"), pl.col("stars")))
    return [*times, share, stars]


@cache
def _denied_at() -> pl.Expr:
    low = pl.when(pl.col("stars") < NEUTRAL_STARS).then(pl.col("rate"))
    return pl.max_horizontal("dislike", low).alias("denied_at")


@cache
def _counted() -> list[pl.Expr]:
    """Each type's time, null where the evidence was taken back."""
    return [pl.when(stands(t, undone_by="denied_at")).then(pl.col(t)).alias(t) for t in STRENGTHS]


@cache
def _weight() -> pl.Expr:
    measures = {"attend": pl.col("share"), "rate": pl.col("stars") - NEUTRAL_STARS}
    parts = [
        pl.when(pl.col(event_type).is_not_null())
        .then(strength * measures.get(event_type, pl.lit(1.0)))
        .otherwise(0.0)
        for event_type, strength in STRENGTHS.items()
    ]
    return pl.sum_horizontal(parts).alias("weight")
