"""Pilot cities after their terms, without tables: a few seconds each, built once."""

from dataclasses import dataclass

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray

from data.simulate import preset
from data.simulate.build import Layout, State, lay_out, run_terms


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
