"""How much a learner wants a section: the utility of METHODS section 2, pair by pair."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data.simulate.params import SimulationParams
from data.simulate.people.people import People
from data.simulate.place.coordinates import distance_km
from data.simulate.place.venues import Venues
from data.simulate.pool.courses import Courses
from data.simulate.pool.programmes import PROGRAMME_FACTS
from data.simulate.pool.sections import Sections
from data.vocab import AGE_BAND_YEARS

SIXTY = 4
"""From this six-band index on a learner is 60 or older."""

YEARS = np.array(list(AGE_BAND_YEARS.values()))


@dataclass(frozen=True, slots=True)
class World:
    """Everything the choice of a section depends on, but for the sections themselves."""

    params: SimulationParams
    people: People
    courses: Courses
    venues: Venues


def pair_km(
    world: World, sections: Sections, learner: NDArray[np.int64], section: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Straight kilometres from home to each pair's venue; 0 online."""
    venue = sections.venue[section]
    people = world.people
    km = distance_km(
        people.lon[learner], people.lat[learner], world.venues.lon[venue], world.venues.lat[venue]
    )
    return np.where(venue < 0, 0.0, km)


def pair_taste(
    world: World, sections: Sections, learner: NDArray[np.int64], section: NDArray[np.int64]
) -> NDArray[np.float64]:
    """The product theta . phi of each pair, -1 to 1."""
    course = world.courses.taste[sections.course[section]]
    # multiplied and summed in place of a matrix product, whose rounding depends on threads
    product: NDArray[np.float32] = np.einsum("ij,ij->i", world.people.taste[learner], course)
    return product.astype(np.float64)


def utilities(
    world: World, sections: Sections, learner: NDArray[np.int64], section: NDArray[np.int64]
) -> NDArray[np.float64]:
    """U of each pair; minus infinity where an access need is unmet.

    Args:
        world: people, courses, venues and weights.
        sections: the term's sections.
        learner: learner index of each pair.
        section: index into ``sections`` of each pair.

    Returns:
        Utility, higher is better; P(apply | seen) = sigmoid(U - apply_threshold).
    """
    params, people, courses = world.params, world.people, world.courses
    course, six = sections.course[section], people.six[learner]
    u = params.taste_weight * pair_taste(world, sections, learner, section)
    u += courses.popularity[course] + params.quality_weight * courses.quality[course]
    u += params.age_fit_weight * _age_fit(params)[courses.programme[course], six]
    u -= pair_km(world, sections, learner, section) / np.array(params.decay_km)[six]
    price = sections.net_yuan[section] / params.price_unit_yuan
    u -= params.price_weight * people.price_sensitivity[learner] * price
    u -= params.slot_penalty * ((sections.slots[section] & ~people.free[learner]) != 0)
    u += params.goal_bonus * _teaches_goal(world, learner, course)
    if sections.number >= params.drift_term:
        u += params.drift_bonus * in_fashion(world)[course]
    penalty = np.where(six >= SIXTY, params.online_penalty_60plus, params.online_penalty)
    u -= penalty * (sections.venue[section] < 0)
    unmet = (people.needs[learner] & ~sections.meets[section]) != 0
    u[unmet] = -np.inf
    return u


def in_fashion(world: World) -> NDArray[np.bool_]:
    """Which courses are of the category that comes into fashion."""
    category = world.courses.courses["category"] == world.params.drift_category
    return category.to_numpy()


def apply_probability(params: SimulationParams, u: NDArray[np.float64]) -> NDArray[np.float64]:
    """P(apply | seen) of utilities; 0 at minus infinity."""
    return 1 / (1 + np.exp(params.apply_threshold - u))


def age_allows(
    world: World, sections: Sections, learner: NDArray[np.int64], section: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Whether the learner's age band and the course's limits have a year in common."""
    limits = world.courses.ages[sections.course[section]]
    years = YEARS[world.people.band[learner]]
    overlap: NDArray[np.bool_] = (limits[:, 0] <= years[:, 1]) & (limits[:, 1] >= years[:, 0])
    return overlap


def sharing_allows(
    world: World, sections: Sections, learner: NDArray[np.int64], section: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Whether the institution takes this resident through a page that isn't its own."""
    institution = world.courses.institution[sections.course[section]]
    same = world.venues.institution_district[institution] == world.people.district[learner]
    local = world.venues.home_only[institution]
    allowed: NDArray[np.bool_] = ~world.venues.own[institution] & (same | ~local)
    return allowed


def _age_fit(params: SimulationParams) -> NDArray[np.float64]:
    """Age fit by programme (rows of ``PROGRAMME_FACTS``) and six-band age."""
    rows = {
        "night_school": params.age_fit_night_school,
        "vocational": params.age_fit_vocational,
        "senior": params.age_fit_senior,
        "community": params.age_fit_community,
        "family": params.age_fit_family,
    }
    return np.array([rows[programme.name] for programme in PROGRAMME_FACTS])


def _teaches_goal(
    world: World, learner: NDArray[np.int64], course: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Whether any goal skill of the learner is a skill of the course."""
    goals = world.people.goals[learner][:, :, None]
    taught = world.courses.skills[course][:, None, :]
    found: NDArray[np.bool_] = ((goals == taught) & (goals >= 0)).any(axis=(1, 2))
    return found
