"""Institutions of all four tiers and their teaching points."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from data.simulate.gather import ints, pick
from data.simulate.params import SimulationParams
from data.simulate.place.coordinates import distance_km, gcj02, offset
from data.simulate.place.districts import District
from data.simulate.place.names import COMPANY_WORDS, MALLS, PARKS, STEMS, bare
from data.simulate.place.places import REACH_KM, Map, inside_box

SCENE_NAMES: Final = {
    "community": "社区学堂",
    "industrial_park": "培训教室",
    "commercial": "夜校教室",
    "scenic": "景区课堂",
    "campus": "校区",
    "culture_hall": "文化馆教室",
    "library": "图书馆研习室",
    "city_reading_room": "城市书房",
    "micro_space": "学习微空间",
    "other": "教学点",
}


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of institution as the city has it.

    Attributes:
        kind: closed vocabulary of institutions.
        tier: city, district, town or village.
        name: with {d} district, {t} town, {s} a stem, {c} a company word.
        per: how many in each district, or in each town when the tier is town.
        scenes: where it teaches.
        programmes: what it runs.
    """

    kind: str
    tier: str
    name: str
    per: int
    scenes: tuple[str, ...]
    programmes: tuple[str, ...]


KINDS: Final = (
    Kind("open_university", "city", "杭州开放大学{d}分院", 1, ("campus", "commercial"),
         ("night_school", "senior", "vocational")),
    Kind("university", "city", "{s}学院继续教育学院{d}教学点", 1, ("campus",),
         ("vocational", "night_school")),
    Kind("technician_school", "city", "杭州{s}技师学院{d}基地", 1, ("industrial_park", "campus"),
         ("vocational",)),
    Kind("community_college", "district", "{d}社区学院", 1, ("campus", "commercial", "micro_space"),
         ("night_school", "senior", "community", "family")),
    Kind("vocational_school", "district", "{d}职业高级中学", 1, ("campus", "industrial_park"),
         ("vocational", "night_school")),
    Kind("senior_university", "district", "{d}老年大学", 1, ("campus", "culture_hall"),
         ("senior",)),
    Kind("culture_hall", "district", "{d}文化馆", 1, ("culture_hall", "scenic"),
         ("night_school", "senior", "community")),
    Kind("library", "district", "{d}图书馆", 1, ("library", "city_reading_room"),
         ("community", "family")),
    Kind("private_training", "district", "{c}职业培训学校", 2, ("commercial", "industrial_park"),
         ("vocational", "night_school")),
    Kind("enterprise", "district", "{c}企业大学", 1, ("industrial_park",), ("vocational",)),
    Kind("community_school", "town", "{t}社区学校", 1, ("community", "micro_space", "commercial"),
         ("night_school", "senior", "community", "family")),
    Kind("adult_school", "town", "{t}成人文化技术学校", 1, ("community", "other"),
         ("vocational", "senior", "community")),
    Kind("social_organisation", "village", "{s}公益学习社", 2, ("micro_space", "community"),
         ("community", "family", "senior")),
)  # fmt: skip


CULTURE_HALL: Final = [row.kind for row in KINDS].index("culture_hall")
"""Index of the culture halls among ``KINDS``."""


@dataclass(frozen=True, slots=True)
class Venues:
    """Institutions and venues: their tables, and what the choice world needs of them.

    Attributes:
        institutions: contract table.
        venues: contract table; coordinates in each row's own crs.
        kind: index into ``KINDS`` of each institution.
        institution_district: index into the simulated districts, by institution.
        own: whether each institution teaches its own people only.
        home_only: whether each institution takes residents of its district only.
        of_institution: institution index of each venue.
        town: index into the map's towns, by venue.
        institution_town: index of the town each institution is registered in.
        lon: WGS84 degrees of each venue.
        lat: WGS84 degrees of each venue.
        hall: venue of the famous class: step-free, in the first district's culture hall, which
            takes learners of the whole city.
    """

    institutions: pl.DataFrame
    venues: pl.DataFrame
    kind: NDArray[np.int64]
    institution_district: NDArray[np.int64]
    own: NDArray[np.bool_]
    home_only: NDArray[np.bool_]
    of_institution: NDArray[np.int64]
    town: NDArray[np.int64]
    institution_town: NDArray[np.int64]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    hall: int


def make_venues(params: SimulationParams, city: Map, rng: np.random.Generator) -> Venues:
    """Institutions of all tiers, each with at least one venue near a town's centre.

    The schools of an uncovered town are registered there and teach in the nearest other town.
    """
    kind, town = _sites(city, rng)
    hall_owner = int(np.flatnonzero(kind == CULTURE_HALL)[0])
    sharing = _sharing(kind, params, rng)
    sharing[hall_owner] = "city"
    institutions = _institution_rows(city, kind, town, sharing, rng)
    of_institution = _owners(city, kind, town, params, rng)
    hall = int(np.searchsorted(of_institution, hall_owner))
    venue_town = _venue_towns(city, kind, _teaching_town(city)[town], of_institution, rng)
    lon, lat = _positions(city, venue_town, rng)
    venues = _venue_rows(city, kind, of_institution, venue_town, (lon, lat), hall, params, rng)
    return Venues(
        institutions=institutions,
        venues=venues,
        kind=kind,
        institution_district=city.towns.district[town],
        own=sharing == "own",
        home_only=sharing == "district",
        of_institution=of_institution,
        town=venue_town,
        institution_town=town,
        lon=lon,
        lat=lat,
        hall=hall,
    )


def _teaching_town(city: Map) -> NDArray[np.int64]:
    """Each town itself, but for uncovered ones the nearest covered town of their district."""
    towns = city.towns
    result = np.arange(len(towns.codes))
    covered = np.setdiff1d(result, city.uncovered)
    for town in city.uncovered:
        here = covered[towns.district[covered] == towns.district[town]]
        km = distance_km(towns.lon[here], towns.lat[here], towns.lon[town], towns.lat[town])
        result[town] = here[np.argmin(km)]
    return result


def _positions(
    city: Map, town: NDArray[np.int64], rng: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Around the town's centre, and out of reach of the uncovered towns."""
    scatter = rng.normal(0, 0.5, (2, len(town)))
    lon, lat = inside_box(
        *offset(city.towns.lon[town], city.towns.lat[town], scatter[0], scatter[1])
    )
    for centre in city.uncovered:
        away = (city.towns.lon[centre], city.towns.lat[centre])
        km = np.maximum(distance_km(lon, lat, *away), 1e-6)
        stretch = np.maximum(REACH_KM / km, 1.0)
        lon = away[0] + (lon - away[0]) * stretch
        lat = away[1] + (lat - away[1]) * stretch
    return lon, lat


def _sites(city: Map, rng: np.random.Generator) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Kind and town of each institution; those above towns sit in the district's seat."""
    kinds: list[int] = []
    towns: list[int] = []
    for district in range(len(city.districts)):
        here = np.flatnonzero(city.towns.district == district)
        for index, kind in enumerate(KINDS):
            at = _towns_of(kind, here, rng)
            kinds += [index] * len(at)
            towns += at
    return np.array(kinds), np.array(towns)


def _towns_of(kind: Kind, here: NDArray[np.int64], rng: np.random.Generator) -> list[int]:
    if kind.tier == "town":
        return [int(town) for town in here for _ in range(kind.per)]
    if kind.tier == "village":
        return [int(town) for town in rng.choice(here, kind.per)]
    return [int(here[0])] * kind.per


def _sharing(
    kind: NDArray[np.int64], params: SimulationParams, rng: np.random.Generator
) -> NDArray[np.str_]:
    city_tier = np.array([row.tier == "city" for row in pick(KINDS, kind)])
    enterprise = np.array([row.kind == "enterprise" for row in pick(KINDS, kind)])
    local = ~city_tier & (rng.random(len(kind)) < params.district_sharing)
    return np.where(enterprise, "own", np.where(local, "district", "city"))


def _institution_rows(
    city: Map,
    kind: NDArray[np.int64],
    town: NDArray[np.int64],
    sharing: NDArray[np.str_],
    rng: np.random.Generator,
) -> pl.DataFrame:
    n = len(kind)
    places = pick(city.districts, city.towns.district[town])
    stems = pick(STEMS, np.resize(rng.permutation(len(STEMS)), n))
    words = pick(COMPANY_WORDS, np.resize(rng.permutation(len(COMPANY_WORDS)), n))
    rows = pick(KINDS, kind)
    names = [
        row.name.format(d=place.short_name, t=bare(str(seat)), s=stem, c=place.short_name + word)
        for row, place, seat, stem, word in zip(
            rows, places, city.towns.names[town], stems, words, strict=True
        )
    ]
    codes = [
        _institution_code(city, row.tier, at) for row, at in zip(rows, ints(town), strict=True)
    ]
    return pl.DataFrame(
        {
            "institution_id": [f"inst-{number:05d}" for number in range(n)],
            "name": names,
            "kind": [row.kind for row in rows],
            "tier": [row.tier for row in rows],
            "division_code": codes,
            "sharing": sharing.tolist(),
        }
    )


def _institution_code(city: Map, tier: str, town: int) -> str:
    """A town's institution carries its town's code, a village's that of a village."""
    if tier == "town":
        return str(city.towns.codes[town])
    if tier == "village":
        return str(city.villages.codes[np.flatnonzero(city.villages.town == town)[0]])
    district: District = city.districts[int(city.towns.district[town])]
    return district.division_code


def _owners(
    city: Map,
    kind: NDArray[np.int64],
    town: NDArray[np.int64],
    params: SimulationParams,
    rng: np.random.Generator,
) -> NDArray[np.int64]:
    """One venue each; the rest go to the larger institutions, by the residents of districts."""
    extra = max(0, round(params.sections_per_term / params.sections_per_venue) - len(kind))
    tiers = {"city": 3.0, "district": 3.0, "town": 1.0, "village": 0.2}
    weight = np.array([tiers[row.tier] for row in pick(KINDS, kind)])
    district = city.towns.district[town]
    residents = np.array([row.population for row in city.districts])
    weight *= (residents / np.bincount(district, weights=weight))[district]
    more = rng.choice(len(kind), extra, p=weight / weight.sum())
    return np.sort(np.concatenate([np.arange(len(kind)), more]))


def _venue_towns(
    city: Map,
    kind: NDArray[np.int64],
    town: NDArray[np.int64],
    of_institution: NDArray[np.int64],
    rng: np.random.Generator,
) -> NDArray[np.int64]:
    """A first venue stands at its institution; further ones of a district's where people live."""
    first = np.r_[True, np.diff(of_institution) > 0]
    result = town[of_institution].copy()
    wide = np.array([row.tier in {"city", "district"} for row in pick(KINDS, kind)])
    moves = ~first & wide[of_institution]
    people = city.towns.population.astype(np.float64)
    people[city.uncovered] = 0
    district = city.towns.district[result]
    for number in range(len(city.districts)):
        here = moves & (district == number)
        chance = people * (city.towns.district == number)
        result[here] = rng.choice(len(chance), int(here.sum()), p=chance / chance.sum())
    return result


def _venue_rows(
    city: Map,
    kind: NDArray[np.int64],
    of_institution: NDArray[np.int64],
    town: NDArray[np.int64],
    position: tuple[NDArray[np.float64], NDArray[np.float64]],
    hall: int,
    params: SimulationParams,
    rng: np.random.Generator,
) -> pl.DataFrame:
    n = len(of_institution)
    scenes = [
        KINDS[kind[owner]].scenes[int(draw * len(KINDS[kind[owner]].scenes))]
        for owner, draw in zip(of_institution, rng.random(n), strict=True)
    ]
    scenes[hall] = "culture_hall"
    shifted = rng.random(n) < params.gcj02_share
    lon, lat = (
        np.where(shifted, moved, plain)
        for moved, plain in zip(gcj02(*position), position, strict=True)
    )
    rooms = rng.integers(1, 7, n)
    step_free = _known(params.step_free_true, params.step_free_unknown, n, rng)
    step_free[hall] = True
    return pl.DataFrame(
        {
            "venue_id": [f"venue-{number:05d}" for number in range(n)],
            "institution_id": [f"inst-{owner:05d}" for owner in of_institution],
            "name": _venue_names(city, scenes, town, rng),
            "division_code": city.towns.codes[town].tolist(),
            "lon": np.round(lon, 6),
            "lat": np.round(lat, 6),
            "crs": np.where(shifted, "gcj02", "wgs84").tolist(),
            "scene": scenes,
            "rooms": rooms,
            "seats": rooms * 40,
            "step_free": pl.Series(step_free, dtype=pl.Boolean),
            "accessible_toilet": pl.Series(_known(0.4, 0.35, n, rng), dtype=pl.Boolean),
            "hearing_loop": pl.Series(_known(0.15, 0.5, n, rng), dtype=pl.Boolean),
            "open_slots": _open_slots(scenes),
        }
    )


def _venue_names(
    city: Map, scenes: list[str], town: NDArray[np.int64], rng: np.random.Generator
) -> list[str]:
    malls = pick(MALLS, rng.integers(0, len(MALLS), len(town)))
    parks = pick(PARKS, rng.integers(0, len(PARKS), len(town)))
    names: list[str] = []
    for number, (scene, at) in enumerate(zip(scenes, town, strict=True)):
        place = {"commercial": malls[number], "industrial_park": parks[number]}
        stem = bare(str(city.towns.names[at]))
        names.append(f"{stem}{place.get(scene, '')}{SCENE_NAMES[scene]}")
    return names


def _known(true: float, unknown: float, n: int, rng: np.random.Generator) -> list[bool | None]:
    """An access feature of n venues: confirmed, unknown, or confirmed absent."""
    draws = rng.random(n)
    return [None if draw >= 1 - unknown else bool(draw < true) for draw in draws]


def _open_slots(scenes: list[str]) -> pl.Series:
    """Offices and campuses rest on Sunday; malls never close."""
    kinds = [[f"{day}{part}" for day in range(1, last) for part in "MAE"] for last in (7, 8)]
    sunday = [scene in {"commercial", "micro_space", "library"} for scene in scenes]
    return pl.Series(kinds).gather(np.array(sunday, dtype=np.int64))
