"""Which districts are pilots, which may be held against them, and where the pilot begins."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

import polars as pl

from data.city import City
from features.asof import known
from features.divisions import district_of
from features.places import residents
from recsys.errors import QueryError

INDICATOR: Final = "upskilling_pilot"
"""The indicator of the plan's targets that names pilot districts."""


def pilot_districts(city: City, moment: datetime) -> tuple[str, ...]:
    """The districts that the plan's targets name as pilots, by code.

    Raises:
        QueryError: no target names any.
        CutOffError: the moment has no offset from UTC.
    """
    rows = known(city, "targets", moment).filter(pl.col("indicator") == INDICATOR)
    found = rows.select(district_of("division_code")).drop_nulls().unique().collect()
    if found.is_empty():
        message = (
            f"no target of indicator {INDICATOR!r} names a district; name the pilot districts "
            "themselves"
        )
        raise QueryError(message)
    return tuple(sorted(found.to_series()))


def district_people(city: City, moment: datetime) -> pl.DataFrame:
    """district_code, name (null unknown) and population of every district, by code."""
    people = residents(city, moment).filter(pl.col("district_code").is_not_null())
    counted = people.group_by("district_code").agg(pl.col("population").sum())
    names = known(city, "divisions", moment).select(district_code="division_code", name="name")
    return counted.join(names.collect(), on="district_code", how="left").select(
        "district_code", "name", "population"
    ).sort("district_code")  # fmt: skip


def terms_before(terms: pl.DataFrame, start: str) -> int:
    """How many of the terms lie before the pilot's start.

    Args:
        terms: term, starts_on; oldest first.
        start: a term's name, which is then the first after; or a day, and the first term that
            begins on it or later is.

    Raises:
        QueryError: neither a term nor a day.
    """
    names = terms["term"].to_list()
    if start in names:
        return names.index(start)
    try:
        day = date.fromisoformat(start)
    except ValueError:
        message = (
            f"{start!r} is no finished term and no day; the finished terms are "
            f"{', '.join(names) or 'none'}, and a day is written as 2025-03-01"
        )
        raise QueryError(message) from None
    return terms.filter(pl.col("starts_on") < day).height


def check_districts(wanted: Sequence[str], people: pl.DataFrame, what: str) -> tuple[str, ...]:
    """The codes as 12 digits.

    Raises:
        QueryError: one is no district of the snapshot, or named twice.
    """
    codes = tuple(code.ljust(12, "0") for code in wanted)
    listed = people["district_code"].to_list()
    unknown = [code for code in codes if code not in listed]
    if unknown or len(set(codes)) < len(codes):
        message = f"{what} {unknown[0] if unknown else codes} should be different districts of "
        raise QueryError(message + ", ".join(listed))
    return codes
