"""All files of an import, one after the other, as rows of contract tables.

path ──▶ reader by suffix ──▶ sheets ──▶ mapping rule, else headers and glossary ──▶ RawTable
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

from data.errors import MappingError, SourceError
from data.sources.csv import read_csv
from data.sources.jsonl import read_jsonl
from data.sources.mapped import apply_rule
from data.sources.mapping import Mapping, TableRule
from data.sources.parquet import read_parquet
from data.sources.raw import RawTable
from data.sources.shaping import shape
from data.sources.sheet import Sheet
from data.sources.xlsx import read_xlsx

Reader = Callable[[Path, str], list[Sheet]]


def _one(read: Callable[[Path, str], Sheet]) -> Reader:
    return lambda path, file: [read(path, file)]


READERS: Final[dict[str, Reader]] = {
    ".csv": _one(read_csv),
    ".tsv": _one(read_csv),
    ".xlsx": read_xlsx,
    ".parquet": _one(read_parquet),
    ".jsonl": _one(read_jsonl),
    ".ndjson": _one(read_jsonl),
}
"""The reader of each file suffix."""


def read_sources(
    paths: Sequence[Path],
    mapping: Mapping | None = None,
    *,
    progress: Callable[[str], None] | None = None,
) -> Iterator[RawTable]:
    """Read files and folders; every row of every file is kept or refused, none disappears.

    A folder is read without its subfolders; its files of other kinds (a README) and hidden ones
    are passed over, a file named on its own must be readable.

    Args:
        paths: files and folders.
        mapping: how foreign files become contract tables; files it doesn't claim are read by
            their names and headers.
        progress: called with each file's name before it is read.

    Yields:
        A table's rows, per file or sheet; a mapping may draw several tables from one file.

    Raises:
        SourceError: a file is missing, damaged as a whole, of a kind that can't be read, or its
            table can't be told.
        MappingError: the mapping names columns that the file lacks.
        ForbiddenColumnError: a column names data that may never be held.
    """
    for path, file in _listed(paths):
        if mapping is not None and mapping.ignores(path):
            continue
        if progress is not None:
            progress(file)
        yield from _tables(path, file, mapping)


def source_files(paths: Sequence[Path]) -> tuple[Path, ...]:
    """The files that ``read_sources`` would read, in its order.

    Raises:
        SourceError: as ``read_sources`` for missing paths and empty folders.
    """
    return tuple(path for path, _ in _listed(paths))


def _listed(paths: Sequence[Path]) -> list[tuple[Path, str]]:
    """Each file once, with its name as shown; the folder's name tells equal names apart."""
    listed = list(dict.fromkeys(each for path in paths for each in _expanded(path)))
    named = Counter(path.name for path in listed)
    return [
        (path, path.name if named[path.name] == 1 else f"{path.parent.name}/{path.name}")
        for path in listed
    ]


def _expanded(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    if not path.is_dir():
        message = f"{path}: no such file or folder"
        raise SourceError(message)
    found = [each for each in sorted(path.iterdir()) if _is_source(each)]
    if not found:
        message = f"{path}: holds no file to import; readable are {', '.join(READERS)}"
        raise SourceError(message)
    return found


def _is_source(path: Path) -> bool:
    """A readable kind, or a spreadsheet of an old kind that must not be passed over silently."""
    temporary = path.name.startswith((".", "~$"))
    return path.is_file() and not temporary and path.suffix.lower() in (*READERS, ".xls")


def _tables(path: Path, file: str, mapping: Mapping | None) -> Iterator[RawTable]:
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        message = (
            f"{file}: files of kind {path.suffix or 'no suffix'!r} can't be read; "
            f"save it as one of {', '.join(READERS)}"
        )
        raise SourceError(message)
    sheets = reader(path, file)
    if not sheets:
        message = f"{file}: no visible sheet holds anything"
        raise SourceError(message)
    for sheet in sheets:
        yield from _shaped(sheet, mapping)


def _shaped(sheet: Sheet, mapping: Mapping | None) -> Iterator[RawTable]:
    rules = mapping.rules_for(sheet.path, sheet.name) if mapping is not None else ()
    if not rules:
        yield shape(sheet)
        return
    fitting = [rule for rule in rules if not rule.missing(sheet.columns)]
    if not fitting:
        raise _misfit(sheet, rules[0])
    for rule in fitting:
        yield apply_rule(sheet, rule.narrowed(sheet.columns))


def _misfit(sheet: Sheet, rule: TableRule) -> MappingError:
    missing = list(rule.missing(sheet.columns))
    return MappingError(
        f"{sheet.file}: the mapping to {rule.table} needs columns {missing} "
        f"that the file lacks; it has {list(sheet.columns)}"
    )
