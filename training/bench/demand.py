"""``xuepei bench demand``: the chain from postings to the demand table, step by step.

``python -m training.bench.demand SNAPSHOT MONTH`` runs it in a process of its own, so that the
peak of memory is the chain's, and prints the row as JSON.
"""

import json
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import polars as pl

from data.store import open_snapshot
from features.asof import known
from features.demand.build import demand_of_city, end_of
from training.bench.job import Row
from training.bench.resident import peak_rss_mb
from training.errors import BenchError


def demand_chain(snapshot: Path, month: date) -> Row:
    """What the demand table of a snapshot takes, on as many cores as there are.

    Args:
        snapshot: the snapshot folder.
        month: first day of the last month.

    Returns:
        ``postings`` read, ``rows`` of the table, ``wall_s``, ``cpu_s`` and ``peak_mb`` of the
        whole, and ``cpu_s`` of each step by its name.

    Raises:
        BenchError: the process failed.
    """
    command = [sys.executable, "-m", "training.bench.demand", str(snapshot), month.isoformat()]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own module, no shell
    if done.returncode:
        message = f"the process that was to be measured failed: {done.stderr.strip()[-500:]}"
        raise BenchError(message)
    row: Row = json.loads(done.stdout)
    return row


class Steps:
    """Processor seconds of each step, told by its beginning."""

    def __init__(self) -> None:
        """Nothing has begun."""
        self.taken: dict[str, float] = {}
        self._name: str | None = None
        self._began = 0.0

    def begin(self, name: str | None) -> None:
        """End the step before this one; None ends the last."""
        now = time.process_time()
        if self._name is not None:
            self.taken[self._name] = round(now - self._began, 2)
        self._name, self._began = name, now


def measured(snapshot: Path, month: date) -> Row:
    """The row of ``demand_chain``, of this very process."""
    city, steps = open_snapshot(snapshot), Steps()
    posted = known(city, "postings", end_of(month)).select(pl.len()).collect().item()
    wall, processor = time.perf_counter(), time.process_time()
    found = demand_of_city(city, month, steps.begin)
    steps.begin("filling the table")
    table = found.table()
    steps.begin(None)
    return {
        "work": "demand",
        "postings": int(posted),
        "rows": table.height,
        "wall_s": round(time.perf_counter() - wall, 1),
        "cpu_s": round(time.process_time() - processor, 1),
        "peak_mb": round(peak_rss_mb(), 1),
        **{f"{name}, cpu_s": taken for name, taken in steps.taken.items()},
    }


if __name__ == "__main__":
    _, folder, last = sys.argv
    sys.stdout.write(json.dumps(measured(Path(folder), date.fromisoformat(last))) + "\n")
