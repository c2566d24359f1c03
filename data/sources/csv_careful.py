"""The careful way through a damaged CSV file: record by record, refusing what can't be read.

Slower by a factor of ten than the fast way, and used only where the layout showed damage.
"""

import csv
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import polars as pl

from data.errors import SourceError
from data.sources.csv_layout import LONGEST_RECORD
from data.sources.encoding import Text, split_lines
from data.sources.raw import ROW, Note, Refusal
from data.sources.sheet import Sheet, blank_rows, refuse_cells, refused_frame, unique_names

QUOTE: Final = Refusal(
    "quote",
    None,
    "引号没有闭合，或引号之后还有文字",
    "a quotation mark is never closed, or text follows a closing one",
)
NUL_BYTE: Final = Refusal("nul_byte", None, "行内有空字节（NUL）", "the row holds a NUL byte")


class Record(NamedTuple):
    """One record: the line it starts on, its cells, why it is refused, and its raw text."""

    line: int
    cells: tuple[str, ...]
    refusal: Refusal | None
    raw: Mapping[str, str]


def read_carefully(text: Text, delimiter: str, path: Path, file: str) -> Sheet:
    """Every record of a damaged file, kept or refused.

    Args:
        text: the decoded file.
        delimiter: what parts the cells.
        path: where the file is.
        file: its name as shown.

    Raises:
        SourceError: no line of the file can serve as a header.
    """
    found = list(_records(text, delimiter))
    at = header_position(found)
    if at is None:
        message = f"{file}: no header line could be read (encoding {text.encoding})"
        raise SourceError(message)
    headers = tuple(cell.strip() for cell in found[at].cells)
    above = [record for record in found[:at] if record.refusal]
    body = [*above, *found[at + 1 :]]
    filled = [_judged(each, len(headers)) for each in body if each.refusal or any(each.cells)]
    return Sheet(
        path=path,
        file=file,
        name=path.stem,
        headers=headers,
        frame=_frame([record for record in filled if record.refusal is None], headers),
        rejected=refused_frame(
            [refuse_cells(file, r.line, r.refusal, r.raw) for r in filled if r.refusal]
        ),
        notes=(
            text.note(),
            *_titles([record for record in found[:at] if any(record.cells)]),
            *blank_rows(len(body) - len(filled)),
        ),
    )


def header_position(found: Sequence[Record]) -> int | None:
    """Which record is the header: the first with two filled cells, since a title fills one."""
    readable = [(at, sum(map(bool, each.cells))) for at, each in enumerate(found)]
    first_filled = next((at for at, filled in readable if filled), None)
    return next((at for at, filled in readable if filled > 1), first_filled)


def _titles(above: Sequence[Record]) -> tuple[Note, ...]:
    if not above:
        return ()
    return (
        Note(
            "title",
            f"表头之上的 {len(above)} 行标题未作为数据",
            f"{len(above)} title lines above the header are not data",
        ),
    )


def records(lines: Sequence[str], first: int, delimiter: str) -> Iterator[Record]:
    """Records of consecutive physical lines.

    A record whose quotation mark never closes, or closes in the wrong place, would swallow the
    rows after it. Only its first line is refused; reading goes on with the next.

    Args:
        lines: physical lines with their ends.
        first: the number of the first of them.
        delimiter: what parts the cells.
    """
    start = 0
    while start < len(lines):
        rest = (lines[number] for number in range(start, len(lines)))
        reader = csv.reader(rest, delimiter=delimiter, strict=True)
        at = start
        try:
            for cells in reader:
                upto = start + reader.line_num
                _refuse_endless(upto - at)
                yield _record(first + at, cells, "".join(lines[at:upto]))
                at = upto
            return
        except csv.Error:
            yield Record(first + at, (), QUOTE, {"line": lines[at].rstrip("\r\n")})
            start = at + 1


def _refuse_endless(span: int) -> None:
    if span > LONGEST_RECORD:
        raise csv.Error


def _record(line: int, cells: Sequence[str], raw: str) -> Record:
    return Record(
        line, tuple(cells), NUL_BYTE if "\0" in raw else None, {"line": raw.rstrip("\r\n")}
    )


def _records(text: Text, delimiter: str) -> Iterator[Record]:
    """Of the whole text, or of its decodable stretches with the undecodable lines between."""
    if text.body is not None:
        yield from records(split_lines(text.body.decode()), 1, delimiter)
        return
    first = 1
    for bad in sorted(text.undecodable):
        yield from records(_stretch(text, first, bad), first, delimiter)
        yield _undecodable(bad, text.undecodable[bad], text.encoding)
        first = bad + 1
    last = len(text.lines) + len(text.undecodable)
    yield from records(_stretch(text, first, last + 1), first, delimiter)


def _stretch(text: Text, first: int, stop: int) -> list[str]:
    return [text.lines[number] for number in range(first, stop)]


def _undecodable(line: int, data: bytes, encoding: str) -> Record:
    refusal = Refusal(
        "encoding",
        None,
        f"这一行不是 {encoding} 编码，或与整个文件的编码不一致",
        f"the line is not in {encoding}, the encoding of the rest of the file",
    )
    shown = data.rstrip(b"\r\n")
    return Record(line, (), refusal, {"hex": shown.hex(), "line": shown.decode("ascii", "replace")})


def _judged(record: Record, width: int) -> Record:
    """The record with a refusal if it has too few or too many cells."""
    cells = len(record.cells)
    if record.refusal or cells == width:
        return record
    refusal = Refusal(
        "short_row" if cells < width else "long_row",
        None,
        f"这一行有 {cells} 格，表头有 {width} 格",
        f"the row has {cells} cells, the header {width}",
    )
    return record._replace(refusal=refusal)


def _frame(kept: Sequence[Record], headers: Sequence[str]) -> pl.DataFrame:
    """Text columns; an empty cell is null."""
    names = unique_names(headers)
    columns = {
        name: [record.cells[position] or None for record in kept]
        for position, name in enumerate(names)
    }
    lines = pl.Series(ROW, [record.line for record in kept], dtype=pl.Int64)
    return pl.DataFrame(columns, schema=dict.fromkeys(names, pl.String)).with_columns(lines)
