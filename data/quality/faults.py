"""Why rows are refused: faults as a frame, folded into one quarantine line per row."""

from collections.abc import Iterable
from enum import IntEnum
from typing import Final

import polars as pl

from data.quality.reasons import reason
from data.sources.raw import NUMBER_MARK, REJECTED, ROW

INDEX: Final = "row_index"
"""Position of a row in its file's frame; joins faults, values and raw cells."""

FAULTS: Final[dict[str, type[pl.DataType]]] = {
    INDEX: pl.UInt32,
    "rank": pl.Int32,
    "rule": pl.String,
    "column": pl.String,
}
"""One line per row and failed rule; the lowest rank of a row is its first failing rule."""


class Stage(IntEnum):
    """The order in which rules are judged; a row is counted under its first failing rule."""

    TYPE = 1
    NULLABILITY = 2
    VALUE = 3
    ROW = 4
    KEY = 5
    CROSS = 6

    def rank(self, place: int = 0) -> int:
        """The rank of a fault at this stage, ``place`` columns (or rules) from the left."""
        return int(self) * 1000 + place


def no_faults() -> pl.DataFrame:
    """An empty frame of faults."""
    return pl.DataFrame(schema=FAULTS)


def faults_at(rows: pl.Series, rule: str, column: str | None, rank: int) -> pl.DataFrame:
    """The same fault on each of the given row positions."""
    return pl.DataFrame({INDEX: rows.cast(pl.UInt32)}).with_columns(
        pl.lit(rank, pl.Int32).alias("rank"),
        pl.lit(rule, pl.String).alias("rule"),
        pl.lit(column, pl.String).alias("column"),
    )


def gather(faults: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """Several frames of faults as one."""
    return pl.concat([no_faults(), *faults])


def quarantine(table: str, file: str, raw: pl.DataFrame, faults: pl.DataFrame) -> pl.DataFrame:
    """One line per refused row, in the columns of ``REJECTED``.

    Args:
        table: the contract's name, for the sentences.
        file: the file as shown to people.
        raw: the file's rows as read, with ``__row``; row ``i`` is the fault's ``row_index`` i.
        faults: what is wrong with which row.

    Returns:
        The rows in file order, each under its first failing rule.
    """
    if faults.is_empty():
        return pl.DataFrame(schema=dict(REJECTED))
    first = _one_line_per_row(faults)
    rows = raw[first.get_column(INDEX)]
    lines = first.hstack([rows.get_column(ROW).alias("row"), _as_json(rows)])
    return lines.join(
        _sentences(table, first),
        on=["rule", "column"],
        how="left",
        nulls_equal=True,
        maintain_order="left",
    ).select(pl.lit(file).alias("file"), *[name for name in REJECTED if name != "file"])


def _one_line_per_row(faults: pl.DataFrame) -> pl.DataFrame:
    """Each row's first fault, and the names of its others in ``also``."""
    others = pl.col("rule").slice(1).unique(maintain_order=True)
    return (
        faults.sort(INDEX, "rank", maintain_order=True)
        .group_by(INDEX, maintain_order=True)
        .agg(
            pl.col("rule").first().alias("first"),
            pl.col("column").first(),
            others.alias("also"),
        )
        .with_columns(
            pl.col("also").list.set_difference(pl.concat_list("first")).list.sort().list.join(",")
        )
        .with_columns(pl.when(pl.col("also") != "").then("also").alias("also"))
        .rename({"first": "rule"})
    )


def _sentences(table: str, lines: pl.DataFrame) -> pl.DataFrame:
    """The Chinese and English sentence of each distinct fault."""
    kinds = lines.select("rule", "column").unique()
    told = [reason(table, rule, column) for rule, column in kinds.rows()]
    return kinds.with_columns(
        pl.Series("reason_zh", [sentence.zh for sentence in told], pl.String),
        pl.Series("reason_en", [sentence.en for sentence in told], pl.String),
    )


def _as_json(rows: pl.DataFrame) -> pl.Series:
    """Every row as one JSON object of what was read; a number's mark is taken off again."""
    cells = [pl.col(name) for name in rows.columns if name != ROW]
    shown = [
        # JSON has no NaN or infinity: as text they stay visible
        cell.cast(pl.String) if not rows.schema[name].is_nested() else cell
        for cell, name in zip(cells, [n for n in rows.columns if n != ROW], strict=True)
    ]
    if not shown:
        return pl.Series("raw", ["{}"] * rows.height, pl.String)
    text = pl.struct(shown).struct.json_encode().str.replace_all(NUMBER_MARK, "", literal=True)
    return rows.select(text.alias("raw")).to_series()
