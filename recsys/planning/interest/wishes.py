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


def fates(city: City, moment: datetime, sections: pl.DataFrame | None = None) -> pl.DataFrame:
    """One row per learner and section that the learner asked for a seat in.

    Args:
        city: any snapshot.
        moment: the cut-off, with an offset from UTC.
        sections: section_id, rule, state and enrolled of the sections looked at; None looks at
            all.

    Returns:
        learner_id, section_id, fate (Enum of ``FATES``), in no particular order.

    Raises:
        CutOffError: the cut-off has no offset from UTC.
    """
    if sections is None:
        sections = known(city, "sections", moment).collect()
    pairs = _asked(city, moment, sections["section_id"])
    speaks = pairs.group_by("section_id").agg(
        enrols=pl.col("enrol").is_not_null().any(), lines=pl.col("waitlist").is_not_null().any()
    )
    anybody = bool(speaks["enrols"].any())
    told = pl.col("enrols") | pl.col("lines") | (pl.col("enrolled") == 0)
    facts = (
        sections.select("section_id", "rule", "state", "enrolled")
        .join(speaks, on="section_id")
        .with_columns(silent=~told if anybody else pl.lit(value=True))
    )
    judged = pairs.lazy().join(facts.lazy(), on="section_id")
    fate = _fate().cast(pl.Enum(FATES)).alias("fate")
    return judged.select("learner_id", "section_id", fate).collect()


def _asked(city: City, moment: datetime, sections: pl.Series) -> pl.DataFrame:
    """Pairs that asked, by event or by application, with the last time of each event."""
    kind, here = pl.col("type"), pl.col("section_id").is_in(sections.implode())
    pair = ("learner_id", "section_id")
    acts = known(city, "events", moment).filter(kind.is_in([*ASKED, "drop"]), here)
    forms = known(city, "applications", moment).filter(here).select(*pair)
    both = pl.concat([acts.select(*pair, "type", "occurred_at"), forms], how="diagonal")
    times = both.group_by(pair).agg(
        [last_time(each) for each in (*ASKED, "drop")] + [kind.is_null().any().alias("form")]
    )
    asked = pl.any_horizontal("form", *(pl.col(each).is_not_null() for each in ASKED))
    return times.filter(asked).drop("form").collect(engine="streaming")


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
