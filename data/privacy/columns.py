"""What may never enter: columns of psychological, medical or raw location-track data."""

import re
import unicodedata
from collections.abc import Iterable
from typing import NamedTuple

from data.errors import SourceError
from data.vocab import FORBIDDEN_COLUMNS

_BETWEEN_WORDS = re.compile(r"[\s_\-.]+")


class ForbiddenColumnError(SourceError):
    """A file with a column of a kind that may never be held; names the column and the kind."""


class Forbidden(NamedTuple):
    """A refused column and the kind of data its name gives away."""

    column: str
    kind: str


def forbidden_columns(headers: Iterable[str]) -> tuple[Forbidden, ...]:
    """The headers that name data which may never be held, in English or Chinese.

    Args:
        headers: column names as they stand in the file.
    """
    found = ((header, _kind(header)) for header in headers)
    return tuple(Forbidden(header, kind) for header, kind in found if kind is not None)


def refuse_forbidden_columns(headers: Iterable[str], file: str) -> None:
    """Raise before any value of such a column is looked at.

    Raises:
        ForbiddenColumnError: names each forbidden column and its kind.
    """
    found = forbidden_columns(headers)
    if found:
        listed = ", ".join(f"{each.column!r} ({each.kind} data)" for each in found)
        message = f"{file}: column {listed} may not be held here; delete it and import again"
        raise ForbiddenColumnError(message)


def _kind(header: str) -> str | None:
    """The kind of data a header gives away; separators and case don't hide it."""
    name = _BETWEEN_WORDS.sub("_", unicodedata.normalize("NFKC", header).casefold())
    joined = name.replace("_", "")
    for kind, fragments in FORBIDDEN_COLUMNS.items():
        if any(part in name or part.replace("_", "") in joined for part in fragments):
            return kind
    return None
