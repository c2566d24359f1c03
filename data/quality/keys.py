"""Primary keys: of rows with the same key the first is kept."""

import polars as pl

from data.tables import TABLES


def repeated(table: str, rows: pl.DataFrame) -> pl.Series:
    """Which rows repeat the key of an earlier one, exactly or with other values.

    Args:
        table: the contract's name.
        rows: the contract's columns, in the order of files and rows.

    Returns:
        Booleans, one per row; all false for a table without a key.
    """
    key = TABLES[table].primary_key()
    if not key:
        return pl.repeat(value=False, n=rows.height, dtype=pl.Boolean, eager=True)
    # a single column is compared as it is; a struct of one would be slower
    tested = pl.col(key[0]) if len(key) == 1 else pl.struct(key)
    return rows.select(~tested.is_first_distinct()).to_series()
