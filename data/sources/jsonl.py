"""JSON lines: one object a line; numbers keep their digits, repeated keys are refused."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, cast

import polars as pl

from data.errors import SourceError
from data.privacy.columns import refuse_forbidden_columns
from data.sources.encoding import Text, read_text, split_lines
from data.sources.raw import NUMBER_MARK, ROW, Refusal
from data.sources.sheet import Sheet, blank_rows, refuse_cells, refused_frame, unique_names

JSON_LINE: Final = Refusal(
    "json_line", None, "这一行不是一个完整的 JSON 对象", "the line isn't one JSON object"
)
SURROGATE: Final = Refusal(
    "encoding",
    None,
    "文字中有不成对的代理码位，不是合法的 Unicode",
    "a text holds a lone surrogate, which is not valid Unicode",
)

Cells = dict[str, str | None]
_Object = dict[str, object]


class _Number(str):
    """A number with the digits as written: 0.10 stays 0.10, 1e999 stays 1e999."""

    __slots__ = ()


class _RefusedError(Exception):
    """A line that can't be one row."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.rule)
        self.refusal = refusal


def read_jsonl(path: Path, file: str) -> Sheet:
    """Read one file of JSON lines; keys of nested objects are joined with a dot.

    Args:
        path: the file.
        file: its name as shown to people.

    Raises:
        SourceError: the file is empty or no line is a JSON object.
        ForbiddenColumnError: a key names data that may never be held.
    """
    text = read_text(path.read_bytes(), file)
    kept: list[tuple[int, Cells]] = []
    refused: list[Mapping[str, object]] = []
    blank = 0
    for number, line in _lines(text):
        if isinstance(line, str) and not line.strip():
            blank += 1
            continue
        try:
            kept.append((number, _cells(line, text.encoding)))
        except _RefusedError as error:
            refused.append(refuse_cells(file, number, error.refusal, _raw(line)))
    headers = tuple(dict.fromkeys(key for _, cells in kept for key in cells))
    if not headers:
        message = f"{file}: no line is a JSON object; one object a line was expected"
        raise SourceError(message)
    refuse_forbidden_columns(headers, file)
    return Sheet(
        path=path,
        file=file,
        name=path.stem,
        headers=headers,
        frame=_frame(kept, headers),
        rejected=refused_frame(refused),
        notes=(text.note(), *blank_rows(blank)),
    )


def _lines(text: Text) -> Iterator[tuple[int, str | bytes]]:
    if text.body is not None:
        yield from enumerate(split_lines(text.body.decode()), start=1)
        return
    for number in range(1, len(text.lines) + len(text.undecodable) + 1):
        yield number, text.lines.get(number, text.undecodable.get(number, b""))


def _cells(line: str | bytes, encoding: str) -> Cells:
    if isinstance(line, bytes):
        raise _RefusedError(_foreign(encoding))
    try:
        found: object = _DECODER.decode(line.strip())
    except (json.JSONDecodeError, RecursionError):
        raise _RefusedError(JSON_LINE) from None
    if not isinstance(found, dict):
        raise _RefusedError(JSON_LINE)
    cells: Cells = dict(_flat(cast("_Object", found), ""))
    if not "".join(filter(None, [*cells, *cells.values()])).isascii():
        _refuse_surrogates(cells)
    return cells


def _refuse_surrogates(cells: Cells) -> None:
    try:
        "".join(filter(None, [*cells, *cells.values()])).encode()
    except UnicodeEncodeError:
        raise _RefusedError(SURROGATE) from None


def _foreign(encoding: str) -> Refusal:
    return Refusal(
        "encoding",
        None,
        f"这一行不是 {encoding} 编码",
        f"the line is not in {encoding}, the encoding of the rest of the file",
    )


def _object(pairs: Sequence[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise _RefusedError(
            Refusal(
                "json_duplicate_key",
                twice,
                f"键“{twice}”出现了两次",
                f"the key {twice!r} is given twice",
            )
        )
    return found


_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=_Number, parse_float=_Number, parse_constant=_Number
)


def _flat(found: Mapping[str, object], prefix: str) -> Iterator[tuple[str, str | None]]:
    for key, value in found.items():
        if isinstance(value, dict):
            yield from _flat(cast("_Object", value), f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", _text(value)


def _text(value: object) -> str | None:
    """A cell's text: numbers marked, lists as JSON, an empty text is null."""
    if value is None or value == "":
        return None
    if isinstance(value, _Number):
        return NUMBER_MARK + value
    return value if isinstance(value, str) else _json(value)


def _json(value: object) -> str:
    """Lists and what is in them, numbers with their digits as written."""
    if isinstance(value, _Number):
        return str(value)
    if isinstance(value, list):
        return f"[{', '.join(map(_json, cast('list[object]', value)))}]"
    if isinstance(value, dict):
        inner = (
            f"{json.dumps(key)}: {_json(each)}" for key, each in cast("_Object", value).items()
        )
        return f"{{{', '.join(inner)}}}"
    return json.dumps(value, ensure_ascii=False)


def _raw(line: str | bytes) -> dict[str, str]:
    """The line for the quarantine; escapes keep it valid text."""
    if isinstance(line, bytes):
        return {"hex": line.strip().hex(), "line": line.decode("ascii", "replace").strip()}
    return {"line": line.strip()}


def _frame(kept: Sequence[tuple[int, Cells]], headers: Sequence[str]) -> pl.DataFrame:
    columns = {
        name: [cells.get(header) for _, cells in kept]
        for name, header in zip(unique_names(headers), headers, strict=True)
    }
    rows = pl.Series(ROW, [number for number, _ in kept], dtype=pl.Int64)
    return pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String)).with_columns(rows)
