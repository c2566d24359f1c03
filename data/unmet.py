"""The unmet-demand ledger: what was asked for and not found, cell by cell of ``data.tally``.

One SQLite file beside the event log, as durable as it (``data.durable``). What isn't flushed yet
when a process dies is lost, see ``serving.unmet``.
"""

from datetime import date
from pathlib import Path
from typing import Any, Final, Self

import polars as pl
from sqlalchemy import Column, Float, Integer, MetaData, String, Table, delete, func, select
from sqlalchemy.dialects.sqlite import insert

from data.durable import DurableFile
from data.tally import CALLERS, KEY, SCHEMA, SUMS, Tally

UNMET_VERSION: Final = 1
"""Raised with a migration whenever the ledger's own tables change."""

_metadata = MetaData()
_version = Table("unmet_version", _metadata, Column("version", Integer, primary_key=True))
_unmet = Table(
    "unmet",
    _metadata,
    Column("day", String, primary_key=True),
    *(Column(name, String, primary_key=True) for name in KEY[1:]),  # "" stands for null
    *(Column(name, Float, nullable=False) for name in SUMS),
    *(Column(name, Integer, nullable=False) for name in CALLERS),
    sqlite_with_rowid=False,
)


class UnmetLedger:
    """The counts in one file."""

    def __init__(self, path: Path, *, busy_timeout_s: float = 5.0) -> None:
        """Open the ledger, creating it where there is none.

        Args:
            path: the SQLite file; its folder is created.
            busy_timeout_s: how long to wait for another writer, seconds.

        Raises:
            LedgerError: the file isn't such a ledger, is of another version, or is locked.
        """
        self.path = path
        self._file = DurableFile(
            path,
            _version,
            UNMET_VERSION,
            kind="unmet-demand ledger",
            busy_timeout_s=busy_timeout_s,
        )

    def __enter__(self) -> Self:
        """The ledger itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the ledger's connections."""
        self.close()

    def close(self) -> None:
        """Close every connection."""
        self._file.close()

    def add(self, tally: Tally) -> int:
        """Write what a tally has added up, all of it or nothing, and settle the tally.

        Sums add to what is there. Callers of a day are the most that one process saw at once:
        who came again after a restart isn't counted twice, so the figure is never too high.

        Returns:
            Rows written.

        Raises:
            LedgerError: the ledger can't be written; nothing was, and the tally keeps its sums.
        """
        rows = list(tally.rows())
        if rows:
            with self._file.reported("written"), self._file.engine.begin() as connection:
                connection.execute(_added(), rows)
        tally.settle()
        return len(rows)

    def read(self) -> pl.DataFrame:
        """All counts, oldest first; columns and types as in ``data.tally.SCHEMA``.

        Raises:
            LedgerError: the ledger can't be read.
        """
        query = select(_unmet).order_by(*(_unmet.c[name] for name in KEY))
        with self._file.reported("read"), self._file.engine.connect() as connection:
            rows = [tuple(row) for row in connection.execute(query)]
        stored = SCHEMA | {"day": pl.String()}
        frame = pl.DataFrame(rows, schema=stored, orient="row")
        named = [pl.col(name).replace("", None) for name in KEY[1:]]
        return frame.with_columns(pl.col("day").str.to_date(), *named)

    def forget(self, before: date) -> int:
        """Delete the days before one; returns how many rows went.

        Raises:
            LedgerError: the ledger can't be written; nothing was.
        """
        old = delete(_unmet).where(_unmet.c.day < before.isoformat())
        with self._file.reported("written"), self._file.engine.begin() as connection:
            return connection.execute(old).rowcount


def _added() -> Any:
    """The statement that adds a row to its cell."""
    new = insert(_unmet)
    sums = {name: _unmet.c[name] + new.excluded[name] for name in SUMS}
    most = {name: func.max(_unmet.c[name], new.excluded[name]) for name in CALLERS}
    return new.on_conflict_do_update(index_elements=list(KEY), set_={**sums, **most})
