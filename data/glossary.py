"""The shipped dictionary: Chinese names of tables, columns and vocabulary values.

glossary.toml ──▶ chinese_headers(table)          header ──▶ contract column
                  chinese_values(table, column)   word   ──▶ contract value
                  label_zh(name)                  the word shown to people
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import NamedTuple

import polars as pl

from data import vocab
from data.errors import MappingError
from data.tables import TABLES

Words = Mapping[str, tuple[str, ...]]
"""Chinese words by contract name; the first word is the one shown."""

_NOT_COMPARED = re.compile(r"[\s_*＊-]|\((?:必填|选填|可选)\)")


class GlossaryRow(NamedTuple):
    """One line of the dictionary as it is printed.

    Attributes:
        table: the contract table; empty for a value, which belongs to a vocabulary.
        name: the column, or ``vocabulary.value``.
        words: the Chinese words, the shown one first.
    """

    table: str
    name: str
    words: tuple[str, ...]


class _Glossary(NamedTuple):
    tables: Words
    columns: Mapping[str, Words]
    values: Mapping[str, Words]


def comparable(header: str) -> str:
    """A header or word as it is compared: no case, spaces, underscores or full-width forms.

    >>> comparable(" 课程 名称（必填）*") == comparable("课程名称")
    True
    >>> comparable("Course ID") == comparable("course_id")
    True
    """
    return _NOT_COMPARED.sub("", unicodedata.normalize("NFKC", header).casefold())


@cache
def chinese_tables() -> Mapping[str, str]:
    """Contract table by comparable Chinese table name."""
    return _inverted(_load().tables)


@cache
def chinese_headers(table: str) -> Mapping[str, str]:
    """Contract column by comparable Chinese header of one table.

    Raises:
        MappingError: the contracts know no such table.
    """
    return _inverted(_columns(table))


@cache
def chinese_values(table: str, column: str) -> Mapping[str, str]:
    """Contract value by Chinese word, of one column; empty when it has no closed vocabulary.

    Words stand as written in the glossary; booleans give ``true`` and ``false``; a list column
    gives the words of its members.

    Raises:
        MappingError: the contracts know no such table or column.
    """
    words = _words_of(table, column)
    return MappingProxyType({word: value for value, each in words.items() for word in each})


def label_zh(name: str, *, table: str | None = None) -> str:
    """The Chinese word shown for a table, column or vocabulary value; the name itself if none.

    Args:
        name: a contract name, such as ``night_school`` or ``starts_on``.
        table: looks the name up among this table's columns and their values first, since a
            few names (``name``, ``city``, ``other``) mean different things elsewhere.
    """
    return next((words[name][0] for words in _lookups(table) if name in words), name)


def glossary_rows() -> tuple[GlossaryRow, ...]:
    """The whole dictionary, line by line: columns by table, then values by vocabulary."""
    loaded = _load()
    columns = [
        GlossaryRow(table, name, words)
        for table, each in loaded.columns.items()
        for name, words in each.items()
    ]
    values = [
        GlossaryRow("", f"{vocabulary}.{value}", words)
        for vocabulary, each in loaded.values.items()
        for value, words in each.items()
    ]
    return (*columns, *values)


def table_names(table: str) -> tuple[str, ...]:
    """The Chinese names of one table, the shown one first."""
    return _load().tables[table]


def vocabulary_of(table: str, column: str) -> str | None:
    """The glossary's name of the vocabulary that closes a column, if one does.

    Raises:
        MappingError: the contracts know no such table or column.
    """
    dtype = _dtype(table, column)
    inner = dtype.inner if isinstance(dtype, pl.List) else dtype
    if inner == pl.Boolean:
        return "booleans"
    if not isinstance(inner, pl.Enum):
        return None
    return _vocabularies()[tuple(inner.categories)]


def _words_of(table: str, column: str) -> Words:
    vocabulary = vocabulary_of(table, column)
    return _load().values[vocabulary] if vocabulary else {}


def _dtype(table: str, column: str) -> pl.DataType:
    if table not in TABLES or column not in TABLES[table].columns():
        known = list(TABLES[table].columns()) if table in TABLES else list(TABLES)
        message = f"the contracts have no {table}.{column}; known there: {known}"
        raise MappingError(message)
    return TABLES[table].columns()[column].dtype


def _columns(table: str) -> Words:
    if table not in TABLES:
        message = f"the contracts have no table {table!r}; known: {list(TABLES)}"
        raise MappingError(message)
    return _load().columns[table]


@cache
def _vocabularies() -> Mapping[tuple[str, ...], str]:
    """Glossary section by the vocabulary's values; sections are named after ``data.vocab``."""
    tuples = {name.lower(): value for name, value in vars(vocab).items() if name.isupper()}
    return {tuples[name]: name for name in _load().values if name != "booleans"}


def _lookups(table: str | None) -> Iterator[Words]:
    loaded = _load()
    if table is not None:
        yield loaded.columns[table]
        yield from (_words_of(table, column) for column in loaded.columns[table])
    yield loaded.tables
    yield from loaded.values.values()
    yield from loaded.columns.values()


def _inverted(words: Words) -> Mapping[str, str]:
    return MappingProxyType({comparable(w): name for name, each in words.items() for w in each})


@cache
def _load() -> _Glossary:
    raw = tomllib.loads((files("data") / "glossary.toml").read_text(encoding="utf-8"))
    return _Glossary(
        tables={name: tuple(table["names"]) for name, table in raw["tables"].items()},
        columns={name: _tuples(table["columns"]) for name, table in raw["tables"].items()},
        values={name: _tuples(values) for name, values in raw["values"].items()},
    )


def _tuples(words: Mapping[str, list[str]]) -> Words:
    return {name: tuple(each) for name, each in words.items()}
