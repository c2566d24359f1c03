"""Tables page by page: rows that match, from a cursor on."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import polars as pl

from serving.errors import BadCursorError


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows of a table.

    Attributes:
        rows: by column.
        next_cursor: where the next page begins; None at the end.
        total: rows that match on all pages.
    """

    rows: list[dict[str, Any]]
    next_cursor: str | None
    total: int


def page_of(
    table: pl.DataFrame,
    wanted: Mapping[str, Sequence[object]],
    *,
    limit: int,
    cursor: str | None,
    release: str,
) -> Page:
    """The rows that hold one of the wanted values of each column, in the table's order.

    Args:
        table: the whole table.
        wanted: by column, the values asked for; none asks for all.
        limit: rows at most.
        cursor: of the page before; None begins.
        release: names the table's version; a cursor of another one is refused.

    Raises:
        BadCursorError: the cursor isn't one of this table, version and question.
    """
    rows = table
    for column, values in wanted.items():
        if values:
            rows = rows.filter(pl.col(column).is_in(list(values)))
    mark = _mark(release, wanted)
    start = 0 if cursor is None else _start(cursor, mark)
    part = rows.slice(start, limit)
    end = start + part.height
    following = _cursor(end, mark) if end < rows.height else None
    return Page(part.to_dicts(), following, rows.height)


def _mark(release: str, wanted: Mapping[str, Sequence[object]]) -> str:
    """Names a version and a question."""
    asked = repr((release, sorted((name, sorted(map(str, of))) for name, of in wanted.items())))
    return blake2b(asked.encode(), digest_size=6).hexdigest()


def _cursor(start: int, mark: str) -> str:
    return urlsafe_b64encode(f"{mark}:{start}".encode()).decode().rstrip("=")


def _start(cursor: str, mark: str) -> int:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        told, start = urlsafe_b64decode(padded.encode("ascii")).decode("ascii").split(":")
        if told == mark and start.isascii() and start.isdigit() and len(start) <= 12:
            return int(start)
    except (ValueError, UnicodeError):
        pass
    message = "the cursor isn't one of this table and question; leave it out to begin again"
    raise BadCursorError(message)
