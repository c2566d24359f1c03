"""The import from end to end: it finishes, or changes nothing."""

import dataclasses
from collections.abc import Callable, Sequence
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

import polars as pl

from data.city import City
from data.errors import SourceError
from data.ingest.account import FileAccount, ImportAccount, TableAccount
from data.ingest.count import displaced_rows, file_account, refused_rows, table_account
from data.ingest.lacking import features_lacking
from data.ingest.settle import Settled, settle, unchecked
from data.quality import Judged, Reading, judge, parents_first
from data.sources import Mapping, read_sources, source_files
from data.store import (
    KEEP_VERSIONS,
    SourceFile,
    Version,
    exclusive,
    open_snapshot,
    source_file,
    write_version,
)
from data.store.layout import current_version
from data.tables import TABLES

Step = Callable[[str, str], None]
"""Told every step before it is taken: what is done (read, judge, write, ...), and to what."""


def _no_step(_action: str, _subject: str) -> None:
    """Nobody watches."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of every table, and its account."""

    settled: MappingOf[str, Settled]
    tables: MappingOf[str, TableAccount]
    files: Sequence[FileAccount]
    quarantine: MappingOf[str, pl.DataFrame]


def import_sources(
    paths: Sequence[Path],
    snapshot: Path,
    mapping: Mapping | None = None,
    *,
    now: datetime,
    step: Step = _no_step,
    replace: bool = False,
    keep_versions: int = KEEP_VERSIONS,
) -> ImportAccount:
    """Import files into a snapshot; rows that fail are set aside with their reasons.

    Args:
        paths: files, or folders of files.
        snapshot: the snapshot's folder; made if it isn't there.
        mapping: how foreign columns become the contracts'.
        now: the clock.
        step: told every step before it is taken.
        replace: replace the named tables whole, instead of row by row under their keys.
        keep_versions: how many versions stay on disk.

    Returns:
        The account, as written to ``snapshot/import.json``.

    Raises:
        SourceError: a file can't be read at all, or holds columns that may not be held.
        StoreError: the snapshot is damaged, or another import is at work there.
    """
    source_files(paths)  # a missing file is told before the snapshot's folder is made
    with exclusive(snapshot):
        stored = open_snapshot(snapshot) if current_version(snapshot) else None
        files = _judged(paths, mapping, now, step)
        outcome = _outcome(files, stored, replace=replace, step=step)
        account = _account(outcome, files, stored, now, replace=replace)
        version = Version(
            tables={name: each.merged for name, each in outcome.settled.items()},
            kept=[name for name in stored.tables if name not in outcome.settled] if stored else [],
            sources=_sources(paths, files),
            account=account.to_dict(),
            quarantine=outcome.quarantine,
            keep_versions=keep_versions,
        )
        manifest = write_version(snapshot, version, now=now, step=partial(step, "write"))
    return dataclasses.replace(account, snapshot_id=manifest.id)


def _judged(
    paths: Sequence[Path], mapping: Mapping | None, now: datetime, step: Step
) -> dict[str, list[Judged]]:
    """Every file's rows, judged by themselves, by table in the contracts' order."""
    reading = _reading(mapping, now)
    by_table: dict[str, list[Judged]] = {}
    for raw in read_sources(paths, mapping, progress=partial(step, "read")):
        step("judge", raw.file)
        by_table.setdefault(raw.table, []).append(judge(raw, reading))
    if not by_table:
        message = f"{', '.join(map(str, paths))}: no file of any table; known: {', '.join(TABLES)}"
        raise SourceError(message)
    return {name: by_table[name] for name in TABLES if name in by_table}


def _reading(mapping: Mapping | None, now: datetime) -> Reading:
    """The clock, and what the mapping says about the files."""
    if mapping is None:
        return Reading(now)
    return Reading(now, mapping.time_zone, mapping.codes_before_2021)


def _outcome(
    files: MappingOf[str, Sequence[Judged]], stored: City | None, *, replace: bool, step: Step
) -> Outcome:
    """Settle the tables that the import touches, each after those it refers to."""
    before = dict(stored.tables) if stored else {}
    views = {name: scan for name, scan in before.items() if name not in files}
    changed = set(files)
    settled: dict[str, Settled] = {}
    refused: dict[str, list[pl.DataFrame]] = {}
    for table in parents_first():
        if table not in files and table not in before:
            continue
        step("settle", table)
        found = files.get(table, [])
        whole = table in files and (replace or not TABLES[table].primary_key())
        outcome = settle(table, found, None if whole else before.get(table), views, changed)
        views[table] = outcome.merged
        if table in files or outcome.displaced.height:
            changed.add(table)
            settled[table] = outcome
            refused[table] = refused_rows(table, found, outcome)
    return _counted(files, before, settled, refused, stored.snapshot_id if stored else "")


def _counted(
    files: MappingOf[str, Sequence[Judged]],
    before: MappingOf[str, pl.LazyFrame],
    settled: MappingOf[str, Settled],
    refused: MappingOf[str, Sequence[pl.DataFrame]],
    snapshot_id: str,
) -> Outcome:
    """The accounts and the quarantine of the settled tables, in the contracts' order."""
    tables: dict[str, TableAccount] = {}
    accounts: list[FileAccount] = []
    quarantine: dict[str, pl.DataFrame] = {}
    for table in (name for name in TABLES if name in settled):
        each = [
            file_account(*pair) for pair in zip(files.get(table, []), refused[table], strict=True)
        ]
        tables[table] = table_account(
            table, each, refused[table], settled[table], before.get(table)
        )
        accounts += each
        quarantine |= _quarantine(table, refused[table], settled[table], snapshot_id)
    return Outcome(settled, tables, accounts, quarantine)


def _quarantine(
    table: str, refused: Sequence[pl.DataFrame], settled: Settled, snapshot_id: str
) -> dict[str, pl.DataFrame]:
    """The quarantine's files of one table; those without rows aren't written."""
    files = {f"{table}.displaced": displaced_rows(table, settled, snapshot_id)}
    if refused:
        files[table] = pl.concat(refused)
    return {name: rows for name, rows in files.items() if rows.height}


def _account(
    outcome: Outcome,
    files: MappingOf[str, Sequence[Judged]],
    stored: City | None,
    now: datetime,
    *,
    replace: bool,
) -> ImportAccount:
    """The account, but for the id that the new version will get."""
    merged = {name: each.merged for name, each in outcome.settled.items()}
    city = City({**(stored.tables if stored else {}), **merged})
    codes = {
        table: [change for each in found for change in each.codes] for table, found in files.items()
    }
    return ImportAccount(
        snapshot_id="",
        imported_at=now,
        replace=replace,
        tables=outcome.tables,
        files=outcome.files,
        division_codes={table: changes for table, changes in codes.items() if changes},
        unchecked=[line for table in files for line in unchecked(table, city.tables)],
        features_lacking=features_lacking(city),
    )


def _sources(
    paths: Sequence[Path], files: MappingOf[str, Sequence[Judged]]
) -> tuple[SourceFile, ...]:
    """The files that were read, with their checksums."""
    # a sheet of a workbook is shown after a #
    read = {each.raw.file.split("#")[0] for found in files.values() for each in found}
    return tuple(source_file(file) for file in source_files(paths) if file.name in read)
