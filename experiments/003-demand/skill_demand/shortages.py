"""Do planted shortages come out on top, after how many months of postings?"""

from typing import Any, Final

import polars as pl

from data.simulate import preset
from data.simulate.build import Layout, State, built, lay_out, run_terms
from data.simulate.labour.market import make_labour
from data.simulate.truth.gaps import gap_table
from features.demand.grid import after
from skill_demand.chain import demand_at
from skill_demand.world import Reader, make_world

HEAD: Final = 20
LEAST: Final = 0.5
"""Persons added to both sides, so that next to nothing against nothing is no shortage."""
CELL: Final = ["division_code", "skill_id"]


def recovered(
    name: str, settings: list[str], seed: int, reader: Reader, months: list[int]
) -> list[dict[str, Any]]:
    """Precision and decoys of the first 20 cells by lower bound, and by plain counts.

    Supply, jobseekers and completers within reach, is taken as known from the last month's
    truth: what is tested is demand. A cell counts as in ``xuepei judge --gaps``.
    """
    world = make_world(name, settings, seed, reader)
    truth = _gap_truth(name, settings, seed)
    last = world.months[-1]
    year = truth.filter(pl.col("month") > after(last, -12))
    supply = year.group_by(CELL).agg(pl.col("supply").mean())
    kinds = truth.group_by(CELL).agg(pl.col("kind").drop_nulls().first())
    rows: list[dict[str, Any]] = []
    for count in months:
        first = after(last, 1 - count)
        table = demand_at(world, reader, first).table([last])
        cells = table.join(supply, on=CELL).join(kinds, on=CELL)
        scores = {
            "xuepei": _ratio(cells, "own_low"),
            "estimate": _ratio(cells, "vacancies"),
            "counted_ads": _ratio(cells, "ads"),
        }
        rows += [
            {"months": count, "ranking": ranking, **_head(frame)}
            for ranking, frame in scores.items()
        ]
    return rows


def ranked_by_bound(cells: pl.DataFrame) -> dict[str, Any]:
    """The head of the product's own ranking.

    Args:
        cells: own_low, supply, kind by cell.
    """
    return _head(_ratio(cells, "own_low"))


def _ratio(cells: pl.DataFrame, demand: str) -> pl.DataFrame:
    """Cells ranked by log((V + e) / (supply + e)), METHODS section 4's tau."""
    ratio = (pl.col(demand) + LEAST) / (pl.col("supply") + LEAST)
    return cells.select(*CELL, "kind", ratio.log().alias("gap_low"))


def _head(ranked: pl.DataFrame) -> dict[str, Any]:
    """Precision and decoys as ``xuepei judge --gaps`` counts them."""
    head = ranked.sort("gap_low", *CELL, descending=[True, False, False]).head(HEAD)
    kinds = head["kind"].drop_nulls()
    decoys = kinds.filter(kinds != "gap")
    return {
        "precision_at_20": float((kinds == "gap").sum() / HEAD),
        "decoys_at_20": len(decoys),
        "kinds": dict(decoys.value_counts(sort=True).iter_rows()),
    }


def _gap_truth(name: str, settings: list[str], seed: int) -> pl.DataFrame:
    """The truth table ``gaps`` of the same city, with the seats that its terms complete."""
    laid: Layout = lay_out(preset(name, settings), seed, lambda _step: None)
    state = State.before(laid)
    for _ in run_terms(laid, state):
        state.log.take()
    labour = make_labour(laid.world.params, laid.city, laid.planted, laid.streams)
    return gap_table(built(laid, state, {"learners": laid.learners}), labour)
