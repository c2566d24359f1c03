"""Asks for sections as counts, never by whom: what the unmet-demand ledger holds.

A cell is a day, programme, place, category, slot and age band; cells with a ``rule`` say what that
rule left out of the same answers. An ask that names several slots or categories counts in equal
shares in each, so that cells add up to asks.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import product
from typing import Any, Final

import polars as pl

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


def no_asks() -> pl.DataFrame:
    """A ledger's counts where nobody asked: no rows, columns as in ``SCHEMA``."""
    return pl.DataFrame(schema=SCHEMA)


def _particular(wanted: Sequence[str], most: int) -> Sequence[str]:
    """The values wanted, each once; one empty text where none in particular is."""
    distinct = sorted(set(wanted))
    return distinct if 0 < len(distinct) <= most else ("",)


def _remember(seen: set[int | None], caller: int | None) -> None:
    if len(seen) < MOST_CALLERS:
        seen.add(caller)
