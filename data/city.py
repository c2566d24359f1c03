"""One snapshot of a city: all its tables, lazily, under their contracts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType

import polars as pl

from data.errors import ContractError
from data.tables import TABLES


@dataclass(frozen=True, slots=True)
class City:
    """The tables of a city as lazy frames; an absent table reads as an empty one.

    Tables stay lazy so that a snapshot larger than memory streams from disk; whoever needs
    rows collects what it selected.

    Attributes:
        tables: lazy frames by contract name; each holds its contract's columns and types.
        snapshot_id: identifies the snapshot in manifests and answers.
    """

    tables: Mapping[str, pl.LazyFrame]
    snapshot_id: str = "unsaved"
    _empty: Mapping[str, pl.LazyFrame] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Refuse tables the contracts don't know."""
        unknown = sorted(set(self.tables) - set(TABLES))
        if unknown:
            message = f"unknown tables {unknown}; the contracts are {list(TABLES)}"
            raise ContractError(message)
        object.__setattr__(self, "tables", MappingProxyType(dict(self.tables)))
        absent = {name: empty(name) for name in TABLES if name not in self.tables}
        object.__setattr__(self, "_empty", MappingProxyType(absent))

    def has(self, table: str) -> bool:
        """Whether the snapshot brings this table."""
        return table in self.tables

    def scan(self, table: str) -> pl.LazyFrame:
        """The table's rows; an empty frame of the right columns when the city lacks it."""
        if table not in TABLES:
            message = f"unknown table {table!r}; the contracts are {list(TABLES)}"
            raise ContractError(message)
        return self.tables[table] if table in self.tables else self._empty[table]

    def read(self, table: str) -> pl.DataFrame:
        """All rows of the table, in memory."""
        return self.scan(table).collect()

    def with_tables(self, **tables: pl.LazyFrame) -> "City":
        """The same city with some tables replaced or added."""
        return City({**self.tables, **tables}, self.snapshot_id)


@cache
def empty(table: str) -> pl.LazyFrame:
    """A frame of the table's columns and types without rows."""
    return TABLES[table].create_empty(lazy=True)
