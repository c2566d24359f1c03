"""What a kilometre costs, estimated from what learners told and random lists alone.

Taste and sensitivity to prices stay unknown to the analyst. They flatten a logistic curve a
little, so the estimate is some per cent too long: within the bar, and always on one side.
"""

from dataclasses import dataclass, fields

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags, hstack

from data.simulate.place.coordinates import distance_km
from data.simulate.terms.choice import SIXTY, World, in_fashion
from data.simulate.terms.diary import UNIFORM_LIST
from tests.data.simulate.facts.conftest import Lived, lived, shown

DECAY = np.array([5.0, 4.5, 3.5, 1.6, 1.0])
"""Planted kilometres by age group: under 35, 35-44, 45-59, 60-69, 70 and older."""

GROUP = np.array([0, 0, 1, 2, 3, 4])
YOUNG = slice(0, 3)
FREE, WEAK, STRONG = 1e-6, 0.01, 0.2
"""Ridge penalties: none to speak of, of programme by age, of courses."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """What an analyst knows of pairs that random lists showed."""

    applied: NDArray[np.bool_]
    km: NDArray[np.float64]
    six: NDArray[np.int64]
    course: NDArray[np.int64]
    programme: NDArray[np.int64]
    known: NDArray[np.float64]


def known_pairs(city: Lived, home: tuple[NDArray[np.float64], ...]) -> Pairs:
    """Pairs of learners who told their free slots and whose home is given."""
    told = city.laid.learners["free_slots"].is_not_null().to_numpy()
    parts = [_pairs(city, term, told, home) for term in range(len(city.state.done))]
    return Pairs(
        *(np.concatenate([getattr(part, one.name) for part in parts]) for one in fields(Pairs))
    )


def _pairs(
    city: Lived, term: int, told: NDArray[np.bool_], home: tuple[NDArray[np.float64], ...]
) -> Pairs:
    world, sections = city.laid.world, city.state.done[term].sections
    pairs = shown(city, term, UNIFORM_LIST)
    suits = (world.people.needs[pairs.learner] & ~sections.meets[pairs.section]) == 0
    kept = suits & told[pairs.learner] & np.isfinite(home[0][pairs.learner])
    learner, section = pairs.learner[kept], pairs.section[kept]
    venue, course = sections.venue[section], sections.course[section]
    km = distance_km(
        home[0][learner], home[1][learner], world.venues.lon[venue], world.venues.lat[venue]
    )
    six = world.people.six[learner]
    online = venue < 0
    known = [
        online & (six < SIXTY),
        online & (six >= SIXTY),
        sections.net_yuan[section] / 250,
        (sections.slots[section] & ~world.people.free[learner]) != 0,
        teaches_goal(world, learner, course),
        in_fashion(world)[course] & (term >= world.params.drift_term),
    ]
    return Pairs(
        pairs.applied[kept],
        np.where(online, 0.0, km),
        six,
        course,
        world.courses.programme[course],
        np.column_stack(known).astype(np.float64),
    )


def teaches_goal(
    world: World, learner: NDArray[np.int64], course: NDArray[np.int64]
) -> NDArray[np.bool_]:
    goals, taught = world.people.goals[learner][:, :, None], world.courses.skills[course][:, None]
    return np.asarray(((goals == taught) & (goals >= 0)).any(axis=(1, 2)))


def costs(pairs: Pairs, *, controlled: bool) -> NDArray[np.float64]:
    """Utility lost per kilometre by age group, of a logistic regression."""
    n, group = len(pairs.applied), GROUP[pairs.six]
    by_group = (group[:, None] == np.arange(len(DECAY))) * pairs.km[:, None]
    parts = [csr_matrix(np.column_stack([by_group, np.ones(n)]))]
    penalty = [np.full(len(DECAY) + 1, FREE)]
    if controlled:
        suits = one_hot(pairs.programme * len(GROUP) + pairs.six)
        course = one_hot(pairs.course)
        parts += [csr_matrix(pairs.known), suits, course]
        penalty += [
            np.full(part.shape[1], ridge)
            for part, ridge in zip(parts[1:], (FREE, WEAK, STRONG), strict=True)
        ]
    weights = logistic(hstack(parts).tocsr(), pairs.applied, np.concatenate(penalty))
    return -weights[: len(DECAY)]


def one_hot(index: NDArray[np.int64]) -> csr_matrix:
    return csr_matrix((np.ones(len(index)), (np.arange(len(index)), index)))


def logistic(
    x: csr_matrix, y: NDArray[np.bool_], penalty: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Newton's method with a ridge penalty for each weight."""
    weights = np.zeros(x.shape[1])
    for _ in range(25):
        chance = 1 / (1 + np.exp(-(x @ weights)))
        slope = x.T @ (y - chance) - penalty * weights
        bend = (x.T @ diags(chance * (1 - chance)) @ x).toarray() + np.diag(penalty)
        step = np.linalg.solve(bend, slope)
        weights += step
        if np.abs(step).max() < 1e-4:
            return weights
    message = "Newton's method didn't settle in 25 steps"
    raise ArithmeticError(message)


def told_homes(city: Lived) -> tuple[NDArray[np.float64], ...]:
    """The cells learners told; nan where they told none."""
    return tuple(
        city.laid.learners[name].fill_null(np.nan).to_numpy() for name in ("home_lon", "home_lat")
    )


def test_what_learners_told_gives_the_decay_within_15_percent_where_all_lists_are_random() -> None:
    city = lived(3, "random_traffic=1.0")
    pairs = known_pairs(city, told_homes(city))
    ratio = 1 / costs(pairs, controlled=True) / DECAY
    blunt = 1 / costs(pairs, controlled=False) / DECAY
    assert np.abs(ratio - 1).max() < 0.15
    assert np.abs(blunt - 1).min() > 0.25


def test_how_far_the_enrolled_came_is_not_the_decay(pilot: Lived) -> None:
    world = pilot.laid.world
    km, six = [], []
    for done in pilot.state.done:
        seats = done.result.seats
        venue = done.sections.venue[seats.section]
        learner, venue = seats.learner[venue >= 0], venue[venue >= 0]
        people, venues = world.people, world.venues
        km.append(
            distance_km(
                people.lon[learner], people.lat[learner], venues.lon[venue], venues.lat[venue]
            )
        )
        six.append(people.six[learner])
    group = GROUP[np.concatenate(six)]
    mean = np.array([np.concatenate(km)[group == one].mean() for one in range(len(DECAY))])
    # elders look no less mobile than they live: half of a young learner's way, not a fifth
    assert mean[-1] / mean[0] > 1.5 * DECAY[-1] / DECAY[0]


@pytest.mark.slow
def test_ten_cities_random_twentieth_gives_the_decay_of_those_under_60(
    ten_pilots: list[Lived],
) -> None:
    found = [costs(known_pairs(city, _homes(city)), controlled=True)[YOUNG] for city in ten_pilots]
    ratio = 1 / np.mean(found, axis=0) / DECAY[YOUNG]
    assert np.abs(ratio - 1).max() < 0.15


def _homes(city: Lived) -> tuple[NDArray[np.float64], ...]:
    """True homes: a cell shifts no estimate, and a twentieth of the lists is little."""
    people = city.laid.world.people
    return people.lon, people.lat
