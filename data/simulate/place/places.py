"""The map: the city, its districts, made-up towns and villages."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from data.simulate.params import SimulationParams
from data.simulate.place.coordinates import distance_km, offset
from data.simulate.place.districts import CITY_CODE, CITY_NAME, DISTRICTS, District
from data.simulate.place.names import RURAL_VILLAGE_KINDS, TOWN_KINDS, URBAN_VILLAGE_KINDS, distinct
from data.vocab import CITY_BOX

VALID_SHARE = 0.9
"""Towns lie within this share of the district's radius."""

REACH_KM = 4.6
"""Straight kilometres beyond which a journey on foot or by transit takes over 30 minutes."""

TOWNS_FOR_ONE_UNCOVERED = 8
"""A city of fewer towns has no uncovered one, so that a small city isn't emptied."""


@dataclass(frozen=True, slots=True)
class Towns:
    """Town centres of the simulated districts, one entry per town.

    Attributes:
        codes: 12-digit codes.
        names: with 街道, 镇 or 乡.
        district: index into the simulated districts.
        lon: WGS84 degrees.
        lat: WGS84 degrees.
        population: persons.
        spread_km: standard deviation of homes around the centre.
    """

    codes: NDArray[np.str_]
    names: NDArray[np.str_]
    district: NDArray[np.int64]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    population: NDArray[np.int64]
    spread_km: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Villages:
    """Villages and communities, one entry each; ``town`` indexes ``Towns``."""

    codes: NDArray[np.str_]
    town: NDArray[np.int64]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    population: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Map:
    """The simulated districts.

    Attributes:
        districts: facts of each.
        towns: their towns.
        villages: their villages and communities.
        divisions: contract table.
        uncovered: indices of the towns planted without a venue within ``REACH_KM``, ascending.
    """

    districts: tuple[District, ...]
    towns: Towns
    villages: Villages
    divisions: pl.DataFrame
    uncovered: NDArray[np.int64]


def make_map(params: SimulationParams, rng: np.random.Generator) -> Map:
    """Lay out the towns and villages of the simulated districts.

    Every district of the city is a row of ``divisions``; only simulated ones have towns.
    """
    districts = tuple(DISTRICTS[code] for code in params.districts)
    towns = _join_towns([_towns(index, row, rng) for index, row in enumerate(districts)])
    villages, names = _villages(towns, params.villages_per_town, rng)
    shares = np.array([row.share_60plus for row in districts])[towns.district]
    parts = [
        _upper_rows(),
        _town_rows(towns, shares),
        _village_rows(towns, villages, names, shares),
    ]
    return Map(
        districts,
        towns,
        villages,
        pl.concat(parts),
        _uncovered(params.uncovered_streets, towns, rng),
    )


def inside_box(
    lon: NDArray[np.float64], lat: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The points drawn into the city's box, with room for the GCJ-02 offset."""
    west, south, east, north = CITY_BOX
    return np.clip(lon, west + 0.02, east - 0.02), np.clip(lat, south + 0.02, north - 0.02)


def _towns(index: int, row: District, rng: np.random.Generator) -> Towns:
    """The first town is the seat at the centroid; density falls with distance from it."""
    n = row.towns
    radius = row.radius_km * VALID_SHARE * np.sqrt(rng.uniform(0.05, 1.0, n))
    angle = rng.uniform(0, 2 * np.pi) + np.arange(n) * 2.399963
    radius[0] = 0.0
    lon, lat = offset(
        np.full(n, row.lon), np.full(n, row.lat), radius * np.cos(angle), radius * np.sin(angle)
    )
    lon, lat = inside_box(lon, lat)
    weight = np.exp(-radius / (0.45 * row.radius_km)) * rng.lognormal(0, 0.25, n)
    population = np.floor(row.population * weight / weight.sum()).astype(np.int64)
    return Towns(
        codes=np.array([f"{row.code}{number + 1:03d}000" for number in range(n)]),
        names=np.array(distinct(rng, n, TOWN_KINDS)),
        district=np.full(n, index),
        lon=lon,
        lat=lat,
        population=population,
        spread_km=np.full(n, 0.5 * row.radius_km / np.sqrt(n)),
    )


def _join_towns(parts: list[Towns]) -> Towns:
    return Towns(
        codes=np.concatenate([part.codes for part in parts]),
        names=np.concatenate([part.names for part in parts]),
        district=np.concatenate([part.district for part in parts]),
        lon=np.concatenate([part.lon for part in parts]),
        lat=np.concatenate([part.lat for part in parts]),
        population=np.concatenate([part.population for part in parts]),
        spread_km=np.concatenate([part.spread_km for part in parts]),
    )


def _uncovered(most: int, towns: Towns, rng: np.random.Generator) -> NDArray[np.int64]:
    """Inhabited towns, never a seat, out of reach of all others; else the loneliest ones."""
    count = min(most, len(towns.codes) // TOWNS_FOR_ONE_UNCOVERED)
    km = distance_km(towns.lon[:, None], towns.lat[:, None], towns.lon[None, :], towns.lat[None, :])
    np.fill_diagonal(km, np.inf)
    nearest = km.min(axis=1)
    seat = np.r_[True, np.diff(towns.district) != 0]
    nearest[seat | (towns.population == 0)] = -np.inf
    weight = towns.population * (nearest > REACH_KM + 1.0)
    if np.count_nonzero(weight) < count:
        return np.sort(np.argsort(-nearest, kind="stable")[:count])
    return np.sort(rng.choice(len(weight), count, replace=False, p=weight / weight.sum()))


def _villages(towns: Towns, each: int, rng: np.random.Generator) -> tuple[Villages, list[str]]:
    n = len(towns.codes) * each
    town = np.repeat(np.arange(len(towns.codes)), each)
    scatter = rng.normal(0, 1, (2, n)) * towns.spread_km[town]
    lon, lat = inside_box(*offset(towns.lon[town], towns.lat[town], scatter[0], scatter[1]))
    weight = rng.gamma(4.0, 1.0, (len(towns.codes), each))
    share = (weight / weight.sum(axis=1, keepdims=True)).ravel()
    population = np.floor(towns.population[town] * share).astype(np.int64)
    number = np.tile(np.arange(1, each + 1), len(towns.codes))
    codes = [
        f"{towns.codes[index][:9]}{count:03d}" for index, count in zip(town, number, strict=True)
    ]
    names = [
        name
        for town_name in towns.names
        for name in distinct(rng, each, _village_kinds(str(town_name)))
    ]
    return Villages(np.array(codes), town, lon, lat, population), names


def _village_kinds(town_name: str) -> tuple[str, ...]:
    return URBAN_VILLAGE_KINDS if town_name.endswith("街道") else RURAL_VILLAGE_KINDS


def _rows(
    codes: list[str],
    names: list[str],
    level: str,
    parents: list[str | None],
    population: NDArray[np.int64],
    share_60plus: NDArray[np.float64],
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
    urban: list[bool | None],
) -> pl.DataFrame:
    """Rows of the divisions table; codes are those in force since 2021-04-09."""
    return pl.DataFrame(
        {
            "division_code": codes,
            "name": names,
            "level": pl.repeat(level, len(codes), eager=True),
            "parent_code": pl.Series(parents, dtype=pl.String),
            "population": population,
            "population_60plus": np.floor(population * share_60plus).astype(np.int64),
            "lon": np.round(lon, 6),
            "lat": np.round(lat, 6),
            "urban": pl.Series(urban, dtype=pl.Boolean),
        }
    )


def _upper_rows() -> pl.DataFrame:
    """The city and all thirteen districts."""
    rows = list(DISTRICTS.values())
    population = np.array([row.population for row in rows])
    shares = np.array([row.share_60plus for row in rows])
    total = np.array([population.sum()])
    centre = (np.array([120.153]), np.array([30.287]))
    city_share = np.array([float((population * shares).sum() / total[0])])
    city = _rows([CITY_CODE], [CITY_NAME], "city", [None], total, city_share, *centre, [None])
    districts = _rows(
        [row.division_code for row in rows],
        [row.name for row in rows],
        "district",
        [CITY_CODE] * len(rows),
        population,
        shares,
        np.array([row.lon for row in rows]),
        np.array([row.lat for row in rows]),
        [None] * len(rows),
    )
    return pl.concat([city, districts])


def _town_rows(towns: Towns, shares: NDArray[np.float64]) -> pl.DataFrame:
    return _rows(
        towns.codes.tolist(),
        towns.names.tolist(),
        "town",
        [f"{code[:6]}000000" for code in towns.codes.tolist()],
        towns.population,
        shares,
        towns.lon,
        towns.lat,
        [name.endswith("街道") for name in towns.names.tolist()],
    )


def _village_rows(
    towns: Towns, villages: Villages, names: list[str], shares: NDArray[np.float64]
) -> pl.DataFrame:
    return _rows(
        villages.codes.tolist(),
        names,
        "village",
        [f"{code[:9]}000" for code in villages.codes.tolist()],
        villages.population,
        shares[villages.town],
        villages.lon,
        villages.lat,
        [str(towns.names[index]).endswith("街道") for index in villages.town.tolist()],
    )
