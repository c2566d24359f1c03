"""From tables to gaps, coverage and targets of the whole city: seconds and memory.

    python experiments/004-planning/whole_city.py [--keep DIR] [--record]

simulate ─▶ import ─▶ xuepei demand ─▶ xuepei bench city, twice

The city is the preset ``city``: thirteen districts, a million learners, at least 3,320 villages,
the tables as the simulator writes them without bad rows. Events, sixty million, go into the
snapshot as they are; all else goes in through ``xuepei import``. Measured is ``xuepei bench
city`` with the month's demand table given, and once more without: then the gaps read the
postings too. ``--record`` writes whole-city.json.
"""

import argparse
import platform
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import polars as pl

HERE: Final = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))  # what experiments share

from frame.record import write_document  # noqa: E402 - the path comes first
from frame.verbs import said  # noqa: E402 - as above

from data.cli.console import print_json  # noqa: E402 - as above
from data.store import open_snapshot  # noqa: E402 - as above
from data.store.write import write_snapshot  # noqa: E402 - as above
from data.tables import TABLES  # noqa: E402 - as above

COMMAND: Final = ".venv/bin/python experiments/004-planning/whole_city.py --record"
SEED: Final = 0
SETTINGS: Final = (
    "villages_per_town=18",
    "postings=100000",
    "judged_learners=10",
    "bad_row_share=0",
    "bad_event_share=0",
    "old_code_share=0",
)
MONTH: Final = "2025-08"
BAR: Final = {"minutes": 3, "gib": 6}


def main() -> None:
    """Make the city, measure it, print the rows, and record them when asked to."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--keep", type=Path, help="a folder for the city, used again where full")
    parser.add_argument("--record", action="store_true", help="write whole-city.json")
    asked = parser.parse_args()
    if asked.keep is None:
        with tempfile.TemporaryDirectory() as folder:
            found = measured(Path(folder))
    else:
        found = measured(asked.keep)
    print_json(found)
    if asked.record:
        write_document(HERE / "whole-city.json", found)


def measured(work: Path) -> dict[str, Any]:
    """The rows of the verb, beside the sizes of what it read."""
    snapshot, demand = work / "city", work / "demand.parquet"
    if not demand.exists():
        make(work, snapshot, demand)
    where = ("bench", "city", "--snapshot", snapshot, "--as-of", MONTH, "--json")
    given, read = said(*where, "--demand", demand), said(*where)
    return {
        "command": COMMAND,
        "python": platform.python_version(),
        "polars": pl.__version__,
        "settings": list(SETTINGS),
        "sizes": sizes(snapshot, demand),
        "bar": BAR,
        "demand table given": {"within": within(given[-1]), "parts": given},
        "postings read": {"within": within(read[-1]), "parts": read},
    }


def within(whole: dict[str, Any]) -> bool:
    """Whether a whole run keeps the bar."""
    seconds, gib = whole["wall_s"], whole["peak_mb"] / 1024
    return bool(seconds < 60 * BAR["minutes"] and gib < BAR["gib"])


def make(work: Path, snapshot: Path, demand: Path) -> None:
    """The snapshot and its demand table, by the product's own verbs."""
    files, imported = work / "files", work / "imported"
    chosen = [word for setting in SETTINGS for word in ("--set", setting)]
    if not files.exists():
        said("simulate", "--preset", "city", "--seed", SEED, *chosen, "--out", files)
    tables = [path for path in sorted(files.iterdir()) if path.is_file()]
    others = [path for path in tables if path.stem != "events"]
    said("import", *others, "--snapshot", imported)
    kinds = {name: column.dtype for name, column in TABLES["events"].columns().items()}
    events = pl.scan_parquet(files / "events.parquet").select(
        pl.col(name).cast(kind) for name, kind in kinds.items()
    )
    city = open_snapshot(imported).with_tables(events=events)
    frames = {name: city.scan(name) for name in TABLES if city.has(name)}
    write_snapshot(snapshot, frames, now=datetime(2025, 9, 1, tzinfo=UTC))
    said("demand", "--snapshot", snapshot, "--as-of", MONTH, "--out", demand)


def sizes(snapshot: Path, demand: Path) -> dict[str, int]:
    """Rows of what was read, by what they are."""
    city, table = open_snapshot(snapshot), pl.read_parquet(demand)
    counted = {name: city.scan(name).select(pl.len()).collect().item() for name in TABLES}
    levels = city.scan("divisions").group_by("level").len().collect()
    districts = table.filter(pl.col("division_code").str.slice(4, 2) != "00")
    return {
        **{f"{level}s": count for level, count in levels.sort("level").iter_rows()},
        "demand districts": districts["division_code"].n_unique(),
        "demand skills": table["skill_id"].n_unique(),
        "demand months": table["month"].n_unique(),
        "demand rows": table.height,
        **{name: rows for name, rows in counted.items() if rows},
    }


if __name__ == "__main__":
    main()
