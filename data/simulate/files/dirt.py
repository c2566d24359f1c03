"""Realistic dirt: bad rows and old codes, added beside the clean rows and counted exactly."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from data.simulate.files.faults import FAULTS, OLD_CODE_COLUMNS, OLD_CODES, Fault
from data.simulate.params import SimulationParams
from data.tables import TABLES


@dataclass(frozen=True, slots=True)
class Dirty:
    """A table as its file will hold it.

    Attributes:
        frame: clean rows and dirt, mixed.
        bad: rows the import must refuse, by rule.
        old_codes: rows with an old code, by what the import makes of it.
    """

    frame: pl.DataFrame
    bad: Mapping[str, int]
    old_codes: Mapping[str, int]


def dirty(
    table: str, clean: pl.DataFrame, params: SimulationParams, rng: np.random.Generator
) -> Dirty:
    """Add a table's dirt.

    Clean rows stay as they are: dirt is copies of some of them under new ids, to which
    nothing else refers.

    Args:
        table: contract name.
        clean: the rows in the form of their file (text in CSV tables).
        params: shares of bad rows and old codes.
        rng: draws which rows are copied, and where the dirt lies.
    """
    share = params.bad_event_share if table == "events" else params.bad_row_share
    spoiled, bad = _spoiled(table, clean, share, rng)
    old, codes = _old(table, clean, params.old_code_share, rng)
    if not spoiled.height + old.height:
        return Dirty(clean, {}, {})
    return Dirty(_mixed(table, pl.concat([clean, spoiled, old]), rng), bad, codes)


def _spoiled(
    table: str, clean: pl.DataFrame, share: float, rng: np.random.Generator
) -> tuple[pl.DataFrame, dict[str, int]]:
    """Bad rows, each kind in turn, and how many of each rule."""
    faults = FAULTS.get(table, ())
    count = max(round(share * clean.height), len(faults)) if faults and share else 0
    if not count:
        return clean.clear(), {}
    chosen = [faults[number % len(faults)] for number in range(count)]
    copies = _copies(table, _spoilable(table, clean), count, "bad", rng)
    parts = [
        _spoil(copies.filter(pl.Series([kind is fault for kind in chosen])), fault)
        for fault in faults
    ]
    return pl.concat(parts).select(clean.columns), dict(Counter(fault.rule for fault in chosen))


def _spoil(rows: pl.DataFrame, fault: Fault) -> pl.DataFrame:
    """The rows with the fault's cells; types stay the file's."""
    return rows.with_columns(
        expression.cast(rows.schema[name]).alias(name) for name, expression in fault.cells.items()
    )


def _spoilable(table: str, clean: pl.DataFrame) -> pl.DataFrame:
    """Rows in which one spoiled cell breaks one rule only."""
    if table == "events":
        return clean.filter(pl.col("type") == "impression")
    if table == "sections":
        return clean.filter(pl.col("state") == "finished")
    return clean


def _old(
    table: str, clean: pl.DataFrame, share: float, rng: np.random.Generator
) -> tuple[pl.DataFrame, dict[str, int]]:
    """Rows under codes from before April 2021, without a home cell that would betray them."""
    column = OLD_CODE_COLUMNS.get(table)
    count = max(round(share * clean.height), len(OLD_CODES)) if column and share else 0
    if column is None or not count:
        return clean.clear(), {}
    codes = [list(OLD_CODES)[number % len(OLD_CODES)] for number in range(count)]
    rows = _copies(table, clean, count, "old", rng).with_columns(pl.Series(column, codes))
    if table == "learners":
        rows = rows.with_columns(
            home_lon=pl.lit(None, pl.Float64), home_lat=pl.lit(None, pl.Float64)
        )
    return rows, dict(Counter(OLD_CODES[code] for code in codes))


def _copies(
    table: str, rows: pl.DataFrame, count: int, kind: str, rng: np.random.Generator
) -> pl.DataFrame:
    """That many rows drawn with replacement, under new ids."""
    key = TABLES[table].primary_key()[0]
    ids = pl.Series(key, [f"{table}-{kind}-{number:06d}" for number in range(count)])
    return rows[rng.integers(0, rows.height, count)].with_columns(ids)


def _mixed(table: str, frame: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """Events lie in the order of time, other rows in any order."""
    if table == "events":
        return frame.sort("occurred_at", maintain_order=True)
    return frame[rng.permutation(frame.height)]
