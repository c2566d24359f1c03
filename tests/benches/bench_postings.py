"""Parsing of a million postings: a simulated city's, over and over under new ids.

Run by ``python tests/benches/bench_postings.py [--json]``. Bar: under 60 s of CPU.
"""

import io
import json
import resource
import sys
import tempfile
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import polars as pl

from data.cli import run_verb
from data.cli.console import print_table
from features.postings import parse_postings

POSTINGS = 1_000_000
BAR_SECONDS = 60.0


def postings() -> pl.DataFrame:
    """A pilot city's postings until there are enough."""
    with tempfile.TemporaryDirectory() as folder, redirect_stdout(io.StringIO()):
        run_verb(["simulate", "--preset", "pilot", "--seed", "3", "--out", folder, "--json"])
        once = pl.read_parquet(Path(folder) / "postings.parquet")
    copies = [
        once.with_columns(pl.col("posting_id") + f"-{number}")
        for number in range(-(-POSTINGS // once.height))
    ]
    return pl.concat(copies).head(POSTINGS).rechunk()


def _used() -> tuple[float, float]:
    """Seconds of CPU, and the most memory so far in GB."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1e6


def run() -> dict[str, Any]:
    """One measurement."""
    rows = postings()
    cpu_before, held = _used()
    parsed = parse_postings(rows)
    cpu, peak = _used()
    seconds = cpu - cpu_before
    return {
        "postings": parsed.height,
        "cpu_s": round(seconds, 2),
        "postings_per_cpu_s": round(parsed.height / seconds),
        "gb_before": round(held, 2),
        "gb_peak": round(peak, 2),
        "within_bar": seconds < BAR_SECONDS,
    }


def main() -> None:
    """Prints the measurement; exit code 1 when the bar is missed."""
    measured = run()
    if "--json" in sys.argv:
        sys.stdout.write(json.dumps(measured) + "\n")
    else:
        print_table(
            "parse_postings", ["what", "measured"], [[k, str(v)] for k, v in measured.items()]
        )
    sys.exit(0 if measured["within_bar"] else 1)


if __name__ == "__main__":
    main()
