"""Which simple policies are good, and does replaying the old log tell? Ten cities, all judged.

    python experiments/001-arena-baselines/run.py [--seeds 101,102] [--record]

Each seed runs in a process of its own and is kept under var/, by what it was measured with; a
run that was stopped goes on where it was. ``--record`` writes results.json, the figure and the
table in README.md; without it they go to var/ only.
"""

import argparse
import sys
import time
import tomllib
from pathlib import Path
from types import ModuleType
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))  # what experiments share

from arena_baselines.figure import draw  # noqa: E402 - the path comes first
from arena_baselines.measure import measured  # noqa: E402 - as above
from arena_baselines.report import Summary, markdown, summary  # noqa: E402 - as above
from frame.kept import keep, kept_folder, sources_in  # noqa: E402 - as above
from frame.record import Page, versions_of, write_document  # noqa: E402 - as above
from frame.seeds import row_file, rows_of, seed_list, timed_words  # noqa: E402 - as above

import data.simulate  # noqa: E402 - as above
import data.tables  # noqa: E402 - as above
import features  # noqa: E402 - as above
import recsys.scorers  # noqa: E402 - as above

CONFIG: dict[str, Any] = tomllib.loads((HERE / "config.toml").read_text(encoding="utf-8"))
COMMAND = ".venv/bin/python experiments/001-arena-baselines/run.py --record"
LIBRARIES = ("numpy", "polars", "scikit-learn", "scipy", "implicit", "matplotlib")
MEASURED_WITH: tuple[ModuleType, ...] = (data.simulate, data.tables, features, recsys.scorers)
"""Packages whose code moves the figures."""
OWN = ("facts", "judge", "knowledge", "log", "measure", "pairs", "policies", "world")
"""Modules of this experiment that do."""


def main() -> None:
    """Measure each seed, join them, print the table, and record it when asked to."""
    asked = _arguments()
    folder = _kept()
    if asked.one is not None:
        city = CONFIG["city"]
        row = measured(city["preset"], city["settings"], asked.one, timed_words())
        keep(row_file(folder, asked.one), row)
        return
    seeds = asked.seeds or CONFIG["run"]["seeds"]
    if len(seeds) < 2:
        sys.exit("an interval over seeds needs two seeds or more, such as --seeds 101,102")
    if asked.record and seeds != CONFIG["run"]["seeds"]:
        sys.exit("only the seeds of config.toml are recorded; leave --seeds out")
    began = time.perf_counter()
    rows = rows_of(Path(__file__), seeds, folder)
    results = summary(rows, CONFIG["run"]["confidence"])
    print(f"\n{markdown(results)}\n\n{time.perf_counter() - began:.0f} s")
    draw(results, folder)
    if asked.record:
        _record(results)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seeds", type=seed_list)
    parser.add_argument("--record", action="store_true", help="write results.json and README.md")
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    return parser.parse_args()


def _kept() -> Path:
    """The folder of figures measured with just this code and this city."""
    packages = [Path(module.__path__[0]) for module in MEASURED_WITH]
    own = [HERE / "arena_baselines" / f"{name}.py" for name in OWN]
    return kept_folder(HERE.name, CONFIG["city"], sources_in(*packages, *own))


def _record(results: Summary) -> None:
    """results.json, the figure, and the table between the marks of README.md."""
    head = {"command": COMMAND, "versions": versions_of(LIBRARIES), "config": CONFIG}
    write_document(HERE / "results.json", {**head, **results})
    draw(results, HERE)
    Page(HERE / "README.md").fill(markdown(results))


if __name__ == "__main__":
    main()
