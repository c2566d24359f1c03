"""Caps: no employer and no source makes up more than its share of a cell.

A cell is a month, a district and a group of work (an occupation, else a plain title). Where the
vacancies of one employer weigh w and all others' o, each of them weighs min(1, a / w) with

    a = max(floor, o · share / (1 - share))

so that the employer holds at most ``share`` of the capped cell, or ``floor`` vacancies where
others have too few to compare with. Sources are capped likewise, after the employers.
"""

from dataclasses import dataclass
from typing import Final

import polars as pl

CELL: Final = ("month", "district_code", "group")
"""What one cell is: null is a cell of its own."""


@dataclass(frozen=True, slots=True)
class CapSettings:
    """The largest shares of a cell."""

    employer_share: float = 0.5
    """Largest share of one employer, agencies included; from 0.5 on, as only one can exceed it."""
    employer_floor: float = 5.0
    """Vacancies in a cell that any employer may have."""
    source_share: float = 0.8
    """Largest share of one source; from 0.5 on."""
    source_floor: float = 20.0
    """Vacancies in a cell that any source may have."""

    def __post_init__(self) -> None:
        """Check the ranges.

        Raises:
            ValueError: a share outside 0.5-1, or a floor of 0 or less.
        """
        for name in ("employer", "source"):
            share, floor = getattr(self, f"{name}_share"), getattr(self, f"{name}_floor")
            if not 0.5 <= share < 1 or not floor > 0:
                message = (
                    f"{name}_share must be from 0.5 to below 1 and {name}_floor above 0; "
                    f"got {share} and {floor}"
                )
                raise ValueError(message)


def capped(originals: pl.DataFrame, settings: CapSettings) -> pl.DataFrame:
    """Weigh the vacancies of each cell.

    Args:
        originals: the first posting of each vacancy: month, district_code, group, employer_key,
            source. An unknown employer isn't taken for one employer and never capped.
        settings: the largest shares.

    Returns:
        The rows in their order with over_employer and over_source (the weight that each cap
        takes off, 0-1) and weight (what is left, above 0).
    """
    whole = originals.with_columns(weight=pl.lit(1.0))
    known = pl.col("employer_key").is_not_null()
    owned = _held(
        whole, "employer_key", settings.employer_share, settings.employer_floor
    ).with_columns(over_employer=pl.when(known).then(pl.col("over")).otherwise(0.0))
    left = owned.with_columns(weight=1.0 - pl.col("over_employer"))
    shown = _held(left, "source", settings.source_share, settings.source_floor)
    return shown.with_columns(
        over_source=pl.col("over"), weight=pl.col("weight") - pl.col("over")
    ).drop("over")


def _held(rows: pl.DataFrame, holder: str, share: float, floor: float) -> pl.DataFrame:
    """The rows with ``over``: the weight each loses so that its holder keeps to the cap."""
    own = pl.col("weight").sum().over(*CELL, holder)
    others = pl.col("weight").sum().over(*CELL) - own
    allowed = pl.max_horizontal(others * share / (1 - share), pl.lit(floor))
    kept = pl.min_horizontal(allowed / own, pl.lit(1.0))
    return rows.with_columns(over=pl.col("weight") * (1 - kept))
