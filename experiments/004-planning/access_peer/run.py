"""Is our floating catchment that of pysal's ``access``, and which is quicker? One run, one matrix.

    python experiments/004-planning/access_peer/run.py --peer PYTHON [--record]

PYTHON is the interpreter of requirements.txt (or ``XUEPEI_ACCESS_PYTHON`` names it). Villages and
venues are drawn around made-up towns, as many as the city has; minutes are those of the travel
model. Both get the same minutes, people and seats; ours is timed with its decay worked out anew,
pysal twice: as documented, and with the weights worked out before it is timed.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.sparse import csr_array

from data.vocab import CITY_BOX
from features.catchment import VOCATIONAL_MIN, catchment
from features.reach import reach

HERE = Path(__file__).resolve().parent
COMMAND = ".venv/bin/python experiments/004-planning/access_peer/run.py --peer PYTHON --record"
PEER = "XUEPEI_ACCESS_PYTHON"
SIZES: Final = {"towns": 191, "villages": 3_320, "venues": 8_000, "kinds": 6}
SEED: Final = 4
SPREAD_DEGREES: Final = 0.02
"""Standard deviation of villages and venues around their towns."""
ROUNDS: Final = 3

Floats = NDArray[np.float64]


def main() -> None:
    """Draw the city, spread its seats both ways, and print or record the comparison."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "--peer", type=Path, default=os.environ.get(PEER), help=f"an interpreter; or {PEER}"
    )
    parser.add_argument("--record", action="store_true", help="write ../access.json")
    asked = parser.parse_args()
    if asked.peer is None:
        sys.exit(f"name an interpreter that has pysal's access by --peer or {PEER}")
    document = compared(asked.peer)
    text = json.dumps(document, indent=2) + "\n"
    print(text)
    if asked.record:
        (HERE.parent / "access.json").write_text(text, encoding="utf-8")


def compared(python: Path) -> dict[str, Any]:
    """Largest differences and least seconds of both on one matrix."""
    rng = np.random.default_rng(SEED)
    minutes = _minutes(rng)
    people = rng.integers(300, 9_000, SIZES["villages"]).astype(np.float64)
    seats = rng.gamma(2.0, 5.0, (SIZES["venues"], SIZES["kinds"]))
    ours, ours_s = _ours(minutes, people, seats)
    theirs = _theirs(python, minutes, people, seats)
    found = catchment(minutes, people, VOCATIONAL_MIN)
    reachable = seats[found.served].sum(axis=0)
    return {
        "command": COMMAND,
        "versions": {
            "python": platform.python_version(),
            **{name: version(name) for name in ("numpy", "polars", "scipy")},
            "access": "1.1.9",
        },
        "sizes": {**SIZES, "pairs": minutes.nnz, "cut_min": VOCATIONAL_MIN, "seed": SEED},
        "largest_relative_difference": _apart(ours, theirs["access"]),
        "largest_relative_difference_quickest": _apart(ours, theirs["access_quickest"]),
        "conservation_error": float(np.abs(people @ ours / reachable - 1).max()),
        "seconds": {
            "xuepei": ours_s,
            "access as documented": float(theirs["documented_s"]),
            "access given the weights": float(theirs["quickest_s"]),
        },
        "times_faster": {
            "than as documented": float(theirs["documented_s"]) / ours_s,
            "than given the weights": float(theirs["quickest_s"]) / ours_s,
        },
    }


def _minutes(rng: np.random.Generator) -> csr_array:
    west, south, east, north = CITY_BOX
    towns = rng.uniform((west, south), (east, north), (SIZES["towns"], 2))

    def around(count: int) -> pl.DataFrame:
        middle = towns[rng.integers(0, len(towns), count)]
        points = middle + rng.normal(0, SPREAD_DEGREES, (count, 2))
        return pl.DataFrame(points, schema=["lon", "lat"], orient="row")

    return reach(around(SIZES["villages"]), around(SIZES["venues"]), cut_min=VOCATIONAL_MIN)


def _ours(minutes: csr_array, people: Floats, seats: Floats) -> tuple[Floats, float]:
    seconds: list[float] = []
    access = np.zeros(0)
    for _ in range(ROUNDS):
        began = time.perf_counter()
        access = catchment(minutes, people, VOCATIONAL_MIN).access(seats)
        seconds.append(time.perf_counter() - began)
    return access, min(seconds)


def _theirs(python: Path, minutes: csr_array, people: Floats, seats: Floats) -> dict[str, Any]:
    pairs = minutes.tocoo()
    place, site = pairs.coords
    with tempfile.TemporaryDirectory() as folder:
        world, found = Path(folder) / "world.npz", Path(folder) / "found.npz"
        np.savez(
            world,
            people=people,
            seats=seats,
            place=place,
            site=site,
            # as ours reads them: float32 minutes, told apart in float64
            minutes=pairs.data.astype(np.float64),
            cut_min=VOCATIONAL_MIN,
        )
        command = [
            str(python),
            "-W",
            "ignore::FutureWarning",
            str(HERE / "peer.py"),
            str(world),
            str(found),
        ]
        subprocess.run(command, check=True)  # noqa: S603 - a script of this folder
        with np.load(found) as told:
            return dict(told)


def _apart(ours: Floats, theirs: Floats) -> float:
    """Largest difference, relative to the larger of the two; 0 where both have none."""
    scale = np.maximum(np.abs(ours), np.abs(theirs))
    return float((np.abs(ours - theirs) / np.where(scale > 0, scale, 1.0)).max())


if __name__ == "__main__":
    main()
