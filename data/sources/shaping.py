"""From a sheet to the rows of one contract table, by its headers alone."""

from collections.abc import Mapping, Sequence

import polars as pl

from data.errors import SourceError
from data.sources.headers import Headers, header_notes, match_headers, table_of, unknown_table
from data.sources.raw import NUMBER_MARK, ROW, Note, RawTable, Refusal
from data.sources.sheet import FAULT_SENTENCES, CellFault, Sheet, refuse_rows
from data.tables import TABLES


def shape(sheet: Sheet) -> RawTable:
    """The rows of the table that the sheet's name means, under contract column names.

    Two headers that claim one column make every row ambiguous: all are refused.

    Raises:
        SourceError: the name means no table, or no header means a column of it.
    """
    table = table_of(sheet.name)
    if table is None:
        raise unknown_table(sheet.file, sheet.headers)
    found = match_headers(table, sheet.headers, sheet.columns)
    if not found.mapped:
        message = (
            f"{sheet.file}: none of the headers {list(sheet.headers)} is a column of {table}; "
            f"known: {TABLES[table].column_names()}, or their Chinese names"
        )
        raise SourceError(message)
    if found.clashes:
        return _all_refused(sheet, table, found)
    kept, refused = without_faults(sheet, {old: [new] for old, new in found.mapped.items()})
    frame = kept.select(ROW, *[pl.col(old).alias(new) for old, new in found.mapped.items()])
    return RawTable(
        table=table,
        file=sheet.file,
        frame=only_ids_marked(frame, table),
        rejected=pl.concat([sheet.rejected, refused]),
        notes=(*sheet.notes, *header_notes(found)),
    )


def without_faults(
    sheet: Sheet, used: Mapping[str, Sequence[str]]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Split off the rows with a faulty cell in a used column.

    Args:
        sheet: with its faults.
        used: the contract columns that each of the sheet's columns feeds.

    Returns:
        The rows left, and the refused rows in the columns of ``REJECTED``; a row is refused by
        its first fault from the left, further ones go into ``also``.
    """
    by_row: dict[int, list[CellFault]] = {}
    for fault in sheet.faults:
        if fault.column in used:
            by_row.setdefault(fault.row, []).append(fault)
    if not by_row:
        return sheet.frame, sheet.rejected.clear()
    alike: dict[tuple[CellFault, ...], list[int]] = {}
    for row, faults in by_row.items():
        alike.setdefault(tuple(fault._replace(row=0) for fault in faults), []).append(row)
    refused = [
        _refused(sheet, rows, faults, used[faults[0].column][0]) for faults, rows in alike.items()
    ]
    return sheet.frame.filter(~pl.col(ROW).is_in(list(by_row))), pl.concat(refused).sort("row")


def only_ids_marked(frame: pl.DataFrame, table: str) -> pl.DataFrame:
    """Take the mark of a number off wherever a number is welcome: all columns but ids."""
    columns = TABLES[table].columns()
    plain = [
        name
        for name, dtype in frame.schema.items()
        if dtype == pl.String and name in columns and getattr(columns[name], "regex", None) is None
    ]
    return frame.with_columns(pl.col(plain).str.strip_prefix(NUMBER_MARK)) if plain else frame


def _refused(
    sheet: Sheet, rows: Sequence[int], faults: Sequence[CellFault], column: str
) -> pl.DataFrame:
    reason_zh, reason_en = FAULT_SENTENCES[faults[0].rule]
    refusal = Refusal(faults[0].rule, column, reason_zh, reason_en)
    also = ",".join(fault.rule for fault in faults[1:]) or None
    shown = sheet.frame.filter(pl.col(ROW).is_in(rows))
    return refuse_rows(shown, sheet.file, refusal).with_columns(
        pl.lit(also, dtype=pl.String).alias("also")
    )


def _all_refused(sheet: Sheet, table: str, found: Headers) -> RawTable:
    column, claimed = next(iter(found.clashes.items()))
    listed = ", ".join(claimed)
    refusal = Refusal(
        "duplicate_header",
        column,
        f"表头 {listed} 都指向 {column}，无法判断用哪一列",
        f"the headers {listed} all mean {column}; delete or rename all but one",
    )
    refused = refuse_rows(sheet.frame, sheet.file, refusal)
    note = Note("header", refusal.reason_zh, refusal.reason_en)
    return RawTable(
        table=table,
        file=sheet.file,
        frame=pl.DataFrame(schema={ROW: pl.Int64}),
        rejected=pl.concat([sheet.rejected, refused]),
        notes=(*sheet.notes, note),
    )
