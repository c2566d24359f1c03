"""How many new courses a good list holds: neither none, nor as many as there are."""

from dataclasses import dataclass

import numpy as np
import pytest
from numpy.typing import NDArray

from data.simulate.pool.programmes import PROGRAMME_INDEX
from data.simulate.terms.choice import apply_probability, utilities
from data.simulate.terms.seats import admissible
from tests.data.simulate.facts.conftest import Lived

K, ASKED = 10, 1_000


@dataclass(frozen=True, slots=True)
class Top:
    """The best ten of the open term for some learners, and what they were taken from."""

    new: NDArray[np.bool_]
    programme: NDArray[np.int64]
    listed_new: NDArray[np.bool_]
    listed_programme: NDArray[np.int64]
    most_enrolled_new: NDArray[np.bool_]


def oracle(city: Lived) -> Top:
    world, sections = city.laid.world, city.state.done[-1].sections
    listed = np.flatnonzero(sections.listed)
    course = sections.course[listed]
    asked = np.arange(0, len(world.people), len(world.people) // ASKED)
    learner, section = np.repeat(asked, len(listed)), np.tile(listed, len(asked))
    chance = apply_probability(world.params, utilities(world, sections, learner, section))
    chance *= admissible(world, sections, city.state.record, learner, section)
    best = np.argsort(-chance.reshape(len(asked), -1), axis=1)[:, :K]
    new = world.courses.first_term[course] == sections.number
    programme = world.courses.programme[course]
    most = np.argsort(-past_enrolments(city)[course], kind="stable")[:K]
    return Top(new[best], programme[best], new, programme, new[most])


def past_enrolments(city: Lived) -> NDArray[np.int64]:
    past = np.zeros(len(city.laid.world.courses.programme), dtype=np.int64)
    for done in city.state.done[:-1]:
        np.add.at(past, done.sections.course[done.result.seats.section], 1)
    return past


def cold_shares(top: Top) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """By programme: share of new courses in the best lists, and among all that is listed."""
    programmes = range(len(PROGRAMME_INDEX))
    return (
        np.array([top.new[top.programme == one].mean() for one in programmes]),
        np.array([top.listed_new[top.listed_programme == one].mean() for one in programmes]),
    )


def test_the_best_lists_hold_about_as_many_new_courses_as_there_are_and_popularity_none(
    pilot: Lived,
) -> None:
    top = oracle(pilot)
    assert 2 / 3 < top.new.mean() / top.listed_new.mean() < 3 / 2
    assert not top.most_enrolled_new.any()


def test_how_many_there_are_is_not_what_each_programme_deserves(pilot: Lived) -> None:
    best, there = cold_shares(oracle(pilot))
    assert np.abs(best - there).max() > 0.05


@pytest.mark.slow
def test_over_ten_cities_the_best_lists_cold_share_is_near_what_there_is_but_not_the_same(
    ten_pilots: list[Lived],
) -> None:
    shares: list[tuple[float, float]] = []
    for city in ten_pilots:
        top = oracle(city)
        shares.append((float(top.new.mean()), float(top.listed_new.mean())))
    best, there = np.array(shares).T
    assert best.mean() == pytest.approx(there.mean(), rel=0.25)
    assert best.std() > 2 * there.std()
