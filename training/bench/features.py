"""Items' features of any shape as what courses have: one text and a list of marks."""

from pathlib import Path
from typing import Final

import polars as pl

from training.bench.tables import read_table
from training.errors import BenchError

TEXT: Final = r"\s|\p{Han}{6}"
"""A column with such a value holds text; in other columns each value is a mark."""


def item_courses(path: Path) -> pl.DataFrame:
    """Read the features of items; several rows of an item are put together.

    Columns of text (a value holds a space, or six Chinese characters in a row) become the
    item's document. Each value of any other column, and each entry of a list, becomes a mark.

    Returns:
        ``course_id``, ``document`` (null without text) and ``skill_ids`` (the marks, sorted,
        each once), by course_id.

    Raises:
        BenchError: the file can't be read, lacks ``item`` or holds nothing else.
    """
    table = read_table(path)
    names = [name for name in table.columns if name != "item"]
    if "item" not in table.columns or not names:
        message = f"{path} has columns {table.columns}; expected item and at least one feature"
        raise BenchError(message)
    table = table.filter(pl.col("item").is_not_null()).with_columns(pl.col("item").cast(pl.String))
    texts = [name for name in names if _is_text(table[name])]
    said = pl.concat_str(*texts, separator="\n", ignore_nulls=True) if texts else pl.lit(None)
    documents = table.group_by(course_id="item", maintain_order=True).agg(
        said.cast(pl.String).drop_nulls().unique(maintain_order=True).alias("texts")
    )
    joined = documents.select(
        "course_id",
        pl.when(pl.col("texts").list.len() > 0)
        .then(pl.col("texts").list.join("\n"))
        .alias("document"),
    )
    marks = _marks(table, [name for name in names if name not in texts])
    return joined.join(marks, on="course_id", how="left").sort("course_id")


def _is_text(column: pl.Series) -> bool:
    """Whether a column is to be read rather than compared."""
    return column.dtype == pl.String and bool(column.str.contains(TEXT).any())


def _marks(table: pl.DataFrame, names: list[str]) -> pl.DataFrame:
    """The marks of each item, spelled ``column=value``."""
    rows = [_values(table, name) for name in names]
    empty = pl.DataFrame(schema={"course_id": pl.String, "skill_id": pl.String})
    return (
        pl.concat([empty, *rows])
        .group_by("course_id")
        .agg(pl.col("skill_id").unique().sort().alias("skill_ids"))
    )


def _values(table: pl.DataFrame, name: str) -> pl.DataFrame:
    column = table.select(course_id="item", value=name)
    if isinstance(column.schema["value"], pl.List | pl.Array):
        column = column.explode("value")
    spelled = pl.format("{}={}", pl.lit(name), pl.col("value").cast(pl.String))
    return column.drop_nulls().select("course_id", skill_id=spelled)
