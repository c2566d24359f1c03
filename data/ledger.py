"""The durable event log: idempotent by ``event_id``, acknowledged only after commit.

One SQLite file in WAL mode with ``synchronous=FULL``: what was acknowledged survives a killed
process and a power cut. Many processes may write; SQLite lets them in one at a time. The log
only grows: an event that comes again is a duplicate, and one that contradicts the first under
the same id is a conflict, in which the first stands.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final, Literal, Self

import orjson
import polars as pl
from sqlalchemy import (
    Column,
    Float,
    Index,
    Integer,
    MetaData,
    Row,
    Select,
    String,
    Table,
    select,
)
from sqlalchemy.dialects.sqlite import insert

from data.durable import DurableFile
from data.errors import ContractError
from data.tables import TABLES

LEDGER_VERSION: Final = 1
"""Raised with a migration whenever the log's own tables change."""

Outcome = Literal["accepted", "duplicate", "conflict"]
"""What became of one event: written, already there, or there with other content."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_COLUMNS: Final = tuple(TABLES["events"].column_names())
_TYPES: Final = {name: column.dtype for name, column in TABLES["events"].columns().items()}

_metadata = MetaData()
_version = Table("ledger_version", _metadata, Column("version", Integer, primary_key=True))
_events = Table(
    "events",
    _metadata,
    Column("position", Integer, primary_key=True, autoincrement=True),
    Column("event_id", String, nullable=False, unique=True),
    Column("learner_id", String, nullable=False),
    Column("course_id", String, nullable=False),
    Column("section_id", String),
    Column("type", String, nullable=False),
    Column("occurred_at", Integer, nullable=False),  # microseconds since 1970, UTC
    Column("value", Float),
    Column("surface", String),
    Column("list_id", String),
    Column("position_shown", Integer),  # the contract's ``position``
    Column("propensity", Float),
    Column("policy", String),
    Column("digest", String, nullable=False),
    Column("received_at", Integer, nullable=False),
    Index("events_of_learner", "learner_id", "position"),
    sqlite_autoincrement=True,
)
_CONTRACT_COLUMNS: Final = tuple(
    _events.c.position_shown.label("position") if name == "position" else _events.c[name]
    for name in _COLUMNS
)


class Ledger:
    """The event log in one file.

    Positions number the events in the order of their commits, from 1; a reader that remembers
    the last position it saw misses nothing and reads nothing twice.
    """

    def __init__(self, path: Path, *, busy_timeout_s: float = 5.0) -> None:
        """Open the log, creating it where there is none.

        Args:
            path: the SQLite file; its folder is created.
            busy_timeout_s: how long to wait for another writer, seconds.

        Raises:
            LedgerError: the file isn't a ledger, is of another version, or is locked.
        """
        self.path = path
        self._file = DurableFile(
            path, _version, LEDGER_VERSION, kind="event log", busy_timeout_s=busy_timeout_s
        )

    def __enter__(self) -> Self:
        """The ledger itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the ledger's connections."""
        self.close()

    def close(self) -> None:
        """Close every connection; the log stays usable and opens new ones when asked."""
        self._file.close()

    def append(self, events: pl.DataFrame, *, received_at: datetime) -> list[Outcome]:
        """Write events that aren't there yet; returns after the commit, or writes nothing.

        Args:
            events: rows with the columns of the ``events`` contract.
            received_at: when they arrived (aware).

        Returns:
            One outcome per row, in order. Of two rows with one id in the same call the first
            counts as there already when the second is judged.

        Raises:
            ContractError: a column is missing or of a type that doesn't fit.
            LedgerError: the log can't be written; nothing was.
        """
        rows = _to_rows(events, _micros(received_at))
        first: dict[str, dict[str, Any]] = {}
        for row in rows:
            first.setdefault(row["event_id"], row)
        with self._file.reported("written"):
            stored, written = self._insert(list(first.values()))
        return [_outcome(row, first[row["event_id"]], stored, written) for row in rows]

    def events_of(self, learner_id: str, since: int = 0) -> pl.DataFrame:
        """One learner's events after a position, oldest first, under the events contract."""
        query = select(*_CONTRACT_COLUMNS).where(_events.c.learner_id == learner_id)
        return self._frame(query.where(_events.c.position > since))

    def read(self, since: int = 0) -> tuple[pl.DataFrame, int]:
        """All events after a position, and the last position read, for the nightly import."""
        last = self.last_position()
        query = select(*_CONTRACT_COLUMNS).where(_events.c.position.between(since + 1, last))
        return self._frame(query), max(last, since)

    def last_position(self) -> int:
        """Position of the newest event, 0 in an empty log."""
        newest = select(_events.c.position).order_by(_events.c.position.desc()).limit(1)
        with self._file.reported("read"), self._file.engine.connect() as connection:
            return connection.execute(newest).scalar() or 0

    def _insert(self, rows: Sequence[dict[str, Any]]) -> tuple[dict[str, str], set[str]]:
        """Digests on disk of all the rows' ids, and the ids that this call wrote."""
        if not rows:
            return {}, set()
        statement = insert(_events).on_conflict_do_nothing(index_elements=["event_id"])
        with self._file.engine.begin() as connection:
            written = set(
                connection.execute(statement.returning(_events.c.event_id), rows).scalars()
            )
            others = [row["event_id"] for row in rows if row["event_id"] not in written]
            known = select(_events.c.event_id, _events.c.digest)
            found = connection.execute(known.where(_events.c.event_id.in_(others))).all()
        return {row.event_id: row.digest for row in found}, written

    def _frame(self, query: Select[Any]) -> pl.DataFrame:
        with self._file.reported("read"), self._file.engine.connect() as connection:
            rows = connection.execute(query.order_by(_events.c.position)).all()
        return _to_frame(rows)


def _outcome(
    row: dict[str, Any], first: dict[str, Any], stored: dict[str, str], written: set[str]
) -> Outcome:
    event_id = row["event_id"]
    if row is first and event_id in written:
        return "accepted"
    standing = stored.get(event_id, first["digest"])
    return "duplicate" if row["digest"] == standing else "conflict"


def _to_rows(events: pl.DataFrame, received_at: int) -> list[dict[str, Any]]:
    """Rows as stored: times in microseconds, words as text, a digest of the content."""
    missing = [name for name in _COLUMNS if name not in events.columns]
    if missing:
        message = f"events lack the columns {missing}; expected {list(_COLUMNS)}"
        raise ContractError(message)
    try:
        typed = events.select(pl.col(name).cast(_TYPES[name]) for name in _COLUMNS)
    except pl.exceptions.PolarsError as error:
        message = f"events don't fit the types of their contract {_TYPES}"
        raise ContractError(message) from error
    plain = typed.with_columns(pl.col("occurred_at").dt.epoch("us"))
    return [_to_row(row, received_at) for row in plain.iter_rows(named=True)]


def _to_row(row: dict[str, Any], received_at: int) -> dict[str, Any]:
    digest = blake2b(orjson.dumps([row[name] for name in _COLUMNS]), digest_size=16).hexdigest()
    shown = row.pop("position")
    return {**row, "position_shown": shown, "digest": digest, "received_at": received_at}


def _to_frame(rows: Sequence[Row[Any]]) -> pl.DataFrame:
    stored = {**_TYPES, "occurred_at": pl.Int64()}
    frame = pl.DataFrame([tuple(row) for row in rows], schema=stored, orient="row")
    moment = pl.col("occurred_at").cast(_TYPES["occurred_at"])
    return frame.with_columns(moment)


def _micros(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(microseconds=1)
