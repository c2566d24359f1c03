"""Realistic dirt: bad rows and old codes, added beside the clean rows and counted exactly."""

from collections import Counter

import numpy as np
import polars as pl

from data.simulate.files.faults import FAULTS, OLD_CODE_COLUMNS, OLD_CODES, Fault
from data.simulate.files.params import FileParams
from data.tables import TABLES


class Dirt:
    """Adds a table's dirt, batch by batch, and keeps the account of it.

    Clean rows stay as they are: dirt is copies of some of them under new ids, to which
    nothing else refers. Shares hold over all batches, and every kind occurs at least once.

    Attributes:
        rows: rows so far, dirt included.
        bad: rows the import must refuse, by rule.
        old_codes: rows with an old code, by what the import makes of it.
    """

    def __init__(self, table: str, params: FileParams) -> None:
        self._table = table
        self._faults = FAULTS.get(table, ())
        self._bad_share = params.bad_event_share if table == "events" else params.bad_row_share
        self._old_column = OLD_CODE_COLUMNS.get(table)
        self._old_share = params.old_code_share
        self._clean = 0
        self.rows = 0
        self.bad: Counter[str] = Counter()
        self.old_codes: Counter[str] = Counter()

    def mixed_with(self, clean: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
        """The batch as its file will hold it.

        Args:
            clean: the rows in the form of their file (text in CSV tables).
            rng: draws which rows are copied, and where the dirt lies.
        """
        self._clean += clean.height
        parts = [clean, self._spoiled(clean, rng), self._old(clean, rng)]
        frame = pl.concat(parts)
        self.rows += frame.height
        return clean if frame.height == clean.height else self._mixed(frame, rng)

    def _spoiled(self, clean: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
        """Bad rows, each kind in turn; a batch without a row to spoil leaves them to the next."""
        done = self.bad.total()
        count = _due(self._bad_share, self._clean, len(self._faults)) - done
        sound = self._spoilable(clean)
        if count <= 0 or sound.is_empty():
            return clean.clear()
        chosen = [self._faults[number % len(self._faults)] for number in range(done, done + count)]
        copies = self._copies(sound, count, "bad", done, rng)
        self.bad.update(fault.rule for fault in chosen)
        parts = [
            _spoil(copies.filter(pl.Series([kind is fault for kind in chosen])), fault)
            for fault in self._faults
        ]
        return pl.concat(parts).select(clean.columns)

    def _spoilable(self, clean: pl.DataFrame) -> pl.DataFrame:
        """Rows in which one spoiled cell breaks one rule only."""
        if self._table == "events":
            return clean.filter(pl.col("type") == "impression")
        if self._table == "sections":
            return clean.filter(pl.col("state") == "finished")
        return clean

    def _old(self, clean: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
        """Rows under codes from before April 2021, without a home cell that would betray them."""
        column, done = self._old_column, self.old_codes.total()
        count = _due(self._old_share, self._clean, len(OLD_CODES) if column else 0) - done
        if column is None or count <= 0:
            return clean.clear()
        codes = [list(OLD_CODES)[number % len(OLD_CODES)] for number in range(done, done + count)]
        rows = self._copies(clean, count, "old", done, rng).with_columns(pl.Series(column, codes))
        self.old_codes.update(OLD_CODES[code] for code in codes)
        if self._table == "learners":
            rows = rows.with_columns(
                home_lon=pl.lit(None, pl.Float64), home_lat=pl.lit(None, pl.Float64)
            )
        return rows

    def _copies(
        self, rows: pl.DataFrame, count: int, kind: str, start: int, rng: np.random.Generator
    ) -> pl.DataFrame:
        """That many rows drawn with replacement, under new ids."""
        key = TABLES[self._table].primary_key()[0]
        names = [f"{self._table}-{kind}-{number:06d}" for number in range(start, start + count)]
        return rows[rng.integers(0, rows.height, count)].with_columns(pl.Series(key, names))

    def _mixed(self, frame: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
        """Events lie in the order of time, other rows in any order."""
        if self._table == "events":
            return frame.sort("occurred_at", maintain_order=True)
        return frame[rng.permutation(frame.height)]


def _due(share: float, clean: int, kinds: int) -> int:
    """Dirty rows there should be among so many clean ones: each kind once at least."""
    return max(round(share * clean), kinds) if kinds and share else 0


def _spoil(rows: pl.DataFrame, fault: Fault) -> pl.DataFrame:
    """The rows with the fault's cells; types stay the file's."""
    return rows.with_columns(
        expression.cast(rows.schema[name]).alias(name) for name, expression in fault.cells.items()
    )
