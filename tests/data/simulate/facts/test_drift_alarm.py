"""The term in which a category comes into fashion, found by comparing courses with themselves."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import mannwhitneyu

from data.simulate.terms.diary import OLD_PAGE_LIST
from tests.data.simulate.facts.conftest import Lived, lived, shown

SHOWN_ENOUGH = 50
"""Impressions in each of two terms below which a course says nothing."""

COURSES_ENOUGH = 6
ALARM = 1e-4
"""A false alarm in every hundred cities or so: some twelve categories, four pairs of terms."""


def rates(city: Lived, term: int) -> NDArray[np.float64]:
    """Applications per showing on the old page, by course; nan where it was shown too little."""
    pairs = shown(city, term, OLD_PAGE_LIST)
    course = city.state.done[term].sections.course[pairs.section]
    n = len(city.laid.world.courses.programme)
    seen = np.bincount(course, minlength=n)
    made = np.bincount(course, pairs.applied, minlength=n)
    return np.where(seen >= SHOWN_ENOUGH, (made + 0.5) / (seen + 1), np.nan)


def alarms(city: Lived) -> list[tuple[int, str]]:
    """Term and category where courses rose above the other courses, against the term before."""
    categories = city.laid.world.courses.courses["category"].to_numpy()
    found: list[tuple[int, str]] = []
    for term in range(1, len(city.state.done)):
        change = np.log(rates(city, term) / rates(city, term - 1))
        stays = np.isfinite(change)
        for name in np.unique(categories[stays]):
            here = stays & (categories == name)
            rest = change[stays & ~here]
            if here.sum() < COURSES_ENOUGH:
                continue
            if mannwhitneyu(change[here], rest, alternative="greater").pvalue < ALARM:
                found.append((term, str(name)))
    return found


def applications(city: Lived) -> NDArray[np.float64]:
    return np.array(
        [city.applicants(term).sum() for term in range(len(city.state.done))], dtype=np.float64
    )


def test_the_alarm_names_the_term_and_the_category_of_the_fashion_and_nothing_else(
    pilot: Lived,
) -> None:
    params = pilot.laid.world.params
    assert alarms(pilot) == [(params.drift_term, params.drift_category)]


def test_a_city_without_a_fashion_raises_no_alarm() -> None:
    assert alarms(lived(3, "drift_bonus=0")) == []


def test_the_total_of_applications_moves_no_more_with_the_fashion_than_before_it(
    pilot: Lived,
) -> None:
    start = pilot.laid.world.params.drift_term
    change = np.diff(np.log(applications(pilot)))
    assert change[start - 1] < change[: start - 1].max()


@pytest.mark.slow
def test_ten_cities_raise_the_alarm_in_its_term(ten_pilots: list[Lived]) -> None:
    false = 0
    for city in ten_pilots:
        params, found = city.laid.world.params, alarms(city)
        assert (params.drift_term, params.drift_category) in found
        false += len(found) - 1
    assert false <= 1
