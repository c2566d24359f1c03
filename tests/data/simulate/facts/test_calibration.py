"""Published magnitudes: 余杭 15.7 enrolments a section, senior lotteries 4:1 and 21:1 at worst."""

import numpy as np
import pytest
from numpy.typing import NDArray

from data.simulate.pool.programmes import PROGRAMME_INDEX
from data.simulate.pool.sections import LOTTERY
from data.simulate.terms.choice import pair_km
from tests.data.simulate.facts.conftest import Lived

YUAN = (0, 1, 150, 300, 10_000)
KM = (0, 3, 8, 15, 1_000)


def enrolments(city: Lived) -> float:
    """Mean enrolments of a night-school section of a finished term."""
    means: list[float] = []
    for done in city.state.done[:-1]:
        night = programme_of(city, done.sections.course) == PROGRAMME_INDEX["night_school"]
        taken = np.bincount(done.result.seats.section, minlength=len(done.sections))
        means.append(float(taken[night].mean()))
    return float(np.mean(means))


def programme_of(city: Lived, course: NDArray[np.int64]) -> NDArray[np.int64]:
    return city.laid.world.courses.programme[course]


def senior_odds(city: Lived) -> NDArray[np.float64]:
    """Applicants for each seat of every senior lottery of a finished term."""
    odds: list[NDArray[np.float64]] = []
    for term, done in enumerate(city.state.done[:-1]):
        senior = programme_of(city, done.sections.course) == PROGRAMME_INDEX["senior"]
        drawn = senior & (done.sections.rule == LOTTERY) & done.sections.listed
        odds.append(city.applicants(term)[drawn] / done.sections.capacity[drawn])
    return np.concatenate(odds)


def top_share(city: Lived) -> float:
    """Share of the finished terms' applications that the top twentieth of sections takes."""
    shares: list[float] = []
    for term in range(len(city.state.done) - 1):
        counts = np.sort(city.applicants(term))[::-1]
        shares.append(float(counts[: round(0.05 * len(counts))].sum() / counts.sum()))
    return float(np.mean(shares))


def completion(cities: list[Lived], by: str) -> list[float]:
    """Share of the seats kept that were completed, by what was paid or how far it was."""
    edges = YUAN if by == "price" else KM
    kept, amounts = [], []
    for city in cities:
        for done in city.state.done[:-1]:
            outcome, seats = done.result.outcome, done.result.seats
            assert outcome is not None
            stayed = ~outcome.dropped
            kept.append(outcome.completed[stayed])
            learner, section = seats.learner[stayed], seats.section[stayed]
            amounts.append(
                done.sections.net_yuan[section]
                if by == "price"
                else pair_km(city.laid.world, done.sections, learner, section)
            )
    group = np.digitize(np.concatenate(amounts), edges)
    completed = np.concatenate(kept)
    return [float(completed[group == number].mean()) for number in np.unique(group)]


def test_one_pilot_city_is_near_the_published_magnitudes(pilot: Lived) -> None:
    assert 12 <= enrolments(pilot) <= 20
    assert 0.2 <= top_share(pilot) <= 0.45
    assert 2 <= senior_odds(pilot).mean() <= 8


@pytest.mark.slow
def test_ten_pilot_cities_have_the_published_magnitudes(ten_pilots: list[Lived]) -> None:
    assert all(13 <= enrolments(city) <= 19 for city in ten_pilots)
    assert all(0.25 <= top_share(city) <= 0.40 for city in ten_pilots)
    odds = [senior_odds(city) for city in ten_pilots]
    assert 3 <= np.mean([each.mean() for each in odds]) <= 5
    assert sum(each.max() > 20 for each in odds) > len(odds) / 2


@pytest.mark.slow
@pytest.mark.parametrize(("by", "falls"), [("price", False), ("distance", True)])
def test_completion_rises_with_the_price_paid_and_falls_with_distance(
    ten_pilots: list[Lived], by: str, falls: bool
) -> None:
    shares = completion(ten_pilots, by)
    assert len(shares) == 4
    assert shares == sorted(shares, reverse=falls)
    assert len(set(shares)) == len(shares)


@pytest.mark.slow
def test_viral_courses_are_ten_times_as_common_in_the_tail_of_senior_lotteries(
    ten_pilots: list[Lived],
) -> None:
    tail: list[bool] = []
    courses: list[bool] = []
    for city in ten_pilots:
        viral = city.laid.world.courses.viral
        for term, done in enumerate(city.state.done[:-1]):
            senior = programme_of(city, done.sections.course) == PROGRAMME_INDEX["senior"]
            crowded = senior & (city.applicants(term) > 20 * done.sections.capacity)
            tail += viral[done.sections.course[crowded]].tolist()
            courses += viral[done.sections.course[senior]].tolist()
    assert len(tail) >= 10
    assert np.mean(tail) > 10 * np.mean(courses)
