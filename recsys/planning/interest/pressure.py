"""Applications per seat: of a programme by town, and of single classes, the most wanted first."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import numpy as np
import polars as pl
import polars.selectors as cs

from data.city import City
from recsys.planning.interest.areas import LEVELS, PLACE
from recsys.planning.interest.reading import TERMS, Interest, read_interest
from recsys.planning.interest.shrinkage import Floats, fitted_shape, shrunk
from recsys.planning.interest.table import DIGITS

PRESSURE: Final = (
    "sections",
    "seats",
    "applications",
    "per_seat",
    "per_seat_mean",
    "per_seat_low",
    "per_seat_high",
    "lotteries",
    "lottery_applications",
    "lottery_admitted",
    "lottery_per_seat",
    "lottery_worst",
    "win_rate",
    "persons",
)
"""Columns of a programme's pressure, after the place."""


def pressure(
    city: City, moment: datetime, programme: str = "senior", *, terms: int = TERMS
) -> pl.DataFrame:
    """Applications per seat of a programme by the town, district and city of its classes.

    Args:
        city: any snapshot.
        moment: the cut-off, with an offset from UTC; nothing later is read.
        programme: one of ``data.vocab.PROGRAMMES``.
        terms: terms over their windows to look at, at most.

    Returns:
        One row per place with a class whose seats have been given; columns in docs/interest.md.
        ``per_seat_mean`` and its 5 % to 95 % interval are the level that the place's classes draw
        from, small places leaning on the city; ``persons`` is who applied. By level, highest
        level first.

    Raises:
        CutOffError: the moment has no offset from UTC.
    """
    return pressure_table(read_interest(city, moment, terms=terms), programme)


def pressure_table(found: Interest, programme: str) -> pl.DataFrame:
    """``pressure`` of what has been read."""
    classes = _classes(found).filter(pl.col("programme") == programme)
    applied = found.wishes.select("section_id", "learner_id")
    parts: list[pl.DataFrame] = []
    for level in LEVELS:
        rows = found.areas.at(classes, level)
        people = rows.join(applied, on="section_id").group_by(PLACE)
        sums = _sums(rows).join(
            people.agg(persons=pl.col("learner_id").n_unique().cast(pl.Int64)),
            on=PLACE,
            how="left",
            nulls_equal=True,
        )
        parts.append(_with_levels(sums, _scatter(rows)))
    table = pl.concat(parts).with_columns(pl.col("persons").fill_null(0))
    rounded = table.select(*PLACE, *PRESSURE).with_columns(cs.float().round(DIGITS))
    order = ["level", "per_seat_mean", "division_code", "parent_code"]
    return rounded.sort(order, descending=[False, True, False, False])


def contested_sections(city: City, moment: datetime, *, terms: int = TERMS) -> pl.DataFrame:
    """Classes whose seats have been given by applications per seat, the most wanted first.

    Args:
        city: any snapshot.
        moment: the cut-off, with an offset from UTC; nothing later is read.
        terms: terms over their windows to look at, at most.

    Returns:
        section_id, course_id, title, programme, category, term, rule, town_code, district_code,
        capacity, applications, admitted, lost, per_seat, win_rate (both null where there is nothing
        to divide by), persons (who applied).

    Raises:
        CutOffError: the moment has no offset from UTC.
    """
    return contested_table(read_interest(city, moment, terms=terms))


def contested_table(found: Interest) -> pl.DataFrame:
    """``contested_sections`` of what has been read."""
    rows = _classes(found).with_columns(
        per_seat=ratio("applications", "capacity"),
        win_rate=ratio("admitted", "applications"),
        persons="applications",
    )
    order = rows.sort("per_seat", "section_id", descending=[True, False], nulls_last=True)
    return order.select(
        "section_id",
        "course_id",
        "title",
        "programme",
        "category",
        "term",
        "rule",
        "town_code",
        "district_code",
        "capacity",
        "applications",
        "admitted",
        pl.col("applicants_lost").alias("lost"),
        "per_seat",
        "win_rate",
        "persons",
    )


def _classes(found: Interest) -> pl.DataFrame:
    """One row a section whose seats have been given, with who got one."""
    won = found.wishes.unique(["learner_id", "section_id"]).group_by("section_id")
    admitted = won.agg(admitted=pl.col("fate").is_in(["admitted", "gave_back"]).sum())
    sections = found.offer.filter("decided").unique("section_id")
    joined = sections.join(admitted, on="section_id", how="left")
    return joined.with_columns(pl.col("admitted").cast(pl.Int64).fill_null(0)).sort("section_id")


def _sums(rows: pl.DataFrame) -> pl.DataFrame:
    drawn = pl.col("rule") == "lottery"
    sums: Mapping[str, Any] = {
        "sections": pl.len().cast(pl.Int64),
        "seats": pl.col("capacity").sum(),
        "applications": pl.col("applications").sum(),
        "lotteries": drawn.sum().cast(pl.Int64),
        "lottery_seats": pl.col("capacity").filter(drawn).sum(),
        "lottery_applications": pl.col("applications").filter(drawn).sum(),
        "lottery_admitted": pl.col("admitted").filter(drawn).sum(),
        "lottery_worst": ratio("applications", "capacity").filter(drawn).max(),
    }
    return (
        rows.group_by(PLACE)
        .agg(**sums)
        .with_columns(
            per_seat=ratio("applications", "seats"),
            lottery_per_seat=ratio("lottery_applications", "lottery_seats"),
            win_rate=ratio("lottery_admitted", "lottery_applications"),
        )
    )


def ratio(above: str, below: str) -> pl.Expr:
    """One column over another; null where there is nothing to divide by."""
    return pl.when(pl.col(below) > 0).then(pl.col(above) / pl.col(below))


def _over(values: Floats, seats: Floats) -> Floats:
    """Values a seat; NaN where there is none."""
    found: Floats = np.divide(values, seats, out=np.full(len(seats), np.nan), where=seats > 0)
    return found


def _scatter(rows: pl.DataFrame) -> float:
    """How far classes of a place scatter around its rate, relative to Poisson counts; at least 1.

    Pearson's statistic over its degrees of freedom. Applicants crowd into single classes: a
    place's applications are worth so many times fewer independent ones.
    """
    rate = pl.col("applications").sum().over(PLACE) / pl.col("capacity").sum().over(PLACE)
    mean = pl.col("capacity") * rate
    told = rows.with_columns(mean=mean).filter(pl.col("mean") > 0)
    freedom = told.height - told.select(PLACE).n_unique()
    squares = told.select(((pl.col("applications") - pl.col("mean")) ** 2 / pl.col("mean")).sum())
    return max(1.0, float(squares.item()) / freedom) if freedom > 0 else 1.0


def _with_levels(sums: pl.DataFrame, scatter: float) -> pl.DataFrame:
    """The gamma level behind each place's applications per seat, leaning on all places' rate."""
    ordered = sums.sort(PLACE)
    applications = ordered["applications"].to_numpy().astype(np.float64)
    seats = ordered["seats"].to_numpy().astype(np.float64)
    rate = applications.sum() / max(seats.sum(), 1.0)
    # a place alone has nothing to lean on: its own figure stands
    lean = 1.0 if ordered.height > 1 else 0.0
    counts, expected = applications / scatter, lean * seats * rate / scatter
    found = shrunk(counts, expected, fitted_shape(counts, expected))
    each: Mapping[str, Floats] = {"mean": found.mean, "low": found.low, "high": found.high}
    return ordered.with_columns(
        pl.Series(f"per_seat_{end}", _over(values * scatter, seats), nan_to_null=True)
        for end, values in each.items()
    )
