"""Which simple policies are good, and does replaying the old log tell? Ten cities, all judged.

    python experiments/001-arena-baselines/run.py [--seeds 101,102] [--record]

Each seed runs in a process of its own and is kept under var/, by what it was measured with; a
run that was stopped goes on where it was. ``--record`` writes results.json, the figure and the
table in README.md; without it they go to var/ only.
"""

import argparse
import hashlib
import json
import platform
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable, Iterator
from functools import cache
from importlib.metadata import version
from pathlib import Path
from types import ModuleType
from typing import Any

from arena_baselines.figure import draw
from arena_baselines.measure import measured
from arena_baselines.report import Summary, markdown, summary

import data.simulate
import data.tables
import features
import recsys.scorers

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
CONFIG: dict[str, Any] = tomllib.loads((HERE / "config.toml").read_text(encoding="utf-8"))
COMMAND = ".venv/bin/python experiments/001-arena-baselines/run.py --record"
LIBRARIES = ("numpy", "polars", "scikit-learn", "scipy", "implicit", "matplotlib")
MEASURED_WITH: tuple[ModuleType, ...] = (data.simulate, data.tables, features, recsys.scorers)
"""Packages whose code moves the figures."""
BEGIN, END = "<!-- results: written by run.py -->", "<!-- end of results -->"


def main() -> None:
    """Measure each seed, join them, print the table, and record it when asked to."""
    asked = _arguments()
    if asked.one is not None:
        _measure_here(asked.one)
        return
    seeds = asked.seeds or CONFIG["run"]["seeds"]
    if len(seeds) < 2:
        sys.exit("an interval over seeds needs two seeds or more, such as --seeds 101,102")
    if asked.record and seeds != CONFIG["run"]["seeds"]:
        sys.exit("only the seeds of config.toml are recorded; leave --seeds out")
    began = time.perf_counter()
    rows = [_seed(seed, f"{number}/{len(seeds)}") for number, seed in enumerate(seeds, start=1)]
    results = summary(rows, CONFIG["run"]["confidence"])
    print(f"\n{markdown(results)}\n\n{time.perf_counter() - began:.0f} s")
    draw(results, _kept())
    if asked.record:
        _record(results)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seeds", type=lambda text: [int(seed) for seed in text.split(",")])
    parser.add_argument("--record", action="store_true", help="write results.json and README.md")
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    return parser.parse_args()


def _seed(seed: int, place: str) -> dict[str, Any]:
    """One seed's figures, measured in a new process unless they are kept already."""
    file = _file(seed)
    if not file.exists():
        print(f"seed {seed} ({place})", flush=True)
        command = [sys.executable, str(HERE / "run.py"), "--one", str(seed)]
        subprocess.run(command, check=True)  # noqa: S603 - this very script
    if not file.exists():
        sys.exit("the code changed while it was measured; run again")
    row: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    print(f"seed {seed} ({place}): Kendall's tau {row['kendall_tau']:.2f}", flush=True)
    return row


def _measure_here(seed: int) -> None:
    """Measure one seed in this process and keep its figures."""
    city = CONFIG["city"]
    row = measured(city["preset"], city["settings"], seed, _teller())
    draft = _file(seed).with_suffix(".draft")
    draft.write_text(json.dumps(row, indent=2), encoding="utf-8")
    draft.replace(_file(seed))


def _teller() -> Callable[[str], None]:
    """Says each step with the seconds since the start."""
    began = time.perf_counter()
    return lambda name: print(f"  {time.perf_counter() - began:5.1f} s  {name}", flush=True)


def _file(seed: int) -> Path:
    return _kept() / f"seed-{seed}.json"


@cache
def _kept() -> Path:
    """The folder of figures measured with just this code and this city."""
    digest = hashlib.sha256(json.dumps(CONFIG["city"], sort_keys=True).encode())
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
    for name in ("facts", "judge", "knowledge", "log", "measure", "pairs", "policies", "world"):
        yield HERE / "arena_baselines" / f"{name}.py"


def _record(results: Summary) -> None:
    """results.json, the figure, and the table between the marks of README.md."""
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
