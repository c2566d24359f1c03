"""The one door through which the interest tables leave: what may be told of few people."""

import polars as pl


def released(table: pl.DataFrame) -> pl.DataFrame:
    """The table as it may be shown to whoever plans."""
    return table
