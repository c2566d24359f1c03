"""Learners: who they are, where they live, what they need and want."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from data.simulate.calendar import open_term, terms
from data.simulate.knobs import ADULT_BANDS
from data.simulate.params import SimulationParams
from data.simulate.place.coordinates import offset
from data.simulate.place.places import Map, inside_box
from data.simulate.taste import Directions, around, draw_personas
from data.simulate.topics import skills
from data.vocab import ACCESS_NEEDS, AGE_BANDS
from data.vocabulary import builtin

SIX: Final = np.array([0, 0, *range(len(ADULT_BANDS)), len(ADULT_BANDS) - 1], dtype=np.int64)
"""Index into six-number parameters of each age band."""

UNDER_60: Final = np.array([0.01, 0.01, 0.13, 0.31, 0.26, 0.28])
FROM_60: Final = np.array([0.62, 0.31, 0.07])
"""Age bands of learners below and from 60; guesses."""

WORK: Final = ("employed", "self_employed", "unemployed", "student", "retired", "homemaker")
WORK_BY_SIX: Final = np.array(
    [
        [0.45, 0.05, 0.08, 0.40, 0.00, 0.02],
        [0.76, 0.10, 0.06, 0.02, 0.00, 0.06],
        [0.74, 0.13, 0.05, 0.00, 0.00, 0.08],
        [0.62, 0.14, 0.06, 0.00, 0.10, 0.08],
        [0.10, 0.06, 0.00, 0.00, 0.80, 0.04],
        [0.02, 0.02, 0.00, 0.00, 0.94, 0.02],
    ]
)
"""P(work status | six-band age); a guess."""

FREE_BY_WORK: Final = np.array(
    [
        [0.05, 0.06, 0.75, 0.60, 0.70, 0.50],
        [0.35, 0.35, 0.55, 0.50, 0.50, 0.45],
        [0.70, 0.70, 0.60, 0.60, 0.60, 0.50],
        [0.08, 0.10, 0.65, 0.65, 0.70, 0.55],
        [0.85, 0.80, 0.30, 0.55, 0.55, 0.25],
        [0.60, 0.55, 0.35, 0.45, 0.45, 0.30],
    ]
)
"""P(free) on weekday M, A, E and weekend M, A, E by work status; a guess."""

SLOTS: Final = tuple(f"{day}{part}" for day in range(1, 8) for part in "MAE")
"""The 21 weekly slots; bit i of a slot mask is the i-th."""


@dataclass(frozen=True, slots=True)
class People:
    """Learners as arrays, one entry each; what of it is told is in the learners table.

    Attributes:
        band: index into ``AGE_BANDS``.
        six: index into six-number parameters.
        work: index into ``WORK``.
        village: index of the home village.
        district: index into the simulated districts.
        lon: home, WGS84 degrees.
        lat: home, WGS84 degrees.
        taste: unit vectors theta, float32 of shape (n, taste_dimensions).
        price_sensitivity: 1 on average by median.
        free: mask of free slots.
        needs: mask of access needs, bit i is ``ACCESS_NEEDS[i]``.
        goals: indices into ``topics.skills()``, shape (n, 2), -1 for none.
        goal_occupation: row of the built-in occupations, -1 for none.
        registered: microseconds since 1970, UTC.
        seen: expected number of sections seen in a term.
    """

    band: NDArray[np.int64]
    six: NDArray[np.int64]
    work: NDArray[np.int64]
    village: NDArray[np.int64]
    district: NDArray[np.int64]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    taste: NDArray[np.float32]
    price_sensitivity: NDArray[np.float64]
    free: NDArray[np.int64]
    needs: NDArray[np.int64]
    goals: NDArray[np.int64]
    goal_occupation: NDArray[np.int64]
    registered: NDArray[np.int64]
    seen: NDArray[np.float64]

    def __len__(self) -> int:
        """How many learners."""
        return len(self.band)


def make_people(
    params: SimulationParams,
    city: Map,
    space: Directions,
    rng: np.random.Generator,
    taste: np.random.Generator,
) -> People:
    """Draw the learners: homes by population, ages by district, persona by age."""
    n = params.learners
    village = _homes(city, n, rng)
    town = city.villages.town[village]
    district = city.towns.district[town]
    band = _bands(params, city, district, rng)
    six = SIX[band]
    work = np.where(band < 2, WORK.index("student"), _rows_by(WORK_BY_SIX[six], rng))
    scatter = rng.normal(0, 0.4, (2, n))
    here = (city.villages.lon[village], city.villages.lat[village])
    lon, lat = inside_box(*offset(*here, scatter[0], scatter[1]))
    occupation, goals = _goals(params, band, rng)
    return People(
        band=band,
        six=six,
        work=work,
        village=village,
        district=district,
        lon=lon,
        lat=lat,
        taste=around(space.personas[draw_personas(band, taste)], params.taste_noise, taste),
        price_sensitivity=rng.lognormal(0, 0.5, n),
        free=_free(work, rng),
        needs=_needs(params, band, rng),
        goals=goals,
        goal_occupation=occupation,
        registered=_registered(params, rng),
        seen=rng.uniform(params.seen_low, params.seen_high, n),
    )


def microseconds(moment: datetime) -> int:
    """Microseconds since 1970 of an aware moment."""
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def slot_mask(slots: tuple[str, ...]) -> int:
    """The mask of weekly slots such as ``3E``."""
    return sum(1 << SLOTS.index(slot) for slot in slots)


def _homes(city: Map, n: int, rng: np.random.Generator) -> NDArray[np.int64]:
    people = city.villages.population.astype(np.float64)
    return rng.choice(len(people), n, p=people / people.sum())


def _bands(
    params: SimulationParams, city: Map, district: NDArray[np.int64], rng: np.random.Generator
) -> NDArray[np.int64]:
    """Ages by district: each has its own share of people from 60."""
    residents = np.array([row.share_60plus for row in city.districts])
    weight = params.elder_participation * residents
    shares = weight / (weight + 1 - residents)
    chance = np.array([np.r_[UNDER_60 * (1 - share), FROM_60 * share] for share in shares])
    return _rows_by(chance[district], rng)


def _rows_by(chance: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.int64]:
    """One draw per row of probabilities."""
    edges = np.cumsum(chance, axis=1)[:, :-1]
    drawn: NDArray[np.int64] = (rng.random((len(chance), 1)) > edges).sum(axis=1)
    return drawn


def _free(work: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.int64]:
    """Free slots by work status, as masks; everyone has at least one."""
    weekly = FREE_BY_WORK[work]
    chance = np.concatenate([np.tile(weekly[:, :3], 5), np.tile(weekly[:, 3:], 2)], axis=1)
    free = rng.random(chance.shape) < chance
    masks: NDArray[np.int64] = free @ (1 << np.arange(len(SLOTS)))
    return np.where(masks == 0, 1 << SLOTS.index("6A"), masks)


def _needs(
    params: SimulationParams, band: NDArray[np.int64], rng: np.random.Generator
) -> NDArray[np.int64]:
    """Access needs; an exact number of wheelchair users, elders four times as likely."""
    n = len(band)
    elder = band >= AGE_BANDS.index("60-69")
    weight = np.where(elder, 4.0, 1.0)
    wheelchair = np.zeros(n, dtype=bool)
    count = round(params.wheelchair * n)
    wheelchair[rng.choice(n, count, replace=False, p=weight / weight.sum())] = True
    draws = rng.random((5, n))
    has = {
        "step_free": wheelchair,
        "accessible_toilet": wheelchair & (draws[0] < 0.5),
        "hearing_loop": elder & (draws[1] < 0.03),
        "captions": draws[2] < 0.008,
        "sign_language": draws[3] < 0.002,
        "screen_reader": draws[4] < 0.003,
    }
    mask = np.zeros(n, dtype=np.int64)
    for bit, need in enumerate(ACCESS_NEEDS):
        mask |= has[need].astype(np.int64) << bit
    return mask


def _goals(
    params: SimulationParams, band: NDArray[np.int64], rng: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """An occupation wanted and two of its skills, for a share of those aged 18 to 59."""
    wanted = _occupation_goals()
    adult = (band >= AGE_BANDS.index("18-24")) & (band < AGE_BANDS.index("60-69"))
    has = adult & (rng.random(len(band)) < params.goal_share)
    occupation = np.where(has, rng.integers(0, len(wanted), len(band)), -1)
    goals = np.where(has[:, None], wanted[occupation], -1)
    return occupation, goals


def _occupation_goals() -> NDArray[np.int64]:
    """The two most important skills of each built-in occupation, -1 where it has one only."""
    index = {skill.skill_id: number for number, skill in enumerate(skills())}
    known = builtin("occupation_skills").filter(pl.col("skill_id").is_in(list(index)))
    ties = known.sort("importance", descending=True, maintain_order=True)
    by_code: dict[str, list[int]] = {}
    for code, skill in ties.select("occupation_code", "skill_id").iter_rows():
        by_code.setdefault(code, []).append(index[skill])
    codes = builtin("occupations")["occupation_code"]
    return np.array([[*by_code[code], -1][:2] for code in codes], dtype=np.int64)


def _registered(params: SimulationParams, rng: np.random.Generator) -> NDArray[np.int64]:
    """Newcomers in the open term; half of the others before the first term."""
    first, last = microseconds(terms(params)[0].opens_at), microseconds(open_term(params).opens_at)
    end, day = last + round(params.as_of_hours * 3600e6), 86_400_000_000
    kind = rng.random(params.learners)
    early = rng.integers(first - 365 * day, first, params.learners)
    between = rng.integers(first, last - 10 * day, params.learners)
    new = rng.integers(last - 10 * day, end, params.learners)
    old = (1 - params.newcomers) / 2
    return np.where(kind < old, early, np.where(kind < 2 * old, between, new))
