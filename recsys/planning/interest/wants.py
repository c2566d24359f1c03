"""Seats wanted a term, by town, category, slot and age band: what a plan opens classes for."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import polars as pl

from data.city import City
from recsys.planning.interest.asks import searched
from recsys.planning.interest.reading import TERMS, Interest, read_interest
from recsys.planning.interest.table import DIGITS, gap_table

CELL: Final = ("category", "slot", "age_band")
"""Columns that tell wants of a place apart."""


def wants(
    city: City, moment: datetime, unmet: pl.DataFrame | None = None, *, terms: int = TERMS
) -> pl.DataFrame:
    """Seats that residents want and lack, a term, on the mean of the terms over their windows.

    A learner who applied and got no seat of a category in a term wants one seat of it, shared out
    over the slots of the classes applied for. Who searched in vain isn't known by name, and may
    have applied elsewhere: of both figures of a cell the larger one stands.

    Args:
        city: any snapshot.
        moment: the cut-off, with an offset from UTC; nothing later is read.
        unmet: rows of the unmet-demand ledger; None where nobody kept one.
        terms: terms over their windows to look at, at most.

    Returns:
        division_code (the town, else the district; null where neither is known), category, slot,
        age_band (null: any or unknown), wanted (persons a term), applied (the level behind those
        who applied, adding up from towns to the city), searched (at least so many), persons
        (distinct learners without a seat behind the row, over all terms). By the first four.

    Raises:
        CutOffError: the moment has no offset from UTC.
        ContractError: a column of the ledger is missing.
    """
    return wants_table(read_interest(city, moment, unmet, terms=terms))


def wants_table(found: Interest) -> pl.DataFrame:
    """``wants`` of what has been read."""
    past = found.over()
    keys = ["division_code", *CELL]
    rows = _in_towns(gap_table(past, CELL))
    applied = rows.group_by(keys).agg(
        applied=pl.col("wanted_mean").sum() / max(len(past.terms.names), 1),
        persons=pl.col("persons").sum(),
    )
    both = applied.join(
        _searched(found, keys), on=keys, how="full", coalesce=True, nulls_equal=True
    )
    return (
        both.with_columns(pl.col("applied", "searched", "persons").fill_null(0))
        .with_columns(wanted=pl.max_horizontal("applied", "searched"))
        .filter(pl.col("wanted") > 0)
        .select(*keys, pl.col("wanted", "applied", "searched").round(DIGITS), "persons")
        .sort(keys)
    )


def _in_towns(table: pl.DataFrame) -> pl.DataFrame:
    """Towns' rows; what is known of a district alone stands under its code."""
    towns = table.filter(pl.col("level") == "town")
    return towns.with_columns(pl.coalesce("division_code", "parent_code").alias("division_code"))


def _searched(found: Interest, keys: Sequence[str]) -> pl.DataFrame:
    if found.asks is None:
        schema = {**dict.fromkeys(keys, pl.String), "searched": pl.Float64}
        return pl.DataFrame(schema=schema)
    code = pl.coalesce("town_code", "district_code").alias("division_code")
    return searched(found.asks.with_columns(code), keys)
