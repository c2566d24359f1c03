"""The unmet-demand ledger in the cells of a table: searches, empty answers, what rules left out."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import polars as pl

from data.errors import ContractError
from data.tally import SCHEMA
from features.asof import city_day
from recsys.planning.interest.areas import Areas
from recsys.planning.interest.offer import Terms, with_week

LACKING: Final = (
    "seats",
    "within_circle",
    "free_slots",
    "access",
    "sharing",
    "age",
    "prerequisites",
    "filter",
)
"""Rules whose refusals say what is lacking: seats, places within reach, hours, access, ages.

Windows that aren't open, courses already taken and clashes with one's own week lack nothing that
could be opened.
"""

COUNTS: Final = ("asked", "empty", "callers", *(f"dropped_{rule}" for rule in LACKING))
"""Columns of a table's searches. ``asked``: requests for a list. ``empty``: those answered with no
section. ``callers``: at least so many people or visits. ``dropped_*``: sections left out by the
rule, over all asks."""


def read_asks(unmet: pl.DataFrame, moment: datetime, areas: Areas, terms: Terms) -> pl.DataFrame:
    """The ledger's rows of the days of the terms looked at, placed.

    Args:
        unmet: rows of ``data.unmet.UnmetLedger.read`` (``data.tally.SCHEMA``).
        moment: days before it are known.
        areas: towns and districts.
        terms: a day belongs to the last term that had begun.

    Returns:
        The ledger's columns without division_code, with term, town_code, district_code, weekday
        and part.

    Raises:
        ContractError: a column of the ledger is missing.
    """
    missing = [name for name in SCHEMA if name not in unmet.columns]
    if missing:
        message = f"the unmet-demand table lacks the columns {missing}; expected {list(SCHEMA)}"
        raise ContractError(message)
    begun = pl.DataFrame(
        {"day": list(terms.begins), "term": list(terms.names)},
        schema={"day": pl.Date, "term": pl.String},
    ).sort("day")
    rows = unmet.cast(pl.Schema(SCHEMA)).filter(pl.col("day") < city_day(moment)).sort("day")
    dated = rows.join_asof(begun, on="day", strategy="backward").filter(
        pl.col("term").is_not_null()
    )
    return with_week(areas.placed(dated, "division_code").drop("division_code"))


def counted(asks: pl.DataFrame, keys: Sequence[str]) -> pl.DataFrame:
    """Asks by keys: the columns of ``COUNTS``.

    Nobody knows who asked on two days, so ``callers`` is the most that one day saw, adding up only
    over places and age bands, of which everybody has one.
    """
    every = pl.col("rule").is_null()
    dropped = [
        pl.col("sections").filter(pl.col("rule") == rule).sum().alias(f"dropped_{rule}")
        for rule in LACKING
    ]
    sums = asks.group_by(keys).agg(
        pl.col("asked").filter(every).sum(), pl.col("empty").filter(every).sum(), *dropped
    )
    callers = _most_a_day(asks.filter(every), keys, "callers")
    return sums.join(callers, on=keys, nulls_equal=True, how="left").select(*keys, *COUNTS)


def _most_a_day(asks: pl.DataFrame, keys: Sequence[str], column: str) -> pl.DataFrame:
    apart = ["town_code", "district_code", "age_band"]
    one = asks.group_by(list(dict.fromkeys([*keys, "day", *apart]))).agg(pl.col(column).max())
    days = one.group_by([*keys, "day"]).agg(pl.col(column).sum())
    return days.group_by(keys).agg(pl.col(column).max())


def searched(asks: pl.DataFrame, keys: Sequence[str]) -> pl.DataFrame:
    """By keys, at least how many people searched in vain: ``searched``.

    A day's empty answers in a cell come from at most as many people as there were callers, and
    from at most as many as there were answers; of the days, the one with most counts.

    Args:
        asks: of ``read_asks``.
        keys: columns that tell cells apart, down to town, slot, category and age band; at least
            one.
    """
    empty = asks.filter(pl.col("rule").is_null(), pl.col("empty") > 0)
    people = pl.min_horizontal("empty", pl.col("empty_callers").cast(pl.Float64))
    days = empty.group_by([*keys, "day"]).agg(people.sum().alias("searched"))
    return days.group_by(keys).agg(pl.col("searched").max())
