"""The interest gap: what residents ask for and can't get, cell by cell."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import polars as pl
import polars.selectors as cs

from data.city import City
from recsys.errors import QueryError
from recsys.planning.interest.areas import LEVELS, PLACE
from recsys.planning.interest.asks import COUNTS, counted
from recsys.planning.interest.levels import LEVEL_COLUMNS, wanted_levels
from recsys.planning.interest.reading import TERMS, Interest, read_interest
from recsys.planning.interest.wishes import LOST

DIGITS: Final = 6
"""After the point, of every figure."""

PEOPLE: Final = ("applicants", "persons")
"""Distinct learners behind ``applications`` and behind ``lost``; they don't add up."""

BY: Final = ("category", "slot", "weekday", "part", "age_band", "programme", "term")
"""Columns by which a place's row can be told apart."""

OF_RESIDENTS: Final = ("applications", "admitted", *LOST, "lost", "pending", "wanted")
"""Columns about who lives in the place, wherever the class is."""

OF_SEATS: Final = (
    "sections",
    "called_off",
    "seats",
    "fill",
    "applications_here",
    "applicants_here",
    "per_seat",
)
"""Columns about classes held in the place whose seats have been given, whoever applied."""


def interest_gap(
    city: City,
    moment: datetime,
    unmet: pl.DataFrame | None = None,
    *,
    by: Sequence[str] = ("category",),
    terms: int = TERMS,
) -> pl.DataFrame:
    """What residents of each town, district and the city ask for and can't get.

    Args:
        city: any snapshot.
        moment: the cut-off, with an offset from UTC; nothing later is read.
        unmet: rows of the unmet-demand ledger; without them its columns are null.
        by: of ``BY``, in the order wanted; none gives one row a place.
        terms: terms over their windows to look at, at most; open ones come besides.

    Returns:
        One row per place and cell; columns in docs/interest.md. Every count but those of
        distinct people adds up from towns to districts to the city; a null division_code holds what
        nobody knows more closely. By level, most wanted first.

    Raises:
        CutOffError: the moment has no offset from UTC.
        ContractError: a column of the ledger is missing.
        QueryError: ``by`` names an unknown column, or one twice.
    """
    return gap_table(read_interest(city, moment, unmet, terms=terms), by)


def gap_table(found: Interest, by: Sequence[str]) -> pl.DataFrame:
    """``interest_gap`` of what has been read."""
    _check(by)
    keys = [*PLACE, *by]
    residents = {level: _of_residents(found, level, by) for level in LEVELS}
    levels = wanted_levels(found, residents, by)
    parts: list[pl.DataFrame] = []
    for level in LEVELS:
        others = [levels[level]]
        if found.asks is not None:
            others.append(counted(found.areas.at(found.asks, level), keys))
        if "age_band" not in by:
            others.append(_of_seats(found, level, by))
        rows = residents[level]
        for other in others:
            rows = rows.join(other, on=keys, how="full", coalesce=True, nulls_equal=True)
        parts.append(rows)
    return _filled(pl.concat(parts), found, by)


def _check(by: Sequence[str]) -> None:
    unknown = [name for name in by if name not in BY]
    if unknown or len(set(by)) != len(by):
        message = f"rows can be told apart by {', '.join(BY)}, each once; got {', '.join(by)}"
        raise QueryError(message)


def _of_residents(found: Interest, level: str, by: Sequence[str]) -> pl.DataFrame:
    """Applications of a place's residents and what became of them."""
    rows = found.areas.at(found.wishes, level)
    share, fate = pl.col("share"), pl.col("fate")
    each = {name: share.filter(fate == name).sum() for name in ("admitted", *LOST, "pending")}
    return rows.group_by([*PLACE, *by]).agg(
        applications=share.sum(),
        **each,
        lost=share.filter("lost").sum(),
        wanted=pl.col("want").sum().round(9),
        applicants=pl.col("learner_id").n_unique().cast(pl.Int64),
        persons=pl.col("learner_id").filter("lost").n_unique().cast(pl.Int64),
    )


def _of_seats(found: Interest, level: str, by: Sequence[str]) -> pl.DataFrame:
    """Classes of a place: those whose seats have been given, and those called off."""
    rows, share = found.areas.at(found.offer, level), pl.col("share")
    given = pl.col("decided")
    sums = rows.group_by([*PLACE, *by]).agg(
        sections=share.filter(given).sum(),
        called_off=share.filter("called_off").sum(),
        seats=(share * pl.col("capacity")).filter(given).sum(),
        taken=(share * pl.col("enrolled")).filter(given).sum(),
        applications_here=(share * pl.col("applications")).filter(given).sum(),
    )
    per_seat = pl.when(pl.col("seats") > 0)
    people = _applicants(rows, found.wishes, [*PLACE, *by])
    return (
        sums.join(people, on=[*PLACE, *by], how="left", nulls_equal=True)
        .with_columns(
            fill=per_seat.then(pl.col("taken") / pl.col("seats")),
            per_seat=per_seat.then(pl.col("applications_here") / pl.col("seats")),
        )
        .drop("taken")
    )


def _applicants(classes: pl.DataFrame, wishes: pl.DataFrame, keys: Sequence[str]) -> pl.DataFrame:
    """Distinct learners who applied for a place's classes, wherever they live."""
    held = classes.filter("decided").select(list(dict.fromkeys(["section_id", "slot", *keys])))
    who = wishes.select("section_id", "slot", "learner_id")
    joined = held.join(who, on=["section_id", "slot"], nulls_equal=True)
    return joined.group_by(keys).agg(applicants_here=pl.col("learner_id").n_unique().cast(pl.Int64))


def _filled(table: pl.DataFrame, found: Interest, by: Sequence[str]) -> pl.DataFrame:
    """Zero where nothing was counted, null where nothing can be: no ledger, no age of seats."""
    ratios = ("fill", "per_seat")
    kept = [*OF_RESIDENTS, *PEOPLE, *LEVEL_COLUMNS]
    kept += COUNTS if found.asks is not None else ()
    kept += [name for name in OF_SEATS if name not in ratios] if "age_band" not in by else []
    filled = table.with_columns(pl.col(kept).fill_null(0))
    columns = [*PLACE, *by, *OF_RESIDENTS, *LEVEL_COLUMNS, *PEOPLE, *COUNTS, *OF_SEATS]
    absent = [pl.lit(None, pl.Float64).alias(name) for name in columns if name not in table.columns]
    # sums in any order agree to more digits than these: a re-run gives the same bytes
    rounded = filled.with_columns(absent).select(columns).with_columns(cs.float().round(DIGITS))
    order = ["level", "wanted_mean", "division_code", "parent_code", *by]
    return rounded.sort(order, descending=[False, True] + [False] * (len(order) - 2))
