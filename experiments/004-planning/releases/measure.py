"""One city: what the product releases of it, and what an attacker makes of that."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, Final

import polars as pl
from frame.verbs import said

from data.city import City
from data.privacy.suppression import K, Tabulation, audit, suppress
from data.store import open_snapshot
from features.demand.build import end_of
from recsys.planning.indicators.matching import (
    category_seats,
    category_wishes,
    matching_degree,
    tabulation,
)
from recsys.planning.interest.pressure import contested_table, pressure_table
from recsys.planning.interest.reading import Interest, read_interest
from recsys.planning.interest.release import (
    EXACT,
    HERE,
    PLACES,
    SENIOR,
    By,
    classes_told,
    released,
    tabulations,
)
from recsys.planning.interest.table import gap_table
from recsys.planning.terms.tables import term_tables

MONTH: Final = date(2025, 8, 1)
LATEST: Final = 2
"""Terms whose tables are attacked: those that an interest table is about."""
ROUNDED: Final = K / 2
"""A figure told in tens may be off by so much."""


def measured(preset: str, settings: Sequence[str], seed: int, cells: int, work: Path) -> Any:
    """Every release of one city, attacked; and what primary suppression alone would have told.

    Args:
        preset: of the city.
        settings: ``name=value`` texts for ``xuepei simulate --set``.
        seed: of the city, and of the cells that are drawn.
        cells: hidden cells attacked where few alone are held back; all are of a release.
        work: an empty folder.
    """
    files, snapshot = work / "files", work / "snapshot"
    chosen = [word for setting in settings for word in ("--set", setting)]
    said("simulate", "--preset", preset, *chosen, "--seed", seed, "--out", files)
    said("import", files, "--snapshot", snapshot)
    city = open_snapshot(snapshot)
    moment = end_of(MONTH)
    found = read_interest(city, moment)
    seniors = pressure_table(found, SENIOR)
    gaps = {(name,): gap_table(found, [name]) for name in EXACT}
    release = released(gaps, seniors)
    rows: dict[str, Any] = {}
    for number, term in enumerate(term_tables(city, moment).releases[-LATEST:], start=1):
        rows[f"term {number}"] = _attacked(term.tables)
    told = _attacked(release.tables)
    plain = _attacked(_few_alone(tabulations(gaps, seniors)), cells, seed)
    rows["interest"] = {**told, "few_alone": plain}
    table = _matching(city, moment)
    shown = _attacked(suppress([table]).tables)
    rows["matching"] = {**shown, "few_alone": _attacked(_few_alone([table]), cells, seed)}
    return {
        "seed": seed,
        "preset": preset,
        "releases": rows,
        "classes": classes(found, release.gaps["category",]),
        "apart": _attacked(_apart(gaps, seniors)),
    }


def _apart(gaps: Mapping[By, pl.DataFrame], seniors: pl.DataFrame) -> list[Tabulation]:
    """The gap tables as they would be had each left in a release of its own, side by side."""
    return [
        table
        for by, gap in gaps.items()
        for table in released({by: gap}, seniors).tables
        if table.name not in (SENIOR, PLACES)
    ]


def _matching(city: City, moment: Any) -> Tabulation:
    return tabulation(matching_degree(category_wishes(city, moment), category_seats(city, moment)))


def _attacked(
    tables: Sequence[Tabulation], cells: int | None = None, seed: int = 0
) -> dict[str, int]:
    findings = audit(tables, cells=cells, seed=seed)
    return {
        "told": findings.told,
        "hidden": findings.hidden,
        "audited": findings.audited,
        "recovered": len(findings.recovered),
        "narrow": len(findings.narrow),
        "pairs": len(findings.pairs),
        "few": len(findings.few),
    }


def _few_alone(tables: Sequence[Tabulation]) -> list[Tabulation]:
    """The tables with few people held back, and nothing for their sake."""
    return [
        replace(table, frame=_without_few(table), contributors=None, derived={}) for table in tables
    ]


def _without_few(table: Tabulation) -> pl.DataFrame:
    behind = pl.col(table.contributors or table.count)
    few = {
        column: pl.when(
            ~(pl.col(column).is_between(0, K, closed="none") | _few(behind, column, table))
        )
        .then(pl.col(column))
        .alias(column)
        for column in table.counting
    }
    return table.frame.with_columns(**few)


def _few(behind: pl.Expr, column: str, table: Tabulation) -> pl.Expr:
    """Few people behind the whole; of its parts nobody says how many."""
    return behind.is_between(1, K - 1) if column == table.count else pl.lit(value=False)


def classes(found: Interest, gap: pl.DataFrame) -> Mapping[str, int]:
    """Single classes left out, and those that sums with classes told in tens give away.

    Where the gap tells a town and category, and some of its classes are told in tens, those left
    out share what remains, which lies within half a ten for each class told.
    """
    every = found.areas.at(contested_table(found), "town")
    told = classes_told(every).select("section_id", tens="applications")
    place = ["division_code", "parent_code", "category"]
    rows = (
        every.join(told, on="section_id", how="left")
        .group_by(place)
        .agg(
            tens=pl.col("tens").sum(),
            told=pl.col("tens").count(),
            out=pl.col("tens").is_null().sum(),
            few=pl.col("persons").is_between(1, K - 1).sum(),
        )
    )
    towns = gap.filter(pl.col("level") == "town").select(*place, HERE)
    cells = rows.join(towns, on=place, nulls_equal=True).filter(pl.col("out") > 0)
    half = pl.col("told") * ROUNDED
    rest = pl.col(HERE) - pl.col("tens")
    low = pl.when(pl.col("out") > 1).then(0).otherwise(pl.max_horizontal(0, rest - half))
    # that nobody applied may be told
    known = cells.filter(pl.col("few") > 0, pl.col(HERE).is_not_null(), rest + half - low < 1)
    return {"left_out": int(cells["few"].sum()), "given_away": int(known["few"].sum())}
