"""Opens snapshots: lazily, after a look at what should be there."""

from pathlib import Path

import polars as pl

from data.city import City
from data.errors import StoreError
from data.store.layout import current_version
from data.store.manifest import Manifest, TableFile, checksum, load_manifest
from data.tables import SCHEMA_VERSION, TABLES


def read_manifest(path: Path) -> Manifest:
    """The manifest of the version in force.

    Raises:
        StoreError: there is no snapshot at ``path``, or its manifest is damaged.
    """
    return load_manifest(_version(path))


def open_snapshot(path: Path, *, verify: bool = False) -> City:
    """A city whose tables are scanned from disk when they are asked for.

    Args:
        path: the snapshot's folder.
        verify: compare every file's sha256 with the manifest, too.

    Raises:
        StoreError: no snapshot there, another schema version, or a file that is missing,
            of another size or (when verified) of other bytes.
    """
    version = _version(path)
    manifest = load_manifest(version)
    if manifest.schema_version != SCHEMA_VERSION:
        message = (
            f"{path} holds tables of schema version {manifest.schema_version!r},"
            f" this release reads {SCHEMA_VERSION!r}; import the sources again"
        )
        raise StoreError(message)
    scans = {
        name: _scan(version, name, file, verify=verify) for name, file in manifest.tables.items()
    }
    return City(scans, manifest.id)


def _version(path: Path) -> Path:
    version = current_version(path)
    if version is None:
        message = f"no snapshot at {path}; make one with `xuepei import SRC --snapshot {path}`"
        raise StoreError(message)
    return version


def _scan(version: Path, table: str, expected: TableFile, *, verify: bool) -> pl.LazyFrame:
    """One table's file, as the manifest says it is."""
    if table not in TABLES:
        message = f"{version} holds an unknown table {table!r}; known: {list(TABLES)}"
        raise StoreError(message)
    file = version / expected.file
    if not file.is_file():
        message = f"{file} is missing; undo the last import or import the sources again"
        raise StoreError(message)
    damaged = file.stat().st_size != expected.bytes or (
        verify and checksum(file) != expected.sha256
    )
    if damaged:
        message = f"{file} is damaged: its bytes aren't those that were written; undo or re-import"
        raise StoreError(message)
    return pl.scan_parquet(file)
