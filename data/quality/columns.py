"""Reads one column of a file as its contract's column: which reader is for which type."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import dataframely as dy
import polars as pl

from data.errors import ContractError
from data.quality import lists, scalars, times, typed
from data.quality.cells import Cells, CodeChange, Reading
from data.quality.divisions import CodeReading, read_code
from data.tables import TABLES
from data.vocab import DIVISION_CODE_PATTERN


@dataclass(frozen=True, slots=True)
class Target:
    """A column of a contract, as the readers need it.

    Attributes:
        table: the contract.
        name: the column.
        column: its definition.
    """

    table: str
    name: str
    column: dy.Column

    @property
    def is_division(self) -> bool:
        """Whether it holds 12-digit division codes."""
        return isinstance(self.column, dy.String) and self.column.regex == DIVISION_CODE_PATTERN

    @property
    def is_id(self) -> bool:
        """Whether it holds ids or codes, which may not pass through a number."""
        return isinstance(self.column, dy.String) and self.column.regex is not None

    @property
    def holds_ids(self) -> bool:
        """Whether it lists ids of other rows."""
        return self.name in {"prerequisites", "skills", "goal_skills"}

    @property
    def kind(self) -> type[pl.DataType]:
        """The contract's type without its parameters."""
        return type(self.column.dtype)

    @property
    def vocabulary(self) -> pl.Enum:
        """The closed vocabulary of a column that has one."""
        dtype = self.column.dtype
        if not isinstance(dtype, pl.Enum):
            message = f"{self.table}.{self.name} has no closed vocabulary"
            raise ContractError(message)
        return dtype

    @property
    def member(self) -> pl.DataType:
        """The type of a list's members."""
        dtype = self.column.dtype
        if not isinstance(dtype, pl.List) or not isinstance(dtype.inner, pl.DataType):
            message = f"{self.table}.{self.name} is no list"
            raise ContractError(message)
        return dtype.inner

    def words(self, reading: Reading) -> Mapping[str, str]:
        """The glossary's words for this column's values."""
        return reading.words(self.table, self.name)

    @property
    def may_forget(self) -> bool:
        """Whether an ambiguous code may become unknown.

        A division's own parent says where it belongs; without it the row says something else.
        """
        return self.column.nullable and self.table != "divisions"


def targets(table: str) -> tuple[Target, ...]:
    """The columns of a contract, in order."""
    return tuple(Target(table, name, each) for name, each in TABLES[table].columns().items())


def read_column(raw: pl.Series, target: Target, reading: Reading) -> Cells:
    """A column's cells in the contract's type, each refused cell with its rule.

    Args:
        raw: text as read, or a typed file's values.
        target: the contract's column.
        reading: what is known about the file.
    """
    if raw.dtype == pl.Null:
        return Cells(pl.Series(target.name, raw, dtype=target.column.dtype))
    if isinstance(raw.dtype, pl.Categorical | pl.Enum) and raw.dtype != target.column.dtype:
        raw = raw.cast(pl.String)
    readers = TEXT_READERS if raw.dtype == pl.String else TYPED_READERS
    return readers[target.kind](raw, target, reading)


Reader = Callable[[pl.Series, Target, Reading], Cells]


def _string(raw: pl.Series, target: Target, reading: Reading) -> Cells:
    if target.is_division:
        return division_codes(raw, target, reading)
    return scalars.identifiers(raw) if target.is_id else scalars.texts(raw)


def _no_string(raw: pl.Series, target: Target, _reading: Reading) -> Cells:
    rule = "number_as_id" if target.is_id and raw.dtype.is_numeric() else "type"
    return typed.refused(raw, pl.String(), rule)


def _typed_word(raw: pl.Series, target: Target, _reading: Reading) -> Cells:
    same = raw.dtype == target.column.dtype
    return Cells(raw) if same else typed.refused(raw, target.column.dtype)


def _typed_day(raw: pl.Series, _target: Target, reading: Reading) -> Cells:
    return times.in_range(raw, typed.day(raw), reading, "type")


def _typed_moment(raw: pl.Series, _target: Target, reading: Reading) -> Cells:
    naive = isinstance(raw.dtype, pl.Datetime) and raw.dtype.time_zone is None
    rule = "naive_time" if naive and reading.time_zone is None else "type"
    return times.in_range(raw, typed.moment(raw, reading), reading, rule)


TEXT_READERS: Final[Mapping[type[pl.DataType], Reader]] = {
    pl.String: _string,
    pl.Enum: lambda raw, target, reading: scalars.vocabulary(
        raw, target.vocabulary, target.words(reading)
    ),
    pl.List: lambda raw, target, reading: lists.json_lists(
        raw, target.member, target.words(reading), ids=target.holds_ids
    ),
    pl.Boolean: lambda raw, target, reading: scalars.booleans(raw, target.words(reading)),
    pl.Int64: lambda raw, _target, _reading: scalars.integers(raw),
    pl.Float64: lambda raw, _target, _reading: scalars.decimals(raw),
    pl.Date: lambda raw, _target, reading: times.dates(raw, reading),
    pl.Datetime: lambda raw, _target, reading: times.instants(raw, reading),
}
"""Readers of text, by the contract's type."""

TYPED_READERS: Final[Mapping[type[pl.DataType], Reader]] = {
    pl.String: _no_string,
    pl.Enum: _typed_word,
    pl.List: lambda raw, target, reading: lists.native_lists(
        raw, target.member, target.words(reading), ids=target.holds_ids
    ),
    pl.Boolean: lambda raw, _target, _reading: typed.flag(raw),
    pl.Int64: lambda raw, _target, _reading: typed.whole(raw),
    pl.Float64: lambda raw, _target, _reading: typed.real(raw),
    pl.Date: _typed_day,
    pl.Datetime: _typed_moment,
}
"""Readers of a typed file's columns, by the contract's type."""


def division_codes(raw: pl.Series, target: Target, reading: Reading) -> Cells:
    """Division codes in force; an ambiguous one is forgotten where the column allows it.

    Each distinct code is read once.
    """
    counted = raw.drop_nulls().value_counts(name="cells")
    codes = counted.get_column(raw.name).to_list()
    read = [_settled(code, target, reading) for code in codes]
    answers = pl.DataFrame(
        {
            "raw": pl.Series(codes, dtype=pl.String),
            "code": pl.Series([each.code for each in read], dtype=pl.String),
            "rule": pl.Series([_rule(each, target) for each in read], dtype=pl.String),
        }
    )
    spread = raw.to_frame("raw").join(answers, on="raw", how="left", maintain_order="left")
    values = spread.get_column("code").alias(target.name)
    rules = spread.get_column("rule")
    changes = tuple(
        CodeChange(target.name, code, each.change, each.padded, each.code, cells)
        for code, each, cells in zip(codes, read, counted.get_column("cells"), strict=True)
        if each.padded or each.change in {"mapped", "coarsened", "ambiguous"}
    )
    return Cells(values, rules if rules.is_not_null().any() else None, codes=changes)


def _settled(code: str, target: Target, reading: Reading) -> CodeReading:
    """The code's reading in this column: a key names one division, so it can't get coarser."""
    read = read_code(code, before_2021=reading.codes_before_2021)
    if read.change == "coarsened" and target.table == "divisions":
        return CodeReading(None, "ambiguous", read.padded)
    return read


def _rule(read: CodeReading, target: Target) -> str | None:
    """The rule by which a code's rows are refused, if any."""
    if read.change == "ambiguous":
        return None if target.may_forget else "ambiguous_division"
    return {
        "unknown": "unknown_district",
        "number": "number_as_id",
        "format": "division_format",
    }.get(read.change)
