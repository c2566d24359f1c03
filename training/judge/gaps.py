"""A ranking of skill gaps held against the true ones."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from training.judge.errors import JudgeError
from training.judge.files import check_unique, read_table
from training.judge.truth import Truth

CELL: Final = ("division_code", "skill_id")
ORDERS: Final = ("rank", "gap_low", "gap")
"""Columns a ranking is read from, the first that is there; without any, the order of rows."""

INTERVAL: Final = ("gap_low", "gap_high", "month")

HEAD: Final = 20
"""Length at which decoys are counted: what a planner looks through."""

PLANTED: Final = "gap"
"""The kind of a true gap; every other kind is a decoy."""

MONTH_LETTERS: Final = 7
"""``2025-09`` of a date."""

NUMBERS: Final = dict.fromkeys((*ORDERS, "gap_high"), pl.Float64)


@dataclass(frozen=True, slots=True)
class Cells:
    """The true state of each cell of district and skill.

    Attributes:
        table: division_code, skill_id, is_gap, and kind where the truth tells it.
        months: division_code, skill_id, month (``2025-09``), gap.
        rule: what makes a cell a true gap, in words.
    """

    table: pl.DataFrame
    months: pl.DataFrame
    rule: str


def judge_gaps(truth: Truth, path: Path, *, k: int, min_gap: float) -> dict[str, Any]:
    """Judge a ranking of cells of district and skill.

    Args:
        truth: a folder with gaps.parquet.
        path: division_code, skill_id; rank, gap_low, gap or the order of rows rank them.
        k: length judged beside ``HEAD``.
        min_gap: persons; a cell whose mean gap over months is larger is a true gap, where the
            truth doesn't name kinds.

    Returns:
        One document; ``docs/judging.md`` defines each figure.

    Raises:
        JudgeError: a file breaks its contract, a cell or a rank stands twice, or no cell is known.
    """
    cells = _cells(truth, min_gap)
    ranked, order = read_ranking(path)
    placed = ranked.join(cells.table, on=CELL, how="left", maintain_order="left")
    _check_known(placed, cells, path)
    hits = placed["is_gap"].fill_null(value=False).to_numpy()
    true = int(cells.table["is_gap"].sum())
    unknown = placed["is_gap"].null_count()
    notes = [f"{unknown:,} cells of the ranking are not in the truth and count as no gap"]
    return {
        "judged": "gaps",
        "ranked_by": order,
        "true_gap": cells.rule,
        "cells_ranked": ranked.height,
        "cells": cells.table.height,
        "true_gaps": true,
        "base_rate": true / cells.table.height,
        **{f"precision_at_{n}": float(hits[:n].sum() / n) for n in sorted({HEAD, k})},
        **{f"recall_at_{n}": _share(int(hits[:n].sum()), true) for n in sorted({HEAD, k})},
        "recall": _share(int(hits.sum()), true),
        "average_precision": average_precision(hits, true),
        f"decoys_at_{HEAD}": decoys(placed.head(HEAD)),
        "interval_coverage": interval_coverage(ranked, cells),
        "notes": [*(notes if unknown else []), *_missing(ranked, cells)],
    }


def read_ranking(path: Path) -> tuple[pl.DataFrame, str]:
    """Cells in order, the largest gap first, and the column that orders them.

    Returns:
        The cells with gap_low, gap_high and month where the file has them; and ``row`` as the
        column where the rows stand in order.

    Raises:
        JudgeError: a column is missing, or a cell or a rank stands twice.
    """
    table = read_table(path, dict.fromkeys(CELL, pl.String), {**NUMBERS, "month": pl.String})
    check_unique(table, CELL, path, "a cell")
    order = next((name for name in ORDERS if name in table.columns), None)
    kept = [*CELL, *(name for name in INTERVAL if name in table.columns)]
    if order is None:
        return table.select(kept), "row"
    if order == "rank":
        check_unique(table.filter(pl.col("rank").is_not_null()), (order,), path, "a rank")
    descending = order != "rank"
    ranked = table.sort(order, descending=descending, nulls_last=True, maintain_order=True)
    return ranked.select(kept), order


def average_precision(hits: NDArray[np.bool_], true: int) -> float | None:
    """Precision at the place of each true gap, averaged over all true gaps.

    ``AP = sum_r hit_r * (sum_{q<=r} hit_q / r) / T``, with ``hit_r`` 1 where the cell at rank r is
    a true gap and T the number of true gaps; one that isn't ranked adds 0.

    Returns:
        0 to 1; None where there is no true gap.

    Right at ranks 1 and 3 of two: (1/1 + 2/3) / 2.

    >>> round(average_precision(np.array([True, False, True]), 2), 4)
    0.8333
    """
    if not true:
        return None
    precisions = np.cumsum(hits) / np.arange(1, len(hits) + 1)
    return float(precisions[hits].sum() / true)


def decoys(head: pl.DataFrame) -> dict[str, Any] | None:
    """Cells that look like gaps and are none: how many, of which kinds, and which.

    Args:
        head: the first cells of a ranking, with ``kind`` where the truth tells it.
    """
    if "kind" not in head.columns:
        return None
    found = head.with_row_index("rank", offset=1).filter(pl.col("kind") != PLANTED)
    counts = found.group_by("kind").len("n").sort("n", "kind", descending=[True, False])
    return {
        "count": found.height,
        "kinds": dict(counts.iter_rows()),
        "cells": found.select("rank", *CELL, "kind").to_dicts(),
    }


def interval_coverage(ranked: pl.DataFrame, cells: Cells) -> float | None:
    """Share of cells whose true gap lies within the ranking's interval, ends included.

    The true gap is that of the row's ``month`` where the ranking has one, else of the truth's
    last month. Cells without both ends, or not in the truth, are left out.
    """
    if not {"gap_low", "gap_high"} <= set(ranked.columns):
        return None
    keys: list[str] = [*CELL]
    truth = cells.months
    if "month" in ranked.columns:
        keys.append("month")
        ranked = ranked.with_columns(pl.col("month").str.head(MONTH_LETTERS))
    else:
        truth = truth.filter(pl.col("month") == pl.col("month").max())
    true = truth.select(*keys, pl.col("gap").alias("true"))
    held = ranked.join(true, on=keys, how="inner").drop_nulls(["gap_low", "gap_high", "true"])
    inside = held.select(pl.col("true").is_between("gap_low", "gap_high").mean()).item()
    return None if inside is None else float(inside)


def _cells(truth: Truth, min_gap: float) -> Cells:
    gaps = truth.required("gaps")
    months = gaps.with_columns(pl.col("month").str.head(MONTH_LETTERS))
    kinds = "kind" in gaps.columns
    if kinds:
        is_gap, rule = (pl.col("kind") == PLANTED).any(), "kind is gap"
    else:
        is_gap = pl.col("gap").mean() > min_gap
        rule = f"mean gap over months above {min_gap:g} persons"
    told = [pl.col("kind").drop_nulls().first()] if kinds else []
    table = gaps.group_by(CELL, maintain_order=True).agg(is_gap.alias("is_gap"), *told)
    return Cells(table, months.select(*CELL, "month", "gap"), rule)


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _missing(ranked: pl.DataFrame, cells: Cells) -> list[str]:
    """What could not be judged, in words."""
    said: list[str] = []
    if "kind" not in cells.table.columns:
        said.append("no decoys: gaps.parquet of the truth lacks kind")
    if not {"gap_low", "gap_high"} <= set(ranked.columns):
        said.append("no interval_coverage: the ranking lacks gap_low or gap_high")
    if not cells.table["is_gap"].any():
        said.append(f"the truth holds no gap ({cells.rule}); recall is not defined")
    return said


def _check_known(placed: pl.DataFrame, cells: Cells, path: Path) -> None:
    if placed["is_gap"].null_count() == placed.height:
        message = (
            f"no cell of {path} is in the truth: it has {placed.select(CELL).row(0)}, the truth "
            f"has {cells.table.select(CELL).row(0)}"
        )
        raise JudgeError(message)
