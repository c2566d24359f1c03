"""What a snapshot's version holds, with a checksum for every file."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from data.errors import StoreError
from data.store.layout import MANIFEST


@dataclass(frozen=True, slots=True)
class TableFile:
    """One table's file.

    Attributes:
        file: its name in the version's folder.
        rows: how many rows it holds.
        bytes: its size.
        sha256: its checksum, in hexadecimal.
    """

    file: str
    rows: int
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file an import read.

    Attributes:
        file: its name as shown to people.
        bytes: its size.
        sha256: its checksum, in hexadecimal.
    """

    file: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """One version of a snapshot.

    Attributes:
        id: names the version's folder; ``City.snapshot_id``.
        schema_version: of the contracts the tables hold.
        imported_at: when it was made (ISO 8601, UTC).
        parent: the version before; None for the first.
        tables: files by table.
        sources: what was read to make it.
    """

    id: str
    schema_version: str
    imported_at: datetime
    parent: str | None
    tables: Mapping[str, TableFile]
    sources: tuple[SourceFile, ...]

    def to_json(self) -> str:
        """The manifest as it is written."""
        document = asdict(self) | {"imported_at": self.imported_at.isoformat()}
        return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def load_manifest(version: Path) -> Manifest:
    """The manifest of a version's folder.

    Raises:
        StoreError: it is missing or can't be read.
    """
    path = version / MANIFEST
    try:
        return _from_json(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError) as error:
        message = f"{path} is missing or damaged ({type(error).__name__});"
        raise StoreError(message) from error


def _from_json(document: Mapping[str, Any]) -> Manifest:
    return Manifest(
        id=document["id"],
        schema_version=document["schema_version"],
        imported_at=datetime.fromisoformat(document["imported_at"]),
        parent=document["parent"],
        tables={name: TableFile(**each) for name, each in document["tables"].items()},
        sources=tuple(SourceFile(**each) for each in document["sources"]),
    )


def checksum(path: Path) -> str:
    """The sha256 of a file's bytes."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def source_file(path: Path, shown: str | None = None) -> SourceFile:
    """A source file with its checksum, under the name shown to people."""
    return SourceFile(shown or path.name, path.stat().st_size, checksum(path))
