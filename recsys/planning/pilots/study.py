"""A study of the pilots: what changed, by how much more than elsewhere, and how surely."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from recsys.planning.pilots.comparison import Weighting, treated_sets, weights_of
from recsys.planning.pilots.inference import Effect, contrast, effect_of, family_p_values
from recsys.planning.pilots.outcomes import outcome_named
from recsys.planning.pilots.panel import Grid, grid_of
from recsys.planning.pilots.sentences import sentences_of

EFFECTS: Final[Mapping[str, type[pl.DataType]]] = {
    "outcome": pl.String,
    "pilots": pl.Int64,
    "comparisons": pl.Int64,
    "terms_before": pl.Int64,
    "terms_after": pl.Int64,
    "pilots_before": pl.Float64,
    "pilots_after": pl.Float64,
    "comparison_before": pl.Float64,
    "comparison_after": pl.Float64,
    "effect": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "confidence": pl.Float64,
    "p_value": pl.Float64,
    "p_family": pl.Float64,
    "sets": pl.Int64,
    "trend": pl.Float64,
    "trend_low": pl.Float64,
    "trend_high": pl.Float64,
    "trend_p": pl.Float64,
    "drift": pl.Float64,
    "note": pl.String,
    "note_en": pl.String,
}
"""Columns of the effects. Rates are shares (0-1); ``trend`` is per term, ``drift`` what the trend
of the terms before would add to the effect if it went on."""

CHANGES: Final[Mapping[str, type[pl.DataType]]] = {
    "division_code": pl.String,
    "role": pl.String,
    "outcome": pl.String,
    "before": pl.Float64,
    "after": pl.Float64,
    "change": pl.Float64,
}
PATHS: Final[Mapping[str, type[pl.DataType]]] = {
    "outcome": pl.String,
    "term": pl.String,
    "after": pl.Boolean,
    "pilots": pl.Float64,
    "comparison": pl.Float64,
    "difference": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
}
WEIGHTS: Final[Mapping[str, type[pl.DataType]]] = {
    "outcome": pl.String,
    "division_code": pl.String,
    "weight": pl.Float64,
}


@dataclass(frozen=True, slots=True)
class Study:
    """What the pilots' terms tell.

    Attributes:
        pilots: district codes.
        comparisons: codes of the districts they are held against.
        terms: finished terms, oldest first.
        before: how many of them lie before the start.
        panel: division_code, role (pilot, comparison), term, after (Boolean), outcome, value.
        changes: before and after (means over terms) and their difference, by district.
        effects: one row an outcome, columns ``EFFECTS``.
        paths: by outcome and term: means of the pilots and of their comparison, and how far their
            difference lies from its mean over the terms before, with its interval.
        weights: outcome, division_code, weight of each comparison district.
    """

    pilots: tuple[str, ...]
    comparisons: tuple[str, ...]
    terms: tuple[str, ...]
    before: int
    panel: pl.DataFrame
    changes: pl.DataFrame
    effects: pl.DataFrame
    paths: pl.DataFrame
    weights: pl.DataFrame


@dataclass(frozen=True, slots=True)
class _Found:
    """One outcome, compared."""

    grid: Grid
    effect: Effect
    trend: Effect | None
    weights: NDArray[np.float64]
    differences: NDArray[np.float64]
    path: tuple[Effect, ...]


def study(
    panel: pl.DataFrame,
    pilots: Sequence[str],
    comparisons: Sequence[str],
    terms: Sequence[str],
    before: int,
    weighting: Weighting = "likeness",
    names: Mapping[str, str] | None = None,
) -> Study:
    """Hold the pilots against their comparison, outcome by outcome.

    Args:
        panel: division_code, term, outcome, value (null unknown or held back).
        pilots: their codes.
        comparisons: codes of districts where nothing was tried.
        terms: finished terms, oldest first.
        before: how many of them lie before the start.
        weighting: how comparison districts weigh.
        names: of districts by code, for the sentences.

    Raises:
        QueryError: too many sets of districts to go through.
    """
    asked = panel["outcome"].unique(maintain_order=True).to_list()
    grids = [grid_of(panel, name, pilots, comparisons, terms, before) for name in asked]
    found = {grid.outcome: _compared(grid, weighting) for grid in grids if grid.compared}
    families = _families(list(found.values()))
    roles = {code: "pilot" if code in pilots else "comparison" for code in [*pilots, *comparisons]}
    return Study(
        tuple(pilots),
        tuple(comparisons),
        tuple(terms),
        before,
        _panel(panel, roles, terms, before),
        pl.concat([_changes(grid, roles) for grid in grids]),
        pl.DataFrame(
            [_row(grid, found.get(grid.outcome), families, names or {}) for grid in grids],
            schema=EFFECTS,
        ),
        pl.DataFrame([row for one in found.values() for row in _path(one)], schema=PATHS),
        pl.DataFrame([row for one in found.values() for row in _weights(one)], schema=WEIGHTS),
    )


def _compared(grid: Grid, weighting: Weighting) -> _Found:
    sets = treated_sets(grid.treated)
    values, start = grid.values, grid.before
    weights = weights_of(sets, values[:, :start], weighting, grid.after)
    changes = _change(grid)
    # the weights were made to fit the terms before, so the trend is judged without them
    equal = weights_of(sets, values[:, :start], "equal", grid.after)
    trend = None if start < 2 else effect_of(_slopes(values[:, :start]), sets, equal)
    path = tuple(
        effect_of(values[:, t] - _others_before(values, start, t), sets, weights)
        for t in range(len(grid.terms))
    )
    differences = contrast(changes, sets, weights)
    return _Found(grid, effect_of(changes, sets, weights), trend, weights[0], differences, path)


def _change(grid: Grid) -> NDArray[np.float64]:
    values, start = grid.values, grid.before
    change: NDArray[np.float64] = values[:, start:].mean(axis=1) - values[:, :start].mean(axis=1)
    return change


def _others_before(values: NDArray[np.float64], start: int, term: int) -> NDArray[np.float64]:
    """The mean of the terms before, the term itself left out so that it isn't its own measure."""
    kept = [t for t in range(start) if t != term or start == 1]
    mean: NDArray[np.float64] = values[:, kept].mean(axis=1)
    return mean


def _slopes(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """(districts,) least-squares growth a term."""
    terms = values.shape[1]
    steps: NDArray[np.float64] = np.arange(terms, dtype=np.float64) - (terms - 1) / 2
    slopes: NDArray[np.float64] = (values @ steps) / float((steps**2).sum())
    return slopes


def _families(found: Sequence[_Found]) -> dict[str, float]:
    """p-values that heed how many outcomes were looked at, among those of the same districts."""
    groups: dict[tuple[str, ...], list[_Found]] = {}
    for one in found:
        groups.setdefault(one.grid.districts, []).append(one)
    return {
        one.grid.outcome: float(p)
        for group in groups.values()
        for one, p in zip(
            group, family_p_values(np.vstack([it.differences for it in group])), strict=True
        )
    }


def _row(
    grid: Grid, found: _Found | None, families: Mapping[str, float], names: Mapping[str, str]
) -> dict[str, Any]:
    row: dict[str, Any] = dict.fromkeys(EFFECTS)
    row |= {
        "outcome": grid.outcome,
        "pilots": int(grid.treated.sum()),
        "comparisons": int((~grid.treated).sum()),
        "terms_before": grid.before,
        "terms_after": grid.after,
    }
    if grid.comparable:
        row |= _two_means("pilots", grid.values[grid.treated], grid.before)
    if found is not None:
        row |= _told(found) | {"p_family": families[grid.outcome]}
    left_out = [names.get(code, code) for code in grid.left_out]
    zh, en = sentences_of(row, outcome_named(grid.outcome), left_out)
    return row | {"note": zh, "note_en": en}


def _two_means(name: str, values: NDArray[np.float64], start: int) -> dict[str, float]:
    return {
        f"{name}_before": float(values[:, :start].mean()),
        f"{name}_after": float(values[:, start:].mean()),
    }


def _told(found: _Found) -> dict[str, Any]:
    effect, trend, grid = found.effect, found.trend, found.grid
    others = (found.weights @ grid.values)[None, :]
    told: dict[str, Any] = _two_means("comparison", others, grid.before) | {
        "effect": effect.effect,
        "low": effect.low,
        "high": effect.high,
        "confidence": effect.level,
        "p_value": effect.p_value,
        "sets": effect.sets,
    }
    if trend is not None:
        told |= {
            "trend": trend.effect,
            "trend_low": trend.low,
            "trend_high": trend.high,
            "trend_p": trend.p_value,
            "drift": trend.effect * len(grid.terms) / 2,
        }
    return told


def _panel(
    panel: pl.DataFrame, roles: Mapping[str, str], terms: Sequence[str], before: int
) -> pl.DataFrame:
    """The figures that went in, with each district's role and each term's side of the start."""
    order = {term: number for number, term in enumerate(terms)}
    rows = panel.filter(pl.col("division_code").is_in(list(roles)), pl.col("term").is_in(terms))
    number = pl.col("term").replace_strict(order, return_dtype=pl.Int64)
    role = pl.col("division_code").replace_strict(roles, return_dtype=pl.String)
    placed = rows.with_columns(role=role, number=number, after=number >= before)
    ordered = placed.sort("outcome", "role", "division_code", "number")
    return ordered.select("division_code", "role", "term", "after", "outcome", "value")


def _changes(grid: Grid, roles: Mapping[str, str]) -> pl.DataFrame:
    rows: list[tuple[Any, ...]] = []
    if grid.comparable:
        start = grid.before
        means = grid.values[:, :start].mean(axis=1), grid.values[:, start:].mean(axis=1)
        rows = [
            (code, roles[code], grid.outcome, float(old), float(new), float(new - old))
            for code, old, new in zip(grid.districts, *means, strict=True)
        ]
    return pl.DataFrame(rows, schema=CHANGES, orient="row")


def _path(found: _Found) -> list[dict[str, Any]]:
    grid = found.grid
    pilots = grid.values[grid.treated].mean(axis=0)
    others = found.weights @ grid.values
    return [
        {
            "outcome": grid.outcome,
            "term": term,
            "after": number >= grid.before,
            "pilots": float(pilots[number]),
            "comparison": float(others[number]),
            "difference": effect.effect,
            "low": effect.low,
            "high": effect.high,
        }
        for number, (term, effect) in enumerate(zip(grid.terms, found.path, strict=True))
    ]


def _weights(found: _Found) -> list[dict[str, Any]]:
    pairs = zip(found.grid.districts, found.weights, found.grid.treated, strict=True)
    return [
        {"outcome": found.grid.outcome, "division_code": code, "weight": float(weight)}
        for code, weight, pilot in pairs
        if not pilot
    ]
