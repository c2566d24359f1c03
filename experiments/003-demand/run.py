"""How good is the demand table, in markets whose truth is known? Ten seeds, all judged.

    python experiments/003-demand/run.py [--seeds 301,302] [--record] [--ets PYTHON]

Each seed runs in a process of its own and is kept under var/, by what it was measured with; a
run that was stopped goes on where it was. ``--record`` writes results.json, the figure and the
tables in README.md; without it they go to var/ only.
"""

import argparse
import hashlib
import json
import os
import platform
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable, Iterator
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from skill_demand.ets import compared
from skill_demand.figure import draw
from skill_demand.measure import measured
from skill_demand.report import markdown, summary

import data.simulate
import features.demand
import training.demand

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
CONFIG: dict[str, Any] = tomllib.loads((HERE / "config.toml").read_text(encoding="utf-8"))
COMMAND = ".venv/bin/python experiments/003-demand/run.py --record"
ETS = "XUEPEI_STATSFORECAST_PYTHON"
"""Environment variable that names the interpreter of ets/requirements.txt."""
LIBRARIES = ("numpy", "polars", "scipy", "matplotlib")
MEASURED_WITH = (data.simulate, features.demand, training.demand)
"""Packages whose code moves the figures."""
BEGIN, END = "<!-- results: written by run.py -->", "<!-- end of results -->"


def main() -> None:
    """Measure each seed, join them, print the tables, and record them when asked to."""
    asked = _arguments()
    if asked.one is not None:
        _measure_here(asked.one)
        return
    seeds = asked.seeds or CONFIG["run"]["seeds"]
    if len(seeds) < 2:
        sys.exit("an interval over seeds needs two seeds or more, such as --seeds 301,302")
    if asked.record and seeds != CONFIG["run"]["seeds"]:
        sys.exit("only the seeds of config.toml are recorded; leave --seeds out")
    began = time.perf_counter()
    rows = [_seed(seed, f"{number}/{len(seeds)}") for number, seed in enumerate(seeds, start=1)]
    results = summary(rows, CONFIG["run"]["confidence"])
    results["ets"] = _ets(asked.ets)
    print(f"\n{markdown(results)}\n\n{time.perf_counter() - began:.0f} s")
    draw(results, _kept())
    if asked.record:
        _record(results)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seeds", type=lambda text: [int(seed) for seed in text.split(",")])
    parser.add_argument("--record", action="store_true", help="write results.json and README.md")
    parser.add_argument(
        "--ets", type=Path, default=os.environ.get(ETS), help=f"an interpreter with it; or {ETS}"
    )
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    return parser.parse_args()


def _seed(seed: int, place: str) -> dict[str, Any]:
    """One seed's figures, measured in a new process unless they are kept already."""
    file = _kept() / f"seed-{seed}.json"
    if not file.exists():
        print(f"seed {seed} ({place})", flush=True)
        command = [sys.executable, str(HERE / "run.py"), "--one", str(seed)]
        subprocess.run(command, check=True)  # noqa: S603 - this very script
    if not file.exists():
        sys.exit("the code changed while it was measured; run again")
    row: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return row


def _ets(python: Path | None) -> list[dict[str, Any]] | None:
    """ETS on a part of one market, or what an earlier run kept of it; None without either."""
    file = _kept() / "ets.json"
    if not file.exists():
        if python is None:
            return None
        print("ets", flush=True)
        found = compared(CONFIG, python, HERE / "ets" / "forecast.py", _kept())
        file.write_text(json.dumps(found, indent=2), encoding="utf-8")
    kept: list[dict[str, Any]] = json.loads(file.read_text(encoding="utf-8"))
    return kept


def _measure_here(seed: int) -> None:
    """Measure one seed in this process and keep its figures."""
    row = measured(CONFIG, seed, _teller())
    file = _kept() / f"seed-{seed}.json"
    draft = file.with_suffix(".draft")
    draft.write_text(json.dumps(row, indent=2), encoding="utf-8")
    draft.replace(file)


def _teller() -> Callable[[str], None]:
    """Says each step with the seconds since the start."""
    began = time.perf_counter()
    return lambda name: print(f"  {time.perf_counter() - began:5.1f} s  {name}", flush=True)


@cache
def _kept() -> Path:
    """The folder of figures measured with just this code and these settings."""
    settings = {name: part for name, part in CONFIG.items() if name != "run"}
    digest = hashlib.sha256(json.dumps(settings, sort_keys=True).encode())
    for source in _sources():
        digest.update(source.read_bytes())
    folder = ROOT / "var" / "experiments" / HERE.name / digest.hexdigest()[:12]
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _sources() -> Iterator[Path]:
    """Every file whose change may move a figure."""
    for module in MEASURED_WITH:
        folder = Path(module.__path__[0])
        yield from sorted([*folder.rglob("*.py"), *folder.rglob("*.toml")])
    for name in ("chain", "measure", "reposts", "shortages", "world"):
        yield HERE / "skill_demand" / f"{name}.py"


def _record(results: dict[str, Any]) -> None:
    """results.json, the figure, and the tables between the marks of README.md."""
    document = {
        "command": COMMAND,
        "versions": {"python": platform.python_version(), **{n: version(n) for n in LIBRARIES}},
        "config": CONFIG,
        **results,
    }
    text = json.dumps(document, indent=2, ensure_ascii=False) + "\n"
    (HERE / "results.json").write_text(text, encoding="utf-8")
    draw(results, HERE)
    readme = HERE / "README.md"
    before, _, rest = readme.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    readme.write_text(f"{before}{BEGIN}\n{markdown(results)}\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
