"""One mapped column as polars expressions: its origin, its steps, and where they failed.

origin (from | template | constant | hash) ▶ split ▶ item ▶ pattern ▶ values ▶ date ▶ multiply
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from string import Formatter
from typing import NamedTuple

import polars as pl
from polars.datatypes import DataType

from data.sources.mapping import ColumnRule, Constant
from data.sources.raw import NUMBER_MARK

Types = Mapping[str, DataType]


class Outcome(NamedTuple):
    """A mapped column.

    Attributes:
        value: the contract column, text or typed.
        failed: true where a source value was given and the steps couldn't turn it.
    """

    value: pl.Expr
    failed: pl.Expr


class _Step(NamedTuple):
    """A value on its way; ``lost`` marks given values that a step couldn't turn."""

    value: pl.Expr
    is_list: bool
    lost: pl.Expr


def outcome(rule: ColumnRule, types: Types) -> Outcome:
    """The expressions of one contract column.

    Args:
        rule: how the column is made.
        types: the sheet's column types.
    """
    if rule.constant is not None:
        return Outcome(pl.lit(constant_text(rule.constant)), pl.lit(value=False))
    tries = [_steps(rule, origin) for origin in _origins(rule, types)]
    value = pl.coalesce([each.value for each in tries]) if len(tries) > 1 else tries[0].value
    lost = pl.any_horizontal([each.lost for each in tries])
    failed = lost & value.is_null() if rule.unmatched == "reject" else pl.lit(value=False)
    if rule.default is not None:
        value = pl.coalesce(value, _default(rule.default, is_list=tries[0].is_list))
    return Outcome(value, failed.fill_null(value=False))


def _default(value: Constant, *, is_list: bool) -> pl.Expr:
    """A default as the column has it: a list beside lists, else text."""
    if is_list and isinstance(value, list):
        return pl.lit(pl.Series([value], dtype=pl.List(pl.String))).first()
    return pl.lit(constant_text(value))


def constant_text(value: Constant) -> str:
    """A constant as the text a file would hold: true, 12, a JSON array.

    >>> constant_text(["3E"]), constant_text(True), constant_text(12)
    ('["3E"]', 'true', '12')
    """
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)


def _origins(rule: ColumnRule, types: Types) -> list[_Step]:
    if rule.template is not None:
        return [_plain(_templated(rule.template, types, as_text=rule.as_text))]
    taken = [_taken(name, types[name], rule) for name in rule.from_]
    return [*taken, *([_plain(_hashed(rule.hash, types))] if rule.hash else [])]


def _taken(name: str, dtype: DataType, rule: ColumnRule) -> _Step:
    """A source column; empty text is null, numbers become text only where that is needed."""
    column = pl.col(name)
    if dtype == pl.String:
        clean = column.str.strip_prefix(NUMBER_MARK) if rule.as_text else column
        return _plain(pl.when(clean != "").then(clean))
    if isinstance(dtype, pl.List):
        return _Step(column, is_list=True, lost=pl.lit(value=False))
    if rule.as_text:
        return _plain(column.cast(pl.String))
    textual = rule.pattern or rule.values or rule.date_format or rule.split
    return _plain(_as_marked(column) if textual else column)


def _plain(value: pl.Expr) -> _Step:
    return _Step(value, is_list=False, lost=pl.lit(value=False))


def _as_marked(column: pl.Expr) -> pl.Expr:
    return pl.concat_str(pl.lit(NUMBER_MARK), column.cast(pl.String))


def _templated(template: str, types: Types, *, as_text: bool) -> pl.Expr:
    """Text and columns joined; a number among them marks the whole unless ``as_text``."""
    parts: list[pl.Expr] = []
    numbers: list[pl.Expr] = []
    for literal, name, _, _ in Formatter().parse(template):
        parts.append(pl.lit(literal))
        if name and types[name] == pl.String:
            parts.append(pl.col(name).str.strip_prefix(NUMBER_MARK))
            numbers.append(pl.col(name).str.starts_with(NUMBER_MARK))
        elif name:
            parts.append(pl.col(name).cast(pl.String))
            numbers.append(pl.lit(value=True))
    joined = pl.concat_str(parts)
    if as_text or not numbers:
        return joined
    marked = pl.concat_str(pl.lit(NUMBER_MARK), joined)
    return pl.when(pl.any_horizontal(numbers)).then(marked).otherwise(joined)


def _hashed(columns: tuple[str, ...], types: Types) -> pl.Expr:
    """Thirty-two hexadecimal digits that depend on the columns' contents alone."""
    parts = [_content(name, types[name]) for name in columns]
    joined = pl.concat_str(parts, separator="\x1f")
    return joined.map_elements(_digest, return_dtype=pl.String)


def _content(name: str, dtype: DataType) -> pl.Expr:
    """A cell as text, the same from any kind of file; null differs from empty."""
    if isinstance(dtype, pl.List):
        text = pl.col(name).cast(pl.List(pl.String)).list.join("\x1e")
    else:
        text = pl.col(name).cast(pl.String).str.strip_prefix(NUMBER_MARK)
    return text.fill_null("\x00")


def _digest(content: str) -> str:
    return hashlib.blake2b(content.encode(), digest_size=16).hexdigest()


def _steps(rule: ColumnRule, step: _Step) -> _Step:
    for wanted, apply in _STEPS:
        if wanted(rule):
            step = apply(rule, step)
    return step


def _item(rule: ColumnRule, step: _Step) -> _Step:
    """A list member, of a list column or of a JSON array; a missing one is simply unknown."""
    at = rule.item or 0
    if step.is_list:
        member = step.value.list.get(at, null_on_oob=True)
    else:
        member = step.value.str.json_path_match(f"$[{at}]")
    return step._replace(value=member, is_list=False)


def _split(rule: ColumnRule, step: _Step) -> _Step:
    parts = step.value.str.strip_prefix(NUMBER_MARK).str.split(rule.split or "")
    part = pl.element().str.strip_chars(f"{rule.strip} \t\n" if rule.strip else None)
    trimmed = parts.list.eval(part.replace("", None).drop_nulls())
    return step._replace(value=trimmed, is_list=True)


def _pattern(rule: ColumnRule, step: _Step) -> _Step:
    text = step.value.str.strip_prefix(NUMBER_MARK)
    return _turned(rule, step, text.str.extract(rule.pattern or "", 1))


def _values(rule: ColumnRule, step: _Step) -> _Step:
    text = step.value.str.strip_prefix(NUMBER_MARK)
    known = text.replace_strict(rule.values, default=None, return_dtype=pl.String)
    return _turned(rule, step, known)


def _date(rule: ColumnRule, step: _Step) -> _Step:
    """Dates in the formats named; a missing year is put before both text and format."""
    text, before = step.value.str.strip_prefix(NUMBER_MARK), ""
    if rule.year is not None:
        text, before = pl.concat_str(pl.lit(f"{rule.year} "), text), "%Y "
    read = [text.str.to_date(f"{before}{shape}", strict=False) for shape in rule.date_format]
    return _turned(rule, step, pl.coalesce(read).cast(pl.String))


def _multiply(rule: ColumnRule, step: _Step) -> _Step:
    """Exact decimal arithmetic, so that 19.99 yuan are 1999 fen."""
    text = step.value.cast(pl.String).str.strip_prefix(NUMBER_MARK)
    number = text.cast(pl.Decimal(38, 6), strict=False) * (rule.multiply or 1)
    shown = number.cast(pl.String).str.replace(r"\.?0+$", "")
    whole = pl.when(number == number.floor()).then(number.cast(pl.Int64, strict=False))
    return _turned(rule, step, pl.coalesce(whole.cast(pl.String), shown))


def _turned(rule: ColumnRule, step: _Step, value: pl.Expr) -> _Step:
    """The next value; what was given and got lost is remembered, or kept if the rule says so."""
    if rule.unmatched == "keep":
        return step._replace(value=pl.coalesce(value, step.value.cast(pl.String)))
    return step._replace(value=value, lost=step.lost | (step.value.is_not_null() & value.is_null()))


_STEPS: tuple[tuple[Callable[[ColumnRule], bool], Callable[[ColumnRule, _Step], _Step]], ...] = (
    (lambda rule: rule.split is not None, _split),
    (lambda rule: rule.item is not None, _item),
    (lambda rule: rule.pattern is not None, _pattern),
    (lambda rule: bool(rule.values), _values),
    (lambda rule: bool(rule.date_format), _date),
    (lambda rule: rule.multiply is not None, _multiply),
)
"""The steps in the order of their application, each with the question whether it is wanted."""
