"""Why a row was refused, in a sentence a clerk understands."""

from typing import Any

import dataframely as dy
import polars as pl

from data.glossary import label_zh
from data.quality.cross import cross_rules
from data.quality.sentences import CELL_RULES, ROW_RULES, VALUE_RULES, Sentence
from data.tables import TABLES

KINDS: dict[type[pl.DataType], Sentence] = {
    pl.String: Sentence("文本", "text"),
    pl.Int64: Sentence("整数", "a whole number"),
    pl.Float64: Sentence("数", "a number"),
    pl.Boolean: Sentence("是/否（true/false）", "true or false"),
    pl.Date: Sentence("日期 YYYY-MM-DD", "a date YYYY-MM-DD"),
    pl.Datetime: Sentence(
        "带时区的时间，如 2025-09-01T09:00:00+08:00",
        "a time with its offset, such as 2025-09-01T09:00:00+08:00",
    ),
    pl.Enum: Sentence("规定的取值", "a value of its vocabulary"),
    pl.List: Sentence('JSON 数组，如 ["a"] 或 []', 'a JSON array such as ["a"] or []'),
}
"""What each type of column holds, as people say it."""


def reason(table: str, rule: str, column: str | None) -> Sentence:
    """The sentence of a rule at a column of a table.

    Args:
        table: the contract's name.
        rule: the rule's name as counted in the account.
        column: the column at fault; None where the whole row is.
    """
    sentence = sentence_of(table, rule)
    facts = _facts(table, column)
    zh, en = sentence.zh.format(**facts), sentence.en.format(**facts)
    if column is None:
        return Sentence(zh, en)
    return Sentence(f"{label_zh(column, table=table)}（{column}）：{zh}", f"{column}: {en}")


def sentence_of(table: str, rule: str) -> Sentence:
    """A rule's sentence, its facts not yet filled in.

    Raises:
        KeyError: a rule without a sentence; a test proves that there is none.
    """
    kind = rule.partition("|")[2]
    if kind:
        return VALUE_RULES[kind]
    if rule in CELL_RULES or rule in ROW_RULES:
        return CELL_RULES.get(rule) or ROW_RULES[rule]
    return next(each.sentence for each in cross_rules(table) if each.name == rule)


def _facts(table: str, column: str | None) -> dict[str, Any]:
    """What a sentence may mention: kinds, limits, allowed values, the key."""
    keys = {"keys": "、".join(TABLES[table].primary_key())}
    if column is None:
        return keys
    definition = TABLES[table].columns()[column]
    kind = KINDS[type(definition.dtype)]
    values = {"kind_zh": kind.zh, "kind_en": kind.en, "values": ", ".join(_allowed(definition))}
    return {**keys, **vars(definition), **values}


def _allowed(definition: dy.Column) -> tuple[str, ...]:
    """The values of a closed vocabulary, also of a list's members."""
    dtype = definition.dtype
    inner = dtype.inner if isinstance(dtype, pl.List) else dtype
    return tuple(inner.categories) if isinstance(inner, pl.Enum) else ()
