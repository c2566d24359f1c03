"""Speed and memory: the first stage beside its peers, and whole lists in a city wide enough.

simulate ─▶ import ─▶ train ─▶ xuepei bench speed | memory
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from frame.verbs import said

Say = Callable[[str], None]
"""Told what begins."""


def measured(entry: Mapping[str, Any], folder: Path, say: Say) -> dict[str, Any]:
    """The rows of ``xuepei bench speed`` by what they measure.

    Args:
        entry: preset, settings and seed of the city.
        folder: a new folder for the city and all that is made of it.
        say: told what begins.
    """
    trained = _trained(entry, folder, say)
    say("xuepei bench speed")
    rows = said("bench", "speed", *trained, "--seed", str(entry["seed"]), "--json")
    return {row["work"]: [row] for row in rows}


def weighed(entry: Mapping[str, Any], folder: Path, say: Say) -> dict[str, Any]:
    """The same of ``xuepei bench memory``; arguments as for ``measured``."""
    trained = _trained(entry, folder, say)
    say("xuepei bench memory")
    return {row["work"]: [row] for row in said("bench", "memory", *trained, "--json")}


def _trained(entry: Mapping[str, Any], folder: Path, say: Say) -> tuple[str | Path, ...]:
    """A simulated city, imported, and the model trained on it: how verbs are told of them."""
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
    return (*at, "--bundle", model)
