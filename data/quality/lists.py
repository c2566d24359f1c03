"""List columns: JSON arrays of text, read member by member."""

import json
from collections.abc import Callable, Mapping
from typing import NamedTuple, NoReturn, cast

import polars as pl

from data.quality.cells import Cells
from data.quality.scalars import identifiers


class Members(NamedTuple):
    """A cell's members, or the rule it fails."""

    values: list[str] | None
    rule: str | None = None


def json_lists(
    text: pl.Series, inner: pl.DataType, words: Mapping[str, str], *, ids: bool
) -> Cells:
    """JSON arrays of strings as lists.

    Few cells of a column differ, so each distinct text is parsed once.

    Args:
        text: the column as read.
        inner: the members' type, ``pl.String`` or an enumeration.
        words: the glossary's words for an enumeration's values.
        ids: the members are ids, so a number among them is refused as one.
    """
    read = _reader(inner, words, ids=ids)
    return _by_distinct(text, pl.List(inner), read)


def native_lists(
    lists: pl.Series, inner: pl.DataType, words: Mapping[str, str], *, ids: bool
) -> Cells:
    """List columns of a typed file; members that aren't text are refused as such."""
    if not isinstance(lists.dtype, pl.List):
        return json_lists(lists.cast(pl.String), inner, words, ids=ids)
    if lists.dtype.inner == inner:
        return Cells(lists)
    # one path for all member types: as JSON text a number stays visibly a number
    text = lists.to_frame("x").select(pl.struct("x").struct.json_encode()).to_series()
    inside = text.str.extract(r'(?s)^\{"x":(.*)\}$')
    given = inside.set(lists.is_null(), None).alias(lists.name)
    return json_lists(given, inner, words, ids=ids)


def _by_distinct(text: pl.Series, dtype: pl.List, read: Callable[[str], Members]) -> Cells:
    """Apply a reader to each distinct cell and spread the answers back over the rows."""
    distinct = text.drop_nulls().unique()
    members = [read(each) for each in distinct]
    answers = pl.DataFrame(
        {
            "text": distinct,
            "values": pl.Series([each.values for each in members], dtype=dtype),
            "rule": pl.Series([each.rule for each in members], dtype=pl.String),
        }
    )
    spread = text.to_frame("text").join(answers, on="text", how="left", maintain_order="left")
    values = spread.get_column("values").alias(text.name)
    refused = spread.get_column("rule")
    return Cells(values, refused if refused.is_not_null().any() else None)


def _reader(inner: pl.DataType, words: Mapping[str, str], *, ids: bool) -> Callable[[str], Members]:
    """A function from a cell's text to its members."""
    if not isinstance(inner, pl.Enum):
        return lambda text: _text_members(text, ids=ids)
    known = {value: value for value in inner.categories}
    return lambda text: _known_members(text, {**words, **known})


def _text_members(text: str, *, ids: bool) -> Members:
    members = _array(text)
    if members is None:
        return Members(None, "type")
    strings = [each for each in members if isinstance(each, str)]
    numbers = any(isinstance(each, int | float) and each is not True for each in members)
    if ids and (numbers or identifiers(pl.Series(strings, dtype=pl.String)).rules is not None):
        return Members(None, "number_as_id")
    return Members(strings) if len(strings) == len(members) else Members(None, "type")


def _known_members(text: str, known: Mapping[str, str]) -> Members:
    members = _array(text)
    if members is None or not all(isinstance(each, str) for each in members):
        return Members(None, "type")
    values = [known.get(str(each)) for each in members]
    told = [each for each in values if each is not None]
    return Members(told) if len(told) == len(values) else Members(None, "vocabulary")


def _array(text: str) -> list[object] | None:
    """The members of a JSON array; None for anything else."""
    try:
        parsed: object = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        return None
    return cast("list[object]", parsed) if isinstance(parsed, list) else None


def _refuse_constant(name: str) -> NoReturn:
    """NaN and Infinity are no JSON."""
    message = f"{name} is not JSON"
    raise ValueError(message)
