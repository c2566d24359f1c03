"""Worlds whose truth is known: counts drawn from a gamma-Poisson, no advertisements."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray

from features.demand.estimate import Cells, Levels, estimate, expectation, make_cells
from features.demand.grid import Grid, after, make_grid
from features.demand.shrinkage import DemandModel

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Drawn:
    grid: Grid
    cells: Cells
    rate: Floats

    def levels(self, model: DemandModel | None = None) -> Levels:
        expected = expectation(self.cells, self.grid)
        return estimate(self.cells, expected, self.grid, model or DemandModel())


def axes(months: int, areas: int, skills: int, per_group: int = 10) -> Grid:
    """Skills in groups of ten, groups in one trade."""
    names = [f"k{number:03}" for number in range(skills)]
    groups = [f"g{number // per_group}" for number in range(skills)]
    vocabulary = pl.DataFrame(
        {
            "skill_id": [*names, *sorted(set(groups))],
            "parent_id": [*groups, *["trade"] * len(set(groups))],
        }
    )
    codes = pl.Series([f"33010{number}000000" for number in range(2, 2 + areas)])
    first = date(2023, 1, 1)
    return make_grid(first, after(first, months - 1), codes, pl.Series(names), vocabulary)


def drawn(
    seed: int, months: int, areas: int, skills: int, mean: float, kappa: float, spread: float
) -> Drawn:
    """Counts with mean ``mean``: share of the skill x level of the cell x noise of the month."""
    rng = np.random.default_rng(seed)
    share = rng.lognormal(0, 0.5, skills)
    level = rng.gamma(1 / spread, spread, (areas, skills))
    rate = np.broadcast_to(mean * share / share.mean() * level, (months, areas, skills))
    counts = rng.poisson(rate * rng.gamma(kappa, 1 / kappa, rate.shape)).astype(np.float64)
    return Drawn(axes(months, areas, skills), make_cells(counts, counts), rate)


@pytest.fixture(scope="session")
def draw() -> Callable[..., Drawn]:
    """Draws a world: ``draw(seed, months, areas, skills, mean, kappa, spread)``."""
    return drawn


@pytest.fixture(scope="session")
def make_axes() -> Callable[..., Grid]:
    """Axes of so many months, areas and skills."""
    return axes
