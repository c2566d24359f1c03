"""Speed: the first stage beside its peers, and whole lists in a city wide enough.

simulate ─▶ import ─▶ train ─▶ xuepei bench speed
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ranking_peers.verbs import said


def measured(entry: Mapping[str, Any], folder: Path, say: Callable[[str], None]) -> dict[str, Any]:
    """The rows of ``xuepei bench speed`` by what they measure.

    Args:
        entry: preset, settings and seed of the city.
        folder: a new folder for the city and all that is made of it.
        say: told what begins.
    """
    city, snapshot, model = folder / "city", folder / "snapshot", folder / "model"
    chosen = [word for setting in entry["settings"] for word in ("--set", setting)]
    seed = ("--seed", str(entry["seed"]))
    say("xuepei simulate")
    said("simulate", "--preset", entry["preset"], *chosen, *seed, "--out", city, "--json")
    say("xuepei import")
    said("import", city, "--snapshot", snapshot, "--json")
    as_of = (city / "truth" / "as_of.txt").read_text(encoding="utf-8").strip()
    say("xuepei train")
    at = ("--snapshot", snapshot, "--as-of", as_of)
    said("train", *at, "--out", model, *seed, "--no-track", "--json")
    say("xuepei bench speed")
    rows = said("bench", "speed", *at, "--bundle", model, *seed, "--json")
    return {row["work"]: [row] for row in rows}
