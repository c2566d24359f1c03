"""What became of every application: a seat, a place in line, a lost draw, a cancelled class."""

from datetime import datetime
from typing import Final

import polars as pl

from data.city import City
from features.asof import known
from features.enrolment import last_time, stands

LOST: Final = ("waitlisted", "lottery_lost", "not_admitted", "cancelled")
"""Ways of asking and not getting, in the order of the table's columns."""

FATES: Final = ("admitted", "gave_back", "withdrawn", "pending", "untold", *LOST)
"""Everything that can become of an application.

``gave_back``: had a seat and returned it. ``withdrawn``: took the application back. ``pending``:
not decided yet. ``untold``: the snapshot says who applied and not who got in.
"""

DECIDED: Final = ("closed", "drawn", "running", "finished")
"""States in which seats have been given."""

ASKED: Final = ("apply", "waitlist", "enrol")
"""Events by which somebody asks for a seat."""


def fates(city: City, moment: datetime) -> pl.DataFrame:
    """One row per learner and section that the learner asked for a seat in.

    Args:
        city: any snapshot.
        moment: the cut-off, with an offset from UTC.

    Returns:
        learner_id, section_id, fate (Enum of ``FATES``), by section and learner.

    Raises:
        CutOffError: the cut-off has no offset from UTC.
    """
    sections = known(city, "sections", moment).select("section_id", "rule", "state", "enrolled")
    pairs = _asked(city, moment).join(sections, on="section_id")
    told = pl.col("enrol").is_not_null()
    speaks = (told | pl.col("waitlist").is_not_null()).any().over("section_id")
    silent = ~told.any() | (~speaks & (pl.col("enrolled") > 0))
    return (
        pairs.with_columns(silent=silent)
        .select("learner_id", "section_id", _fate().cast(pl.Enum(FATES)).alias("fate"))
        .collect()
        .sort("section_id", "learner_id")
    )


def _asked(city: City, moment: datetime) -> pl.LazyFrame:
    """Pairs that asked, by event or by application, with the last time of each event."""
    kind = pl.col("type")
    events = known(city, "events", moment).filter(pl.col("section_id").is_not_null())
    times = (
        events.filter(kind.is_in([*ASKED, "drop"]))
        .group_by("learner_id", "section_id")
        .agg([last_time(each) for each in (*ASKED, "drop")])
        .filter(pl.any_horizontal(pl.col(each).is_not_null() for each in ASKED))
    )
    rounds = known(city, "applications", moment).select("learner_id", "section_id")
    return rounds.unique().join(times, on=["learner_id", "section_id"], how="full", coalesce=True)


def _fate() -> pl.Expr:
    """The first line that holds says what became of the application."""
    state, rule = pl.col("state").cast(pl.String), pl.col("rule").cast(pl.String)
    had, waits = pl.col("enrol").is_not_null(), pl.col("waitlist").is_not_null()
    decided, drawn = state.is_in(DECIDED), rule == "lottery"
    return (
        pl.when(state == "cancelled")
        .then(pl.lit("cancelled"))
        .when(stands("enrol", undone_by="drop"))
        .then(pl.lit("admitted"))
        .when(had)
        .then(pl.lit("gave_back"))
        .when(pl.col("drop").is_not_null())
        .then(pl.lit("withdrawn"))
        .when(pl.col("silent") & decided)
        .then(pl.lit("untold"))
        .when(drawn & (decided | waits))
        .then(pl.lit("lottery_lost"))
        .when(waits)
        .then(pl.lit("waitlisted"))
        .when(decided)
        .then(pl.lit("not_admitted"))
        .otherwise(pl.lit("pending"))
    )
