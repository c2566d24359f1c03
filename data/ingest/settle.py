"""Settles one table: keys, rules between tables, and the merge with what is stored."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from data.city import empty
from data.quality import CrossRule, Judged, cross_rules
from data.quality.cross import BUILT_IN, POSITION, Views
from data.quality.faults import FAULTS, INDEX, Stage
from data.quality.keys import repeated
from data.tables import TABLES
from data.vocabulary import builtin

FILE: Final = "__file"
"""Which of a table's files a row came from."""

RULE: Final = "__rule"
COLUMN: Final = "__column"
"""The rule a stored row breaks now, and at which column (a contract has a column ``rule``)."""

BROKEN: Final = {POSITION: pl.UInt32, "rule": pl.String, "column": pl.String, "rank": pl.Int32}
"""Rows, by position, that break a rule between tables."""


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of one table.

    Attributes:
        kept: the imported rows that stay: ``__file``, ``row_index``, the contract's columns.
        late: faults found only beside other rows and tables, with ``__file``.
        merged: all rows of the table in the new snapshot; lazy.
        displaced: stored rows that break a rule now: contract columns, ``__rule``
            and ``__column``.
    """

    kept: pl.DataFrame
    late: pl.DataFrame
    merged: pl.LazyFrame
    displaced: pl.DataFrame


def settle(
    table: str,
    files: Sequence[Judged],
    stored: pl.LazyFrame | None,
    views: Views,
    changed: Collection[str],
) -> Settled:
    """Judge a table's imported rows beside all others, then merge them with the stored ones.

    An imported row that is refused leaves the stored row of its key in place. A stored row whose
    parent is gone is set aside, so that the snapshot always holds its rules.

    Args:
        table: the contract's name.
        files: its files' rows, in order; none if only stored rows are looked at.
        stored: its rows in the snapshot, unless they are replaced whole.
        views: the tables settled before, as they will be.
        changed: tables whose rows this import changes.
    """
    rows = _candidates(table, files)
    again = repeated(table, rows)
    late = [_late(rows.filter(again), _duplicates(rows.filter(again)))]
    kept = rows.filter(~again)
    before = stored.with_row_index(POSITION) if stored is not None else None
    gone = pl.DataFrame(schema=BROKEN)
    while True:
        rest = _rest(table, before, kept, gone)
        merged = _merged(table, rest, kept)
        seen = with_built_in({**views, table: merged})
        broken = _broken(_judgeable(table, seen), kept.lazy(), seen)
        if broken.height:
            late.append(_late(kept, broken))
            kept = kept.join(broken, on=POSITION, how="anti", maintain_order="left")
            continue
        touched = [r for r in _judgeable(table, seen) if {*r.needs, table} & {*changed}]
        fallen = _broken(touched, rest, seen) if rest is not None else pl.DataFrame(schema=BROKEN)
        if fallen.is_empty():
            displaced = _displaced(table, before, gone)
            return Settled(kept.drop(POSITION), pl.concat(late), merged, displaced)
        gone = pl.concat([gone, fallen])


def with_built_in(views: Views) -> Views:
    """The views, with the built-in skills where the snapshot brings none."""
    return views if BUILT_IN in views else {**views, BUILT_IN: builtin(BUILT_IN).lazy()}


def unchecked(table: str, views: Mapping[str, object]) -> tuple[str, ...]:
    """The references of a table that can't be judged, each with the table it lacks."""
    lacking = [
        (rule, [need for need in rule.needs if need not in views and need != BUILT_IN])
        for rule in cross_rules(table)
    ]
    return tuple(
        f"{table}.{rule.column}: {', '.join(needs)} not in the snapshot"
        for rule, needs in lacking
        if needs
    )


def _candidates(table: str, files: Sequence[Judged]) -> pl.DataFrame:
    """The rows of all files that hold the contract, in order, numbered."""
    columns = {name: column.dtype for name, column in TABLES[table].columns().items()}
    nothing = pl.DataFrame(schema={FILE: pl.UInt32, INDEX: pl.UInt32, **columns})
    numbered = [
        each.rows.select(pl.lit(place, pl.UInt32).alias(FILE), INDEX, *columns)
        for place, each in enumerate(files)
    ]
    return pl.concat([nothing, *numbered]).with_row_index(POSITION)


def _duplicates(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.select(
        POSITION,
        pl.lit("duplicate_key").alias("rule"),
        pl.lit(None, pl.String).alias("column"),
        pl.lit(Stage.KEY.rank(), pl.Int32).alias("rank"),
    )


def _late(rows: pl.DataFrame, broken: pl.DataFrame) -> pl.DataFrame:
    """Faults of candidate rows, back in terms of file and row."""
    return broken.join(rows.select(POSITION, FILE, INDEX), on=POSITION).select(FILE, *FAULTS)


def _rest(
    table: str, before: pl.LazyFrame | None, kept: pl.DataFrame, gone: pl.DataFrame
) -> pl.LazyFrame | None:
    """The stored rows that no imported row replaces and that still hold."""
    if before is None:
        return None
    key = TABLES[table].primary_key()
    rest = before.join(gone.lazy(), on=POSITION, how="anti", maintain_order="left")
    if kept.is_empty() or not key:
        return rest
    return rest.join(kept.lazy().select(key), on=key, how="anti", maintain_order="left")


def _merged(table: str, rest: pl.LazyFrame | None, kept: pl.DataFrame) -> pl.LazyFrame:
    """Stored rows, then imported ones, in the contract's columns."""
    columns = TABLES[table].column_names()
    new = kept.lazy().select(columns)
    return new if rest is None else pl.concat([rest.select(columns), new])


def _judgeable(table: str, views: Views) -> list[CrossRule]:
    """The table's rules whose tables are all there."""
    return [rule for rule in cross_rules(table) if all(need in views for need in rule.needs)]


def _broken(rules: Sequence[CrossRule], rows: pl.LazyFrame, views: Views) -> pl.DataFrame:
    """Each row that breaks a rule, once per rule."""
    found = pl.collect_all([rule.broken(rows, views).unique() for rule in rules])
    lines = [
        each.select(
            pl.col(POSITION).cast(pl.UInt32),
            pl.lit(rule.name, pl.String).alias("rule"),
            pl.lit(rule.column, pl.String).alias("column"),
            pl.lit(Stage.CROSS.rank(place), pl.Int32).alias("rank"),
        )
        for place, (rule, each) in enumerate(zip(rules, found, strict=True))
    ]
    return pl.concat([pl.DataFrame(schema=BROKEN), *lines])


def _displaced(table: str, before: pl.LazyFrame | None, gone: pl.DataFrame) -> pl.DataFrame:
    """The stored rows set aside, each with its first broken rule."""
    first = gone.sort(POSITION, "rank").unique(POSITION, keep="first", maintain_order=True)
    broken = first.select(POSITION, pl.col("rule").alias(RULE), pl.col("column").alias(COLUMN))
    stored = before if before is not None else empty(table).with_row_index(POSITION)
    return stored.join(broken.lazy(), on=POSITION).drop(POSITION).collect()
