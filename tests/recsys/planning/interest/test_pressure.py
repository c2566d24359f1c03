"""Applications per seat: the famous class on top, towns in order, small ones with care."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import polars as pl
import pytest

from data.city import City
from data.simulate.build import Built
from data.simulate.pool.course_tables import course_id
from recsys.planning.interest.pressure import contested_sections, pressure

CITY, TOWN, SMALL = "330100000000", "330106109000", "330106110000"
NOW = datetime(2025, 9, 1, 4, 0, tzinfo=UTC)


def level(table: pl.DataFrame, code: str) -> dict[str, Any]:
    (found,) = table.filter(pl.col("division_code") == code).to_dicts()
    return found


@pytest.fixture(scope="module")
def seniors(place: Callable[..., City], ask: Callable[..., dict[str, Any]]) -> City:
    """A town with three classes of ten seats and forty applicants each; a small one with one."""
    venues = [{"venue_id": "here", "division_code": TOWN}]
    venues += [{"venue_id": "there", "division_code": SMALL}]
    sections = [
        {"section_id": f"s{n}", "capacity": 10, "rule": "lottery", "venue_id": "here"}
        for n in range(3)
    ] + [{"section_id": "lone", "capacity": 10, "venue_id": "there"}]
    events = [ask(f"l{n}-{s}", f"s{s}") for s in range(3) for n in range(40)]
    events += [ask(f"l{n}-{s}", f"s{s}", "enrol") for s in range(3) for n in range(10)]
    events += [ask("single", "lone", "enrol")]
    courses = [{"course_id": "course-1", "programme": "senior"}]
    return place(sections, {}, events, venues=venues, courses=courses)


def test_a_town_is_told_by_seats_lots_and_people(seniors: City) -> None:
    found = level(pressure(seniors, NOW), TOWN)
    figures = ("sections", "seats", "applications", "per_seat", "lotteries", "lottery_worst")
    assert [found[name] for name in figures] == [3, 30, 120, 4.0, 3, 4.0]
    assert (found["win_rate"], found["persons"]) == (0.25, 120)


def test_levels_lie_between_a_towns_own_figure_and_the_citys(seniors: City) -> None:
    table = pressure(seniors, NOW)
    city, town, small = (level(table, code) for code in (CITY, TOWN, SMALL))
    assert city["per_seat_mean"] == pytest.approx(city["per_seat"])
    assert small["per_seat"] < small["per_seat_mean"] < city["per_seat_mean"]
    assert city["per_seat_mean"] < town["per_seat_mean"] < town["per_seat"] + 1e-9
    assert town["per_seat_mean"] > small["per_seat_mean"]
    for each in (city, town, small):
        assert each["per_seat_low"] < each["per_seat_mean"] < each["per_seat_high"]


def test_a_programme_that_nobody_offers_has_no_rows(seniors: City) -> None:
    assert pressure(seniors, NOW, "family").is_empty()


def test_the_famous_class_stands_on_top(built: Built, simulated: City, moment: datetime) -> None:
    famous = course_id(int(built.world.courses.famous))
    first = contested_sections(simulated, moment).head(2)
    assert set(first["course_id"]) == {famous}
    per_seat = built.world.params.famous_applicants_per_seat
    # seats are whole: of a few hundred applicants, the nearest number of seats is given
    seats = first["applications"] / per_seat
    assert ((first["capacity"] - seats).abs() <= 0.5 + (seats < 0.5)).all()


def test_win_rates_are_those_of_the_draw(simulated: City, moment: datetime) -> None:
    rows = contested_sections(simulated, moment)
    drawn = rows.filter(pl.col("rule") == "lottery", pl.col("applications") > pl.col("capacity"))
    assert drawn.height > 5
    # a seat given back goes to the next in line, so that somewhat more than the capacity win
    assert (drawn["admitted"] >= drawn["capacity"]).all()
    assert (drawn["admitted"] <= 1.3 * drawn["capacity"] + 2).all()
    assert (drawn["admitted"] + drawn["lost"] == drawn["applications"]).all()
