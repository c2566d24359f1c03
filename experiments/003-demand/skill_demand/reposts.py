"""How far a flood of reposts moves an estimate."""

from dataclasses import replace
from typing import Any, Final

import polars as pl

from skill_demand.chain import demand_at
from skill_demand.world import Reader, World, make_world

CELL: Final = ["division_code", "skill_id"]


def repost_change(
    name: str, settings: list[str], seed: int, reader: Reader, missed: list[float]
) -> list[dict[str, Any]]:
    """Relative change of the spam cells' estimates by the copies of their vacancies.

    The market and its reading are the same; in the one case the copies are posted, in the other
    they are not.

    Returns:
        missed (share of copies not recognised), vacancies and ads (relative changes).
    """
    rows: list[dict[str, Any]] = []
    for share in missed:
        flooded = make_world(name, settings, seed, replace(reader, missed_copies=share))
        kept = flooded.vacancies.filter(~pl.col("flood"))
        own = flooded.parsed.join(kept.select("posting_id"), on="posting_id", how="semi")
        calm = replace(flooded, vacancies=kept, parsed=own)
        with_flood, without = (_spam_cells(world, reader) for world in (flooded, calm))
        change = {figure: with_flood[figure] / without[figure] - 1 for figure in without}
        rows.append({"missed": share, **change})
    return rows


def _spam_cells(world: World, reader: Reader) -> dict[str, float]:
    """Vacancies of the last month and ads of all months in the spam cells."""
    spam = world.truth.filter(pl.col("kind") == "spam").select(CELL).unique()
    table = demand_at(world, reader).table().join(spam, on=CELL, how="semi")
    last = table.filter(pl.col("month") == world.months[-1])
    return {"vacancies": float(last["vacancies"].sum()), "ads": float(table["ads"].sum())}
