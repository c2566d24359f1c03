"""Cells of need: gaps of skills by district, wants of classes by town.

A gap is told for a month, with bounds that such a month stays within; a plan is for a term, in
which the months' own scatter evens out while doubt about the level stays. So the gap of a term
is taken as normal,

    mean     m = (gap_low + gap_high) / 2                     in the middle of the bounds
    spread   s^2 = level^2 + (month^2 - level^2) / 6          month = (gap_high - gap_low) / 3.29
             level = need (tau - tau_low) / 1.645             else month sqrt(LASTING)

and a person of it is worth the chance that the gap is that large, in three steps that end where
the chance is 3/4, 1/2 and 1/10. What is sure is closed first, and a cell that is likely met is
worth little, but not nothing. A table without bounds has one step: the gap itself.
"""

from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from features.applicants import window_of
from features.supply.terms import TERM_MONTHS
from recsys.planning.opening.costs import Value
from recsys.planning.opening.errors import PlanningError

JOB, WANT = "job", "want"

NEEDED: Final = ("division_code", "skill_id", "gap")
"""Columns that a table of gaps must have."""

WANTED: Final = ("division_code", "category", "wanted")
"""Columns that a table of wants must have."""

LEAST_GAP: Final = 0.01
"""Persons a month below which nothing is planned for."""

PEOPLE: Final = {
    "senior": ("60-69", "70-79", "80+"),
    "child": ("<14", "14-17"),
    "adult": ("18-24", "25-34", "35-44", "45-59"),
}
"""Age bands that classes are made for together."""

ANY: Final = "any"

STEPS: Final = 3

CHANCES: Final = (0.75, 0.5, 0.1)
"""Chance that a gap is larger, at the end of each step."""

LASTING: Final = 0.3
"""Share of a month's variance that lasts, where the table doesn't tell it; an assumption."""

SPAN: Final = 2 * 1.645
"""Standard deviations from the 5 % to the 95 % bound."""

Floats = NDArray[np.float64]

SCHEMA: Final = pl.Schema(
    {
        "kind": pl.String(),
        "division_code": pl.String(),
        "topic": pl.String(),
        "width": pl.Array(pl.Float64(), STEPS),
        "value": pl.Array(pl.Float64(), STEPS),
    }
)


def cells_of(gaps: pl.DataFrame, wants: pl.DataFrame | None, value: Value) -> pl.DataFrame:
    """All cells of need, by kind, division and topic.

    Args:
        gaps: division_code (districts), skill_id, gap (persons a month), and gap_low and
            gap_high where they are known.
        wants: division_code (towns), category, slot, age_band, wanted (persons a term).
        value: what one person is worth.

    Returns:
        kind (job or want), division_code, topic (a skill, or category/window/people), width
        (persons a term) and value (of each) by step.

    Raises:
        PlanningError: a column is missing.
    """
    parts = [_jobs(gaps, value.job)]
    if wants is not None:
        parts.append(_wants(wants, value.want))
    return pl.concat(parts).sort("kind", "division_code", "topic")


def _jobs(gaps: pl.DataFrame, value: float) -> pl.DataFrame:
    _check("gaps", gaps, NEEDED)
    rows = gaps.filter(pl.col("division_code").is_not_null(), pl.col("gap") > LEAST_GAP)
    width, worth = _steps(rows)
    return _rows(JOB, rows["division_code"], rows["skill_id"], width * TERM_MONTHS, worth * value)


def _steps(rows: pl.DataFrame) -> tuple[Floats, Floats]:
    """Persons a month and the chance that they are short, each of shape (rows, steps)."""
    width = np.zeros((rows.height, STEPS))
    width[:, 0], worth = _floats(rows, "gap"), np.ones((rows.height, STEPS))
    if not {"gap_low", "gap_high"} <= set(rows.columns):
        return width, worth
    low, high = _floats(rows, "gap_low"), _floats(rows, "gap_high")
    mean, spread = (low + high) / 2, _spread(rows, (high - low) / SPAN)
    told = np.flatnonzero(np.isfinite(mean) & (spread > 0))
    m, s = mean[told, None], spread[told, None]
    edges = np.maximum(m - s * ndtri(np.array(CHANCES)), 0.0)
    ends = np.concatenate([np.zeros((len(told), 1)), edges], axis=1)
    chance = ndtr((m - ends) / s)
    width[told] = np.diff(ends, axis=1)
    worth[told] = (chance[:, 1:] + chance[:, :-1]) / 2
    return width, worth


def _spread(rows: pl.DataFrame, month: Floats) -> Floats:
    """Standard deviation of a month's gap on the mean of a term."""
    level = month * np.sqrt(LASTING)
    if {"need", "tau", "tau_low"} <= set(rows.columns):
        told = _floats(rows, "need") * (_floats(rows, "tau") - _floats(rows, "tau_low")) / 1.645
        level = np.where(np.isfinite(told), np.minimum(told, month), level)
    return np.asarray(np.sqrt(level**2 + (month**2 - level**2) / TERM_MONTHS))


def _floats(rows: pl.DataFrame, name: str) -> Floats:
    return rows[name].cast(pl.Float64).fill_null(np.nan).to_numpy()


def _rows(
    kind: str, division: pl.Series, topic: pl.Series, width: Floats, value: Floats
) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "kind": [kind] * len(division),
            "division_code": division.cast(pl.String),
            "topic": topic.cast(pl.String),
            "width": width,
            "value": value,
        },
        schema=SCHEMA,
    ).filter(pl.Series(width.sum(axis=1) > 0))


def _wants(wants: pl.DataFrame, value: float) -> pl.DataFrame:
    _check("wants", wants, WANTED)
    missing = [name for name in ("slot", "age_band") if name not in wants.columns]
    rows = wants.with_columns(pl.lit(None, pl.String).alias(name) for name in missing)
    band = pl.col("age_band").cast(pl.String)
    people = pl.lit(ANY)
    for name, bands in PEOPLE.items():
        people = pl.when(band.is_in(list(bands))).then(pl.lit(name)).otherwise(people)
    slots = rows.with_columns(slots=pl.concat_list(pl.col("slot").cast(pl.String)))
    told = slots.filter(pl.col("division_code").is_not_null()).select(
        "division_code",
        topic=pl.concat_str(
            [pl.col("category").cast(pl.String), window_of("slots").fill_null(ANY), people],
            separator="/",
        ),
        wanted="wanted",
    )
    sums = (
        told.group_by("division_code", "topic")
        .agg(pl.col("wanted").sum())
        .sort("division_code", "topic")
    )
    width = np.zeros((sums.height, STEPS))
    width[:, 0] = _floats(sums, "wanted")
    return _rows(WANT, sums["division_code"], sums["topic"], width, np.full(width.shape, value))


def _check(name: str, table: pl.DataFrame, needed: tuple[str, ...]) -> None:
    missing = [column for column in needed if column not in table.columns]
    if missing:
        message = f"the table of {name} lacks {missing}; it has {table.columns}"
        raise PlanningError(message)
