"""The demand table from raw files, held against the truth: every verb of the product on the way.

    python experiments/003-demand/from_raw.py [--seeds 311,312] [--record]

simulate ─▶ import ─▶ parse, occupations, duplicates, skills ─▶ demand ─▶ the truth

Each seed runs in a process of its own and is kept under var/, by what it was measured with.
``--record`` writes from_raw.json and its table in README.md.
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
from skill_demand.raw import joined, measured, table  # noqa: E402 - as above

CONFIG: dict[str, Any] = tomllib.loads((HERE / "config.toml").read_text(encoding="utf-8"))[
    "from_raw"
]
COMMAND = ".venv/bin/python experiments/003-demand/from_raw.py --record"
PAGE = Page(
    HERE / "README.md", "<!-- from raw: written by from_raw.py -->", "<!-- end of from raw -->"
)


def main() -> None:
    """Measure each seed, join them, print the table, and record it when asked to."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seeds", type=seed_list)
    parser.add_argument("--record", action="store_true", help="write from_raw.json and README.md")
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    folder = _kept()
    if asked.one is not None:
        with scratch(folder, f"work-{asked.one}") as work:
            keep(row_file(folder, asked.one), measured(CONFIG, asked.one, work))
        return
    seeds = asked.seeds or CONFIG["seeds"]
    if asked.record and seeds != CONFIG["seeds"]:
        sys.exit("only the seeds of config.toml are recorded; leave --seeds out")
    results = joined(rows_of(Path(__file__), seeds, folder))
    print(table(results))
    if asked.record:
        document = {"command": COMMAND, "config": CONFIG, **results}
        write_document(HERE / "from_raw.json", document)
        PAGE.fill(table(results))


def _kept() -> Path:
    """The folder of figures measured with just this code and these settings."""
    settings = {name: value for name, value in CONFIG.items() if name != "seeds"}
    own = HERE / "skill_demand" / "raw.py"
    return kept_folder("003-from-raw", settings, sources_in(*PRODUCT, own))


if __name__ == "__main__":
    main()
