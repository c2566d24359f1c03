"""Counts of people told in tens, beside tables that tell them exactly."""

import polars as pl

from data.privacy.suppression import K


def tens(column: str) -> pl.Expr:
    """Of ten and more the nearest ten, of nobody 0; null of one to nine people.

    Args:
        column: a count of people or of their acts.
    """
    few = pl.col(column).is_between(0, K, closed="none")
    return pl.when(~few).then((pl.col(column) / K).round() * K)
