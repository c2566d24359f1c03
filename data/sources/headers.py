"""Which table a file feeds and which contract column each header means."""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Final, NamedTuple

from data.errors import SourceError
from data.glossary import chinese_headers, comparable, table_names
from data.sources.raw import Note
from data.tables import TABLES

_DATED: Final = r"(?:[\s_.\-(（]*[0-9].*)?"
_CHINESE_EDGE: Final = r"[0-9年月日春夏秋冬季学期第一二三四\s_.\-()（）]*"


class Headers(NamedTuple):
    """What a sheet's headers mean.

    Attributes:
        mapped: contract column by the frame's column.
        ignored: the frame's columns that mean nothing to the contract.
        clashes: contract columns that several headers claim, with those headers.
    """

    mapped: Mapping[str, str]
    ignored: tuple[str, ...]
    clashes: Mapping[str, tuple[str, ...]]


def table_of(name: str) -> str | None:
    """The table that a file's stem or a sheet's name means, if it is beyond doubt.

    ``events``, ``events_2024``, ``班次`` and ``2025年秋季班次表`` are; ``my_events`` isn't.
    """
    key = name.strip().casefold()
    found = {table for pattern, table in _patterns() if pattern.fullmatch(key)}
    return found.pop() if len(found) == 1 else None


def unknown_table(file: str, headers: Sequence[str]) -> SourceError:
    """The error for a file whose table can't be told."""
    tables = ", ".join(TABLES)
    return SourceError(
        f"{file}: can't tell which table this is (headers: {', '.join(headers[:12])}). "
        f"Name the file or sheet after one of {tables}, or give a mapping file "
        "(docs/mapping.md) that says so"
    )


def match_headers(table: str, headers: Sequence[str], columns: Sequence[str]) -> Headers:
    """Match headers to contract columns, in English or Chinese.

    Args:
        table: the contract's name.
        headers: as written in the file.
        columns: the frame's column for each header.
    """
    known = _known(table)
    pairs = [
        (column, known.get(comparable(header)))
        for header, column in zip(headers, columns, strict=True)
    ]
    claims: dict[str, list[str]] = {}
    for column, meaning in pairs:
        if meaning is not None:
            claims.setdefault(meaning, []).append(column)
    return Headers(
        mapped={column: meaning for column, meaning in pairs if meaning is not None},
        ignored=tuple(column for column, meaning in pairs if meaning is None),
        clashes={name: tuple(each) for name, each in claims.items() if len(each) > 1},
    )


def header_notes(found: Headers) -> tuple[Note, ...]:
    """What was matched under another name, and what was left out."""
    renamed = [f"{old} → {new}" for old, new in found.mapped.items() if old != new]
    notes: list[Note] = []
    if renamed:
        listed = "，".join(renamed)
        notes.append(Note("header", f"表头对应：{listed}", f"headers read as: {listed}"))
    if found.ignored:
        listed = "，".join(found.ignored)
        notes.append(Note("ignored", f"未使用的列：{listed}", f"columns not used: {listed}"))
    return tuple(notes)


@cache
def _known(table: str) -> Mapping[str, str]:
    english = {comparable(name): name for name in TABLES[table].column_names()}
    return {**chinese_headers(table), **english}


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    english = [(re.compile(re.escape(name) + _DATED), name) for name in TABLES]
    chinese = [
        (
            re.compile(
                f"{_CHINESE_EDGE}{re.escape(word)}(?:信息|数据|明细|名单)?表?{_CHINESE_EDGE}"
            ),
            table,
        )
        for table in TABLES
        for word in table_names(table)
    ]
    return (*english, *chinese)
