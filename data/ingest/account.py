"""The account of an import: where every row read went, and what a person should know."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from data.ingest.lacking import Lack
from data.quality import CodeChange


@dataclass(frozen=True, slots=True)
class TableAccount:
    """One table's rows; ``read = kept + quarantined`` and ``kept`` is the sum of the next three.

    Attributes:
        read: rows the files held.
        kept: rows that entered the snapshot.
        quarantined: rows refused.
        rules: refused rows by first failing rule, the most frequent first.
        examples: for each of these rules its first row: file, row, column, reasons.
        inserted: kept rows whose key the snapshot didn't have.
        replaced: kept rows that took the place of a stored row with other values.
        unchanged: kept rows that were stored already, as they are.
        removed: stored rows that are gone because the table was replaced whole.
        displaced: stored rows set aside because what they refer to is gone.
        total: rows of the table in the snapshot now.
    """

    read: int
    kept: int
    quarantined: int
    rules: Mapping[str, int]
    examples: Mapping[str, Mapping[str, Any]]
    inserted: int
    replaced: int
    unchanged: int
    removed: int
    displaced: int
    total: int


@dataclass(frozen=True, slots=True)
class FileAccount:
    """One file's (or sheet's) rows of one table.

    Attributes:
        file: as shown to people.
        table: the table it fed.
        read: rows it held.
        kept: rows that entered the snapshot.
        quarantined: rows refused.
        encoding: what the reader said about the text's encoding; empty for typed files.
        notes: everything a person should know: kind, text_zh, text_en.
    """

    file: str
    table: str
    read: int
    kept: int
    quarantined: int
    encoding: str
    notes: Sequence[Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class ImportAccount:
    """What ``DIR/import.json`` says.

    Attributes:
        snapshot_id: the version now in force.
        imported_at: the import's clock, ISO 8601 in UTC.
        replace: whether named tables were replaced whole.
        tables: by table, in the contracts' order.
        files: in the order read.
        division_codes: by table, codes that weren't taken as they stood.
        unchecked: references that couldn't be judged because a table isn't there.
        features_lacking: what the snapshot lacks, and what that switches off.
    """

    snapshot_id: str
    imported_at: datetime
    replace: bool
    tables: Mapping[str, TableAccount]
    files: Sequence[FileAccount]
    division_codes: Mapping[str, Sequence[CodeChange]]
    unchecked: Sequence[str]
    features_lacking: Sequence[Lack]

    def to_dict(self) -> dict[str, Any]:
        """The account as JSON holds it."""
        return asdict(self) | {"imported_at": self.imported_at.isoformat()}
