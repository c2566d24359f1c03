"""SQLite files that keep what they acknowledged, for the event log and the counts beside it.

WAL mode with ``synchronous=FULL``: what was committed survives a killed process and a power cut.
Many processes may write; SQLite lets them in one at a time.
"""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, Table, create_engine, event, insert, select
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import SQLAlchemyError

from data.errors import LedgerError


class DurableFile:
    """One file of tables under a version.

    Attributes:
        path: where it is.
        engine: its connections.
    """

    def __init__(
        self, path: Path, version: Table, number: int, *, kind: str, busy_timeout_s: float
    ) -> None:
        """Open the file, creating it and its tables where there is none.

        Args:
            path: the SQLite file; its folder is created.
            version: the table that holds the version; all tables of its metadata are made.
            number: the version expected.
            kind: what the file is called in errors, such as "event log".
            busy_timeout_s: how long to wait for another writer, seconds.

        Raises:
            LedgerError: the file isn't of this kind, is of another version, or is locked.
        """
        self.path = path
        self._kind = kind
        self.engine = _engine(path, busy_timeout_s)
        with self.reported("opened"):
            path.parent.mkdir(parents=True, exist_ok=True)
            _create(self.engine, version, number)
            self._check_version(version, number)

    def close(self) -> None:
        """Close every connection; new ones are opened when asked."""
        self.engine.dispose()

    @contextmanager
    def reported(self, done: str) -> Generator[None, None, None]:
        """Report what the database says as a LedgerError, without the statement's values."""
        try:
            yield
        except (SQLAlchemyError, OSError) as error:
            cause = getattr(error, "orig", None) or error
            message = f"the {self._kind} {self.path} can't be {done}: {cause}"
            raise LedgerError(message) from None

    def _check_version(self, version: Table, number: int) -> None:
        with self.engine.connect() as connection:
            found = connection.execute(select(version.c.version)).scalars().all()
        if found != [number]:
            article = "an" if self._kind[0] in "aeiou" else "a"
            message = f"{self.path} is {article} {self._kind} of version {found}; expected {number}"
            raise LedgerError(message)


def _engine(path: Path, busy_timeout_s: float) -> Engine:
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": busy_timeout_s})
    event.listen(engine, "connect", _set_durable)
    return engine


def _set_durable(connection: DBAPIConnection, _record: object) -> None:
    """WAL lets readers go on during a write; FULL flushes the log at every commit."""
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.close()


def _create(engine: Engine, version: Table, number: int) -> None:
    """Create the tables, once even when several processes arrive together."""
    with engine.connect() as connection:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        fresh = not engine.dialect.has_table(connection, version.name)
        version.metadata.create_all(connection)
        if fresh:
            connection.execute(insert(version).values(version=number))
        connection.commit()
