"""The gaps table: every district and skill of a month, the surest and largest shortage first."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
import polars as pl

from data.city import City
from features.demand.build import Demand, demand_of_city, end_of
from features.demand.grid import after
from features.supply import skill_supply
from features.vocabulary import vocabulary
from recsys.errors import DemandTableError
from recsys.planning.gaps.ads import ADS, advertisements, of_the_year
from recsys.planning.gaps.causes import cause
from recsys.planning.gaps.draws import Beliefs, Figures, Vacancies, figures, gamma_from
from recsys.planning.gaps.filling import HARDNESS, hardness
from recsys.planning.gaps.ranking import discovered, scores
from recsys.planning.gaps.seekers import (
    CELL,
    Register,
    Seekers,
    families,
    register,
    seekers_of,
    ties,
)
from recsys.planning.gaps.signals import ad_signals, pay_signals
from recsys.planning.gaps.words import notes

Step = Callable[[str], None]
"""Told what begins."""

COLUMNS: Final[Mapping[str, pl.DataType]] = {
    "rank": pl.Int64(),
    "month": pl.Date(),
    "division_code": pl.String(),
    "skill_id": pl.String(),
    "need": pl.Float64(),
    "need_low": pl.Float64(),
    "need_high": pl.Float64(),
    "seekers": pl.Float64(),
    "own": pl.Float64(),
    "reachable": pl.Float64(),
    "online": pl.Float64(),
    "gap": pl.Float64(),
    "gap_low": pl.Float64(),
    "gap_high": pl.Float64(),
    "tau": pl.Float64(),
    "tau_low": pl.Float64(),
    "probability": pl.Float64(),
    "found": pl.Boolean(),
    "level": pl.String(),
    "cause": pl.String(),
    "wage_growth": pl.Float64(),
    "days_open": pl.Float64(),
    "repost_rate": pl.Float64(),
    "vacancy_seeker_ratio": pl.Float64(),
    "evidence": pl.Int64(),
    "note": pl.String(),
    "note_en": pl.String(),
}
"""Columns of the table and their types, in order; docs/gaps.md says what each is."""

NEEDED: Final[Mapping[str, pl.DataType]] = {
    "month": pl.Date(),
    "division_code": pl.String(),
    "skill_id": pl.String(),
    "vacancies": pl.Float64(),
    "low": pl.Float64(),
    "high": pl.Float64(),
    "own_low": pl.Float64(),
    "own_high": pl.Float64(),
    "level": pl.String(),
    "salary_q50": pl.Float64(),
}
"""Columns that a demand table must have."""

SUPPLY: Final = ("own", "reachable", "online", "supply", "supply_var")

SIGNIFICANT: Final = 6

USUAL_MONTHS: Final = 12
"""Months whose mean vacancies say what is usual of a cell."""

SEED: Final = 20_251
"""Of the common random numbers: the same table for the same snapshot."""


@dataclass(frozen=True, slots=True)
class Sources:
    """What a gaps table is made of; nothing in it is later than its moment.

    Attributes:
        demand: rows of the demand table, districts and city, one month or more.
        supply: ``features.supply.skill_supply``.
        register: jobseekers.
        skills: the contract table ``skills``.
        ties: occupation_code, skill_id, importance.
        ads: ``ads.ADS``; without rows where postings weren't read.
    """

    demand: pl.DataFrame
    supply: pl.DataFrame
    register: Register
    skills: pl.DataFrame
    ties: pl.DataFrame
    ads: pl.DataFrame


@dataclass(frozen=True, slots=True)
class Gaps:
    """Gaps of a month.

    Attributes:
        table: ``COLUMNS``, by rank.
        evidence: division_code, skill_id, posting_id, month: a year's advertisements.
        months: months of postings behind it.
        kind: the kind of jobseeker rows used; None without any.
        read: whether postings were read for signals.
    """

    table: pl.DataFrame
    evidence: pl.DataFrame
    months: int
    kind: str | None
    read: bool


def gaps_of_city(
    city: City,
    month: date,
    step: Step,
    rng: np.random.Generator,
    demand: Demand | pl.DataFrame | None = None,
) -> Gaps:
    """Gaps of a snapshot as they were known when a month was over.

    Args:
        city: the snapshot.
        month: first day of the month.
        step: told what begins.
        rng: of the common random numbers.
        demand: of the same month, or a demand table made before, which knows no postings; left
            out, postings are read.

    Raises:
        DemandError: no demand can be told.
        DemandTableError: the table given lacks a column or the month, or holds what it can't.
    """
    sources = sources_of_city(city, month, step, demand)
    step("drawing")
    return gaps_from(sources, month, rng)


def sources_of_city(
    city: City, month: date, step: Step, demand: Demand | pl.DataFrame | None = None
) -> Sources:
    """What ``gaps_of_city`` reads of a snapshot; its arguments and errors."""
    moment = end_of(month)
    given = demand_of_city(city, month, step) if demand is None else demand
    if isinstance(given, Demand):
        table, ads = checked(given.table(), month), advertisements(city, given, moment)
    else:
        table, ads = checked(given, month), ADS.to_frame()
    step("counting completers")
    supply = skill_supply(city, moment)
    step("looking at jobseekers")
    return Sources(
        demand=table,
        supply=supply,
        register=register(city, moment, month),
        skills=vocabulary(city, "skills", moment).collect(),
        ties=ties(city, moment),
        ads=ads,
    )


def checked(table: pl.DataFrame, month: date) -> pl.DataFrame:
    """A demand table that holds the month, its forecasts left out, and nothing later.

    Args:
        table: of any types, as a file has them.
        month: first day of the month.

    Raises:
        DemandTableError: a column or the month is missing, or a value is of another kind.
    """
    missing = [name for name in NEEDED if name not in table.columns]
    if missing:
        message = (
            f"the demand table lacks {', '.join(missing)}; expected what `xuepei demand` writes"
        )
        raise DemandTableError(message)
    past = pl.col("ahead").cast(pl.Int64).fill_null(0) == 0 if "ahead" in table.columns else True
    try:
        days = table["month"]
        dated = table.with_columns(days.str.to_date() if days.dtype == pl.String else days)
        rows = dated.filter(past).select(pl.col(name).cast(kind) for name, kind in NEEDED.items())
    except pl.exceptions.PolarsError as error:
        message = f"a value of the demand table is of another kind than expected: {error}"
        raise DemandTableError(message) from error
    known = rows.filter(pl.col("month") <= month)
    if known["month"].max() != month:
        few = ", ".join(f"{held:%Y-%m}" for held in rows["month"].unique().sort().tail(6))
        message = f"the demand table has no month {month:%Y-%m}; its latest are {few or 'none'}"
        raise DemandTableError(message)
    return known


def gaps_from(sources: Sources, month: date, rng: np.random.Generator) -> Gaps:
    """The table from frames.

    Args:
        sources: frames.
        month: first day of the month told.
        rng: of the common random numbers.
    """
    months = sources.demand["month"].n_unique()
    cells = _cells(sources, month)
    held = seekers_of(cells, sources.register, sources.ties)
    found = _with_figures(cells, held, figures(_beliefs(cells, held), rng))
    read = sources.ads.height > 0
    signals = _with_signals(found, sources, month)
    table = _in_order(signals.with_columns(cause()).with_columns(*notes(months, read=read)))
    year = of_the_year(sources.ads, month).select(*CELL, "posting_id", "month")
    evidence = year.drop_nulls().sort(*CELL, "posting_id")
    return Gaps(table, evidence, months, sources.register.kind, read)


def _family_frame(skills: pl.DataFrame) -> pl.DataFrame:
    rows = [(skill, *family) for skill, family in families(skills).items()]
    return pl.DataFrame(rows, schema=["skill_id", "group", "trade"], orient="row")


def _cells(sources: Sources, month: date) -> pl.DataFrame:
    """District cells of the month: demand, what is usual, the family, hardness and supply."""
    district = pl.col("division_code").str.slice(4, 2) != "00"
    rows = sources.demand.filter(district)
    year = rows.filter(pl.col("month") > after(month, -USUAL_MONTHS))
    bounds = (year[name].cast(pl.Float64).to_numpy() for name in ("own_low", "own_high"))
    usual = (
        year.with_columns(pl.Series("own", gamma_from(*bounds)[0]))
        .group_by(CELL)
        .agg(
            pl.col("vacancies").mean().alias("usual"),
            pl.col("own").mean().alias("level_mean"),
        )
        .with_columns((pl.col("level_mean") / pl.col("usual")).fill_nan(1.0).alias("alone"))
    )
    own = pl.col("skill_id")
    supply = sources.supply.select(*CELL, *SUPPLY)
    taught = supply.group_by("skill_id").agg(pl.col("supply").sum().alias("taught_in_city"))
    return (
        rows.filter(pl.col("month") == month)
        .select(list(NEEDED))
        .sort(CELL)
        .join(usual, on=CELL, how="left", maintain_order="left")
        .join(_family_frame(sources.skills), on="skill_id", how="left", maintain_order="left")
        .join(hardness(sources.ads), on=CELL, how="left", maintain_order="left")
        .join(supply, on=CELL, how="left", maintain_order="left")
        .join(taught, on="skill_id", how="left", maintain_order="left")
        .with_columns(
            pl.col("group", "trade").fill_null(own),
            pl.col("alone").fill_null(1.0) if sources.ads.height else pl.lit(1.0).alias("alone"),
            pl.col("hard", "marked", *SUPPLY, "taught_in_city").fill_null(0.0),
            pl.col("hard_sd").fill_null(HARDNESS),
        )
    )


def _beliefs(cells: pl.DataFrame, held: Seekers) -> Beliefs:
    names = ("vacancies", "low", "high", "level_mean", "own_low", "own_high", "alone")
    demand, supply = (
        [cells[name].cast(pl.Float64).to_numpy() for name in part]
        for part in (names, ("supply", "supply_var"))
    )
    return Beliefs(Vacancies(*demand), held, *supply)


def _with_figures(cells: pl.DataFrame, held: Seekers, told: Figures) -> pl.DataFrame:
    names = ("gap", "gap_low", "gap_high", "tau", "tau_low", "probability")
    return cells.with_columns(
        *(pl.Series(name, getattr(told, name)) for name in names),
        pl.Series("score", scores(told.tau_low, told.level, told.gap, told.probability)),
        pl.Series("found", discovered(told.probability, held.apart)),
        pl.Series("seekers", held.told).fill_nan(None),
        pl.Series("vacancy_seeker_ratio", held.ratio).fill_nan(None),
    )


def _with_signals(found: pl.DataFrame, sources: Sources, month: date) -> pl.DataFrame:
    pay = pay_signals(sources.demand, _family_frame(sources.skills), month)
    ads = ad_signals(sources.ads, month)
    joined = found.join(pay, on=CELL, how="left", maintain_order="left").join(
        ads, on=CELL, how="left", maintain_order="left"
    )
    if not sources.ads.height:
        return joined
    return joined.with_columns(pl.col("evidence").fill_null(0))


def _in_order(rows: pl.DataFrame) -> pl.DataFrame:
    ordered = rows.sort("score", *CELL, descending=[True, False, False])
    return (
        ordered.rename({"vacancies": "need", "low": "need_low", "high": "need_high"})
        .with_columns((pl.int_range(pl.len()) + 1).alias("rank"))
        .select(pl.col(name).cast(dtype) for name, dtype in COLUMNS.items())
        .with_columns(pl.selectors.float().round_sig_figs(SIGNIFICANT))
    )
