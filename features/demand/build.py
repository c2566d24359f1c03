"""The demand table of a snapshot at the end of a month."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from data.city import City
from data.vocab import CITY_TIME
from features.asof import known
from features.demand.counts import (
    Reading,
    opening_rows,
    spread_unknown,
    tally,
    vacancy_rows,
)
from features.demand.estimate import Cells, Levels, estimate, expectation, make_cells
from features.demand.figures import located_ads, mentioned, plain_figures
from features.demand.fit import fit_model
from features.demand.grid import Grid, after, make_grid
from features.demand.official import industry_rows, official_factors
from features.demand.reading import Chain, Words, read_chain
from features.demand.table import Facts, demand_table, evidence_table, forecast_table
from features.errors import DemandError

Floats = NDArray[np.float64]

Step = Callable[[str], None]
"""Told what begins."""

READ: Final = Reading(spread=0.15)
"""How well the product's own chain reads skills: found on one simulated city (docs/demand.md)."""

MOST_MONTHS: Final = 48
"""Months before the last that are looked at; older postings say little about demand now."""


@dataclass(frozen=True, slots=True)
class Demand:
    """What is known of demand at the end of a month.

    Attributes:
        grid: axes of the districts' cells.
        districts: levels of the districts.
        city: levels of the city as one area.
        facts: plain figures and the advertisements behind them.
        removed: share of the advertisements that are copies.
    """

    grid: Grid
    districts: Levels
    city: Levels
    facts: Facts
    removed: float

    def table(self, months: Sequence[date] | None = None) -> pl.DataFrame:
        """The demand table of these months; left out, of all."""
        return demand_table(
            self.districts, self.city, self.grid, self.facts, months or self.grid.months
        )

    def forecast(self, most_ahead: int) -> pl.DataFrame:
        """Forecasts of the next months, the first to ``most_ahead``."""
        return forecast_table(self.districts, self.city, self.grid, range(1, most_ahead + 1))

    def evidence(self) -> pl.DataFrame:
        """The advertisements behind each figure."""
        return evidence_table(self.facts.found, self.grid.city)


def demand_of_city(city: City, month: date, step: Step, reading: Reading | None = None) -> Demand:
    """Demand of a snapshot as it was known when a month was over.

    Nothing later than the month's end is looked at, so that a later snapshot of the same past
    gives the same bytes.

    Args:
        city: the snapshot.
        month: first day of the last month.
        step: told what begins.
        reading: how well skills are read; left out, ``READ``.

    Raises:
        DemandError: the snapshot has no posting of a known district by then.
    """
    moment = end_of(month)
    words = Words.of(city, moment)
    earliest = after(month, -MOST_MONTHS)
    postings = known(city, "postings", moment).filter(pl.col("posted_on") >= earliest)
    chain = read_chain(postings, words, moment, step)
    official = known(city, "vacancies", moment).collect()
    return demand_of_chain(chain, official, words.skills, month, step, reading or READ)


def demand_of_chain(
    chain: Chain,
    official: pl.DataFrame,
    vocabulary: pl.DataFrame,
    month: date,
    step: Step,
    reading: Reading | None = None,
) -> Demand:
    """Demand from frames that hold nothing later than the month's end.

    Args:
        chain: what was read from postings.
        official: the contract table ``vacancies``; without rows nothing is re-weighted.
        vocabulary: the contract table ``skills``.
        month: first day of the last month.
        step: told what begins.
        reading: how well skills are read; left out, as they stand.

    Raises:
        DemandError: no posting names a skill in a known district.
    """
    asked = reading or Reading()
    step("counting")
    rows = vacancy_rows(chain.parsed, chain.vacancies)
    grid = _grid(rows, chain.mentions, vocabulary, month)
    openings = opening_rows(rows, chain.mentions, grid, asked)
    factors = _factors(chain, rows, official, grid)
    weight = (
        openings.select("posting_id")
        .join(factors, on="posting_id", how="left", maintain_order="left")["factor"]
        .to_numpy()
        * (openings["weight"] * openings["persons"]).to_numpy()
    )
    placed = spread_unknown(openings, weight, grid)
    step("fitting")
    own = _cells(openings, placed, grid, area=True)
    whole = _cells(openings, weight, grid, area=False)
    expected = expectation(own, grid)
    model = fit_model(expected)
    districts = estimate(own, expected, grid, model, asked.spread)
    city = estimate(whole, expectation(whole, grid), grid, model, asked.spread)
    step("counting what stands behind")
    ads = located_ads(chain.parsed, chain.vacancies)
    found = mentioned(ads, chain.mentions, grid, asked.least_score)
    facts = Facts(plain_figures(found, chain.stock, grid.city), found)
    removed = 1.0 - rows.height / max(1, chain.parsed.height)
    return Demand(grid, districts, city, facts, removed)


def end_of(month: date) -> datetime:
    """The instant at which a month is over in the city."""
    return datetime.combine(after(month), time(), CITY_TIME)


def _grid(
    rows: pl.DataFrame, mentions: pl.DataFrame, vocabulary: pl.DataFrame, month: date
) -> Grid:
    first = rows["month"].min()
    named = mentions.join(rows.select("posting_id"), on="posting_id", how="semi")["skill_id"]
    areas = rows["district_code"].drop_nulls()
    if not isinstance(first, date) or not len(named) or not len(areas):
        message = (
            f"no demand can be told at the end of {month:%Y-%m}: of {rows.height:,} vacancies "
            f"posted by then, {len(areas):,} say in which district, and {len(named):,} skills are "
            "named in them"
        )
        raise DemandError(message)
    return make_grid(first, month, areas, named, vocabulary)


def _factors(chain: Chain, rows: pl.DataFrame, official: pl.DataFrame, grid: Grid) -> pl.DataFrame:
    if not official.height:
        return rows.select("posting_id", pl.lit(1.0).alias("factor"))
    industries = None if chain.occupations is None else industry_rows(chain.occupations)
    return official_factors(rows, chain.stock, official, grid, industries)


def _cells(openings: pl.DataFrame, weight: Floats, grid: Grid, *, area: bool) -> Cells:
    """Sums of weights and their squares; unknown districts have been spread, or are the city's."""
    persons = tally(openings, weight, grid.shape, area=area)
    squares = tally(openings, weight**2, grid.shape, area=area)
    last = len(grid.areas) if area else 1
    return make_cells(persons[:, :last], squares[:, :last])
