"""A process for every seed: its memory is its own; a run that was stopped goes on where it was."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

Say = Callable[[str], None]
"""Told what begins."""


def seed_list(text: str) -> list[int]:
    """The seeds of a command line.

    >>> seed_list("101,102")
    [101, 102]
    """
    return [int(seed) for seed in text.split(",")]


def rows_of(script: Path, seeds: Sequence[int], folder: Path) -> list[dict[str, Any]]:
    """Each seed's row, in the order of the seeds, measured in a new process unless it is kept.

    Args:
        script: run with ``--one SEED`` it measures a seed and keeps its row.
        seeds: of the cities.
        folder: of the figures measured with the code as it is now.
    """
    rows: list[dict[str, Any]] = []
    for number, seed in enumerate(seeds, start=1):
        file = row_file(folder, seed)
        if not file.exists():
            print(f"seed {seed} ({number}/{len(seeds)})", flush=True)
            subprocess.run([sys.executable, str(script), "--one", str(seed)], check=True)  # noqa: S603 - that very script
        if not file.exists():
            sys.exit("the code changed while it was measured; run again")
        rows.append(json.loads(file.read_text(encoding="utf-8")))
    return rows


def row_file(folder: Path, seed: int) -> Path:
    """Where a seed's row is kept."""
    return folder / f"seed-{seed}.json"


def timed_words() -> Say:
    """Says each step with the seconds since now."""
    began = time.perf_counter()
    return lambda step: print(f"  {time.perf_counter() - began:6.1f} s  {step}", flush=True)
