from collections.abc import Callable

import pytest

from data.vocab import AGE_BAND_YEARS
from recsys.types import LearnerQuery

Ask = Callable[..., LearnerQuery]
Keeps = Callable[..., bool]


@pytest.mark.parametrize(
    ("age_min", "age_max", "kept"),
    [
        (60, None, False),
        (45, None, True),
        (59, None, True),
        (None, 44, False),
        (None, 45, True),
        (60, 80, False),
        (None, None, True),
    ],
)
def test_age_refuses_only_where_band_and_limits_share_no_year(
    keeps: Keeps, ask: Ask, age_min: int | None, age_max: int | None, kept: bool
) -> None:
    low, high = AGE_BAND_YEARS["45-59"]
    query = ask(age_low=low, age_high=high)
    assert keeps("age", query, age_min=age_min, age_max=age_max) is kept


def test_an_unknown_age_refuses_nothing(keeps: Keeps, ask: Ask) -> None:
    assert keeps("age", ask(), age_min=60, age_max=80)


def test_all_prerequisites_must_be_completed(keeps: Keeps, ask: Ask) -> None:
    query = ask(completed=frozenset({"a"}))
    assert keeps("prerequisites", query, prerequisites=["a"])
    assert not keeps("prerequisites", query, prerequisites=["a", "b"])


def test_unknown_prerequisites_are_not_taken_as_met(keeps: Keeps, ask: Ask) -> None:
    assert keeps("prerequisites", ask(), prerequisites=[])
    assert not keeps("prerequisites", ask(), prerequisites=None)


def test_with_personalisation_off_no_prerequisite_can_be_checked(keeps: Keeps, ask: Ask) -> None:
    off = ask(personalised=False)
    assert keeps("consent", off, prerequisites=[])
    assert not keeps("consent", off, prerequisites=["a"])
    assert not keeps("consent", off, prerequisites=None)
    assert keeps("consent", ask(), prerequisites=["a"])


def test_a_completed_course_is_not_offered_again(keeps: Keeps, ask: Ask) -> None:
    query = ask(completed=frozenset({"course-1"}))
    assert not keeps("already_completed", query)
    assert keeps("already_completed", query, course_id="course-2")
    assert keeps("already_completed", query, course_id=None)
