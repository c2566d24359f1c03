"""Groups of learners that a mean could hide: age, district, history, access need, programme."""

from typing import Final

import polars as pl

SLICES: Final = ("age_band", "district", "history", "access_need", "programme")
"""Dimensions by which figures are given; ``unknown`` is a value, never left out."""

UNKNOWN: Final = "unknown"


def learner_slices(
    judged: pl.Series, learners: pl.DataFrame, warm: pl.Series, took: pl.DataFrame
) -> pl.DataFrame:
    """The groups each judged learner stands in.

    Args:
        judged: learner_id of the judged learners; their place is their row number.
        learners: ``features.learner.learner_features``; may lack some or all of them.
        warm: learner_id of everyone with an interaction in training.
        took: learner_id, programme: of the courses taken in the judged period.

    Returns:
        row (Int64), slice, value (text). A learner with two needs, or who took courses of two
        programmes, stands in both.
    """
    rows = pl.DataFrame({"learner_id": judged}).with_row_index("row").cast({"row": pl.Int64})
    known = rows.join(learners, on="learner_id", how="left", maintain_order="left")
    history = pl.when(pl.col("learner_id").is_in(warm.implode())).then(pl.lit("warm"))
    parts = [
        _slice("age_band", known.select("row", pl.col("age_band").cast(pl.String))),
        _slice("district", known.select("row", pl.col("district_code").cast(pl.String))),
        _slice("history", rows.select("row", history.otherwise(pl.lit("cold")))),
        _slice("access_need", _needs(known)),
        _slice("programme", _programmes(rows, took)),
    ]
    return pl.concat(parts)


def _needs(known: pl.DataFrame) -> pl.DataFrame:
    """One row per need; ``none`` where the learner states none."""
    needs = known.select("row", pl.col("needs").cast(pl.List(pl.String)))
    stated = pl.when(pl.col("needs").list.len() == 0).then(["none"]).otherwise("needs")
    return needs.with_columns(stated.alias("needs")).explode("needs")


def _programmes(rows: pl.DataFrame, took: pl.DataFrame) -> pl.DataFrame:
    kinds = took.select("learner_id", pl.col("programme").cast(pl.String)).unique()
    return rows.join(kinds, on="learner_id", how="left").select("row", "programme")


def _slice(name: str, groups: pl.DataFrame) -> pl.DataFrame:
    value = pl.col(groups.columns[1]).fill_null(UNKNOWN)
    return groups.select("row", pl.lit(name).alias("slice"), value.alias("value"))
