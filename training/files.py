"""Files of tables that the caller names: .parquet, or .csv with every cell as text."""

from pathlib import Path
from typing import Final

import polars as pl

from training.errors import TrainingError

FORMATS: Final = (".parquet", ".csv")


def read_file(path: Path, error: type[TrainingError]) -> pl.DataFrame:
    """The file as a table; every cell of a CSV is text.

    Args:
        path: a .parquet or .csv file.
        error: raised where it can't be read.
    """
    if path.suffix not in FORMATS:
        message = f"{path} should end in one of {', '.join(FORMATS)}"
        raise error(message)
    try:
        if path.suffix == ".csv":
            return pl.read_csv(path, infer_schema=False)
        return pl.read_parquet(path)
    except (OSError, pl.exceptions.PolarsError) as failure:
        message = f"{path} can't be read: {failure}"
        raise error(message) from failure
