"""Completer seats: persons a month who come out of each section with each skill.

A section's completers are those whose completion was told, a fact, and of the enrolled of whom
nothing was told as many as are expected (``features.supply.completion``). What is empty isn't
counted: a seat nobody sat on supplies nobody. Decision 23 says why.
"""

from datetime import datetime, timedelta
from typing import Final

import polars as pl

from data.city import City
from data.vocab import ONLINE_MODES
from features.asof import city_day, in_utc
from features.finished import section_outcomes
from features.section import section_features
from features.supply.attainment import attained
from features.supply.completion import Completion, fit_completion
from features.supply.terms import IDLE, TERM_MONTHS, counted_sections

MEMORY: Final = timedelta(days=730)
"""Completion is learned from sections that ended in these days before."""

COLUMNS: Final = (
    "section_id",
    "course_id",
    "skill_id",
    "term",
    "venue_id",
    "online",
    "lon",
    "lat",
    "division_code",
    "district_code",
    "only_district",
    "seats",
    "seats_var",
    "attainment",
)

_SECTION: Final = (
    "section_id",
    "course_id",
    "institution_id",
    "programme",
    "term",
    "state",
    "mode",
    "venue_id",
    "starts_on",
    "ends_on",
    "enrolled",
    "sharing",
    "institution_district_code",
    "division_code",
    "district_code",
    "lon",
    "lat",
)


def completer_seats(city: City, moment: datetime) -> pl.DataFrame:
    """Persons a month who complete each counted section with each skill, by both.

    Columns: section_id, course_id, skill_id, term; venue_id, lon and lat (WGS84; null online),
    online, division_code and district_code of the venue, else of the institution; only_district
    (the district whose residents alone are admitted, null for all); seats (completers a month,
    posterior mean) and seats_var; attainment (share of a completer that counts, mean).

    Args:
        city: any snapshot.
        moment: the cut-off, with an offset from UTC; sections are those of the last finished
            half-year (``features.supply.terms``).

    Raises:
        CutOffError: the moment has no offset from UTC.
    """
    sections = section_features(city, in_utc(moment)).select(_SECTION)
    counted = counted_sections(sections, city_day(moment))
    outcomes = section_outcomes(city, moment, city_day(moment) - MEMORY)
    completers = section_completers(counted, outcomes, completion_of(sections, outcomes))
    rows = completers.join(attained(city, moment), on="course_id")
    mean, var = pl.col("completers"), pl.col("completers_var")
    share, share_var = pl.col("attainment"), pl.col("attainment_var")
    own = (pl.col("sharing").cast(pl.String) == "district").fill_null(value=False)
    return rows.select(
        *COLUMNS[:5],
        online=pl.col("mode").cast(pl.String).is_in(ONLINE_MODES),
        lon="lon",
        lat="lat",
        division_code="division_code",
        district_code="district_code",
        only_district=pl.when(own).then("institution_district_code"),
        seats=mean * share / TERM_MONTHS,
        seats_var=(var * share**2 + share_var * mean**2 + var * share_var) / TERM_MONTHS**2,
        attainment="attainment",
    ).sort("section_id", "skill_id")


def completion_of(sections: pl.DataFrame, outcomes: pl.DataFrame) -> Completion:
    """Completion rates learned from what is told of a city's sections.

    Args:
        sections: section_id, course_id, institution_id, programme and state.
        outcomes: ``features.finished.section_outcomes``.
    """
    taught = sections.filter(~pl.col("state").cast(pl.String).is_in(IDLE))
    keys = taught.select("section_id", "course_id", "institution_id", "programme")
    return fit_completion(outcomes.join(keys, on="section_id"))


def section_completers(
    sections: pl.DataFrame, outcomes: pl.DataFrame, completion: Completion
) -> pl.DataFrame:
    """Completers of each section: those told, and those expected of the others enrolled.

    Args:
        sections: section_id, course_id, institution_id, programme and enrolled.
        outcomes: section_id, holders and completed of the sections of which something is told.
        completion: rates for the others.

    Returns:
        The sections in their order with completers (persons, mean) and completers_var.
    """
    told = sections.join(outcomes, on="section_id", how="left", maintain_order="left")
    others = (pl.col("enrolled") - pl.col("holders").fill_null(0)).clip(lower_bound=0)
    rate, rho = pl.col("rate"), pl.col("correlation")
    alike = 1 + (pl.col("others") - 1).clip(lower_bound=0) * rho
    return (
        pl.concat([told, completion.expected(told)], how="horizontal")
        .with_columns(others=others)
        .with_columns(
            completers=pl.col("completed").fill_null(0) + pl.col("others") * rate,
            completers_var=pl.col("others") * rate * (1 - rate) * alike,
        )
        .drop("holders", "completed", "others", "rate", "correlation")
    )
