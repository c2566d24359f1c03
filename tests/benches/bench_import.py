"""Import of a contract snapshot: 1 M events and 100,000 learners as CSV, beside a bare read.

Run by ``make bench``, or ``python tests/benches/bench_import.py [--json]``. Bar: under 30 s.
"""

import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import polars as pl

from data.cli import run_verb
from data.cli.console import print_table
from data.ingest import ImportAccount

T = TypeVar("T")

EVENTS = 1_000_000
LEARNERS = 100_000
COURSES = 2_000
SECTIONS = 5_000
BAR_SECONDS = 30.0


def write_sources(folder: Path, seed: int = 7) -> None:
    """A contract snapshot as a platform would export it, one row in a thousand damaged."""
    rng = np.random.default_rng(seed)
    _courses().write_csv(folder / "courses.csv")
    _sections().write_csv(folder / "sections.csv")
    _learners(rng).write_csv(folder / "learners.csv")
    _events(rng).write_csv(folder / "events.csv")


def _courses() -> pl.DataFrame:
    return _numbered(COURSES).select(
        pl.format("c-{}", "n").alias("course_id"),
        pl.format("课程 {}", "n").alias("title"),
        institution_id=pl.lit("inst-1"),
        programme=pl.lit("night_school"),
        category=pl.lit("arts"),
        hours=pl.lit(16),
        language=pl.lit("zh"),
        prerequisites=pl.lit("[]"),
    )


def _sections() -> pl.DataFrame:
    return _numbered(SECTIONS).select(
        pl.format("s-{}", "n").alias("section_id"),
        pl.format("c-{}", pl.col("n") % COURSES).alias("course_id"),
        term=pl.lit("2025秋"),
        mode=pl.lit("online_live"),
        slots=pl.lit('["3E"]'),
        starts_on=pl.lit("2025-09-15"),
        ends_on=pl.lit("2025-12-15"),
        capacity=pl.lit(40),
        apply_opens_at=pl.lit("2025-08-25T10:00:00+08:00"),
        apply_closes_at=pl.lit("2025-09-10T10:00:00+08:00"),
        rule=pl.lit("first_come"),
        price_fen=pl.lit(20000),
        state=pl.lit("applying"),
        enrolled=pl.lit(0),
    )


def _learners(rng: np.random.Generator) -> pl.DataFrame:
    home = pl.Series("home", rng.choice(["330106001002", "330110", "330183001"], LEARNERS))
    return _numbered(LEARNERS).select(
        pl.format("l-{}", "n").alias("learner_id"),
        age_band=pl.lit("25-34"),
        gender=pl.lit("女"),
        home_division_code=home,
        home_lon=120.1 + pl.Series(rng.random(LEARNERS).round(2)) / 10,
        home_lat=30.2 + pl.Series(rng.random(LEARNERS).round(2)) / 10,
        free_slots=pl.Series(rng.choice(['["3E"]', '["6A","7A"]', ""], LEARNERS)),
        needs=pl.lit("[]"),
        goal_skills=pl.lit("[]"),
        consent_personalisation=pl.lit("true"),
        consent_labour_profile=pl.lit("false"),
        registered_at=pl.lit("2025-01-01T08:00:00+08:00"),
    )


def _events(rng: np.random.Generator) -> pl.DataFrame:
    section = pl.Series("section", rng.integers(0, SECTIONS, EVENTS))
    seconds = pl.lit(pl.Series("seconds", rng.integers(0, 200 * 86400, EVENTS)))
    # every thousandth row names a learner who isn't there
    learner = pl.Series("learner", rng.integers(0, LEARNERS, EVENTS)) + pl.when(
        pl.col("n") % 1000 == 0
    ).then(LEARNERS).otherwise(0)
    at = pl.lit(datetime(2025, 1, 1, tzinfo=UTC)) + pl.duration(seconds=seconds)
    return _numbered(EVENTS).select(
        pl.format("01890a5d-ac96-774b-bcce-{}", pl.col("n") + 10**11).alias("event_id"),
        pl.format("l-{}", learner).alias("learner_id"),
        pl.format("c-{}", section % COURSES).alias("course_id"),
        pl.format("s-{}", section).alias("section_id"),
        type=pl.Series(rng.choice(["impression", "view", "enrol", "报名"], EVENTS)),
        occurred_at=at.dt.strftime("%Y-%m-%dT%H:%M:%S+00:00"),
        surface=pl.lit("home"),
        position=pl.col("n") % 10 + 1,
        propensity=pl.Series(rng.uniform(0.01, 1, EVENTS).round(4)),
    )


def _numbered(rows: int) -> pl.DataFrame:
    return pl.DataFrame({"n": pl.int_range(rows, eager=True)})


def _timed(work: Callable[[], T]) -> tuple[T, float]:
    started = time.perf_counter()
    result = work()
    return result, time.perf_counter() - started


def bare_read(folder: Path) -> int:
    """What polars takes for the same files, all cells text, nothing checked."""
    return sum(pl.read_csv(file, infer_schema=False).height for file in folder.glob("*.csv"))


def measure() -> dict[str, Any]:
    """Generate, read barely, import, and compare."""
    with tempfile.TemporaryDirectory() as name:
        sources, snapshot = Path(name) / "sources", Path(name) / "snapshot"
        sources.mkdir()
        write_sources(sources)
        rows, bare_s = _timed(lambda: bare_read(sources))
        account, import_s = _timed(
            lambda: run_verb(["import", str(sources), "--snapshot", str(snapshot)])
        )
    return _row(account, rows, bare_s, import_s)


def _row(account: ImportAccount, rows: int, bare_s: float, import_s: float) -> dict[str, Any]:
    tables = account.tables.values()
    return {
        "rows": rows,
        "accounted": sum(each.kept + each.quarantined for each in tables),
        "set_aside": sum(each.quarantined for each in tables),
        "import_s": round(import_s, 2),
        "bare_read_s": round(bare_s, 2),
        "ratio": round(import_s / bare_s, 1),
        "peak_rss_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "bar_s": BAR_SECONDS,
        "within_bar": import_s < BAR_SECONDS,
    }


def main() -> dict[str, Any]:
    """Print the measurement as a table and as JSON."""
    row = measure()
    if "--json" not in sys.argv:
        print_table("Import of 1 M events and 100,000 learners", [row])
    sys.stdout.write(json.dumps(row) + "\n")
    return row


if __name__ == "__main__":
    main()
