"""Red, amber, green: the straight line from the first known value to the due date."""

from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from recsys.planning.indicators.path import standing

FIRST, DUE = date(2025, 1, 1), date(2027, 12, 31)
HALF = date(2026, 7, 2)  # half of the term is over
values = st.floats(0, 200, allow_nan=False)
days = st.dates(date(2025, 1, 2), DUE)


@pytest.mark.parametrize(
    ("value", "status"),
    [(100, "green"), (61, "green"), (59, "amber"), (41, "amber"), (39, "red"), (20, "red")],
)
def test_half_way_from_twenty_to_a_hundred_sixty_is_green_and_forty_amber(
    value: float, status: str
) -> None:
    assert standing(value, 100, HALF, DUE, (FIRST, 20)).status == status


def test_who_fell_back_from_a_target_once_reached_is_red() -> None:
    assert standing(99, 100, HALF, DUE, (FIRST, 100)).status == "red"
    assert standing(100, 100, HALF, DUE, (FIRST, 120)).status == "green"


@pytest.mark.parametrize(("value", "status"), [(2.0, "green"), (2.2, "amber"), (2.3, "red")])
def test_a_ceiling_holds_at_any_time(value: float, status: str) -> None:
    assert standing(value, 2.0, HALF, DUE, None, at_most=True).status == status


def test_the_due_date_itself_is_inside_the_term() -> None:
    assert standing(99, 100, DUE, DUE, (FIRST, 20)).status == "amber"
    assert standing(99, 100, date(2028, 1, 1), DUE, (FIRST, 20)).status == "expired"


@given(values, values, st.floats(1, 200), days, values)
def test_more_is_never_worse(
    lower: float, higher: float, target: float, day: date, first: float
) -> None:
    assume(lower <= higher)
    order = ("red", "amber", "green")
    found = [
        order.index(standing(value, target, day, DUE, (FIRST, first)).status)
        for value in (lower, higher)
    ]
    assert found[0] <= found[1]


@given(values, st.floats(1, 200), values, st.integers(1, 500))
def test_waiting_never_makes_a_value_better(
    value: float, target: float, first: float, later: int
) -> None:
    order = ("red", "amber", "green")
    early = date(2025, 6, 1)
    late = date.fromordinal(early.toordinal() + later)
    found = [
        order.index(standing(value, target, day, DUE, (FIRST, first)).status)
        for day in (early, late)
    ]
    assert found[1] <= found[0]
