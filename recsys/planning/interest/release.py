"""The one door through which the interest tables leave: small cells are held back."""

from collections.abc import Mapping, Sequence
from typing import Final

import polars as pl

from data.privacy.suppression import SUPPRESSED, Dimension, Tabulation, suppress

PLACE: Final = "place"
NOWHERE: Final = "~"
"""Stands for the place that nobody knows more closely, under the place around it."""

FATES: Final = ("waitlisted", "lottery_lost", "not_admitted", "cancelled")

WISHES: Final = {
    "admitted": "applications",
    "pending": "applications",
    "lost": "applications",
    **dict.fromkeys(FATES, "lost"),
    "wanted": "lost",
}
"""What counts a part of the applications, and of which."""

BEHIND: Final = {"applications": "applicants", "applications_here": "applicants_here"}
"""The distinct people behind a count."""

WORKED_OUT: Final = {
    "wanted_mean": "wanted",
    "wanted_low": "wanted",
    "wanted_high": "wanted",
    "persons": "lost",
    "per_seat": "applications_here",
    "fill": "applications_here",
}
"""Figures that go with the count they need."""

K: Final = 10


def released(table: pl.DataFrame, by: Sequence[str]) -> pl.DataFrame:
    """The gap table as it may be shown to whoever plans.

    Args:
        table: ``table.gap_table``.
        by: what its places are told apart by.

    Returns:
        The table with nulls for what is held back, and ``suppressed``.
    """
    placed = table.with_columns(_place().alias(PLACE)).with_row_index("row")
    dims: list[Dimension | str] = [Dimension(PLACE, parents=_parents(placed)), *by]
    wishes = _held(placed, dims, "applications", WISHES)
    here = _held(placed, dims, "applications_here", {})
    searches = _few(placed, ("asked", "empty", "callers", "^dropped_.*$"), "callers")
    shown = wishes.with_columns(
        *(here[name] for name in ("applications_here", "applicants_here", "per_seat", "fill")),
        *(searches[name] for name in searches.columns if name not in ("row", SUPPRESSED)),
        (wishes[SUPPRESSED] | here[SUPPRESSED] | searches[SUPPRESSED]).alias(SUPPRESSED),
    )
    return shown.sort("row").drop("row", PLACE)


def without_few(table: pl.DataFrame, behind: str = "persons") -> pl.DataFrame:
    """Rows of other tables with ten people behind them, or nobody.

    Args:
        table: rows that no margin of the run sums up.
        behind: the column of the distinct people behind a row.
    """
    few = pl.col(behind).is_between(1, K - 1)
    return table.filter(~few.fill_null(value=False))


def _place() -> pl.Expr:
    """A name of the place that no other place has."""
    unknown = pl.concat_str(pl.col("parent_code").fill_null(""), pl.lit(NOWHERE), pl.col("level"))
    return pl.coalesce("division_code", unknown)


def _parents(placed: pl.DataFrame) -> Mapping[str, str]:
    """The place around each place; an unknown district's towns lie in the unknown district."""
    district = pl.lit(NOWHERE + "district")
    city = placed.filter(pl.col("level") == "city")[PLACE].first()
    rows = placed.filter(pl.col("level") != "city").select(
        PLACE,
        pl.coalesce(
            "parent_code",
            pl.when(pl.col("level") == "town").then(district),
            pl.lit(city, pl.String),
        ).alias("around"),
    )
    return dict(rows.unique().drop_nulls().iter_rows())


def _held(
    placed: pl.DataFrame, dims: Sequence[Dimension | str], count: str, parts: Mapping[str, str]
) -> pl.DataFrame:
    """The frame with one count, its parts and what is worked out from them held back."""
    who = BEHIND[count]
    filled = placed.with_columns(pl.col(count, *parts, who).fill_null(0))
    counting = {count, *parts}
    derived = {name: (of,) for name, of in WORKED_OUT.items() if of in counting}
    table = Tabulation(
        count,
        filled.with_columns(pl.col(who).alias("behind")),
        tuple(dims),
        count,
        parts=parts,
        derived={**derived, who: (count,)},
        contributors="behind",
    )
    return suppress([table]).frame(count).sort("row")


def _few(placed: pl.DataFrame, columns: Sequence[str], behind: str) -> pl.DataFrame:
    """Counts of searches, null where one to nine callers stand behind them."""
    few = pl.col(behind).is_between(1, K - 1).fill_null(value=False)
    held = placed.select("row", *columns, few.alias(SUPPRESSED))
    kept = [name for name in held.columns if name not in ("row", SUPPRESSED)]
    return held.with_columns(pl.when(~pl.col(SUPPRESSED)).then(pl.col(kept)).name.keep())
