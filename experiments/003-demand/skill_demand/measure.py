"""One seed from its markets to its figures."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np
import polars as pl

from data.simulate.topics import skills
from features.demand.grid import Grid
from skill_demand.chain import demand_at, truth_of
from skill_demand.reposts import repost_change
from skill_demand.shortages import recovered
from skill_demand.world import Reader, make_world
from training.demand.backtest import backtest, held_by_stratum

DENSITIES: Final = ("thin", "dense")

HISTORY: Final = 12
"""First months that the table's intervals aren't judged on: too little is known yet."""


def measured(config: Mapping[str, Any], seed: int, step: Callable[[str], None]) -> dict[str, Any]:
    """Every figure of one seed.

    Args:
        config: config.toml.
        seed: of the markets.
        step: told what begins.
    """
    reader = Reader(**config["reader"])
    asked = config["backtest"]
    found: dict[str, Any] = {"seed": seed}
    for density in DENSITIES:
        step(f"{density}: market")
        world = make_world(asked["preset"], asked[density], seed, reader)
        demand = demand_at(world, reader)
        truth = truth_of(world, demand.grid)
        step(f"{density}: backtest")
        errors, intervals = backtest(
            demand.districts.cells, demand.grid, asked["origins"], asked["ahead"], truth
        )
        judged, past = vocational(demand.grid), slice(HISTORY, None)
        levels = demand.districts
        table = held_by_stratum(
            *(
                values[past][:, :, judged]
                for values in (levels.vacancies, levels.low, levels.high, truth)
            )
        )
        found[density] = {
            "cells": int(np.prod(demand.grid.shape[1:])),
            "mean_vacancies": float(truth.mean()),
            "model": {
                name: getattr(levels.model, name)
                for name in ("discount", "dispersion", "prior_variance")
            },
            "errors": _summed(errors, ["ahead", "model"], ["error", "actual"]),
            "forecast_intervals": _summed(intervals, ["ahead", "stratum"], ["cells", "inside"]),
            "table_intervals": table.to_dicts(),
        }
    step("shortages")
    part = config["shortages"]
    found["shortages"] = recovered(part["preset"], part["settings"], seed, reader, part["months"])
    step("reposts")
    part = config["reposts"]
    found["reposts"] = repost_change(part["preset"], part["settings"], seed, reader, part["missed"])
    return found


def vocational(grid: Grid) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Skills whose gaps the truth tells: as in ``truth/gaps.parquet``."""
    judged = {skill.skill_id for skill in skills() if skill.vocational}
    return np.array([skill in judged for skill in grid.skills])


def _summed(frame: pl.DataFrame, by: list[str], values: list[str]) -> list[dict[str, Any]]:
    return frame.group_by(by).agg(pl.col(values).sum()).sort(by).to_dicts()
