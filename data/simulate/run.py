"""The whole simulation: build a city, dirty it, write it with its truth."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import polars as pl

from data.folder import replaced
from data.simulate.build import (
    LAYOUT_STEPS,
    Driver,
    State,
    behaviour_tables,
    built,
    event_batches,
    lay_out,
    market_tables,
    run_terms,
    standing_tables,
)
from data.simulate.calendar import cut_off, terms
from data.simulate.files.city_files import CityFiles
from data.simulate.labour.advertisements import posting_batches
from data.simulate.labour.market import make_labour
from data.simulate.params import SimulationParams
from data.simulate.presets import checked
from data.simulate.truth.course_of_terms import term_summary
from data.simulate.truth.gaps import gap_table
from data.simulate.truth.write import Truth, write_truth
from data.vocab import CITY_TIME

Progress = Callable[[str, int, int], None]
"""Told the step that begins, its number from 1, and how many steps there are."""

LATER_STEPS: Final = ("labour", "truth")
"""Steps after the terms."""


@dataclass(frozen=True, slots=True)
class Simulated:
    """What was written.

    Attributes:
        out: the folder.
        seed: of every random choice.
        as_of: the instant at which training is cut and lists are made.
        rows: rows of each file, dirt included, by table.
        bad_rows: rows the import must refuse, by table.
        terms: how each term went in truth; see ``truth.course_of_terms.term_summary``.
    """

    out: Path
    seed: int
    as_of: datetime
    rows: Mapping[str, int]
    bad_rows: Mapping[str, int]
    terms: Sequence[Mapping[str, Any]]

    def to_dict(self) -> dict[str, object]:
        """The summary as JSON prints it."""
        return {
            "out": str(self.out),
            "seed": self.seed,
            "as_of": self.as_of.isoformat(),
            "tables": dict(self.rows),
            "bad_rows": dict(self.bad_rows),
            "terms": [dict(term) for term in self.terms],
        }


def simulate(
    params: SimulationParams,
    seed: int,
    out: Path,
    progress: Progress | None = None,
    *,
    force: bool = False,
    driver: Driver | None = None,
) -> Simulated:
    """Write a simulated city: contract tables in ``out``, its truth in ``out/truth``.

    The same parameters and seed give the same bytes, whatever the number of threads. Terms go
    to disk one by one, so memory holds one term's events at most. Nothing is left unless all is.

    Args:
        params: the city.
        seed: of every random choice, 0 or more.
        out: an empty or new folder.
        progress: told each step as it begins.
        force: replace a folder that holds something.
        driver: makes the pages of the terms after the open one.

    Raises:
        SimulationError: a parameter can't be simulated.
        DataError: ``out`` is occupied.
    """
    checked(params.model_dump())
    until = cut_off(params).astimezone(CITY_TIME)
    written: list[Simulated] = []

    def fill(folder: Path) -> None:
        run = _Run(params, seed, folder, driver, _steps(params, progress))
        run.write()
        written.append(Simulated(out, seed, until, run.files.rows, run.files.bad_rows, run.terms))

    replaced(out, fill, force=force)
    return written[0]


class _Run:
    """One simulation on its way to a folder."""

    def __init__(
        self,
        params: SimulationParams,
        seed: int,
        folder: Path,
        driver: Driver | None,
        step: Callable[[str], None],
    ) -> None:
        self._params = params
        self._folder = folder
        self._driver = driver
        self._step = step
        self._laid = lay_out(params, seed, step)
        self.files = CityFiles(folder, params, self._laid.streams)
        self.terms: list[dict[str, Any]] = []

    def write(self) -> None:
        """Write all tables and the truth."""
        laid, state = self._laid, State.before(self._laid)
        self._write(standing_tables(laid))
        self.files.write("events", self._events(state))
        self._write(behaviour_tables(laid, state))
        self._step("labour")
        labour = make_labour(self._params, laid.city, laid.planted, laid.streams)
        self._write(market_tables(laid, labour))
        self.files.write("postings", posting_batches(self._params, labour, laid.city, laid.streams))
        self._step("truth")
        city = built(laid, state, {"learners": laid.learners})
        truth = Truth(gap_table(city, labour), pl.DataFrame(self.terms), self._facts())
        write_truth(self._folder / "truth", city, truth, laid.streams)

    def _write(self, tables: Mapping[str, pl.DataFrame]) -> None:
        for table, frame in tables.items():
            self.files.write(table, [frame])

    def _events(self, state: State) -> Iterator[pl.DataFrame]:
        """Runs the terms: each is told as it begins, its events leave as it ends."""
        calendar = terms(self._params)
        self._step(f"term {calendar[0].name}")
        for number, (done, before) in enumerate(run_terms(self._laid, state, self._driver), 1):
            numbers = state.log.take()
            world, streams = self._laid.world, self._laid.streams
            self.terms.append(term_summary(world, done, numbers, before, streams))
            for batch in event_batches(self._laid, done, numbers):
                if self._driver is not None:
                    state.events.append(batch)
                yield batch
            if number < len(calendar):
                self._step(f"term {calendar[number].name}")

    def _facts(self) -> dict[str, Any]:
        return {
            "params": self._params.model_dump(mode="json"),
            "seed": self._laid.streams.seed,
            "tables": self.files.account(),
        }


def _steps(params: SimulationParams, progress: Progress | None) -> Callable[[str], None]:
    """Numbers the steps for whoever watches."""
    names = [*LAYOUT_STEPS, *(f"term {term.name}" for term in terms(params)), *LATER_STEPS]

    def step(name: str) -> None:
        if progress is not None:
            progress(name, names.index(name) + 1, len(names))

    return step
