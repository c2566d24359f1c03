"""ETS beside ours, on cells drawn from one market: it takes too long for all."""

import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from features.demand.estimate import forecast
from skill_demand.chain import demand_at, truth_of
from skill_demand.world import Reader, make_world
from training.demand.backtest import BASELINES, levels_until, miss

CELLS: Final = 200
"""Cells drawn, evenly over areas and skills."""

Floats = NDArray[np.float64]


def compared(
    config: Mapping[str, Any], python: Path, script: Path, work: Path
) -> list[dict[str, Any]]:
    """WAPE of every model on the same cells of the first seed's dense market.

    Returns:
        ahead, model, wape.
    """
    asked, seed = config["backtest"], config["run"]["seeds"][0]
    world = make_world(asked["preset"], asked["dense"], seed, Reader(**config["reader"]))
    demand = demand_at(world, Reader(**config["reader"]))
    grid, cells = demand.grid, demand.districts.cells
    truth = truth_of(world, grid)
    drawn = np.linspace(0, truth[0].size - 1, CELLS).astype(np.int64)
    rows: list[dict[str, Any]] = []
    for month in asked["origins"]:
        levels, axes = levels_until(cells, grid, month)
        past = cells.persons[: month + 1]
        steps = [step for step in asked["ahead"] if month + step < len(truth)]
        ets = _ets(
            past.reshape(month + 1, -1)[:, drawn], grid.months[0], max(steps), python, script, work
        )
        for step in steps:
            points = {
                "xuepei": forecast(levels, axes, step).mean.ravel()[drawn],
                "ets": ets[step - 1],
            }
            for name, method in BASELINES.items():
                points[name] = method(past, step).ravel()[drawn]
            came = truth[month + step].ravel()[drawn]
            rows += [{"ahead": step, "model": name, **miss(p, came)} for name, p in points.items()]
    total = pl.DataFrame(rows).group_by("ahead", "model").agg(pl.col("error", "actual").sum())
    told = total.select("ahead", "model", (pl.col("error") / pl.col("actual")).alias("wape"))
    return told.sort("ahead", "wape").to_dicts()


def _ets(past: Floats, first: Any, horizon: int, python: Path, script: Path, work: Path) -> Floats:
    """(horizon, cells) forecasts of AutoETS."""
    months, count = past.shape
    ids = [f"{number:05}" for number in range(count)]
    days = pl.date_range(first, first.replace(year=first.year + 9), "1mo", eager=True)[:months]
    series, target = work / "series.parquet", work / "ets.parquet"
    pl.DataFrame(
        {
            "unique_id": np.repeat(ids, months),
            "ds": pl.concat([days] * count),
            "y": past.T.ravel(),
        }
    ).write_parquet(series)
    command = [str(python), str(script), str(series), str(horizon), str(target)]
    subprocess.run(command, check=True)  # noqa: S603 - a script of this folder
    found = pl.read_parquet(target).sort("unique_id", "ds")["AutoETS"]
    return found.to_numpy().reshape(count, horizon).T
