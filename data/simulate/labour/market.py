"""The labour world: vacancies by month, district and skill, and what is published of them."""

from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from data.simulate.gather import ints
from data.simulate.labour.demand import (
    HEADCOUNT_SHARES,
    HEADCOUNTS,
    Demand,
    expected_demand,
    seeker_cover,
)
from data.simulate.labour.planted import Planted
from data.simulate.labour.ties import Ties, ties
from data.simulate.params import SimulationParams
from data.simulate.place.places import Map
from data.simulate.streams import Streams
from data.simulate.topics import skills
from data.vocabulary.industries import INDUSTRIES, industry_of

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

STOCK_OF_PREVIOUS: Final = 0.5
"""Share of the previous month's vacancies still open at a month's end; a guess."""


@dataclass(frozen=True, slots=True)
class Openings:
    """Vacancies as they are advertised, one entry each, ordered by month.

    Attributes:
        start: openings of month m are ``start[m]:start[m + 1]``.
        district: index of the simulated district.
        occupation: index into ``ties().codes``.
        lead: skill that the vacancy is about, index into ``skills()``.
        named: bit b is set where the skill in column b of ``ties().skill`` is asked for.
        headcount: persons sought.
    """

    start: Ints
    district: Ints
    occupation: Ints
    lead: Ints
    named: Ints
    headcount: Ints

    def __len__(self) -> int:
        return len(self.district)

    @property
    def month(self) -> Ints:
        """Index of each opening's month."""
        return np.repeat(np.arange(len(self.start) - 1), np.diff(self.start))


@dataclass(frozen=True, slots=True)
class Labour:
    """The labour market; M months, D districts, K skills.

    Attributes:
        months: first day of each month, oldest first, length M.
        openings: every vacancy.
        vacancies: (M, D, K) persons sought whose vacancy names the skill as wanted.
        seekers: (M, D, K) registered jobseekers with the skill, persons.
        kind: (D, K) planted kind as in ``planted.KINDS``, -1 where none.
        drift: month from which texts call a skill by another name, M where never; length K.
    """

    months: tuple[date, ...]
    openings: Openings
    vacancies: Ints
    seekers: Ints
    kind: Ints
    drift: Ints


def make_labour(params: SimulationParams, city: Map, planted: Planted, streams: Streams) -> Labour:
    """Draw the vacancies of every month, then the jobseekers that about meet them.

    Vacancies led by a skill ~ Poisson(expected · Gamma(shape, 1/shape)) per month, district
    and skill; each belongs to an occupation that asks for the skill and names some of its
    other skills too.

    Args:
        params: the city.
        city: its map.
        planted: the planted cells.
        streams: draws from ``labour``: the numbers 0 to M - 1 are months, M is the jobseekers',
            M + 1 the drift's.

    Raises:
        SimulationError: a month lies outside the years whose lunar New Year is known.
    """
    demand = expected_demand(params, city, planted, streams)
    n = len(demand.months)
    openings = _join(
        [_openings(params, demand, month, streams.of("labour", month)) for month in range(n)]
    )
    vacancies = _named_persons(openings, demand.rate.shape)
    seekers = _seekers(params, demand, vacancies, streams.of("labour", n))
    drift = _drift(params, n, streams.of("labour", n + 1))
    return Labour(demand.months, openings, vacancies, seekers, demand.kind, drift)


def jobseeker_rows(labour: Labour, city: Map, streams: Streams) -> pl.DataFrame:
    """The contract table ``jobseekers``: every month by occupation, and by skill.

    The two kinds count the same people in two ways and are never added.

    Args:
        labour: the market.
        city: its map.
        streams: draws from ``labour``, number M + 2.
    """
    rng = streams.of("labour", len(labour.months) + 2)
    asked = np.flatnonzero(ties().asked)
    names = pl.Series([skills()[index].skill_id for index in ints(asked)])
    by_skill = _cells(labour, city, labour.seekers[:, :, asked], names)
    by_occupation = _cells(labour, city, _by_occupation(labour, rng), ties().codes)
    return pl.concat(
        [
            by_occupation.rename({"code": "occupation_code", "count": "seekers"}),
            by_skill.rename({"code": "skill_id", "count": "seekers"}),
        ],
        how="diagonal",
    ).select("month", "division_code", "occupation_code", "skill_id", "seekers")


def vacancy_rows(labour: Labour, city: Map) -> pl.DataFrame:
    """The contract table ``vacancies``: official stocks at month's end by district and industry."""
    names = sorted(set(INDUSTRIES.values()))
    industry = np.array([names.index(industry_of(code)) for code in ties().codes])
    shape = (len(labour.months), len(city.districts), len(names))
    openings = labour.openings
    cell = (openings.month, openings.district, industry[openings.occupation])
    new = _tally(cell, openings.headcount, shape)
    before = np.concatenate([np.zeros_like(new[:1]), new[:-1]])
    stock = new + np.floor(before * STOCK_OF_PREVIOUS).astype(np.int64)
    return _cells(labour, city, stock, pl.Series(names)).rename(
        {"code": "industry", "count": "vacancies"}
    )


def _openings(
    params: SimulationParams, demand: Demand, month: int, rng: np.random.Generator
) -> Openings:
    """The vacancies of one month, ordered by district and leading skill."""
    rate: Floats = demand.rate[month]
    noise: Floats = rng.gamma(
        params.vacancy_gamma_shape, 1 / params.vacancy_gamma_shape, rate.shape
    )
    count: Ints = rng.poisson(rate * noise)
    district, lead = np.divmod(np.repeat(np.arange(count.size), count.ravel()), count.shape[1])
    occupation, slot = ties().occupation_for(lead, rng.random(len(lead)))
    named = _named(demand, district, occupation, slot, rng)
    headcount = rng.choice(HEADCOUNTS, len(lead), p=HEADCOUNT_SHARES)
    start = np.array([0, len(lead)])
    return Openings(start, district, occupation, lead, named, headcount)


def _named(
    demand: Demand, district: Ints, occupation: Ints, slot: Ints, rng: np.random.Generator
) -> Ints:
    """Bits of the skills named: the leading one always, a planted one only where it leads."""
    known: Ties = ties()
    named = np.left_shift(np.int64(1), slot)
    for column in range(known.skill.shape[1]):
        chance = known.named[occupation, column]
        free = demand.kind[district, known.skill[occupation, column]] < 0
        also = (rng.random(len(slot)) < chance) & free
        named |= also.astype(np.int64) << column
    return named


def _join(parts: list[Openings]) -> Openings:
    sizes = [len(part) for part in parts]
    return Openings(
        start=np.concatenate([[0], np.cumsum(sizes)]),
        district=np.concatenate([part.district for part in parts]),
        occupation=np.concatenate([part.occupation for part in parts]),
        lead=np.concatenate([part.lead for part in parts]),
        named=np.concatenate([part.named for part in parts]),
        headcount=np.concatenate([part.headcount for part in parts]),
    )


def _named_persons(openings: Openings, shape: tuple[int, ...]) -> Ints:
    """(M, D, K) persons sought, counted once for each skill their vacancy names."""
    total, month = np.zeros(shape, dtype=np.int64), openings.month
    known = ties().skill
    for column in range(known.shape[1]):
        asks = np.flatnonzero((openings.named >> column) & 1)
        skill = known[openings.occupation[asks], column]
        cell = (month[asks], openings.district[asks], skill)
        total += _tally(cell, openings.headcount[asks], shape)
    return total


def _tally(cell: tuple[Ints, Ints, Ints], persons: Ints, shape: tuple[int, ...]) -> Ints:
    """Persons added up by cell; whole numbers, so that no order of adding matters."""
    flat = np.ravel_multi_index(cell, shape)
    total = np.bincount(flat, persons, int(np.prod(shape)))
    return total.astype(np.int64).reshape(shape)


def _seekers(
    params: SimulationParams, demand: Demand, vacancies: Ints, rng: np.random.Generator
) -> Ints:
    """Jobseekers follow a cell's ordinary vacancies and the skill's trend, never one month's.

    A register holds the same people month after month, so that its counts have no noise but
    their rounding.
    """
    level: Floats = vacancies.mean(axis=0) * demand.ordinary * seeker_cover(params, demand, rng)
    expected = level * demand.trend[:, None, :]
    return np.floor(expected + rng.random(expected.shape)).astype(np.int64)


def _drift(params: SimulationParams, months: int, rng: np.random.Generator) -> Ints:
    """The month in which each drifting skill changes its name, in the middle half of them."""
    asked = np.flatnonzero(ties().asked)
    count = round(params.drift_share * len(asked))
    drifting = rng.choice(asked, count, replace=False)
    drift = np.full(len(skills()), months)
    first, last = months // 4, max(months // 4 + 1, months - months // 4)
    drift[drifting] = rng.integers(first, last, count)
    return drift


def _by_occupation(labour: Labour, rng: np.random.Generator) -> Ints:
    """(M, D, O) jobseekers of each occupation: as many a vacancy as its skills have."""
    openings, known = labour.openings, ties()
    shape = (len(labour.months), labour.seekers.shape[1], len(known.codes))
    wanted = _tally(
        (openings.month, openings.district, openings.occupation), openings.headcount, shape
    )
    ratio = labour.seekers.sum(axis=0) / np.maximum(labour.vacancies.sum(axis=0), 1)
    weight = known.named.sum(axis=1)
    cover = np.einsum("dow,ow->do", ratio[:, known.skill], known.named) / np.where(
        weight > 0, weight, 1.0
    )
    seekers: Ints = rng.poisson(wanted.mean(axis=0) * cover, shape)
    return seekers


def _cells(labour: Labour, city: Map, counts: Ints, names: pl.Series) -> pl.DataFrame:
    """Counts as rows of month, division_code, code and count."""
    month, district, last = np.indices(counts.shape).reshape(3, -1)
    codes = pl.Series([row.division_code for row in city.districts])
    return pl.DataFrame(
        {
            "month": pl.Series(labour.months).gather(month),
            "division_code": codes.gather(district),
            "code": names.gather(last),
            "count": counts.ravel(),
        }
    )
