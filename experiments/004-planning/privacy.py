"""Can a figure that was held back be worked out of all that a term's tables tell?

    python experiments/004-planning/privacy.py [--seeds 501,502] [--record]

Each seed is two simulated cities. Everything that counts people is released by the product's own
code: the term tables of reports, the interest gap by every column that is told exactly with the
pressure of senior classes, single classes, the matching degree (attacked before it is told in
tens). ``data.privacy.suppression.audit``, which shares no step with what holds back, bounds all
hidden cells by linear programs over all sums and looks for pairs of told cells that set fewer than
ten people apart. ``few_alone`` is the same attack on tables in which only few people are held back,
on a draw of hidden cells: it must succeed. ``apart`` attacks interest tables that each left in a
release of its own, read side by side. ``--record`` writes privacy.json and its table in PRIVACY.md.
"""

import argparse
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))  # what experiments share

from frame.kept import PRODUCT, keep, kept_folder, scratch, sources_in  # noqa: E402 - the path comes first
from frame.record import Page, write_document  # noqa: E402 - as above
from frame.seeds import row_file, rows_of, seed_list  # noqa: E402 - as above
from releases.measure import measured  # noqa: E402 - as above
from releases.report import markdown, summary  # noqa: E402 - as above

COMMAND = ".venv/bin/python experiments/004-planning/privacy.py --record"
SETTINGS: dict[str, Any] = {"cities": {"tiny": [], "pilot": []}, "cells": 100}
SEEDS = list(range(501, 506))
PAGE = Page(
    HERE / "PRIVACY.md", "<!-- privacy: written by privacy.py -->", "<!-- end of privacy -->"
)


def main() -> None:
    """Attack each seed's cities, join them, print the table, and record it when asked to."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seeds", type=seed_list, default=SEEDS)
    parser.add_argument("--record", action="store_true", help="write privacy.json and PRIVACY.md")
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    folder = kept_folder("004-privacy", SETTINGS, sources_in(*PRODUCT, HERE / "releases"))
    if asked.one is not None:
        keep(row_file(folder, asked.one), _cities(asked.one, folder))
        return
    if asked.record and asked.seeds != SEEDS:
        sys.exit("only the seeds of this file are recorded; leave --seeds out")
    rows = rows_of(Path(__file__), asked.seeds, folder)
    cities = [city for row in rows for city in row["cities"]]
    print(markdown(cities))
    if asked.record:
        document = {"command": COMMAND, **SETTINGS, "summary": summary(cities), "rows": rows}
        write_document(HERE / "privacy.json", document)
        PAGE.fill(markdown(cities))


def _cities(seed: int, folder: Path) -> dict[str, Any]:
    found: list[Any] = []
    for preset, settings in SETTINGS["cities"].items():
        with scratch(folder, f"work-{seed}") as work:
            found.append(measured(preset, settings, seed, SETTINGS["cells"], work))
    return {"seed": seed, "cities": found}


if __name__ == "__main__":
    main()
