"""Files of texts to extract skills from, of any kind that ``import`` reads, row for row."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from data.sources.raw import NUMBER_MARK, ROW
from data.sources.reading import READERS
from data.sources.sheet import Sheet
from data.vocabulary import builtin
from training.skills.errors import SkillDataError


@dataclass(frozen=True, slots=True)
class TextFile:
    """The rows of a file, those that couldn't be read among them.

    Attributes:
        texts: row (of the file's records, from 0), text, title where asked for, refused (why
            the row couldn't be read; null where it could).
    """

    texts: pl.DataFrame

    @property
    def refused(self) -> int:
        """Rows that couldn't be read; they keep their place, without text."""
        return int(self.texts["refused"].is_not_null().sum())


def read_texts(path: Path, text: str, title: str | None = None) -> TextFile:
    """A column of texts, and one of titles if asked for, in the file's order.

    Args:
        path: csv, tsv, xlsx (first sheet), parquet, jsonl or ndjson.
        text: header of the column with the texts.
        title: header of the column with the titles.

    Raises:
        SourceError: the file is missing or damaged as a whole.
        SkillDataError: the file is of another kind, or lacks a column.
    """
    sheet = _sheet(path)
    columns = {"text": text, **({"title": title} if title else {})}
    lacking = [header for header in columns.values() if header not in sheet.columns]
    if lacking:
        message = f"{path} has no column {lacking}; its columns are {list(sheet.columns)}"
        raise SkillDataError(message)
    read = sheet.frame.select(ROW, **{name: _as_text(h) for name, h in columns.items()})
    refused = sheet.rejected.select(pl.col("row").alias(ROW), pl.col("reason_en").alias("refused"))
    whole = pl.concat([read, refused], how="diagonal").sort(ROW, maintain_order=True)
    return TextFile(whole.drop(ROW).with_row_index("row"))


def _sheet(path: Path) -> Sheet:
    suffix = path.suffix.lower()
    if suffix not in READERS:
        message = f"{path} is of no kind that can be read; expected one of {sorted(READERS)}"
        raise SkillDataError(message)
    if not path.is_file():
        message = f"{path} is not there, or is no file"
        raise SkillDataError(message)
    return READERS[suffix](path, path.name)[0]


def _as_text(header: str) -> pl.Expr:
    """Cells as text; numbers that were marked as such become plain again."""
    return pl.col(header).cast(pl.String).str.strip_chars_start(NUMBER_MARK)


def read_vocabulary(path: Path | None) -> pl.DataFrame:
    """A vocabulary of one's own, or the built-in one.

    Args:
        path: table ``skills`` in contract form: skill_id, name, and name_en, aliases (a list, a
            JSON array, or words between ``|``), parent_id, kind where known.

    Raises:
        SourceError: the file is missing or damaged as a whole.
        SkillDataError: the file is of another kind, or lacks a column, an id or a name.
    """
    if path is None:
        return builtin("skills")
    frame = _sheet(path).frame
    lacking = [name for name in ("skill_id", "name") if name not in frame.columns]
    if lacking:
        message = f"{path} has no column {lacking}; expected skill_id, name, name_en?, aliases?"
        raise SkillDataError(message)
    if frame.is_empty() or frame.select(pl.col("skill_id", "name").has_nulls().any()).item(0, 0):
        message = f"{path} has no skills, or some without skill_id or name"
        raise SkillDataError(message)
    return _with_aliases(frame)


def _with_aliases(frame: pl.DataFrame) -> pl.DataFrame:
    if "aliases" not in frame.columns or frame["aliases"].dtype == pl.List(pl.String):
        return frame
    lists = [list(_aliases(cell)) for cell in frame["aliases"].cast(pl.String).fill_null("")]
    return frame.with_columns(aliases=pl.Series(lists, dtype=pl.List(pl.String)))


def _aliases(cell: str) -> Iterator[str]:
    """The words of one cell, a JSON array or words between bars."""
    if cell.startswith("["):
        try:
            yield from (str(word) for word in json.loads(cell))
        except ValueError as error:
            message = f"aliases {cell!r} are no JSON array: {error}"
            raise SkillDataError(message) from error
    else:
        yield from (word.strip() for word in cell.split("|") if word.strip())
