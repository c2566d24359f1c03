"""Rules between tables: what a row refers to is there, and agrees.

    imported rows ──rules──▶ kept ──merged with stored rows──▶ views ──rules──▶ next table

A rule is judged only where every table it needs is in the snapshot.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from graphlib import TopologicalSorter
from typing import Final

import polars as pl

from data.quality.foreign_keys import FOREIGN_KEYS, UNKNOWN, ForeignKey
from data.quality.sentences import Sentence
from data.tables import TABLES
from data.vocab import DIVISION_LEVELS

POSITION: Final = "__position"
"""The column that numbers candidate rows."""

Views = Mapping[str, pl.LazyFrame]
"""Every table of the snapshot as it will be: stored rows and imported ones."""

BUILT_IN: Final = "skills"
"""The table whose built-in vocabulary stands in where the snapshot brings none.

The built-in occupations are an excerpt of the national classification, so a code they lack is
no error.
"""


@dataclass(frozen=True, slots=True)
class CrossRule:
    """A rule between tables.

    Attributes:
        name: the reason code.
        table: whose rows are judged.
        column: the column at fault; None where several are.
        needs: tables without which it can't be judged.
        sentence: what is wrong, in Chinese and English.
        broken: from the candidate rows (with ``__position``) and all views to the positions of
            the rows that break it.
    """

    name: str
    table: str
    column: str | None
    needs: tuple[str, ...]
    sentence: Sentence
    broken: Callable[[pl.LazyFrame, Views], pl.LazyFrame]


@cache
def cross_rules(table: str) -> tuple[CrossRule, ...]:
    """The rules that judge one table's rows, in order."""
    keys = [_key_rule(key) for key in FOREIGN_KEYS if key.table == table]
    return (*keys, *(rule for rule in AGREEMENTS if rule.table == table))


@cache
def parents_first() -> tuple[str, ...]:
    """All tables, each after those its rules need."""
    graph = {
        table: {need for rule in cross_rules(table) for need in rule.needs} - {table}
        for table in TABLES
    }
    return tuple(TopologicalSorter(graph).static_order())


def _key_rule(key: ForeignKey) -> CrossRule:
    """The rule that a foreign key's values are keys of its parent."""
    name, sentence = UNKNOWN[key.parent]
    judge = _unknown_divisions if key.parent == "divisions" else _unknown
    return CrossRule(
        name,
        key.table,
        key.column,
        (key.parent,),
        sentence,
        lambda rows, views: judge(_references(rows, key), views[key.parent], key.parent),
    )


def _references(rows: pl.LazyFrame, key: ForeignKey) -> pl.LazyFrame:
    """Positions with one referred key a line, lists opened."""
    chosen = rows.select(POSITION, pl.col(key.column).alias("key"))
    listed = isinstance(TABLES[key.table].columns()[key.column].dtype, pl.List)
    opened = chosen.explode("key") if listed else chosen
    return opened.filter(pl.col("key").is_not_null())


def _unknown(references: pl.LazyFrame, parent: pl.LazyFrame, table: str) -> pl.LazyFrame:
    """References to keys the parent doesn't have."""
    known = parent.select(pl.col(TABLES[table].primary_key()[0]).alias("key"))
    return references.join(known, on="key", how="anti").select(POSITION)


def _unknown_divisions(references: pl.LazyFrame, parent: pl.LazyFrame, table: str) -> pl.LazyFrame:
    """References to divisions that aren't there, at the levels the parent lists at all.

    A table of districts and towns says nothing about villages.
    """
    known = parent.select(pl.col("division_code").alias("key"))
    levels = known.select(_depth().alias("depth")).unique()
    listed = references.with_columns(_depth().alias("depth")).join(levels, on="depth", how="semi")
    return _unknown(listed, parent, table)


def _depth() -> pl.Expr:
    """How deep a code goes: 0 city, 1 district, 2 town, 3 village."""
    key = pl.col("key")
    return (
        pl.when(key.str.ends_with("00000000"))
        .then(0)
        .when(key.str.ends_with("000000"))
        .then(1)
        .when(key.str.ends_with("000"))
        .then(2)
        .otherwise(3)
    )


def _course_differs(rows: pl.LazyFrame, views: Views) -> pl.LazyFrame:
    """Events whose section belongs to another course."""
    taught = views["sections"].select("section_id", pl.col("course_id").alias("taught"))
    return (
        rows.select(POSITION, "section_id", "course_id")
        .join(taught, on="section_id")
        .filter(pl.col("course_id") != pl.col("taught"))
        .select(POSITION)
    )


def _parent_not_above(rows: pl.LazyFrame, views: Views) -> pl.LazyFrame:
    """Divisions whose parent is of their own level or below it."""
    above = views["divisions"].select(
        pl.col("division_code").alias("parent_code"), _order("level").alias("above")
    )
    return (
        rows.select(POSITION, "parent_code", _order("level").alias("own"))
        .join(above, on="parent_code")
        .filter(pl.col("above") >= pl.col("own"))
        .select(POSITION)
    )


def _order(column: str) -> pl.Expr:
    """A level's place, the city first."""
    places = {level: place for place, level in enumerate(DIVISION_LEVELS)}
    return pl.col(column).cast(pl.String).replace_strict(places, return_dtype=pl.Int8)


def _in_a_cycle(rows: pl.LazyFrame, views: Views) -> pl.LazyFrame:
    """Skills that are their own ancestor."""
    parents = views["skills"].select("skill_id", "parent_id").drop_nulls().collect()
    above = dict(parents.iter_rows())
    looping = [skill for skill in above if _returns(skill, above)]
    return rows.filter(pl.col("skill_id").is_in(looping)).select(POSITION)


def _returns(skill: str, above: Mapping[str, str]) -> bool:
    """Whether going up from a skill leads back to it."""
    seen: set[str] = set()
    current = above.get(skill)
    while current is not None and current not in seen and current != skill:
        seen.add(current)
        current = above.get(current)
    return current == skill


AGREEMENTS: Final = (
    CrossRule(
        "section_of_another_course",
        "events",
        "section_id",
        ("sections",),
        Sentence("该班次不属于所填的课程", "the section belongs to another course"),
        _course_differs,
    ),
    CrossRule(
        "parent_not_above",
        "divisions",
        "parent_code",
        ("divisions",),
        Sentence(
            "上级区划的层级必须更高（市、区、街镇、村社）",
            "the parent must be of a higher level (city, district, town, village)",
        ),
        _parent_not_above,
    ),
    CrossRule(
        "skill_cycle",
        "skills",
        "parent_id",
        ("skills",),
        Sentence("技能的上级链成环", "the skill is its own ancestor"),
        _in_a_cycle,
    ),
)
"""Rules that compare what two tables say."""
