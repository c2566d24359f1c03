"""Writes snapshots: aside first, then in force by one rename."""

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import polars as pl

from data.errors import ContractError, StoreError
from data.store.layout import (
    ACCOUNT,
    MANIFEST,
    QUARANTINE,
    UNFINISHED,
    VERSIONS,
    current_version,
    exclusive,
    switch,
    sync_file,
    sync_folder,
)
from data.store.manifest import Manifest, SourceFile, TableFile, checksum, load_manifest
from data.store.versions import KEEP_VERSIONS, prune
from data.tables import SCHEMA_VERSION, TABLES

UTF8_BOM: Final = b"\xef\xbb\xbf"
"""Leads the quarantine's CSV files, so that spreadsheets read Chinese rightly."""

Step = Callable[[str], None]
"""Told the name of every step of a write before it is taken."""


@dataclass(frozen=True, slots=True)
class Version:
    """What a new version shall hold.

    Attributes:
        tables: new rows by table; lazy frames are streamed to disk.
        kept: tables taken over, unchanged, from the version in force.
        sources: the files it was made from.
        account: the import's account; the version's id is added.
        quarantine: refused rows by table.
        keep_versions: how many versions stay on disk, this one included.
    """

    tables: Mapping[str, pl.DataFrame | pl.LazyFrame]
    kept: Iterable[str] = ()
    sources: tuple[SourceFile, ...] = ()
    account: Mapping[str, Any] = field(default_factory=dict[str, Any])
    quarantine: Mapping[str, pl.DataFrame] = field(default_factory=dict[str, pl.DataFrame])
    keep_versions: int = KEEP_VERSIONS


def write_snapshot(
    path: Path,
    tables: Mapping[str, pl.DataFrame | pl.LazyFrame],
    *,
    now: datetime,
    sources: tuple[SourceFile, ...] = (),
) -> Manifest:
    """Make a snapshot of exactly these tables, alone in its folder while it writes.

    Args:
        path: the snapshot's folder.
        tables: rows by contract name, in the contract's columns and types.
        now: the clock.
        sources: the files the tables came from.

    Raises:
        ContractError: a frame hasn't its contract's columns and types.
        StoreError: another import is at work there.
    """
    with exclusive(path):
        return write_version(path, Version(tables, sources=sources), now=now)


def write_version(
    path: Path, version: Version, *, now: datetime, step: Step = lambda _name: None
) -> Manifest:
    """Write a version and put it in force; the caller holds the folder (``exclusive``).

    Until the last rename the version in force is the old one, whole; everything written before
    is on disk by then.

    Args:
        path: the snapshot's folder.
        version: what it shall hold.
        now: the clock.
        step: told each step before it is taken.
    """
    # a version that a killed import renamed but never switched to would be in the way
    prune(path, version.keep_versions)
    parent = current_version(path)
    version_id = _identify(version, parent, now)
    aside = path / VERSIONS / f"{UNFINISHED}{version_id}"
    (aside / QUARANTINE).mkdir(parents=True)
    files = {**_take_over(parent, aside, version.kept), **_write_tables(aside, version, step)}
    tables = {name: files[name] for name in TABLES if name in files}
    parent_id = parent.name if parent else None
    manifest = Manifest(version_id, SCHEMA_VERSION, now, parent_id, tables, version.sources)
    step("account")
    _write_papers(aside, version, manifest)
    step("rename")
    aside.rename(path / VERSIONS / version_id)
    sync_folder(path / VERSIONS)
    step("switch")
    switch(path, version_id)
    step("prune")
    prune(path, version.keep_versions)
    return manifest


def _identify(version: Version, parent: Path | None, now: datetime) -> str:
    """An id that sorts by time and differs wherever clock, parent or sources differ."""
    facts = [now.isoformat(), parent.name if parent else "", *sorted(version.tables)]
    facts += [source.sha256 for source in version.sources]
    digest = hashlib.sha256("\n".join(facts).encode()).hexdigest()[:8]
    return f"{now.astimezone(UTC):%Y%m%dT%H%M%SZ}-{digest}"


def _take_over(parent: Path | None, aside: Path, kept: Iterable[str]) -> dict[str, TableFile]:
    """Link unchanged tables' files; a version's files are never written to again."""
    names = list(kept)
    if not names:
        return {}
    if parent is None:
        message = f"nothing to take {names} over from"
        raise StoreError(message)
    tables = load_manifest(parent).tables
    for name in names:
        _link_or_copy(parent / tables[name].file, aside / tables[name].file)
    return {name: tables[name] for name in names}


def _link_or_copy(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:  # a file system without hard links
        shutil.copyfile(source, target)
        sync_file(target)


def _write_tables(aside: Path, version: Version, step: Step) -> dict[str, TableFile]:
    files: dict[str, TableFile] = {}
    for name, frame in version.tables.items():
        step(name)
        files[name] = _write_table(aside, name, frame)
    return files


def _write_table(aside: Path, table: str, frame: pl.DataFrame | pl.LazyFrame) -> TableFile:
    """One table's file, durable, with its checksum."""
    _refuse_other_columns(table, frame.lazy())
    path = aside / f"{table}.parquet"
    frame.lazy().sink_parquet(path, compression="zstd")
    sync_file(path)
    rows = pl.scan_parquet(path).select(pl.len()).collect().item()
    return TableFile(path.name, rows, path.stat().st_size, checksum(path))


def _refuse_other_columns(table: str, frame: pl.LazyFrame) -> None:
    """Only the contract's columns, in its types and order, are stored."""
    if table not in TABLES:
        message = f"unknown table {table!r}; the contracts are {list(TABLES)}"
        raise ContractError(message)
    expected = {name: column.dtype for name, column in TABLES[table].columns().items()}
    if dict(frame.collect_schema()) != expected:
        message = f"{table} must have the columns {expected}, not {dict(frame.collect_schema())}"
        raise ContractError(message)


def _write_papers(aside: Path, version: Version, manifest: Manifest) -> None:
    """The account, the quarantine and the manifest."""
    account = {**version.account, "snapshot_id": manifest.id}
    _write(aside / ACCOUNT, json.dumps(account, ensure_ascii=False, indent=2).encode() + b"\n")
    for table, rows in version.quarantine.items():
        _write(aside / QUARANTINE / f"{table}.csv", UTF8_BOM + rows.write_csv().encode())
    _write(aside / MANIFEST, manifest.to_json().encode())
    sync_folder(aside / QUARANTINE)
    sync_folder(aside)


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as handle:
        handle.write(content)
        handle.flush()
        os.fsync(handle.fileno())
