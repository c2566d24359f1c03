"""The ranking of skill gaps from raw files, held against the truth and against plain counting.

    python experiments/004-planning/gaps.py [--seeds 401,402] [--record]

simulate ─▶ import ─▶ gaps ─▶ judge

Each seed runs in a process of its own; one that was measured before, with the same settings, is
read from var/. ``--record`` writes gaps.json and its table in README.md.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

from gap_ranking.measure import joined, measured, table

HERE = Path(__file__).resolve().parent
CONFIG: dict[str, Any] = tomllib.loads((HERE / "gaps.toml").read_text(encoding="utf-8"))
WORK = HERE.parents[1] / "var" / "experiments" / "004-gaps"
COMMAND = ".venv/bin/python experiments/004-planning/gaps.py --record"
BEGIN, END = "<!-- gaps: written by gaps.py -->", "<!-- end of gaps -->"


def main() -> None:
    """Measure each seed, join them, print the table, and record it when asked to."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seeds", type=lambda text: [int(seed) for seed in text.split(",")])
    parser.add_argument("--record", action="store_true", help="write gaps.json and README.md")
    parser.add_argument("--again", action="store_true", help="measure every seed anew")
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one is not None:
        _measure_here(asked.one)
        return
    seeds = asked.seeds or CONFIG["seeds"]
    if asked.record and not set(seeds) <= set(CONFIG["seeds"]):
        sys.exit("only the seeds of gaps.toml are recorded")
    results = joined([_row(seed, again=asked.again) for seed in seeds])
    print(table(results))
    if asked.record:
        _record(results)


def _row(seed: int, *, again: bool) -> dict[str, Any]:
    path = WORK / f"seed-{seed}.json"
    if again or not path.exists():
        print(f"seed {seed}", flush=True)
        subprocess.run([sys.executable, __file__, "--one", str(seed)], check=True)  # noqa: S603 - this very script
    row: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return row


def _measure_here(seed: int) -> None:
    work = WORK / f"seed-{seed}"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    row = measured(CONFIG, seed, work)
    (WORK / f"seed-{seed}.json").write_text(json.dumps(row, indent=2), encoding="utf-8")
    shutil.rmtree(work)


def _record(results: dict[str, Any]) -> None:
    document = {"command": COMMAND, "config": CONFIG, **results}
    text = json.dumps(document, indent=2, ensure_ascii=False) + "\n"
    (HERE / "gaps.json").write_text(text, encoding="utf-8")
    readme = HERE / "GAPS.md"
    before, _, rest = readme.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    readme.write_text(f"{before}{BEGIN}\n{table(results)}\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
