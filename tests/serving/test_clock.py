"""What time it is for a decision."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from data.city import City
from serving.clock import Clock, choose_clock, system_wall

MODEL_AS_OF = datetime(2025, 9, 1, tzinfo=UTC)
LATER = datetime(2031, 1, 1, tzinfo=UTC)


@pytest.fixture
def city(make_city: Callable[..., City]) -> City:
    """Its only window closes on 10 September 2025."""
    return make_city(sections=[{"section_id": "s1"}])


def test_while_a_window_is_open_or_to_come_the_present_decides(city: City) -> None:
    before_opening = datetime(2025, 8, 1, tzinfo=UTC)
    clock = choose_clock("auto", city, MODEL_AS_OF, lambda: before_opening)
    assert clock.kind == "now"
    assert clock.now() == before_opening


def test_in_an_archived_city_the_models_cut_off_is_the_clock(city: City) -> None:
    clock = choose_clock("auto", city, MODEL_AS_OF, lambda: LATER)
    assert clock.kind == "data"
    assert clock.now() == MODEL_AS_OF


def test_a_cancelled_section_keeps_no_city_in_the_present(make_city: Callable[..., City]) -> None:
    city = make_city(sections=[{"section_id": "s1", "state": "cancelled"}])
    in_window = datetime(2025, 9, 5, tzinfo=UTC)
    assert choose_clock("auto", city, MODEL_AS_OF, lambda: in_window).kind == "data"


@pytest.mark.parametrize("choice", ["now", "data"])
def test_the_operator_may_insist(city: City, choice: str) -> None:
    chosen = choose_clock("now" if choice == "now" else "data", city, MODEL_AS_OF, lambda: LATER)
    assert chosen.kind == choice


def test_an_events_time_is_held_against_the_later_of_both_clocks() -> None:
    assert Clock(lambda: LATER, standing=MODEL_AS_OF).latest() == LATER
    assert Clock(lambda: MODEL_AS_OF, standing=LATER).latest() == LATER


def test_the_machines_clock_has_an_offset_and_goes_on() -> None:
    first = system_wall()
    assert first.utcoffset() == timedelta(0)
    assert system_wall() >= first
