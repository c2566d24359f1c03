"""The learners table: what learners told, with its gaps."""

from datetime import UTC
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from data.simulate.gather import pick
from data.simulate.params import SimulationParams
from data.simulate.people.people import SLOTS, WORK, People
from data.simulate.place.coordinates import offset
from data.simulate.place.places import Map, inside_box
from data.simulate.topics import skills
from data.vocab import ACCESS_NEEDS, AGE_BANDS, EDUCATION_LEVELS
from data.vocabulary import builtin

CELL_DEGREES: Final = 0.006
"""Home and work are told as cells of this size, 575 m or more in Hangzhou."""

EDUCATION_BY_AGE: Final = np.array(
    [
        [0.00, 0.04, 0.14, 0.14, 0.26, 0.34, 0.07, 0.01],
        [0.02, 0.14, 0.18, 0.20, 0.22, 0.20, 0.04, 0.00],
        [0.20, 0.35, 0.20, 0.12, 0.08, 0.05, 0.00, 0.00],
    ]
)
"""P(education) under 45, 45-59, from 60; a guess."""


def learner_rows(
    params: SimulationParams, people: People, city: Map, rng: np.random.Generator
) -> pl.DataFrame:
    """The contract table ``learners``; ids follow the order of ``people``."""
    n = len(people)
    adult = people.band >= AGE_BANDS.index("18-24")
    home = _cells(people.lon, people.lat, rng.random(n) < params.home_cell_known)
    work = _work_cells(people, rng)
    return pl.DataFrame(
        {
            "learner_id": learner_ids(n),
            "age_band": _named(people.band, AGE_BANDS),
            "gender": _sometimes(
                _named((rng.random(n) < 0.38).astype(np.int64), ("female", "male")), 0.9, rng
            ),
            "education": _sometimes(_education(people, rng), 0.6, rng, adult),
            "work_status": _sometimes(_named(people.work, WORK), 0.7, rng, adult),
            "occupation_code": _sometimes(_occupations(n, rng), 0.4, rng, people.work < 2),
            "home_division_code": _home_codes(people, city, rng),
            "home_lon": home[0],
            "home_lat": home[1],
            "work_lon": work[0],
            "work_lat": work[1],
            "free_slots": _free_slots(people, rng.random(n) < params.free_slots_known),
            "travel_mode": _sometimes(_travel_modes(people, rng), 0.5, rng),
            "max_travel_min": _sometimes(
                pl.Series(rng.choice([20.0, 30.0, 40.0, 60.0], n)), params.max_travel_known, rng
            ),
            "needs": _masked(people.needs, ACCESS_NEEDS),
            "digital_level": _sometimes(_digital(people, rng), 0.7, rng),
            "goal_skills": pl.Series(
                [
                    [skill.skill_id for skill in pick(skills(), row[row >= 0])]
                    for row in people.goals
                ],
                dtype=pl.List(pl.String),
            ),
            "goal_occupation_code": _goal_codes(people, rng),
            "consent_personalisation": _all_but(params.consent_off, n, rng),
            "consent_labour_profile": rng.random(n) < params.labour_consent,
            "consent_guardian": _guardians(people, rng),
            "registered_at": pl.Series(people.registered).cast(pl.Datetime("us", str(UTC))),
        }
    )


def learner_ids(n: int) -> list[str]:
    """Pseudonyms of n learners."""
    return [f"learner-{number:07d}" for number in range(n)]


def _named(index: NDArray[np.int64], names: tuple[str, ...]) -> pl.Series:
    return pl.Series(names, dtype=pl.String).gather(index)


def _sometimes(
    values: pl.Series,
    share: float,
    rng: np.random.Generator,
    where: NDArray[np.bool_] | None = None,
) -> pl.Series:
    """The values for a share of learners, null for the others and outside ``where``."""
    known = rng.random(len(values)) < share
    told = pl.Series(known if where is None else known & where)
    return values.zip_with(
        told, pl.Series([None], dtype=values.dtype).new_from_index(0, len(values))
    )


def _all_but(share: float, n: int, rng: np.random.Generator) -> NDArray[np.bool_]:
    """True for everyone but an exact share."""
    consents = np.ones(n, dtype=bool)
    consents[rng.choice(n, round(share * n), replace=False)] = False
    return consents


def _cells(
    lon: NDArray[np.float64], lat: NDArray[np.float64], known: NDArray[np.bool_]
) -> tuple[pl.Series, pl.Series]:
    """Coordinates rounded to their cell; null where not known."""
    told = [
        pl.Series(
            np.where(known, np.round(np.round(axis / CELL_DEGREES) * CELL_DEGREES, 6), np.nan)
        )
        for axis in (lon, lat)
    ]
    return told[0].fill_nan(None), told[1].fill_nan(None)


def _work_cells(people: People, rng: np.random.Generator) -> tuple[pl.Series, pl.Series]:
    """A place of work some kilometres from home, for a third of those who work."""
    scatter = rng.normal(0, 5.0, (2, len(people)))
    lon, lat = inside_box(*offset(people.lon, people.lat, scatter[0], scatter[1]))
    return _cells(lon, lat, (people.work < 2) & (rng.random(len(people)) < 0.35))


def _education(people: People, rng: np.random.Generator) -> pl.Series:
    row = np.where(people.six < 3, 0, np.where(people.six == 3, 1, 2))
    edges = np.cumsum(EDUCATION_BY_AGE, axis=1)[row, :-1]
    return _named((rng.random((len(people), 1)) > edges).sum(axis=1), EDUCATION_LEVELS)


def _occupations(n: int, rng: np.random.Generator) -> pl.Series:
    codes = builtin("occupations")["occupation_code"]
    return codes.gather(rng.integers(0, len(codes), n))


def _goal_codes(people: People, rng: np.random.Generator) -> pl.Series:
    """The occupation wanted, told by half of those who have one."""
    codes = builtin("occupations")["occupation_code"]
    wanted = codes.gather(np.maximum(people.goal_occupation, 0))
    return _sometimes(wanted, 0.5, rng, people.goal_occupation >= 0)


def _home_codes(people: People, city: Map, rng: np.random.Generator) -> pl.Series:
    """The deepest level told: village, town, district or none."""
    village = pl.Series(city.villages.codes).gather(people.village)
    level = rng.random(len(people))
    town, district = village.str.slice(0, 9) + "000", village.str.slice(0, 6) + "000000"
    told = village.zip_with(
        pl.Series(level < 0.6), town.zip_with(pl.Series(level < 0.85), district)
    )
    return _sometimes(told, 0.95, rng)


def _free_slots(people: People, known: NDArray[np.bool_]) -> pl.Series:
    slots = _masked(people.free, SLOTS)
    nothing = pl.Series([None], dtype=slots.dtype).new_from_index(0, len(slots))
    return slots.zip_with(pl.Series(known), nothing)


def _masked(masks: NDArray[np.int64], names: tuple[str, ...]) -> pl.Series:
    """Masks as lists of the names of their bits; equal masks are decoded once."""
    distinct, inverse = np.unique(masks, return_inverse=True)
    decoded = [
        [name for bit, name in enumerate(names) if mask >> bit & 1] for mask in distinct.tolist()
    ]
    return pl.Series(decoded, dtype=pl.List(pl.String)).gather(inverse)


def _travel_modes(people: People, rng: np.random.Generator) -> pl.Series:
    """Elders walk and take the bus, others ride and drive."""
    elder = np.cumsum([0.45, 0.10, 0.40])
    adult = np.cumsum([0.12, 0.33, 0.30])
    edges = np.where(people.six[:, None] >= 4, elder, adult)
    drawn: NDArray[np.int64] = (rng.random((len(people), 1)) > edges).sum(axis=1)
    return _named(drawn, ("walk", "bike", "transit", "drive"))


def _digital(people: People, rng: np.random.Generator) -> pl.Series:
    mean = np.array([2.6, 2.6, 2.3, 1.8, 1.1, 0.6])[people.six]
    return pl.Series(np.clip(np.round(rng.normal(mean, 0.7)), 0, 3).astype(np.int64))


def _guardians(people: People, rng: np.random.Generator) -> pl.Series:
    """Consent of guardians, asked for under 14 only and not always answered."""
    answer = pl.Series(rng.random(len(people)) < 0.75)
    return _sometimes(answer, 0.9, rng, people.band == 0)
