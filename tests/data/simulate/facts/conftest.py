"""Pilot cities after their terms, without tables: a few seconds each, built once."""

from dataclasses import dataclass

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray

from data.simulate import preset
from data.simulate.build import Layout, State, lay_out, run_terms
from data.vocab import EVENT_TYPES


@dataclass(frozen=True, slots=True)
class Lived:
    """A city after its terms.

    Attributes:
        laid: the city as it was laid out.
        state: what its terms left behind.
        logs: events of each term as numbers.
    """

    laid: Layout
    state: State
    logs: list[pl.DataFrame]

    def applicants(self, term: int) -> NDArray[np.int64]:
        """Applications of each section of a term."""
        done = self.state.done[term]
        return np.bincount(done.result.applications.section, minlength=len(done.sections))


@dataclass(frozen=True, slots=True)
class Shown:
    """Pairs of learner and section that one kind of list showed in one term."""

    learner: NDArray[np.int64]
    section: NDArray[np.int64]
    applied: NDArray[np.bool_]


def shown(city: Lived, term: int, lists: int) -> Shown:
    """What lists of one kind showed in a term, and what of it was applied for."""
    kind = {name: EVENT_TYPES.index(name) for name in ("impression", "apply")}
    log, done = city.logs[term], city.state.done[term]
    pairs = log.filter((pl.col("kind") == kind["impression"]) & (pl.col("uniform") == lists))
    made = log.filter(pl.col("kind") == kind["apply"]).select("learner", "section")
    marked = pairs.select("learner", "section").join(
        made.with_columns(applied=pl.lit(value=True)), on=["learner", "section"], how="left"
    )
    return Shown(
        marked["learner"].to_numpy().astype(np.int64),
        marked["section"].to_numpy().astype(np.int64) - done.sections.first,
        marked["applied"].fill_null(value=False).to_numpy(),
    )


def lived(seed: int, *settings: str) -> Lived:
    """A pilot city."""
    laid = lay_out(preset("pilot", settings), seed, lambda _step: None)
    state = State.before(laid)
    logs = [state.log.take() for _ in run_terms(laid, state)]
    return Lived(laid, state, logs)


@pytest.fixture(scope="session")
def pilot() -> Lived:
    """A pilot city with a fifth of its traffic at random, so that one city tells enough."""
    return lived(3, "random_traffic=0.2")


@pytest.fixture(scope="session")
def ten_pilots() -> list[Lived]:
    """Ten pilot cities as they come."""
    return [lived(seed) for seed in range(1, 11)]
