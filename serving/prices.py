"""Tables of seat prices, as a file."""

from pathlib import Path

import polars as pl

from data.errors import XuepeiError


def read_prices(path: Path | None) -> pl.DataFrame | None:
    """The prices of contested seats in a file; None without one.

    Args:
        path: .csv or .parquet with section_id and price, in units of the score.

    Raises:
        XuepeiError: the file can't be read.
    """
    if path is None:
        return None
    try:
        return pl.read_csv(path) if path.suffix == ".csv" else pl.read_parquet(path)
    except (OSError, pl.exceptions.PolarsError) as error:
        message = f"{path} can't be read: {error}; expected .csv or .parquet of section_id, price"
        raise XuepeiError(message) from error
