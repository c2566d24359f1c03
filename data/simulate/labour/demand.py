"""Expected vacancies of every cell, and what planting does to them."""

from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
from numpy.typing import NDArray

from data.simulate.labour.planted import GAP, NEIGHBOUR, SERVED, SPAM, SPIKE, Planted
from data.simulate.labour.reach import district_shares
from data.simulate.labour.season import labour_months, season
from data.simulate.labour.ties import ties
from data.simulate.params import SimulationParams
from data.simulate.place.places import Map
from data.simulate.streams import Streams
from data.simulate.topics import skills

Floats = NDArray[np.float64]

HEADCOUNTS: Final = (1, 2, 3, 5)
HEADCOUNT_SHARES: Final = (0.8, 0.12, 0.05, 0.03)
"""Persons that one vacancy seeks; a guess."""


@dataclass(frozen=True, slots=True)
class Demand:
    """Vacancies expected by the skill that leads them; M months, D districts, K skills.

    Attributes:
        months: first day of each month, oldest first, length M.
        rate: (M, D, K) expected vacancies, before the monthly noise.
        ordinary: (D, K) share of the expected vacancies that no spike adds; 1 without one.
        trend: (M, K) relative growth of each skill; its mean over the months is 1.
        kind: (D, K) planted kind as in ``KINDS``, -1 where none.
    """

    months: tuple[date, ...]
    rate: Floats
    ordinary: Floats
    trend: Floats
    kind: NDArray[np.int64]


def expected_demand(
    params: SimulationParams, city: Map, planted: Planted, streams: Streams
) -> Demand:
    """Rates of base · population · share · exp(N) · trend · season; planted cells are set instead.

    The ``base`` is such that postings, copies included, are expected to number ``postings``.
    """
    months = labour_months(params)
    rng = streams.of("labour")
    people = np.array([row.population for row in city.districts], dtype=np.float64)
    share = rng.lognormal(0, params.skill_share_spread, len(skills())) * ties().asked
    place = rng.lognormal(0, params.vacancy_spread, (len(people), len(share)))
    growth = rng.normal(0, params.skill_trend_spread, len(share))
    trend = np.exp(growth * np.arange(len(months))[:, None])
    trend /= trend.mean(axis=0)
    usual = people[:, None] * share * place
    usual[planted.district, planted.skill] = _planted_level(params, planted, people, share)
    rate = season(params, months)[:, None, None] * trend[:, None, :] * usual
    level = rate.sum(axis=0)
    spikes = planted.kind == SPIKE
    cells = planted.month[spikes], planted.district[spikes], planted.skill[spikes]
    rate[cells] *= params.spike_factor
    ordinary = level / np.where(level > 0, rate.sum(axis=0), 1.0)
    kind = np.full(usual.shape, -1)
    kind[planted.district, planted.skill] = planted.kind
    base = params.postings / _postings(params, rate, kind)
    return Demand(months, base * rate, ordinary, trend, kind)


def _planted_level(
    params: SimulationParams, planted: Planted, people: Floats, share: Floats
) -> Floats:
    """Level of each planted cell: so many times what a mean district wants of a mean skill.

    The mean counts every vacancy that names a skill, not only those the skill leads. The
    district's own size has no part in it, so that a county's gap is as plain as the centre's.
    """
    vocational = np.array([skill.vocational for skill in skills()]) & ties().asked
    named = np.einsum("i,ij->j", share, ties().mentions())
    mean = float(named[vocational].mean())
    gap = params.gap_demand
    quiet = (params.low_demand, params.spam_demand, params.spike_demand)
    by_kind = np.array([gap, gap, *quiet, gap])
    level: Floats = people.mean() * mean * by_kind[planted.kind]
    return level


def _postings(params: SimulationParams, rate: Floats, kind: NDArray[np.int64]) -> float:
    """Advertisements that vacancies at these rates would make."""
    copies = np.where(kind == SPAM, float(params.spam_copies), 1 + params.repost_share)
    return float((rate * copies).sum())


def seeker_cover(params: SimulationParams, demand: Demand, rng: np.random.Generator) -> Floats:
    """(D, K) jobseekers with the skill for each of its vacancies in an ordinary month."""
    beyond = rng.gamma(2.0, params.seeker_spread / 2, demand.kind.shape)
    cover = params.seeker_floor + beyond
    cover[np.isin(demand.kind, (GAP, NEIGHBOUR))] = params.gap_seekers
    cover[demand.kind == SERVED] = params.served_seekers
    return cover


def seats_needed(
    params: SimulationParams, city: Map, planted: Planted, streams: Streams
) -> list[float]:
    """Completers a month that courses must add where planted cells are to be amply taught.

    They meet what jobseekers leave open of the expected vacancies. For a neighbour cell they
    count at its border town, whose seats fall to the cell's district only in part.

    Args:
        params: the city.
        city: its map.
        planted: the planted cells.
        streams: as ``make_labour`` has them; nothing else need be drawn before.

    Returns:
        Persons, one number for each entry of ``planted.favoured()``.
    """
    demand = expected_demand(params, city, planted, streams)
    chosen = np.isin(planted.kind, (SERVED, NEIGHBOUR))
    home, skill, town = planted.district[chosen], planted.skill[chosen], planted.near[chosen]
    seekers = np.where(town >= 0, params.gap_seekers, params.served_seekers)
    persons = float(np.dot(HEADCOUNTS, HEADCOUNT_SHARES))
    unmet = demand.rate.mean(axis=0)[home, skill] * persons * np.maximum(1 - seekers, 0)
    share = district_shares(city, city.towns.lon[town], city.towns.lat[town])
    part = np.where(town >= 0, share[np.arange(len(town)), home], 1.0)
    needed: list[float] = (unmet / part).tolist()
    return needed
