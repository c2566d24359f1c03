"""Where the records of a CSV file lie, found by vectorised byte comparisons.

A fast CSV parser fills short rows with nulls and forgives stray quotes without a word. This
module looks at the bytes first: whether every record has the header's number of cells, whether
every quotation mark opens or closes a cell, and on which physical line each record starts. Only
a file that is sound in all of it is given to the fast parser.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

CHUNK: Final = 1 << 22
"""Bytes compared at a time; temporary arrays stay a few times this size."""

LONGEST_RECORD: Final = 1000
"""Physical lines one record may span; more are taken for a quotation mark that never closes."""

_QUOTE, _LF, _CR, _NUL = b'"'[0], b"\n"[0], b"\r"[0], 0


@dataclass(frozen=True, slots=True)
class Layout:
    """The records of a sound or unsound file.

    Attributes:
        sound: no NUL, no lone carriage return, every quotation mark at a cell's border.
        cells: cells per record, shape ``(records,)``.
        first_line: the physical line on which each record starts, from 1.
        first_end: the offset just behind the first record's line end.
    """

    sound: bool
    cells: NDArray[np.int64]
    first_line: NDArray[np.int64]
    first_end: int

    def is_regular(self) -> bool:
        """Whether the file is sound and its records alike.

        Every record has as many cells as the first, more than one, and none spans so many lines
        that a quotation mark must have been left open.
        """
        if not self.sound or not self.cells.size or self.cells[0] < 2:
            return False
        longest = np.diff(self.first_line).max(initial=1)
        return bool((self.cells == self.cells[0]).all() and longest <= LONGEST_RECORD)


def layout(body: bytes, delimiter: str) -> Layout:
    """Look at a whole CSV text.

    Args:
        body: UTF-8 text without a BOM.
        delimiter: one ASCII character.
    """
    data = np.frombuffer(body, dtype=np.uint8)
    parts: list[_Part] = []
    inside = 0
    for start in range(0, data.size, CHUNK):
        part = _look(data, start, min(start + CHUNK, data.size), ord(delimiter), inside)
        parts.append(part)
        inside = part.inside
    return _joined(parts, data, inside)


@dataclass(frozen=True, slots=True)
class _Part:
    """One chunk: offsets of record ends, all line ends and delimiters that part cells."""

    record_ends: NDArray[np.int64]
    line_ends: NDArray[np.int64]
    delimiters_before: NDArray[np.int64]
    delimiters: int
    inside: int
    sound: bool


def _look(data: NDArray[np.uint8], start: int, stop: int, delimiter: int, inside: int) -> _Part:
    chunk = data[start:stop]
    quotes = chunk == _QUOTE
    parity = _parity(quotes, inside) if inside or quotes.any() else None
    line_ends = np.flatnonzero(chunk == _LF)
    delimiters = np.flatnonzero(chunk == delimiter)
    record_ends = line_ends
    if parity is not None:
        record_ends = line_ends[parity[line_ends] == 0]
        delimiters = delimiters[parity[delimiters] == 0]
    sound = _no_bad_bytes(data, chunk, start) and (
        parity is None or _quotes_at_borders(data, quotes, parity, start, delimiter)
    )
    return _Part(
        record_ends=record_ends + start,
        line_ends=line_ends + start,
        delimiters_before=np.searchsorted(delimiters, record_ends).astype(np.int64),
        delimiters=delimiters.size,
        inside=int(parity[-1]) if parity is not None else 0,
        sound=sound,
    )


def _parity(quotes: NDArray[np.bool_], inside: int) -> NDArray[np.uint8]:
    """One where a byte lies inside a quoted cell; sums wrap at 256 and stay odd or even."""
    total = np.cumsum(quotes, dtype=np.uint8) + np.uint8(inside)
    parity: NDArray[np.uint8] = np.bitwise_and(total, np.uint8(1))
    return parity


def _no_bad_bytes(data: NDArray[np.uint8], chunk: NDArray[np.uint8], start: int) -> bool:
    if (chunk == _NUL).any():
        return False
    returns = np.flatnonzero(chunk == _CR) + start
    if not returns.size:
        return True
    return bool(returns[-1] + 1 < data.size and (data[returns + 1] == _LF).all())


def _quotes_at_borders(
    data: NDArray[np.uint8],
    quotes: NDArray[np.bool_],
    parity: NDArray[np.uint8],
    start: int,
    delimiter: int,
) -> bool:
    """Opening marks follow a border or a mark; closing ones come before a border or a mark."""
    at = np.flatnonzero(quotes)
    opening = at[parity[at] == 1] + start
    closing = at[parity[at] == 0] + start
    borders = np.array([delimiter, _LF, _QUOTE], dtype=np.uint8)
    before = data[opening[opening > 0] - 1]
    after = data[closing[closing + 1 < data.size] + 1]
    return bool(
        np.isin(before, borders).all() and np.isin(after, np.append(borders, np.uint8(_CR))).all()
    )


def _joined(parts: list[_Part], data: NDArray[np.uint8], inside: int) -> Layout:
    offsets = np.cumsum([0, *(part.delimiters for part in parts)])
    ends = _concatenated([part.record_ends for part in parts])
    seen = _concatenated(
        [part.delimiters_before + offset for part, offset in zip(parts, offsets, strict=False)]
    )
    if data.size and (not ends.size or ends[-1] != data.size - 1):
        ends = np.append(ends, data.size)
        seen = np.append(seen, offsets[-1])
    lines = _concatenated([part.line_ends for part in parts])
    starts = np.concatenate([np.zeros(min(ends.size, 1), dtype=np.int64), ends[:-1] + 1])
    return Layout(
        sound=all(part.sound for part in parts) and inside == 0,
        cells=np.diff(seen, prepend=0) + 1,
        first_line=np.searchsorted(lines, starts).astype(np.int64) + 1,
        first_end=int(ends[0]) + 1 if ends.size else 0,
    )


def _concatenated(parts: list[NDArray[np.int64]]) -> NDArray[np.int64]:
    return np.concatenate(parts) if parts else np.zeros(0, dtype=np.int64)
