"""The whole simulation: build a city, dirty it, write it with its truth."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
import polars as pl

from data.simulate.build import STEPS, Built, build
from data.simulate.calendar import cut_off
from data.simulate.files.dirt import Dirty, dirty
from data.simulate.files.forms import CSV_TABLES, as_text, conformed, plain
from data.simulate.files.write import Truth, file_facts, replaced, write_tables, write_truth
from data.simulate.params import SimulationParams
from data.simulate.people.people import microseconds
from data.simulate.presets import checked
from data.simulate.streams import streams
from data.simulate.truth import apply_probabilities
from data.tables import TABLES
from data.vocab import CITY_TIME

Progress = Callable[[str, int, int], None]
"""Told the step that begins, its number from 1, and how many steps there are."""

ALL_STEPS = (*STEPS, "dirt", "truth", "files")


@dataclass(frozen=True, slots=True)
class Simulated:
    """What was written.

    Attributes:
        out: the folder.
        seed: of every random choice.
        as_of: the instant at which training is cut and lists are made.
        rows: rows of each file, dirt included, by table.
        bad_rows: rows the import must refuse, by table.
    """

    out: Path
    seed: int
    as_of: datetime
    rows: Mapping[str, int]
    bad_rows: Mapping[str, int]

    def to_dict(self) -> dict[str, object]:
        """The summary as JSON prints it."""
        return {
            "out": str(self.out),
            "seed": self.seed,
            "as_of": self.as_of.isoformat(),
            "tables": dict(self.rows),
            "bad_rows": dict(self.bad_rows),
        }


def simulate(
    params: SimulationParams,
    seed: int,
    out: Path,
    progress: Progress | None = None,
    *,
    force: bool = False,
) -> Simulated:
    """Write a simulated city: contract tables in ``out``, its truth in ``out/truth``.

    The same parameters and seed give the same bytes. Nothing is written unless all is.

    Args:
        params: the city.
        seed: of every random choice, 0 or more.
        out: an empty or new folder.
        progress: told each step as it begins.
        force: replace a folder that holds something.

    Raises:
        SimulationError: a parameter can't be simulated, or ``out`` is occupied.
    """
    checked(params.model_dump())
    step = _steps(progress)
    written: list[Simulated] = []

    def fill(folder: Path) -> None:
        built = build(params, seed, step)
        step("dirt")
        dirt = _dirt(built, params, streams(seed)["dirt"])
        step("truth")
        truth = _truth(built, params, seed, dirt)
        step("files")
        write_tables(folder, dirt, gbk=params.gbk)
        write_truth(folder / "truth", truth)
        written.append(_summary(out, seed, truth.as_of, dirt))

    replaced(out, fill, force=force)
    return written[0]


def _steps(progress: Progress | None) -> Callable[[str], None]:
    """Numbers the steps for whoever watches."""

    def step(name: str) -> None:
        if progress is not None:
            progress(name, ALL_STEPS.index(name) + 1, len(ALL_STEPS))

    return step


def _dirt(built: Built, params: SimulationParams, rng: np.random.Generator) -> dict[str, Dirty]:
    """Every table as its file will hold it, in the contracts' order."""
    return {
        table: dirty(table, _clean(table, built), params, rng)
        for table in TABLES
        if table in built.tables
    }


def _clean(table: str, built: Built) -> pl.DataFrame:
    frame = plain(conformed(table, built.tables[table]))
    return as_text(frame) if table in CSV_TABLES else frame


def _truth(built: Built, params: SimulationParams, seed: int, dirt: Mapping[str, Dirty]) -> Truth:
    until = cut_off(params)
    facts = {
        "params": params.model_dump(mode="json"),
        "seed": seed,
        "tables": file_facts(dirt, gbk=params.gbk),
    }
    probabilities = apply_probabilities(built, microseconds(until), streams(seed)["judged"])
    return Truth(until.astimezone(CITY_TIME), probabilities, facts)


def _summary(out: Path, seed: int, as_of: datetime, dirt: Mapping[str, Dirty]) -> Simulated:
    rows = {table: table_dirt.frame.height for table, table_dirt in dirt.items()}
    bad = {table: sum(found.bad.values()) for table, found in dirt.items() if found.bad}
    return Simulated(out, seed, as_of, rows, bad)
