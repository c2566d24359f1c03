"""Cells of need: gaps of skills by district, wants of classes by town.

A gap's persons a month are persons a term times the months of one. Where the table bounds it, the
persons below the lower bound count in full and those up to the upper one in part, so that all of
them together are worth the expected gap: what is sure is closed first.

| step | persons | worth of each |
|---|---|---|
| 1 | low | value |
| 2 | high - low | value · (gap - low) / (high - low) |
"""

from typing import Final

import polars as pl

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

SCHEMA: Final = pl.Schema(
    {
        "kind": pl.String(),
        "division_code": pl.String(),
        "topic": pl.String(),
        "sure": pl.Float64(),
        "maybe": pl.Float64(),
        "value": pl.Float64(),
        "maybe_value": pl.Float64(),
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
        kind (job or want), division_code, topic (a skill, or category/window/people), sure and
        maybe (persons a term), value and maybe_value (of each).

    Raises:
        PlanningError: a column is missing.
    """
    parts = [_jobs(gaps, value.job)]
    if wants is not None:
        parts.append(_wants(wants, value.want))
    return pl.concat(parts).sort("kind", "division_code", "topic")


def _jobs(gaps: pl.DataFrame, value: float) -> pl.DataFrame:
    _check("gaps", gaps, NEEDED)
    bounded = {"gap_low", "gap_high"} <= set(gaps.columns)
    gap = pl.col("gap")
    low = pl.col("gap_low") if bounded else gap
    high = pl.col("gap_high") if bounded else gap
    sure = pl.min_horizontal(low.fill_null(gap).clip(lower_bound=0), gap)
    most = pl.max_horizontal(high.fill_null(gap), gap)
    rows = gaps.filter(pl.col("division_code").is_not_null(), gap > LEAST_GAP)
    told = rows.with_columns(sure=sure, most=most)
    part = ((gap - pl.col("sure")) / (pl.col("most") - pl.col("sure"))).fill_nan(0.0)
    return told.select(
        kind=pl.lit(JOB),
        division_code="division_code",
        topic="skill_id",
        sure=pl.col("sure") * TERM_MONTHS,
        maybe=(pl.col("most") - pl.col("sure")) * TERM_MONTHS,
        value=pl.lit(value),
        maybe_value=value * part,
    ).cast(SCHEMA)


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
        sure="wanted",
    )
    sums = told.group_by("division_code", "topic").agg(pl.col("sure").sum())
    return sums.select(
        kind=pl.lit(WANT),
        division_code="division_code",
        topic="topic",
        sure="sure",
        maybe=pl.lit(0.0),
        value=pl.lit(value),
        maybe_value=pl.lit(0.0),
    ).cast(SCHEMA)


def _check(name: str, table: pl.DataFrame, needed: tuple[str, ...]) -> None:
    missing = [column for column in needed if column not in table.columns]
    if missing:
        message = f"the table of {name} lacks {missing}; it has {table.columns}"
        raise PlanningError(message)
