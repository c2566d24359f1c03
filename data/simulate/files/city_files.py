"""A simulated city on its way to disk: every table batch by batch, dirt included."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import polars as pl
import pyarrow.parquet as pq

from data.simulate.files.dirt import Dirt
from data.simulate.files.forms import CSV_TABLES, as_text, conformed, plain
from data.simulate.params import SimulationParams
from data.simulate.streams import Streams
from data.tables import TABLES

GBK_TABLE: Final = "sections"
"""The table whose file is in GBK when the city has one."""

ROW_GROUP: Final = 250_000
"""Rows of one Parquet row group, whatever the number of threads."""


class CityFiles:
    """Writes a city's tables into a folder.

    Args:
        folder: an existing folder.
        params: shares of dirt, and the encoding of ``GBK_TABLE``.
        streams: the city's random streams.
    """

    def __init__(self, folder: Path, params: SimulationParams, streams: Streams) -> None:
        self._folder = folder
        self._params = params
        self._streams = streams
        self._dirt: dict[str, Dirt] = {}

    def write(self, table: str, batches: Iterable[pl.DataFrame]) -> None:
        """Write one table.

        Args:
            table: contract name; each is written once.
            batches: clean rows under contract names; columns left out are null.
        """
        dirt = self._dirt[table] = Dirt(table, self._params)
        number = list(TABLES).index(table)
        frames = (
            dirt.mixed_with(_clean(table, batch), self._streams.of("dirt", number, count))
            for count, batch in enumerate(batches)
        )
        path = self._folder / file_name(table)
        code = encoding(table, gbk=self._params.gbk)
        if code is None:
            write_parquet(path, frames)
        else:
            path.write_bytes(pl.concat(frames).write_csv().encode(code))

    @property
    def rows(self) -> Mapping[str, int]:
        """Rows of each file, dirt included, by table in the contracts' order."""
        return {table: self._dirt[table].rows for table in TABLES if table in self._dirt}

    @property
    def bad_rows(self) -> Mapping[str, int]:
        """Rows the import must refuse, by table."""
        return {table: dirt.bad.total() for table, dirt in self._dirt.items() if dirt.bad}

    def account(self) -> dict[str, Any]:
        """What each file holds: rows, encoding, rows to be refused by rule, old codes."""
        return {
            table: {
                "file": file_name(table),
                "encoding": encoding(table, gbk=self._params.gbk),
                "rows": dirt.rows,
                "quarantined": dirt.bad.total(),
                "bad": dict(dirt.bad),
                "old_codes": dict(dirt.old_codes),
            }
            for table, dirt in self._dirt.items()
        }


def file_name(table: str) -> str:
    """The table's file."""
    return f"{table}.{'csv' if table in CSV_TABLES else 'parquet'}"


def encoding(table: str, *, gbk: bool) -> str | None:
    """The encoding of a CSV table; None for Parquet."""
    if table not in CSV_TABLES:
        return None
    return "gbk" if gbk and table == GBK_TABLE else "utf-8"


def write_parquet(path: Path, frames: Iterable[pl.DataFrame]) -> None:
    """Write frames of one schema into one file, in row groups of a fixed size.

    Args:
        path: the file.
        frames: at least one; only one at a time is held.
    """
    writer: pq.ParquetWriter | None = None
    try:
        for frame in frames:
            table = frame.to_arrow(compat_level=pl.CompatLevel.oldest())
            writer = writer or pq.ParquetWriter(path, table.schema, compression="zstd")
            writer.write_table(table, row_group_size=ROW_GROUP)
    finally:
        if writer is not None:
            writer.close()


def _clean(table: str, batch: pl.DataFrame) -> pl.DataFrame:
    frame = plain(conformed(table, batch))
    return as_text(frame) if table in CSV_TABLES else frame
