"""One column's cells, read as its contract's type; what can't be read exactly names a rule."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from data.glossary import chinese_values
from data.sources.raw import Note


@dataclass(frozen=True, slots=True)
class Reading:
    """What is known about a file besides its cells.

    Attributes:
        now: the import's clock; dates more than ten years later are refused.
        time_zone: the zone of times without an offset; none refuses them.
        codes_before_2021: division codes are those before April 2021.
        words: Chinese words by table and column, each to its contract value.
    """

    now: datetime
    time_zone: str | None = None
    codes_before_2021: bool = False
    words: Callable[[str, str], Mapping[str, str]] = chinese_values


@dataclass(frozen=True, slots=True)
class CodeChange:
    """How many cells of a column held one division code that wasn't taken as it stood.

    Attributes:
        column: the column.
        code: the code as written.
        change: see ``data.quality.divisions.CodeReading``.
        padded: zeros were added.
        became: the code stored; null where the cell became null or its row was refused.
        cells: how many cells.
    """

    column: str
    code: str
    change: str
    padded: bool
    became: str | None
    cells: int


@dataclass(frozen=True, slots=True)
class Cells:
    """A column after reading.

    Attributes:
        values: the cells in the contract's type; null where unknown or refused.
        rules: the rule each refused cell failed (String, null elsewhere); None: nothing refused.
        notes: what a person should know.
        codes: division codes that were padded, mapped or given up.
    """

    values: pl.Series
    rules: pl.Series | None = None
    notes: tuple[Note, ...] = ()
    codes: tuple[CodeChange, ...] = ()


def judged(raw: pl.Series, values: pl.Series, rule: str | pl.Expr = "type") -> Cells:
    """Cells whose raw text was given but gave no value are refused.

    Args:
        raw: the column as read.
        values: the same rows in the contract's type.
        rule: the rule's name, or an expression over ``raw`` and ``value`` that tells it.
    """
    lost = raw.is_not_null() & values.is_null()
    if not lost.any():
        return Cells(values)
    name = pl.lit(rule) if isinstance(rule, str) else rule
    frame = pl.DataFrame({"raw": raw, "value": values, "lost": lost})
    return Cells(values, frame.select(pl.when("lost").then(name).alias("rule")).to_series())
