"""The demand table from raw files, held against the truth: every verb of the product on the way.

    python experiments/003-demand/from_raw.py [--seeds 311,312] [--record]

simulate ─▶ import ─▶ parse, occupations, duplicates, skills ─▶ demand ─▶ the truth

Each seed runs in a process of its own. ``--record`` writes from_raw.json and its table in
README.md.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

from skill_demand.raw import joined, measured, table

HERE = Path(__file__).resolve().parent
CONFIG: dict[str, Any] = tomllib.loads((HERE / "config.toml").read_text(encoding="utf-8"))
WORK = HERE.parents[1] / "var" / "experiments" / "003-from-raw"
COMMAND = ".venv/bin/python experiments/003-demand/from_raw.py --record"
BEGIN, END = "<!-- from raw: written by from_raw.py -->", "<!-- end of from raw -->"


def main() -> None:
    """Measure each seed, join them, print the table, and record it when asked to."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seeds", type=lambda text: [int(seed) for seed in text.split(",")])
    parser.add_argument("--record", action="store_true", help="write from_raw.json and README.md")
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one is not None:
        _measure_here(asked.one)
        return
    seeds = asked.seeds or CONFIG["from_raw"]["seeds"]
    if asked.record and seeds != CONFIG["from_raw"]["seeds"]:
        sys.exit("only the seeds of config.toml are recorded; leave --seeds out")
    rows: list[dict[str, Any]] = []
    for number, seed in enumerate(seeds, start=1):
        print(f"seed {seed} ({number}/{len(seeds)})", flush=True)
        subprocess.run([sys.executable, __file__, "--one", str(seed)], check=True)  # noqa: S603 - this very script
        rows.append(json.loads((WORK / f"seed-{seed}.json").read_text(encoding="utf-8")))
    results = joined(rows)
    print(table(results))
    if asked.record:
        _record(results)


def _measure_here(seed: int) -> None:
    work = WORK / f"seed-{seed}"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    row = measured(CONFIG["from_raw"], seed, work)
    (WORK / f"seed-{seed}.json").write_text(json.dumps(row, indent=2), encoding="utf-8")
    shutil.rmtree(work)


def _record(results: dict[str, Any]) -> None:
    document = {"command": COMMAND, "config": CONFIG["from_raw"], **results}
    text = json.dumps(document, indent=2, ensure_ascii=False) + "\n"
    (HERE / "from_raw.json").write_text(text, encoding="utf-8")
    readme = HERE / "README.md"
    before, _, rest = readme.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    readme.write_text(f"{before}{BEGIN}\n{table(results)}\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
