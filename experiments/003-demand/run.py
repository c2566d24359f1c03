"""How good is the demand table, in markets whose truth is known? Ten seeds, all judged.

    python experiments/003-demand/run.py [--seeds 301,302] [--record] [--ets PYTHON]

Each seed runs in a process of its own and is kept under var/, by what it was measured with; a
run that was stopped goes on where it was. ``--record`` writes results.json, the figure and the
tables in README.md; without it they go to var/ only.
"""

import argparse
import json
import os
import sys
import time
import tomllib
from pathlib import Path
from types import ModuleType
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))  # what experiments share

from frame.kept import keep, kept_folder, sources_in  # noqa: E402 - the path comes first
from frame.record import Page, versions_of, write_document  # noqa: E402 - as above
from frame.seeds import row_file, rows_of, seed_list, timed_words  # noqa: E402 - as above
from skill_demand.ets import compared  # noqa: E402 - as above
from skill_demand.figure import draw  # noqa: E402 - as above
from skill_demand.measure import measured  # noqa: E402 - as above
from skill_demand.report import markdown, summary  # noqa: E402 - as above

import data.simulate  # noqa: E402 - as above
import features.demand  # noqa: E402 - as above
import training.demand  # noqa: E402 - as above

CONFIG: dict[str, Any] = tomllib.loads((HERE / "config.toml").read_text(encoding="utf-8"))
COMMAND = ".venv/bin/python experiments/003-demand/run.py --record"
ETS = "XUEPEI_STATSFORECAST_PYTHON"
"""Environment variable that names the interpreter of ets/requirements.txt."""
LIBRARIES = ("numpy", "polars", "scipy", "matplotlib")
MEASURED_WITH: tuple[ModuleType, ...] = (data.simulate, features.demand, training.demand)
"""Packages whose code moves the figures."""
OWN = ("chain", "measure", "reposts", "shortages", "world")
"""Modules of this experiment that do."""


def main() -> None:
    """Measure each seed, join them, print the tables, and record them when asked to."""
    asked = _arguments()
    folder = _kept()
    if asked.one is not None:
        keep(row_file(folder, asked.one), measured(CONFIG, asked.one, timed_words()))
        return
    seeds = asked.seeds or CONFIG["run"]["seeds"]
    if len(seeds) < 2:
        sys.exit("an interval over seeds needs two seeds or more, such as --seeds 301,302")
    if asked.record and seeds != CONFIG["run"]["seeds"]:
        sys.exit("only the seeds of config.toml are recorded; leave --seeds out")
    began = time.perf_counter()
    results = summary(rows_of(Path(__file__), seeds, folder), CONFIG["run"]["confidence"])
    results["ets"] = _ets(asked.ets, folder)
    print(f"\n{markdown(results)}\n\n{time.perf_counter() - began:.0f} s")
    draw(results, folder)
    if asked.record:
        _record(results)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seeds", type=seed_list)
    parser.add_argument("--record", action="store_true", help="write results.json and README.md")
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    parser.add_argument(
        "--ets", type=Path, default=os.environ.get(ETS), help=f"an interpreter with it; or {ETS}"
    )
    return parser.parse_args()


def _ets(python: Path | None, folder: Path) -> list[dict[str, Any]] | None:
    """ETS on a part of one market, or what an earlier run kept of it; None without either."""
    file = folder / "ets.json"
    if not file.exists():
        if python is None:
            return None
        print("ets", flush=True)
        keep(file, compared(CONFIG, python, HERE / "ets" / "forecast.py", folder))
    kept: list[dict[str, Any]] = json.loads(file.read_text(encoding="utf-8"))
    return kept


def _kept() -> Path:
    """The folder of figures measured with just this code and these settings."""
    settings = {name: part for name, part in CONFIG.items() if name != "run"}
    packages = [Path(module.__path__[0]) for module in MEASURED_WITH]
    own = [HERE / "skill_demand" / f"{name}.py" for name in OWN]
    return kept_folder(HERE.name, settings, sources_in(*packages, *own))


def _record(results: dict[str, Any]) -> None:
    """results.json, the figure, and the tables between the marks of README.md."""
    head = {"command": COMMAND, "versions": versions_of(LIBRARIES), "config": CONFIG}
    write_document(HERE / "results.json", {**head, **results})
    draw(results, HERE)
    Page(HERE / "README.md").fill(markdown(results))


if __name__ == "__main__":
    main()
