"""The one door through which the interest tables leave: small cells are held back.

The gap by every single column, what was searched for and the pressure of senior classes leave as
one release, for they count the same people and one could be worked out of another. The gap by slots
or several columns, single classes and wants stand beside them: who is few is left out, and others
are told in tens, so that none is subtracted from an exact figure.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from data.privacy.suppression import SUPPRESSED, Dimension, K, Tabulation, suppress
from data.privacy.suppression.dimensions import Kind
from data.privacy.tens import tens
from recsys.planning.interest.pressure import contested_table, pressure_table, ratio
from recsys.planning.interest.reading import Interest
from recsys.planning.interest.table import BY, gap_table
from recsys.planning.interest.wants import wants_table

PLACE: Final = "place"
NOWHERE: Final = "~"
"""Stands for the place that nobody knows more closely, under the place around it."""
ROW: Final = "row"
BEHIND: Final = "behind"
SENIOR: Final = "senior"
PLACES: Final = "places"

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


By = tuple[str, ...]
"""What tells the rows of a gap table apart."""

EXACT: Final = tuple(name for name in BY if name != "slot")
"""Columns by which the gap is told exactly. A slot is a part of a weekday: all three tied together
took minutes in the pilot city."""


@dataclass(frozen=True, slots=True)
class Release:
    """The tables that sums tie together, as they may be shown.

    Attributes:
        gaps: ``table.gap_table`` by what tells rows apart, with nulls for what is held back, and
            ``suppressed``.
        senior: ``pressure.pressure_table`` likewise.
        tables: everything that is told exactly.
    """

    gaps: Mapping[By, pl.DataFrame]
    senior: pl.DataFrame
    tables: tuple[Tabulation, ...]


def released(gaps: Mapping[By, pl.DataFrame], senior: pl.DataFrame) -> Release:
    """The gap by single columns and the pressure of senior classes, released together.

    Together whichever of them is asked for: so that runs by different columns hold back alike, and
    can't be solved for what either of them hides. Rows are ordered by what is told: a place in the
    order of what isn't would tell of it.

    Args:
        gaps: ``table.gap_table`` by what tells rows apart, of ``EXACT``.
        senior: ``pressure.pressure_table`` of senior classes.
    """
    tables = tabulations(gaps, senior)
    # asks are counted with a ledger alone, and what else is held back must not depend on one
    people = suppress([table for table in tables if table.population != ASKED]).tables
    asked = [table for table in tables if table.population == ASKED]
    told = (*people, *(suppress(asked).tables if asked else ()))
    frames = {table.name: table.frame for table in told}
    shown = {by: _shown(_placed(gap), frames, by) for by, gap in gaps.items()}
    ranked = _in_order(_joined(_placed(senior), [frames[SENIOR]]), "per_seat_mean")
    return Release(shown, ranked, told)


def beside(gap: pl.DataFrame, by: By) -> pl.DataFrame:
    """A gap table by slots or several columns, beside what ``released`` tells: held back, in tens.

    Args:
        gap: ``table.gap_table``.
        by: what tells its rows apart.
    """
    placed = _placed(gap)
    tables = suppress(_of_gap(placed, by, _place([placed]))).tables
    told = _joined(placed, [table.frame for table in tables])
    dropped = [name for name in gap.columns if name.startswith("dropped_")]
    counts = [OF_RESIDENTS, *WISHES, *LEVELS, "applicants", "persons", HERE, "applicants_here"]
    counts += ["taken", ASKED, "empty", "callers", *dropped]
    taken = told.with_columns(taken=pl.col("fill") * pl.col("seats"))
    few = [pl.col(name).is_not_null() & tens(name).is_null() for name in counts]
    rough = taken.with_columns(
        pl.any_horizontal(SUPPRESSED, *few).alias(SUPPRESSED),
        *(tens(name).alias(name) for name in counts),
    )
    # an exact ratio times the seats, which anybody knows, is an exact count
    ratios = rough.with_columns(fill=ratio("taken", "seats"), per_seat=ratio(HERE, "seats"))
    return _in_order(ratios.drop("taken"), "wanted_mean", by)


def tabulations(gaps: Mapping[By, pl.DataFrame], senior: pl.DataFrame) -> list[Tabulation]:
    """What leaves together: the gap's populations, their sums by place, and the seniors among them.

    Args:
        gaps: ``table.gap_table`` by what tells rows apart.
        senior: ``pressure.pressure_table`` of senior classes.
    """
    placed, ranks = {by: _placed(gap) for by, gap in gaps.items()}, _placed(senior)
    place = _place([*placed.values(), ranks])
    counted = [table for by, gap in placed.items() for table in _of_gap(gap, by, place)]
    # every table's cells of a place have the same sum
    sums = [_of_places(table, place) for table in counted if table.population == HERE][:1]
    kind: Kind = "adds" if ("programme",) in gaps else "partial"
    return [*counted, *sums, _of_senior(ranks, place, kind)]


def classes_told(contested: pl.DataFrame) -> pl.DataFrame:
    """Classes of ten applicants and more, their counts in tens; the most wanted first.

    Beside a class of one to nine the smallest other of its town and category is left out too: else
    two left out of a cell of eighteen would be nine each.

    Args:
        contested: ``pressure.contested_table``.
    """
    cell = ["district_code", "town_code", "category"]
    told, few = pl.col("persons") >= K, pl.col("persons").is_between(1, K - 1)
    shield = few.any().over(cell) & (told.cum_sum().over(cell) == 1)
    kept = contested.sort("persons", "section_id").filter(told & ~shield)
    shown = kept.with_columns(_in_tens("applications", "admitted", "lost", "persons"))
    ratios = shown.with_columns(
        per_seat=ratio("applications", "capacity"), win_rate=ratio("admitted", "applications")
    )
    return ratios.sort("per_seat", "section_id", descending=[True, False], nulls_last=True)


def wants_told(wants: pl.DataFrame) -> pl.DataFrame:
    """Wants with nobody known by name or ten and more behind them, theirs in tens.

    Args:
        wants: ``wants.wants_table``; of its rows with nobody behind them the level is told.
    """
    kept = wants.filter(~pl.col("persons").is_between(1, K - 1))
    applied = pl.when(pl.col("persons") > 0).then(tens("applied")).otherwise("applied")
    told = kept.with_columns(applied.alias("applied"), tens("searched").alias("searched"))
    rounded = told.with_columns(
        _in_tens("persons"), wanted=pl.max_horizontal("applied", "searched")
    )
    return rounded.filter(pl.col("wanted") > 0)


def released_files(
    found: Interest, by: Sequence[str], *, with_wants: bool = False
) -> dict[str, pl.DataFrame]:
    """All that one run tells, by the names of the options of ``xuepei interest``.

    Args:
        found: what has been read.
        by: what rows of the gap are told apart by.
        with_wants: whether wants are asked for.
    """
    key = tuple(by)
    exact: dict[By, pl.DataFrame] = {(name,): gap_table(found, [name]) for name in EXACT}
    release = released(exact, pressure_table(found, SENIOR))
    files = {
        "out": release.gaps[key] if key in exact else beside(gap_table(found, by), key),
        "senior": release.senior,
        "contested": classes_told(contested_table(found)),
    }
    return files | ({"wants": wants_told(wants_table(found))} if with_wants else {})


def _of_gap(gap: pl.DataFrame, by: By, place: Dimension) -> list[Tabulation]:
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
            _called(name, by),
            _counted(gap, [name, *parts], who),
            (place, *by),
            name,
            parts=parts,
            derived={**derived, who: (name,)},
            contributors=BEHIND,
        )
        for name, who, parts, derived in every
        if gap[name].count()
    ]


def _called(population: str, by: By) -> str:
    return f"{population} by {', '.join(by)}"


def _shown(gap: pl.DataFrame, frames: Mapping[str, pl.DataFrame], by: By) -> pl.DataFrame:
    names = [_called(population, by) for population in POPULATIONS]
    told = _joined(gap, [frames[name] for name in names if name in frames])
    return _in_order(told, "wanted_mean", by)


def _of_places(here: Tabulation, place: Dimension) -> Tabulation:
    """The sums of each place's cells: no table shows them, but anybody can add them up."""
    sums = here.frame.group_by(PLACE).agg(pl.col(HERE).sum(), pl.col(BEHIND).max())
    # the same places' seniors lie within these sums
    return Tabulation(PLACES, sums, (place,), HERE, contributors=BEHIND)


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
    flag = pl.Series(SUPPRESSED, [False] * table.height, dtype=pl.Boolean)
    for part in ordered:
        flag |= part[SUPPRESSED]
    return table.with_columns(flag, **held).drop(ROW, PLACE)


def _placed(table: pl.DataFrame) -> pl.DataFrame:
    """The rows numbered, with a name of their place that no other place has."""
    unknown = pl.concat_str(pl.col("parent_code").fill_null(""), pl.lit(NOWHERE), pl.col("level"))
    named = table.with_columns(pl.coalesce("division_code", unknown).alias(PLACE))
    return named.with_row_index(ROW)


def _place(tables: Sequence[pl.DataFrame]) -> Dimension:
    return Dimension(PLACE, parents=_parents(tables))


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
    return [tens(name).cast(pl.Int64).alias(name) for name in columns]
