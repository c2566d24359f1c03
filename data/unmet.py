"""The unmet-demand ledger: what was asked for and not found, as counts, never by whom.

A row is a day, programme, place, category, slot and age band; rows with a ``rule`` say what that
rule left out of the same answers. An ask that names several slots or categories counts in equal
shares in each, so that rows add up to asks. One SQLite file beside the event log, as durable as
it (``data.durable``); what isn't flushed yet when a process dies is lost, see ``serving.unmet``.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import product
from pathlib import Path
from typing import Any, Final, Self

import polars as pl
from sqlalchemy import Column, Float, Integer, MetaData, String, Table, delete, func, select
from sqlalchemy.dialects.sqlite import insert

from data.durable import DurableFile

UNMET_VERSION: Final = 1
"""Raised with a migration whenever the ledger's own tables change."""

MOST_CALLERS: Final = 50
"""Callers of a cell are told apart up to so many: enough for any release, little to remember."""

MOST_SLOTS: Final = 10
"""Who names more of the week's 21 slots is flexible: no slot in particular is wanted."""

MOST_CATEGORIES: Final = 4
"""The same for the eight categories."""

KEY: Final = ("day", "programme", "division_code", "category", "slot", "age_band", "rule")
SUMS: Final = ("asked", "empty", "sections")
CALLERS: Final = ("callers", "empty_callers")

SCHEMA: Final[dict[str, pl.DataType]] = {
    "day": pl.Date(),
    **{name: pl.String() for name in KEY[1:]},
    **{name: pl.Float64() for name in SUMS},
    **{name: pl.Int64() for name in CALLERS},
}
"""Columns of ``UnmetLedger.read``; null is unknown, or not stated, or (rule) every ask."""

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


@dataclass(frozen=True, slots=True)
class Ask:
    """One request for a list and what came of it, without anybody's id.

    Attributes:
        day: of the city's calendar.
        programme: asked for; None across programmes.
        division_code: town or district asked from; None unknown.
        categories: the only categories wanted; none for any.
        slots: the only weekly slots that fit; none for any.
        age_band: None unknown.
        excluded: sections left out, by rule.
        empty: whether no section was left.
        caller: stands for who asked during this day, None where nobody can tell; never written.
    """

    day: date
    programme: str | None = None
    division_code: str | None = None
    categories: Sequence[str] = ()
    slots: Sequence[str] = ()
    age_band: str | None = None
    excluded: Sequence[tuple[str, int]] = ()
    empty: bool = False
    caller: int | None = None


@dataclass(slots=True)
class _Cell:
    """Sums since they were last written, and who has been seen in the cell this day."""

    asked: float = 0.0
    empty: float = 0.0
    sections: float = 0.0
    callers: set[int | None] = field(default_factory=set[int | None])
    empty_callers: set[int | None] = field(default_factory=set[int | None])

    def add(self, share: float, sections: float, ask: Ask) -> None:
        self.asked += share
        self.sections += share * sections
        _remember(self.callers, ask.caller)
        if ask.empty:
            self.empty += share
            _remember(self.empty_callers, ask.caller)


class Tally:
    """Asks on their way into the ledger, added up cell by cell; for one thread at a time."""

    def __init__(self) -> None:
        """Start with nothing."""
        self._cells: dict[tuple[str, ...], _Cell] = {}

    def __len__(self) -> int:
        """Cells that are remembered."""
        return len(self._cells)

    def add(self, ask: Ask) -> None:
        """Count an ask in each of the slots and categories it names, in equal shares."""
        categories = _particular(ask.categories, MOST_CATEGORIES)
        slots = _particular(ask.slots, MOST_SLOTS)
        share = 1.0 / (len(categories) * len(slots))
        left_out = sum(count for _, count in ask.excluded)
        before = (ask.day.isoformat(), ask.programme or "", ask.division_code or "")
        for category, slot in product(categories, slots):
            place = (*before, category, slot, ask.age_band or "")
            self._cell((*place, "")).add(share, left_out, ask)
            for rule, count in ask.excluded:
                if count:
                    self._cell((*place, rule)).add(share, count, ask)

    def rows(self) -> Iterator[dict[str, Any]]:
        """What has been added since the last ``settle``, as rows of the ledger.

        Sums are of that time alone; callers are those seen so far in the day.
        """
        for key, cell in self._cells.items():
            if cell.asked:
                yield {
                    **dict(zip(KEY, key, strict=True)),
                    **{name: getattr(cell, name) for name in SUMS},
                    **{name: len(getattr(cell, name)) for name in CALLERS},
                }

    def settle(self) -> None:
        """The rows are written: start new sums, and forget the callers of earlier days."""
        newest = max((key[0] for key in self._cells), default="")
        self._cells = {key: cell for key, cell in self._cells.items() if key[0] == newest}
        for cell in self._cells.values():
            cell.asked = cell.empty = cell.sections = 0.0

    def _cell(self, key: tuple[str, ...]) -> _Cell:
        return self._cells.setdefault(key, _Cell())


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
        """All counts, oldest first; columns and types as in ``SCHEMA``.

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


def no_asks() -> pl.DataFrame:
    """A ledger's counts where nobody asked: no rows, columns as in ``SCHEMA``."""
    return pl.DataFrame(schema=SCHEMA)


def _added() -> Any:
    """The statement that adds a row to its cell."""
    new = insert(_unmet)
    sums = {name: _unmet.c[name] + new.excluded[name] for name in SUMS}
    most = {name: func.max(_unmet.c[name], new.excluded[name]) for name in CALLERS}
    return new.on_conflict_do_update(index_elements=list(KEY), set_={**sums, **most})


def _particular(wanted: Sequence[str], most: int) -> Sequence[str]:
    """The values wanted, each once; one empty text where none in particular is."""
    distinct = sorted(set(wanted))
    return distinct if 0 < len(distinct) <= most else ("",)


def _remember(seen: set[int | None], caller: int | None) -> None:
    if len(seen) < MOST_CALLERS:
        seen.add(caller)
