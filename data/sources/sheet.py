"""What a file or one of its sheets holds, before anyone knows which table it feeds."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

import orjson
import polars as pl

from data.sources.raw import NUMBER_MARK, REJECTED, ROW, Note, Refusal, no_rejected


class CellFault(NamedTuple):
    """A cell that says nothing usable; it costs its row only if the column is used."""

    row: int
    column: str
    rule: str


FAULT_SENTENCES: Final[Mapping[str, tuple[str, str]]] = {
    "formula_cell": (
        "单元格是公式，请粘贴为数值后重新导入",
        "the cell holds a formula; paste its value and import again",
    ),
    "error_cell": (
        "单元格是错误值（如 #N/A）",
        "the cell holds a spreadsheet error such as #N/A",
    ),
    "merged_cell": (
        "单元格被合并，请取消合并并逐行填写",
        "the cell is part of a merged block; unmerge it and fill in every row",
    ),
}
"""For each rule about a single cell: what to say in Chinese and English."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """Rows under the file's own headers.

    Attributes:
        path: where the file is.
        file: the path as shown to people; a sheet of a workbook follows ``#``.
        name: what may name the table: the file's stem, or the sheet's name.
        headers: the headers as written, in order; may repeat.
        frame: one column per header, under ``unique_names(headers)``, plus ``__row``.
        rejected: rows the reader refused, in the columns of ``REJECTED``.
        notes: what was found while reading.
        faults: cells that cost their row if their column is used.
    """

    path: Path
    file: str
    name: str
    headers: tuple[str, ...]
    frame: pl.DataFrame
    rejected: pl.DataFrame
    notes: tuple[Note, ...]
    faults: tuple[CellFault, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """The frame's columns but for ``__row``, parallel to ``headers``."""
        return tuple(name for name in self.frame.columns if name != ROW)


def unique_names(headers: Iterable[str]) -> tuple[str, ...]:
    """Headers as column names: a repeated or empty one gets its position added.

    >>> unique_names(["a", "b", "a", ""])
    ('a', 'b', 'a#3', '#4')
    """
    names: list[str] = []
    taken = {ROW, ""}
    for position, header in enumerate(headers, start=1):
        name = header if header not in taken else f"{header}#{position}"
        while name in taken:
            name += "#"
        taken.add(name)
        names.append(name)
    return tuple(names)


def refuse_rows(frame: pl.DataFrame, file: str, refusal: Refusal) -> pl.DataFrame:
    """All rows of a frame as refused rows, each with its cells as JSON text."""
    return frame.select(
        pl.lit(file).alias("file"),
        pl.col(ROW).alias("row"),
        pl.lit(refusal.column, dtype=pl.String).alias("column"),
        pl.lit(refusal.rule).alias("rule"),
        pl.lit(refusal.reason_zh).alias("reason_zh"),
        pl.lit(refusal.reason_en).alias("reason_en"),
        _as_json(frame).alias("raw"),
        pl.lit(None, dtype=pl.String).alias("also"),
    )


def refuse_cells(
    file: str, row: int, refusal: Refusal, raw: Mapping[str, object]
) -> Mapping[str, object]:
    """One refused row, for readers that go row by row; see ``refused_frame``."""
    return {
        "file": file,
        "row": row,
        **refusal._asdict(),
        "raw": orjson.dumps(raw).decode(),
        "also": None,
    }


def refused_frame(rows: Sequence[Mapping[str, object]]) -> pl.DataFrame:
    """Refused rows as a frame in the columns of ``REJECTED``."""
    if not rows:
        return no_rejected()
    return pl.DataFrame(rows, schema=dict(REJECTED), orient="row")


def blank_rows(count: int) -> tuple[Note, ...]:
    """A note that blank rows were passed over, if there were any."""
    if not count:
        return ()
    return (Note("blank", f"跳过空行 {count} 行", f"{count} blank rows were passed over"),)


def _as_json(frame: pl.DataFrame) -> pl.Expr:
    cells = [
        pl.col(name).str.strip_prefix(NUMBER_MARK) if dtype == pl.String else pl.col(name)
        for name, dtype in frame.schema.items()
        if name != ROW
    ]
    return pl.struct(cells).struct.json_encode() if cells else pl.lit("{}")
