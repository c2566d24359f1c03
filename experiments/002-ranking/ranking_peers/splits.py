"""The files each set is learned from and judged on."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl


@dataclass(frozen=True, slots=True)
class Files:
    """The files of one set.

    Attributes:
        train: Parquet of user, item, and ts where known.
        test: the same, to be found.
        valid: the same, for choosing; None where a part of train is held out.
    """

    train: Path
    test: Path
    valid: Path | None


def files_of(datasets: Path, name: str, config: Mapping[str, Any], scratch: Path) -> Files:
    """The files of a set as it was published, or split here by time.

    Args:
        datasets: the folder of all sets.
        name: of the set.
        config: its table in config.toml; ``file`` asks for a split by time.
        scratch: where a split is written.

    Raises:
        FileNotFoundError: the set isn't there.
    """
    folder = datasets / name
    if not folder.is_dir():
        message = f"{folder} isn't there; give the folder that holds {name}"
        raise FileNotFoundError(message)
    if "file" not in config:
        return Files(folder / "train.parquet", folder / "test.parquet", None)
    table = pl.read_parquet(folder / config["file"])
    parts = split_by_time(table, config["train_share"], config["valid_share"])
    paths = {part: scratch / f"{name}-{part}.parquet" for part in parts}
    for part, rows in parts.items():
        rows.write_parquet(paths[part])
    return Files(paths["train"], paths["test"], paths["valid"])


def split_by_time(
    table: pl.DataFrame, train_share: float, valid_share: float
) -> dict[str, pl.DataFrame]:
    """Cut at two moments, the same for everybody, and judge only users known before the second.

    Rows of one moment stay together, on the later side of a cut.

    Args:
        table: user, item, ts; any order.
        train_share: of all rows, before the first cut.
        valid_share: of all rows, between the cuts.

    Returns:
        train, valid and test, each with user, item, ts in the order of time.

    >>> table = pl.DataFrame({"user": [1, 1, 2, 1], "item": [5, 6, 6, 7], "ts": [0, 1, 2, 3]})
    >>> split_by_time(table, 0.5, 0.25)["test"].rows()
    [(1, 7, 3)]
    """
    rows = table.select("user", "item", "ts").sort("ts", "user", "item")
    first = rows["ts"][int(train_share * rows.height)]
    second = rows["ts"][int((train_share + valid_share) * rows.height)]
    known = rows.filter(pl.col("ts") < second)
    late = rows.filter(pl.col("ts") >= second)
    return {
        "train": known.filter(pl.col("ts") < first),
        "valid": known.filter(pl.col("ts") >= first),
        "test": late.join(known.select("user").unique(), on="user", how="semi"),
    }
