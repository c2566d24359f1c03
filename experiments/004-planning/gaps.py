"""The ranking of skill gaps from raw files, held against the truth and against plain counting.

    python experiments/004-planning/gaps.py [--seeds 401,402] [--record]

simulate ─▶ import ─▶ gaps ─▶ judge

Each seed runs in a process of its own and is kept under var/, by what it was measured with.
``--record`` writes gaps.json and its table in GAPS.md.
"""

import argparse
import sys
import tomllib
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))  # what experiments share

from frame.kept import PRODUCT, keep, kept_folder, scratch, sources_in  # noqa: E402 - the path comes first
from frame.record import Page, write_document  # noqa: E402 - as above
from frame.seeds import row_file, rows_of, seed_list  # noqa: E402 - as above
from gap_ranking.measure import joined, measured, table  # noqa: E402 - as above

CONFIG: dict[str, Any] = tomllib.loads((HERE / "gaps.toml").read_text(encoding="utf-8"))
COMMAND = ".venv/bin/python experiments/004-planning/gaps.py --record"
PAGE = Page(HERE / "GAPS.md", "<!-- gaps: written by gaps.py -->", "<!-- end of gaps -->")


def main() -> None:
    """Measure each seed, join them, print the table, and record it when asked to."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seeds", type=seed_list)
    parser.add_argument("--record", action="store_true", help="write gaps.json and GAPS.md")
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    folder = _kept()
    if asked.one is not None:
        with scratch(folder, f"work-{asked.one}") as work:
            keep(row_file(folder, asked.one), measured(CONFIG, asked.one, work))
        return
    seeds = asked.seeds or CONFIG["seeds"]
    if asked.record and not set(seeds) <= set(CONFIG["seeds"]):
        sys.exit("only the seeds of gaps.toml are recorded")
    results = joined(rows_of(Path(__file__), seeds, folder))
    print(table(results))
    if asked.record:
        document = {"command": COMMAND, "config": CONFIG, **results}
        write_document(HERE / "gaps.json", document)
        PAGE.fill(table(results))


def _kept() -> Path:
    """The folder of figures measured with just this code and these settings."""
    settings = {name: value for name, value in CONFIG.items() if name != "seeds"}
    own = HERE / "gap_ranking"
    return kept_folder("004-gaps", settings, sources_in(*PRODUCT, own))


if __name__ == "__main__":
    main()
