"""The labour world: vacancies by month, district and occupation, and what is published of them."""

from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from data.simulate.calendar import cut_off
from data.simulate.params import SimulationParams
from data.simulate.place.places import Map
from data.vocab import CITY_TIME
from data.vocabulary import builtin

SEASON: Final = (0.85, 0.75, 1.35, 1.2, 1.05, 1.0, 0.95, 0.95, 1.1, 1.05, 0.95, 0.8)
"""Vacancies by month of the year: the dip of the lunar New Year and the rush after it."""

SHARE_SPREAD: Final = 0.6
"""Standard deviation of log share of an occupation; a guess."""

TREND_SPREAD: Final = 0.01
"""Standard deviation of an occupation's monthly growth; a guess."""

INDUSTRIES: Final = (
    "制造业",
    "批发和零售业",
    "住宿和餐饮业",
    "信息传输、软件和信息技术服务业",
    "居民服务业",
)


@dataclass(frozen=True, slots=True)
class Labour:
    """Vacancies of every cell, shape (months, districts, occupations).

    Attributes:
        months: first day of each month, oldest first.
        vacancies: new vacancies of the month, persons.
        occupations: codes, in the order of the last axis.
    """

    months: tuple[date, ...]
    vacancies: NDArray[np.int64]
    occupations: pl.Series


def make_labour(params: SimulationParams, city: Map, rng: np.random.Generator) -> Labour:
    """Vacancies ~ Poisson(base · population · share · exp(N) · trend · season · Gamma)."""
    months = _months(params)
    codes = builtin("occupations")["occupation_code"]
    shape = (len(months), len(city.districts), len(codes))
    share = rng.lognormal(0, SHARE_SPREAD, shape[2])
    people = np.array([row.population for row in city.districts], dtype=np.float64)
    place = rng.lognormal(0, params.vacancy_spread, shape[1:])
    growth = 1 + rng.normal(0, TREND_SPREAD, shape[2])
    trend = growth ** np.arange(shape[0])[:, None]
    season = np.array([SEASON[month.month - 1] for month in months])
    noise = rng.gamma(params.vacancy_gamma_shape, 1 / params.vacancy_gamma_shape, shape)
    rate = season[:, None, None] * trend[:, None, :] * (people[:, None] * place * share) * noise
    base: float = params.postings / (1 + params.repost_share) / rate.sum()
    vacancies: NDArray[np.int64] = rng.poisson(base * rate)
    return Labour(months, vacancies, codes)


def jobseeker_rows(labour: Labour, city: Map, rng: np.random.Generator) -> pl.DataFrame:
    """The contract table ``jobseekers``: by occupation in every month, by skill in the last."""
    supply = rng.gamma(2.0, 0.5, labour.vacancies.shape[1:])
    level = labour.vacancies.mean(axis=0) * 3 + 1
    seekers = rng.poisson(level * supply, labour.vacancies.shape)
    by_occupation = _cells(labour, city, seekers).rename({"code": "occupation_code"})
    by_skill = _by_skill(by_occupation.filter(pl.col("month") == labour.months[-1]))
    return pl.concat([by_occupation, by_skill], how="diagonal").select(
        "month", "division_code", "occupation_code", "skill_id", pl.col("count").alias("seekers")
    )


def vacancy_rows(labour: Labour, city: Map) -> pl.DataFrame:
    """The contract table ``vacancies``: official stocks by district and industry."""
    group = [_industry_index(code, len(INDUSTRIES)) for code in labour.occupations]
    cells = _cells(labour, city, labour.vacancies)
    industry = dict(zip(labour.occupations, (INDUSTRIES[g] for g in group), strict=True))
    return (
        cells.with_columns(pl.col("code").replace_strict(industry).alias("industry"))
        .group_by("month", "division_code", "industry", maintain_order=True)
        .agg((pl.col("count").sum() * 2).alias("vacancies"))
    )


def _industry_index(code: str, size: int) -> int:
    """A stable number below ``size`` from the digits of an occupation's code."""
    return int(code.replace("-", "")) % size


def _months(params: SimulationParams) -> tuple[date, ...]:
    """The months up to the one of the cut-off; the last is not complete."""
    end = cut_off(params).astimezone(CITY_TIME)
    last = end.year * 12 + end.month - 1
    numbers = range(last - params.labour_months, last)
    return tuple(date(number // 12, number % 12 + 1, 1) for number in numbers)


def _cells(labour: Labour, city: Map, counts: NDArray[np.int64]) -> pl.DataFrame:
    """Counts as rows of month, division_code, code and count."""
    month, district, occupation = np.indices(counts.shape).reshape(3, -1)
    return pl.DataFrame(
        {
            "month": pl.Series(labour.months).gather(month),
            "division_code": pl.Series([row.division_code for row in city.districts]).gather(
                district
            ),
            "code": labour.occupations.gather(occupation),
            "count": counts.ravel(),
        }
    )


def _by_skill(by_occupation: pl.DataFrame) -> pl.DataFrame:
    """Seekers of the occupations that ask for a skill; kept apart from those by occupation."""
    return (
        by_occupation.join(builtin("occupation_skills"), on="occupation_code")
        .group_by("month", "division_code", "skill_id", maintain_order=True)
        .agg(pl.col("count").sum())
    )
