"""``xuepei bench city``: gaps, coverage and targets of a snapshot, one after the other.

``python -m training.bench.city PART SNAPSHOT MONTH FOLDER [DEMAND]`` makes one part's tables in a
process of its own, from the snapshot's files to CSV files, and prints its row as JSON: so that
peak memory is the part's, and the start of the program counts.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Final

import numpy as np
import polars as pl

from data.city import City
from data.cli.table_files import read_table, write_tables
from data.store import open_snapshot
from features.demand.build import end_of
from recsys.planning.circles import coverage, streets_without
from recsys.planning.gaps.table import SEED, gaps_of_city
from recsys.planning.targets import targets_of_city
from training.bench.job import Row
from training.bench.resident import peak_rss_mb
from training.errors import BenchError

Tables = dict[str, pl.DataFrame]


def whole_city(
    snapshot: Path, month: date, demand: Path | None, tell: Callable[[str], None]
) -> list[Row]:
    """What a city's planning tables take, on as many cores as there are.

    Args:
        snapshot: the snapshot folder.
        month: first day of the last month.
        demand: a table that ``xuepei demand`` wrote; left out, postings are read for the gaps.
        tell: told each part as it begins.

    Returns:
        A row for each part, with ``rows`` of its first table, ``wall_s``, ``cpu_s`` and
        ``peak_mb`` of its process; then one of the whole: seconds added up, the highest peak.

    Raises:
        BenchError: a part failed.
    """
    parts: list[Row] = []
    for part in PARTS:
        tell(part)
        parts.append(_apart(part, snapshot, month, demand))
    whole: Row = {"part": "whole", "rows": sum(row["rows"] for row in parts)}
    for name in ("wall_s", "cpu_s"):
        whole[name] = round(sum(row[name] for row in parts), 1)
    return [*parts, {**whole, "peak_mb": max(row["peak_mb"] for row in parts)}]


def _apart(part: str, snapshot: Path, month: date, demand: Path | None) -> Row:
    words = [part, str(snapshot), month.isoformat()]
    given = [] if demand is None else [str(demand)]
    began = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="xuepei-bench-") as folder:
        command = [sys.executable, "-m", "training.bench.city", *words, folder, *given]
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own module, no shell
    wall = round(time.perf_counter() - began, 1)
    if done.returncode:
        message = f"{part} failed: {done.stderr.strip()[-500:]}"
        raise BenchError(message)
    row: Row = json.loads(done.stdout)
    return {"part": part, "rows": row["rows"], "wall_s": wall, **row}


def _gaps(city: City, month: date, demand: Path | None) -> Tables:
    table = None if demand is None else read_table(demand)
    rng = np.random.default_rng(SEED)
    found = gaps_of_city(city, month, lambda _step: None, rng, table)
    return {"gaps": found.table, "evidence": found.evidence}


def _coverage(city: City, month: date, demand: Path | None) -> Tables:
    moment = end_of(month)
    return {"coverage": coverage(city, moment), "streets": streets_without(city, moment)}


def _targets(city: City, month: date, demand: Path | None) -> Tables:
    return {"targets": targets_of_city(city, end_of(month))}


PARTS: Final[Mapping[str, Callable[[City, date, Path | None], Tables]]] = {
    "gaps": _gaps,
    "coverage": _coverage,
    "targets": _targets,
}
"""What is measured, in this order."""


def measured(part: str, snapshot: Path, month: date, folder: Path, demand: Path | None) -> Row:
    """The row of one part, of this very process; its tables are written into the folder."""
    tables = PARTS[part](open_snapshot(snapshot), month, demand)
    write_tables({folder / f"{name}.csv": table for name, table in tables.items()})
    return {
        "rows": tables[part].height,
        "cpu_s": round(time.process_time(), 1),
        "peak_mb": round(peak_rss_mb(), 1),
    }


if __name__ == "__main__":
    _, name, where, last, into, *rest = sys.argv
    row = measured(
        name, Path(where), date.fromisoformat(last), Path(into), Path(rest[0]) if rest else None
    )
    sys.stdout.write(json.dumps(row) + "\n")
