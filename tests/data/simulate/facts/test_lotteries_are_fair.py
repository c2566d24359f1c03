"""A draw doesn't ask who somebody is or when she came; the clock does."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pytest
from numpy.typing import NDArray

from data.simulate.build import TermDone
from data.simulate.pool.sections import FIRST_COME, LOTTERY
from tests.data.simulate.facts.conftest import Lived

CHANCE = 4.0
"""Standard deviations that no fair draw reaches in a dozen looks."""


@dataclass(frozen=True, slots=True)
class Draw:
    """The applicants of one section that more applied for than it has seats."""

    learner: NDArray[np.int64]
    at: NDArray[np.int64]
    won: NDArray[np.bool_]

    @property
    def first(self) -> NDArray[np.bool_]:
        """Who would hold the seats by the clock."""
        place = np.argsort(np.argsort(self.at, kind="stable"))
        return np.asarray(place < self.won.sum())

    @property
    def early(self) -> NDArray[np.bool_]:
        """The first half of those who applied."""
        return np.asarray(self.at < np.median(self.at))


def draws(city: Lived, rule: int, *, famous: bool = False) -> Iterator[Draw]:
    """Crowded sections of the finished terms with one way to give seats."""
    for done in city.state.done[:-1]:
        sections = done.sections
        crowded = (
            np.bincount(done.result.applications.section, minlength=len(sections))
            > sections.capacity
        )
        asked = crowded & (sections.rule == rule)
        if famous:
            asked &= sections.course == city.laid.world.courses.famous
        for section in np.flatnonzero(asked):
            yield _draw(done, int(section))


def _draw(done: TermDone, section: int) -> Draw:
    made, seats = done.result.applications, done.result.seats
    here = made.section == section
    holders = seats.learner[seats.section == section]
    return Draw(made.learner[here], made.at[here], np.isin(made.learner[here], holders))


def excess(rows: list[tuple[NDArray[np.bool_], NDArray[np.bool_]]]) -> float:
    """How many standard deviations more seats a group won than its share of each section.

    Args:
        rows: for each section, who is of the group and who won.
    """
    surplus, variance = 0.0, 0.0
    for group, won in rows:
        n, members, seats = len(group), int(group.sum()), int(won.sum())
        surplus += int((group & won).sum()) - members * seats / n
        variance += members * (n - members) * seats * (n - seats) / (n * n * (n - 1))
    return surplus / np.sqrt(variance)


def groups(city: Lived) -> dict[str, NDArray[np.bool_]]:
    """Groups of learners by age, district and access need."""
    people = city.laid.world.people
    return {
        **{f"age {one}": people.six == one for one in range(6)},
        **{f"district {one}": people.district == one for one in np.unique(people.district)},
        "access need": people.needs != 0,
    }


def test_no_age_district_or_need_wins_more_than_its_share_of_a_draw(pilot: Lived) -> None:
    held = list(draws(pilot, LOTTERY))
    assert len(held) > 50
    for name, member in groups(pilot).items():
        found = excess([(member[one.learner], one.won) for one in held])
        assert abs(found) < CHANCE, name


def test_a_list_by_age_would_have_been_noticed(pilot: Lived) -> None:
    six = pilot.laid.world.people.six
    rows = []
    for one in draws(pilot, LOTTERY):
        eldest = np.argsort(np.argsort(-six[one.learner], kind="stable")) < one.won.sum()
        rows.append((six[one.learner] >= 4, eldest))
    assert excess(rows) > 2 * CHANCE


def test_a_draw_forgets_who_came_early_and_the_clock_would_give_them_everything(
    pilot: Lived,
) -> None:
    held = list(draws(pilot, LOTTERY))
    assert abs(excess([(one.early, one.won) for one in held])) < CHANCE
    assert excess([(one.early, one.first) for one in held]) > 4 * CHANCE
    first_come = list(draws(pilot, FIRST_COME))
    assert excess([(one.early, one.won) for one in first_come]) > 4 * CHANCE


@pytest.mark.slow
def test_the_famous_class_favours_nobody_in_ten_cities(ten_pilots: list[Lived]) -> None:
    rows: dict[str, list[tuple[NDArray[np.bool_], NDArray[np.bool_]]]] = {}
    early, clock, seats = [], [], 0
    for city in ten_pilots:
        for one in draws(city, LOTTERY, famous=True):
            for name, member in groups(city).items():
                rows.setdefault(name, []).append((member[one.learner], one.won))
            early.append((one.early, one.won))
            clock.append((one.early, one.first))
            seats += int(one.won.sum())
    assert seats > 50
    for name, found in rows.items():
        assert abs(excess(found)) < CHANCE, name
    assert abs(excess(early)) < CHANCE < excess(clock)


@pytest.mark.slow
def test_the_famous_class_has_about_56_applicants_for_a_seat_over_ten_cities(
    ten_pilots: list[Lived],
) -> None:
    applicants, seats = 0, 0
    for city in ten_pilots:
        for term, done in enumerate(city.state.done):
            here = done.sections.course == city.laid.world.courses.famous
            applicants += int(city.applicants(term)[here].sum())
            seats += int(done.sections.capacity[here].sum())
    assert applicants / seats == pytest.approx(56, rel=0.1)
