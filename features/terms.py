"""The terms of a city and what came of their sections: offered, asked for, taken, completed."""

from datetime import datetime
from typing import Final

import polars as pl

from data.city import City
from features.asof import city_day, known
from features.divisions import district_of
from features.enrolment import enrolled_pairs
from features.finished import finished_pairs
from features.section import section_features

OVER: Final = 0.95
"""Share of a term's sections that have ended when the term counts as over: one section with a
date far in the future is a slip, not a term that goes on."""

NOT_HELD: Final = ("draft", "cancelled")

HELD: Final = (
    "section_id",
    "term",
    "district_code",
    "division_code",
    "programme",
    "category",
    "mode",
    "rule",
    "capacity",
    "enrolled",
)

FLAGS: Final = ("applied", "enrolled", "given", "completed")


def terms(city: City, moment: datetime) -> pl.DataFrame:
    """Every term, oldest first; terms are free text, so their order is that of their first days.

    Args:
        city: any snapshot.
        moment: the cut-off, with an offset from UTC.

    Returns:
        term, starts_on (the day on which half of its sections have begun), ends_on (the day by
        which 95 % have ended), over (Boolean), sections.

    Raises:
        CutOffError: the moment has no offset from UTC.
    """
    found = (
        known(city, "sections", moment)
        .filter(~pl.col("state").cast(pl.String).is_in(NOT_HELD))
        .group_by("term")
        .agg(
            starts_on=pl.col("starts_on").quantile(0.5, "lower").cast(pl.Date),
            ends_on=pl.col("ends_on").quantile(OVER, "higher").cast(pl.Date),
            sections=pl.len().cast(pl.Int64),
        )
        .with_columns(over=pl.col("ends_on") < city_day(moment))
        .select("term", "starts_on", "ends_on", "over", "sections")
    )
    return found.collect().sort("starts_on", "term")


def held_sections(city: City, moment: datetime) -> pl.DataFrame:
    """The sections that were neither cancelled nor drafts, by section_id.

    Returns:
        section_id, term, district_code and division_code (null unknown), programme, category,
        mode, rule, capacity and enrolled (seats, as the section's own row tells).
    """
    features = section_features(city, moment)
    held = features.filter(~pl.col("state").cast(pl.String).is_in(NOT_HELD))
    return held.select(HELD)


def applied_pairs(city: City, moment: datetime) -> pl.LazyFrame:
    """Each learner and section asked for, once: applications, else events of type apply.

    Returns:
        learner_id, section_id.
    """
    choices = known(city, "applications", moment).select("learner_id", "section_id").unique()
    if city.has("applications"):
        return choices
    events = known(city, "events", moment)
    asked = events.filter(pl.col("type") == "apply", pl.col("section_id").is_not_null())
    return asked.select("learner_id", "section_id").unique()


def acts(city: City, moment: datetime) -> pl.DataFrame:
    """Each learner and section that had to do with one another, once.

    Args:
        city: any snapshot.
        moment: the cut-off, with an offset from UTC.

    Returns:
        By section and learner: learner_id, section_id; age_band and home_district_code (null
        unknown); applied, enrolled, given (a seat in an ended section that tells what became of
        its seats), completed (of those given), all Boolean.
    """
    pairs = ["learner_id", "section_id"]
    seats = enrolled_pairs(known(city, "events", moment)).with_columns(enrolled=True)
    told = finished_pairs(city, moment).lazy().with_columns(given=True)
    asked = applied_pairs(city, moment).with_columns(applied=True)
    people = known(city, "learners", moment).select(
        "learner_id", "age_band", home_district_code=district_of("home_division_code")
    )
    flags = [pl.col(name).fill_null(value=False) for name in FLAGS]
    joined = (
        asked.join(seats, on=pairs, how="full", coalesce=True)
        .join(told, on=pairs, how="full", coalesce=True)
        .join(people, on="learner_id", how="left")
        .select(*pairs, "age_band", "home_district_code", *flags)
    )
    return joined.collect().sort("section_id", "learner_id")
