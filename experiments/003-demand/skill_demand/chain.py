"""From a world to the demand table, some of its months alone if asked."""

from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from features.demand.build import Demand, demand_of_chain, end_of
from features.demand.counts import Reading
from features.demand.grid import Grid
from features.demand.reading import Chain
from features.postings.stock import live_stock
from skill_demand.world import Reader, World


def demand_at(world: World, reader: Reader, first: date | None = None) -> Demand:
    """Demand at the end of the world's months, from postings since ``first`` alone."""
    parsed = world.parsed
    if first is not None:
        parsed = parsed.filter(pl.col("posted_on") >= first)
    kept = parsed.select("posting_id")
    vacancies = world.vacancies.join(kept, on="posting_id", how="semi")
    chain = Chain(
        parsed,
        vacancies,
        live_stock(parsed, vacancies, end_of(world.months[-1])),
        world.mentions.join(kept, on="posting_id", how="semi"),
        world.occupations.join(kept, on="posting_id", how="semi"),
    )
    official = world.official if first is None else world.official.filter(pl.col("month") >= first)
    reading = Reading(recall=reader.recall)
    return demand_of_chain(
        chain, official, world.vocabulary, world.months[-1], lambda _step: None, reading
    )


def truth_of(world: World, grid: Grid) -> NDArray[np.float64]:
    """Persons truly sought in every cell of a grid, shape (M, A, K)."""
    axes = {"month": grid.months, "division_code": grid.areas, "skill_id": grid.skills}
    found = world.truth
    for name, values in axes.items():
        numbers = pl.DataFrame({name: values, f"{name}_at": range(len(values))})
        found = found.join(numbers, on=name)
    truth = np.zeros(grid.shape)
    at = tuple(found[f"{name}_at"].to_numpy() for name in axes)
    truth[at] = found["vacancies"].to_numpy()
    return truth
