"""Snapshots on disk: the only door for tables.

DIR/current      ──▶ versions/<id>            switched by one rename
DIR/import.json  ──▶ current/import.json
DIR/quarantine   ──▶ current/quarantine
DIR/versions/<id>/{<table>.parquet, manifest.json, import.json, quarantine/<table>.csv}
"""

from data.store.layout import exclusive
from data.store.manifest import Manifest, SourceFile, TableFile, source_file
from data.store.read import open_snapshot, read_manifest
from data.store.versions import KEEP_VERSIONS, undo
from data.store.write import Version, write_snapshot, write_version

__all__ = [
    "KEEP_VERSIONS",
    "Manifest",
    "SourceFile",
    "TableFile",
    "Version",
    "exclusive",
    "open_snapshot",
    "read_manifest",
    "source_file",
    "undo",
    "write_snapshot",
    "write_version",
]
