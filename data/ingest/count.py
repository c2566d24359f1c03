"""Counts what an import did to a table, and collects its refused rows."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import polars as pl

from data.ingest.account import FileAccount, TableAccount
from data.ingest.settle import COLUMN, FILE, RULE, Settled
from data.quality import Judged, quarantine
from data.quality.faults import FAULTS, INDEX, gather
from data.sources.raw import REJECTED, ROW
from data.tables import TABLES


def refused_rows(table: str, files: Sequence[Judged], settled: Settled) -> list[pl.DataFrame]:
    """For each file its refused rows, in the columns of ``REJECTED`` and in file order."""
    return [
        _refused(table, judged, settled.late.filter(pl.col(FILE) == place))
        for place, judged in enumerate(files)
    ]


def _refused(table: str, judged: Judged, late: pl.DataFrame) -> pl.DataFrame:
    faults = gather([judged.faults, late.select(list(FAULTS))])
    own = quarantine(table, judged.raw.file, judged.raw.frame, faults)
    read = judged.raw.rejected.select(list(REJECTED))
    return pl.concat([read, own]).sort("row", maintain_order=True, nulls_last=True)


def displaced_rows(table: str, settled: Settled, snapshot_id: str) -> pl.DataFrame:
    """Stored rows that were set aside, in the columns of ``REJECTED``."""
    rows = settled.displaced.drop(RULE, COLUMN).with_columns(pl.lit(None, pl.Int64).alias(ROW))
    faults = settled.displaced.select(
        pl.int_range(pl.len(), dtype=pl.UInt32).alias(INDEX),
        pl.lit(0, pl.Int32).alias("rank"),
        pl.col(RULE).alias("rule"),
        pl.col(COLUMN).alias("column"),
    )
    return quarantine(table, f"snapshot {snapshot_id}", rows, faults)


def file_account(judged: Judged, refused: pl.DataFrame) -> FileAccount:
    """The account of one file."""
    encodings = [note.text_en for note in judged.notes if note.kind == "encoding"]
    return FileAccount(
        file=judged.raw.file,
        table=judged.raw.table,
        read=judged.raw.read,
        kept=judged.raw.read - refused.height,
        quarantined=refused.height,
        encoding=encodings[0] if encodings else "",
        notes=[note._asdict() for note in judged.notes],
    )


def table_account(
    table: str,
    files: Sequence[FileAccount],
    refused: Sequence[pl.DataFrame],
    settled: Settled,
    stored: pl.LazyFrame | None,
) -> TableAccount:
    """The account of one table.

    Args:
        table: the contract's name.
        files: its files' accounts.
        refused: its files' refused rows.
        settled: what became of it.
        stored: all its rows before the import, also those replaced whole.
    """
    rules = Counter(rule for each in refused for rule in each.get_column("rule"))
    kept = settled.kept.height
    matched, unchanged = _matches(table, settled.kept, stored)
    before = _height(stored)
    total = _height(settled.merged)
    displaced = settled.displaced.height
    return TableAccount(
        read=sum(each.read for each in files),
        kept=kept,
        quarantined=sum(each.quarantined for each in files),
        rules=dict(rules.most_common()),
        examples=_examples(refused),
        inserted=kept - matched,
        replaced=matched - unchanged,
        unchanged=unchanged,
        removed=before + kept - matched - displaced - total,
        displaced=displaced,
        total=total,
    )


def _examples(refused: Sequence[pl.DataFrame]) -> dict[str, dict[str, Any]]:
    """The first refused row of each rule, without its cells."""
    told = ["file", "row", "column", "reason_zh", "reason_en"]
    firsts = pl.concat([pl.DataFrame(schema=dict(REJECTED)), *refused]).unique(
        "rule", keep="first", maintain_order=True
    )
    return {row["rule"]: {name: row[name] for name in told} for row in firsts.to_dicts()}


def _height(rows: pl.LazyFrame | None) -> int:
    return 0 if rows is None else int(rows.select(pl.len()).collect().item())


def _matches(table: str, kept: pl.DataFrame, stored: pl.LazyFrame | None) -> tuple[int, int]:
    """How many kept rows have a stored row of their key, and how many equal it."""
    key = TABLES[table].primary_key()
    if stored is None or not key:
        return 0, 0
    others = [name for name in TABLES[table].column_names() if name not in key]
    same = [pl.col(name).eq_missing(pl.col(f"{name}_stored")) for name in others]
    pairs = kept.lazy().join(stored, on=key, suffix="_stored")
    alike = pl.all_horizontal(same) if same else pl.lit(value=True)
    counts = pairs.select(pl.len(), alike.sum().alias("alike")).collect().row(0)
    return int(counts[0]), int(counts[1] or 0)
