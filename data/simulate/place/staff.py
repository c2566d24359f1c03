"""Teachers, and measured travel times of some towns and venues."""

from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from data.simulate.gather import pick
from data.simulate.place.coordinates import distance_km
from data.simulate.place.places import Map
from data.simulate.place.venues import Venues
from data.simulate.pool.courses import Courses
from data.simulate.topics import skills

ROLES: Final = ("full_time", "part_time", "volunteer", "elder_mentor")
ROLE_SHARES: Final = (0.4, 0.4, 0.15, 0.05)
MEASURED_SHARE: Final = 0.1
"""Share of near town-venue pairs whose transit minutes were measured; a guess."""

NEAR_KM: Final = 20.0


def teacher_counts(venues: Venues, rng: np.random.Generator) -> NDArray[np.int64]:
    """Teachers of each institution, one to five by its venues."""
    rooms = np.bincount(venues.of_institution, minlength=len(venues.kind))
    counts: NDArray[np.int64] = np.minimum(rooms + rng.integers(0, 3, len(rooms)), 5)
    return counts


def teacher_rows(
    counts: NDArray[np.int64], courses: Courses, venues: Venues, rng: np.random.Generator
) -> pl.DataFrame:
    """The contract table ``teachers``: each can teach up to five skills of its institution."""
    institution = np.repeat(np.arange(len(counts)), counts)
    number = np.arange(len(institution)) - np.repeat(np.cumsum(counts) - counts, counts)
    n = len(institution)
    taught = [_taught(courses, int(owner)) for owner in range(len(counts))]
    return pl.DataFrame(
        {
            "teacher_id": [
                f"teacher-{i:05d}-{k}"
                for i, k in zip(institution.tolist(), number.tolist(), strict=True)
            ],
            "institution_id": [f"inst-{i:05d}" for i in institution.tolist()],
            "skills": pl.Series(
                [_some(names, rng) for names in pick(taught, institution)],
                dtype=pl.List(pl.String),
            ),
            "division_code": venues.institutions["division_code"].gather(institution),
            "max_hours_week": rng.choice([6.0, 10.0, 16.0, 20.0], n),
            "role": pick(ROLES, rng.choice(len(ROLES), n, p=ROLE_SHARES)),
        }
    )


def travel_time_rows(city: Map, venues: Venues, rng: np.random.Generator) -> pl.DataFrame:
    """The contract table ``travel_times``: door-to-door transit minutes of some near pairs."""
    town = np.tile(np.arange(len(city.towns.codes)), len(venues.lon))
    venue = np.repeat(np.arange(len(venues.lon)), len(city.towns.codes))
    km = distance_km(
        city.towns.lon[town], city.towns.lat[town], venues.lon[venue], venues.lat[venue]
    )
    kept = (km < NEAR_KM) & (rng.random(len(km)) < MEASURED_SHARE)
    minutes = 12 + km[kept] / 20 * 60 * 1.35 + rng.gamma(2.0, 2.0, int(kept.sum()))
    return pl.DataFrame(
        {
            "from_division_code": pl.Series(city.towns.codes).gather(town[kept]),
            "venue_id": venues.venues["venue_id"].gather(venue[kept]),
            "minutes": np.round(minutes, 1),
        }
    ).with_columns(pl.lit("transit").alias("mode"))


def _taught(courses: Courses, institution: int) -> list[str]:
    index = courses.skills[courses.institution == institution]
    return [skill.skill_id for skill in pick(skills(), np.unique(index[index >= 0]))]


def _some(taught: list[str], rng: np.random.Generator) -> list[str]:
    count = min(len(taught), int(rng.integers(1, 6)))
    return sorted(str(name) for name in rng.choice(taught, count, replace=False)) if taught else []
