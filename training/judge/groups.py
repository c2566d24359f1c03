"""Whom lists serve and whom they show: new courses, institutions, groups of learners."""

from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from training.judge.contest import Contest
from training.judge.pairs import Pairs, aligned
from training.judge.truth import Known
from training.judge.values import ratio_of
from training.metrics.exposure import disparity_ratio, exposure, exposure_ratios, gini, shares
from training.metrics.lists import Ids
from training.metrics.table import FEWEST
from training.slices import UNKNOWN

QUARTER: Final = 0.25
"""How far the share of new courses may be from the oracle's, as a share of the oracle's."""

PROVIDERS: Final = {"institution": "institution_id", "tier": "tier", "district": "district_code"}
"""Whose exposure is judged, and the column that names them."""

SLICES: Final = ("age_band", "district_code", "access_need", "history")
WORST: Final = 5


def cold(items: Ids, oracle: Ids, pairs: Pairs, known: Known) -> dict[str, Any] | None:
    """How much of what is shown is new this term, against the oracle's lists and what is open.

    Args:
        items: the judged lists; shape (learners, k).
        oracle: the oracle's; same shape.
        pairs: the truth.
        known: its sections.

    Returns:
        Shares of new courses; None where the truth doesn't say which courses are new.
    """
    if not known.tells("cold", sections=("is_new",)):
        return None
    new = aligned(known["sections"], pairs.sections)["is_new"].cast(pl.Float64)
    flags = new.fill_null(float("nan")).to_numpy()
    shown, best = _share(flags[items[items >= 0]]), _share(flags[oracle[oracle >= 0]])
    ratio = shown / best if shown is not None and best else None
    return {
        "shown": shown,
        "oracle": best,
        "available": _share(flags),
        "over_oracle": ratio,
        "within_25_percent_of_oracle": None if ratio is None else abs(ratio - 1) <= QUARTER,
    }


def exposures(items: Ids, pairs: Pairs, known: Known) -> dict[str, Any] | None:
    """Who is shown against who offers seats, by institution, tier and district.

    Args:
        items: the judged lists; shape (learners, k).
        pairs: the truth.
        known: its sections, with seats.

    Returns:
        One entry for each of ``PROVIDERS`` that the truth names; None where it names no seats.
    """
    if not known.tells("exposure", sections=("capacity",)):
        return None
    attention = exposure(items, pairs.sections.len())
    sections = aligned(known["sections"], pairs.sections)
    return {
        name: _exposure(attention, sections, column)
        for name, column in PROVIDERS.items()
        if known.tells(f"exposure by {name}", sections=(column,))
    }


def slices(contest: Contest, pairs: Pairs, known: Known) -> list[dict[str, Any]] | None:
    """Value over the oracle's by group of learners; groups of fewer than ten are left out.

    Returns:
        Rows of slice, value, n, Value@k, its ratio to the oracle's with an interval, and that
        ratio over the overall one; None where the truth knows nothing of the learners.
    """
    if not known.tells("slices", learners=()):
        return None
    learners = aligned(known["learners"], pairs.learners)
    overall = ratio_of(contest.value, contest.oracle, seed=contest.seed).value
    return [
        _slice(contest, rows, name, value, overall)
        for name in SLICES
        if known.tells(f"slices by {name}", learners=(name,))
        for value, rows in _members(learners[name])
    ]


def _share(flags: NDArray[np.float64]) -> float | None:
    """Mean of the known flags; None where none is known."""
    told = flags[~np.isnan(flags)]
    return float(told.mean()) if told.size else None


def _exposure(
    attention: NDArray[np.float64], sections: pl.DataFrame, column: str
) -> dict[str, Any]:
    names = sections[column].fill_null(UNKNOWN)
    groups = names.unique().sort()
    numbers = names.cast(pl.Enum(groups)).to_physical().cast(pl.Int64).to_numpy()
    seats = sections["capacity"].fill_null(0).to_numpy().astype(np.float64)
    exposed, supply = (shares(amount, numbers, groups.len()) for amount in (attention, seats))
    table = pl.DataFrame(
        {
            "group": groups,
            "exposure": exposed,
            "supply": supply,
            "ratio": exposure_ratios(exposed, supply),
        }
    ).with_columns(pl.col("ratio").fill_nan(None))
    lowest = table.drop_nulls().sort("ratio", "group").head(WORST)
    return {
        "groups": table.height,
        "gini": _number(gini(exposed, supply)),
        "disparity_ratio": _number(disparity_ratio(exposed, supply)),
        "worst": lowest.to_dicts(),
        "rows": table.to_dicts(),
    }


def _number(value: float) -> float | None:
    """JSON has no NaN."""
    return None if np.isnan(value) else value


def _members(column: pl.Series) -> list[tuple[str, NDArray[np.int64]]]:
    """The values of a column that at least ``FEWEST`` learners have, with their rows."""
    table = pl.DataFrame({"value": column.fill_null(UNKNOWN)}).with_row_index("row")
    found = table.group_by("value").agg(pl.col("row").sort().cast(pl.Int64)).sort("value")
    kept = found.filter(pl.col("row").list.len() >= FEWEST)
    return [(value, np.array(rows, dtype=np.int64)) for value, rows in kept.iter_rows()]


def _slice(
    contest: Contest, rows: NDArray[np.int64], name: str, value: str, overall: float | None
) -> dict[str, Any]:
    part = Contest(contest.value[rows], contest.oracle[rows], contest.k, contest.seed)
    found = part.worth(part.value)
    own = found[f"value_at_{contest.k}_over_oracle"]
    to_overall = own / overall if own is not None and overall else None
    return {"slice": name, "value": value, "n": len(rows), **found, "ratio_to_overall": to_overall}
