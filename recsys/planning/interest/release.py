"""The one door through which the interest tables leave: small cells are held back.

The gap, what was searched for and the pressure of senior classes leave as one release, for they
count the same people and one could be worked out of another. Single classes and wants are lists
beside them: who is few is left out, and others are told in tens, so that no sum of theirs tells a
figure held back more closely than by ten.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Final

import polars as pl

from data.privacy.suppression import SUPPRESSED, Dimension, K, Suppressed, Tabulation, suppress
from data.privacy.suppression.dimensions import Kind
from recsys.planning.interest.pressure import contested_table, pressure_table
from recsys.planning.interest.reading import Interest
from recsys.planning.interest.table import gap_table
from recsys.planning.interest.wants import wants_table

PLACE: Final = "place"
NOWHERE: Final = "~"
"""Stands for the place that nobody knows more closely, under the place around it."""
ROW: Final = "row"
BEHIND: Final = "behind"
SENIOR: Final = "senior"

FATES: Final = ("waitlisted", "lottery_lost", "not_admitted", "cancelled")

WISHES: Final = {
    "admitted": "applications",
    "pending": "applications",
    "lost": "applications",
    **dict.fromkeys(FATES, "lost"),
    "wanted": "lost",
}
"""What counts a part of the applications of residents, and of which."""

LEVELS: Final = ("wanted_mean", "wanted_low", "wanted_high")
DRAWN: Final = {"lottery_applications": "applications", "lottery_admitted": "lottery_applications"}
PER_SEAT: Final = ("per_seat", "per_seat_mean", "per_seat_low", "per_seat_high")

OF_RESIDENTS, HERE, ASKED = "applications", "applications_here", "asked"
"""Populations: applications by home, by where the class is; requests for a list."""
POPULATIONS: Final = (OF_RESIDENTS, HERE, ASKED)


@dataclass(frozen=True, slots=True)
class Release:
    """The tables that sums tie together, as they may be shown.

    Attributes:
        gap: ``table.gap_table`` with nulls for what is held back, and ``suppressed``.
        senior: ``pressure.pressure_table`` likewise.
        suppressed: the release they are of.
    """

    gap: pl.DataFrame
    senior: pl.DataFrame
    suppressed: Suppressed


def released(gap: pl.DataFrame, senior: pl.DataFrame, by: Sequence[str]) -> Release:
    """The gap and the pressure of senior classes as whoever plans may see them.

    Rows are ordered by what is told: a place in the order of what isn't would tell of it.

    Args:
        gap: ``table.gap_table``.
        senior: ``pressure.pressure_table`` of senior classes.
        by: what rows of the gap are told apart by.
    """
    tables = tabulations(gap, senior, by)
    suppressed = suppress(tables)
    counted = [suppressed.frame(table.name) for table in tables if table.name in POPULATIONS]
    return Release(
        _in_order(_joined(_placed(gap), counted), "wanted_mean", by),
        _in_order(_joined(_placed(senior), [suppressed.frame(SENIOR)]), "per_seat_mean"),
        suppressed,
    )


def tabulations(gap: pl.DataFrame, senior: pl.DataFrame, by: Sequence[str]) -> list[Tabulation]:
    """What leaves together: the gap's populations, their sums by place, and the seniors among them.

    Args:
        gap: ``table.gap_table``.
        senior: ``pressure.pressure_table`` of senior classes.
        by: what rows of the gap are told apart by.
    """
    gap, senior = _placed(gap), _placed(senior)
    place = Dimension(PLACE, parents=_parents([gap, senior]))
    counted = _of_gap(gap, [place, *by])
    sums = [_of_places(table, place) for table in counted if table.name == HERE and by]
    kind: Kind = "adds" if "programme" in by else "partial"
    return [*counted, *sums, _of_senior(senior, place, kind)]


def classes_told(contested: pl.DataFrame) -> pl.DataFrame:
    """Classes of ten applicants and more, their counts in tens; the most wanted first.

    Args:
        contested: ``pressure.contested_table``.
    """
    kept = contested.filter(pl.col("persons") >= K)
    told = kept.with_columns(_in_tens("applications", "admitted", "lost", "persons"))
    ratios = told.with_columns(
        per_seat=_ratio("applications", "capacity"), win_rate=_ratio("admitted", "applications")
    )
    return ratios.sort("per_seat", "section_id", descending=[True, False], nulls_last=True)


def wants_told(wants: pl.DataFrame) -> pl.DataFrame:
    """Wants with nobody known by name or ten and more behind them, theirs in tens.

    Args:
        wants: ``wants.wants_table``; of its rows with nobody behind them the level is told.
    """
    kept = wants.filter(~pl.col("persons").is_between(1, K - 1))
    applied = pl.when(pl.col("persons") > 0).then(_tens("applied")).otherwise("applied")
    told = kept.with_columns(applied.alias("applied"), _tens("searched").alias("searched"))
    tens = told.with_columns(_in_tens("persons"), wanted=pl.max_horizontal("applied", "searched"))
    return tens.filter(pl.col("wanted") > 0)


def released_files(
    found: Interest, by: Sequence[str], *, with_wants: bool = False
) -> dict[str, pl.DataFrame]:
    """All that one run tells, by the names of the options of ``xuepei interest``.

    Args:
        found: what has been read.
        by: what rows of the gap are told apart by.
        with_wants: whether wants are asked for.
    """
    release = released(gap_table(found, by), pressure_table(found, SENIOR), by)
    files = {
        "out": release.gap,
        "senior": release.senior,
        "contested": classes_told(contested_table(found)),
    }
    return files | ({"wants": wants_told(wants_table(found))} if with_wants else {})


def _of_gap(gap: pl.DataFrame, dims: Sequence[Dimension | str]) -> list[Tabulation]:
    """The gap's three populations, as far as they could be counted."""
    wishes = {name: (of,) for name, of in dict.fromkeys(LEVELS, "wanted").items()}
    dropped = [name for name in gap.columns if name.startswith("dropped_")]
    every: list[tuple[str, str, Mapping[str, str], Mapping[str, Sequence[str]]]] = [
        (OF_RESIDENTS, "applicants", WISHES, {**wishes, "persons": ("lost",)}),
        (HERE, "applicants_here", {}, dict.fromkeys(("per_seat", "fill"), (HERE,))),
        (ASKED, "callers", {"empty": ASKED}, dict.fromkeys(dropped, (ASKED,))),
    ]
    return [
        Tabulation(
            name,
            _counted(gap, [name, *parts], who),
            tuple(dims),
            name,
            parts=parts,
            derived={**derived, who: (name,)},
            contributors=BEHIND,
        )
        for name, who, parts, derived in every
        if gap[name].count()
    ]


def _of_places(here: Tabulation, place: Dimension) -> Tabulation:
    """The sums of each place's cells: no table shows them, but anybody can add them up."""
    sums = here.frame.group_by(PLACE).agg(pl.col(HERE).sum(), pl.col(BEHIND).max())
    # the same places' seniors lie within these sums
    return Tabulation("places", sums, (place,), HERE, contributors=BEHIND)


def _of_senior(senior: pl.DataFrame, place: Dimension, kind: Kind) -> Tabulation:
    """Applications for senior classes by place: a part of all that were made there."""
    drawn = {
        "lottery_per_seat": ("lottery_applications",),
        "lottery_worst": ("lottery_applications",),
        "win_rate": tuple(DRAWN),
    }
    return Tabulation(
        SENIOR,
        _counted(
            senior.with_columns(programme=pl.lit(SENIOR)), ["applications", *DRAWN], "persons"
        ),
        (place, Dimension("programme", kind=kind)),
        "applications",
        parts=DRAWN,
        derived={**dict.fromkeys((*PER_SEAT, "persons"), ("applications",)), **drawn},
        contributors=BEHIND,
        population=HERE,
    )


def _counted(table: pl.DataFrame, counts: Sequence[str], who: str) -> pl.DataFrame:
    """Nothing counted is nobody; who is behind a count under a name of its own."""
    return table.with_columns(pl.col(*counts, who).fill_null(0)).with_columns(
        pl.col(who).alias(BEHIND)
    )


def _joined(table: pl.DataFrame, parts: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """The table with each column as the part that holds it back tells it."""
    ordered = [part.sort(ROW) for part in parts]
    held = {
        name: part[name]
        for part in ordered
        for name in table.columns
        if part[name].null_count() > table[name].null_count()
    }
    nothing = pl.Series(SUPPRESSED, [False] * table.height, dtype=pl.Boolean)
    flag = reduce(or_, (part[SUPPRESSED] for part in ordered), nothing)
    return table.with_columns(flag, **held).drop(ROW, PLACE)


def _placed(table: pl.DataFrame) -> pl.DataFrame:
    """The rows numbered, with a name of their place that no other place has."""
    unknown = pl.concat_str(pl.col("parent_code").fill_null(""), pl.lit(NOWHERE), pl.col("level"))
    named = table.with_columns(pl.coalesce("division_code", unknown).alias(PLACE))
    return named.with_row_index(ROW)


def _parents(tables: Sequence[pl.DataFrame]) -> Mapping[str, str]:
    """The place around each place; an unknown district's towns lie in the unknown district."""
    district = pl.lit(NOWHERE + "district")
    places = pl.concat([each.select("level", "parent_code", PLACE) for each in tables]).unique()
    city = places.filter(pl.col("level") == "city")[PLACE].first()
    rows = places.filter(pl.col("level") != "city").select(
        PLACE,
        pl.coalesce(
            "parent_code",
            pl.when(pl.col("level") == "town").then(district),
            pl.lit(city, pl.String),
        ).alias("around"),
    )
    around = dict(rows.unique().drop_nulls().iter_rows())
    if city is not None and NOWHERE + "district" in around.values():
        around.setdefault(NOWHERE + "district", city)
    return around


def _in_order(table: pl.DataFrame, first: str, by: Sequence[str] = ()) -> pl.DataFrame:
    """City, districts, towns; of each the highest figure told first, then the others by code."""
    order = ["level", first, "division_code", "parent_code", *by]
    down = [name == first for name in order]
    return table.sort(order, descending=down, nulls_last=[name == first for name in order])


def _in_tens(*columns: str) -> list[pl.Expr]:
    return [_tens(name).cast(pl.Int64).alias(name) for name in columns]


def _tens(column: str) -> pl.Expr:
    """Of ten and more the nearest ten; null of one to nine."""
    few = pl.col(column).is_between(0, K, closed="none")
    return pl.when(~few).then((pl.col(column) / K).round() * K)


def _ratio(above: str, below: str) -> pl.Expr:
    return pl.when(pl.col(below) > 0).then(pl.col(above) / pl.col(below))
