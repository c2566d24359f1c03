"""CSV files: comma, semicolon or tab; UTF-8, GBK, GB18030 or UTF-16; exact row numbers.

bytes ──encoding──▶ text ──layout──▶ sound?  yes ──▶ polars, all columns text
                                             no  ──▶ record by record (csv_careful)
"""

from itertools import islice
from pathlib import Path
from typing import Final

import polars as pl

from data.errors import SourceError
from data.privacy.columns import refuse_forbidden_columns
from data.sources.csv_careful import header_position, read_carefully, records
from data.sources.csv_layout import Layout, layout
from data.sources.encoding import Text, read_text, split_lines
from data.sources.raw import ROW, Note, no_rejected
from data.sources.sheet import Sheet, blank_rows, unique_names

DELIMITERS: Final = (",", "\t", ";")
"""Tried in this order; the one that parts the header into most cells wins."""

_HEADER_BYTES: Final = 1 << 16
_SHOWN: Final = {",": "comma", "\t": "tab", ";": "semicolon"}
_SHOWN_ZH: Final = {",": "逗号", "\t": "制表符", ";": "分号"}


def read_csv(path: Path, file: str) -> Sheet:
    """Read one CSV file.

    Args:
        path: the file.
        file: its name as shown to people.

    Raises:
        SourceError: the file is empty, its header can't be read, or it isn't text.
        ForbiddenColumnError: a column names data that may never be held.
    """
    data = path.read_bytes()
    if not data.strip():
        message = f"{file}: the file is empty; a header line was expected"
        raise SourceError(message)
    text = read_text(data, file)
    del data
    delimiter = _delimiter(text)
    sheet = _fast(text, delimiter, path, file) or read_carefully(text, delimiter, path, file)
    refuse_forbidden_columns(sheet.headers, file)
    return sheet


def _delimiter(text: Text) -> str:
    found = {each: _header(text, each) for each in DELIMITERS}
    return max(DELIMITERS, key=lambda each: _fitness(*found[each]))


def _fitness(line: int, cells: tuple[str, ...]) -> tuple[bool, int, int]:
    """A delimiter fits that parts the earliest line into most cells."""
    return len(cells) > 1, -line, len(cells)


def _header(text: Text, delimiter: str) -> tuple[int, tuple[str, ...]]:
    """The header's line and cells, looked for in the first records."""
    if text.body is not None:
        lines = split_lines(text.body[:_HEADER_BYTES].decode(errors="ignore"))
    else:
        lines = [line for _, line in islice(sorted(text.lines.items()), 100)]
    found = list(islice(records(lines, 1, delimiter), 20))
    at = header_position(found)
    return (0, ()) if at is None else (found[at].line, found[at].cells)


def _fast(text: Text, delimiter: str, path: Path, file: str) -> Sheet | None:
    """The vectorised way; None where the layout shows damage."""
    if text.body is None:
        return None
    body = text.body.rstrip(b"\r\n") + b"\n"
    found = layout(body, delimiter)
    if not found.is_regular():
        return None
    line, cells = _header(text, delimiter)
    if line != 1 or len(cells) != found.cells[0]:
        return None
    headers = tuple(cell.strip() for cell in cells)
    refuse_forbidden_columns(headers, file)
    frame = _parsed(body[found.first_end :], delimiter, headers)
    if frame.height != found.cells.size - 1:
        return None
    return _sheet(frame, found, headers, path, (file, text, delimiter))


def _parsed(body: bytes, delimiter: str, headers: tuple[str, ...]) -> pl.DataFrame:
    """All columns text, an empty cell null; nothing inferred, nothing skipped."""
    schema = dict.fromkeys(unique_names(headers), pl.String)
    if not body:
        return pl.DataFrame(schema=schema)
    frame = pl.read_csv(
        body,
        has_header=False,
        schema=schema,
        separator=delimiter,
        quote_char='"' if b'"' in body else None,
        infer_schema=False,
        ignore_errors=False,
    )
    return frame.with_columns(pl.all().replace("", None)) if b'""' in body else frame


def _sheet(
    frame: pl.DataFrame,
    found: Layout,
    headers: tuple[str, ...],
    path: Path,
    shown: tuple[str, Text, str],
) -> Sheet:
    file, text, delimiter = shown
    numbered = frame.with_columns(pl.Series(ROW, found.first_line[1:]))
    filled = numbered.filter(pl.any_horizontal(pl.exclude(ROW).is_not_null()))
    return Sheet(
        path=path,
        file=file,
        name=path.stem,
        headers=headers,
        frame=filled,
        rejected=no_rejected(),
        notes=(
            text.note(),
            *_delimiter_note(delimiter),
            *blank_rows(numbered.height - filled.height),
        ),
    )


def _delimiter_note(delimiter: str) -> tuple[Note, ...]:
    if delimiter == ",":
        return ()
    zh, en = _SHOWN_ZH[delimiter], _SHOWN[delimiter]
    return (Note("delimiter", f"分隔符是{zh}", f"the delimiter is a {en}"),)
