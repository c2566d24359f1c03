"""Who is covered, in worlds small enough to count by hand."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from data.city import City
from recsys.errors import CoverageError
from recsys.planning.circles import CIRCLES, CITIZEN, VOCATIONAL, Circle, circles_of, coverage
from recsys.planning.circles.sites import BASES
from tests.recsys.planning.circles.conftest import DEGREES_A_KM, EAST, NORTH, VILLAGE, Worlds

NOON = datetime(2025, 9, 1, 4, tzinfo=UTC)


def covered(city: City, moment: datetime = NOON, **segment: Any) -> tuple[int | None, int | None]:
    """Persons and those covered in the whole city; the citizens' circle unless told otherwise."""
    row = cell(city, moment, **segment)
    return row["persons"], row["covered"]


def cell(city: City, moment: datetime = NOON, **segment: Any) -> dict[str, Any]:
    """One row of the table; all of the city in the citizens' circle unless told otherwise."""
    wanted = {"circle": "citizen", "level": "city", "area": "all", "band": "all", "need": "all"}
    needs = [segment.get("need", "all")]
    return coverage(city, moment, needs=needs).row(
        by_predicate=pl.all_horizontal(
            pl.col(name) == value for name, value in {**wanted, **segment}.items()
        ),
        named=True,
    )


def taught(programme: str) -> dict[str, Any]:
    return {"courses": [{"course_id": "course-1", "programme": programme}]}


def test_a_village_with_a_section_within_fifteen_minutes_is_covered(world: Worlds) -> None:
    city = world({VILLAGE: {"km": 0.3}, "330106109002": {"km": 3.0}})
    assert covered(city) == (2000, 1000)


def test_elders_walk_slower(world: Worlds) -> None:
    city = world({VILLAGE: {"km": 0.8}})  # 14 minutes on foot, 17 at an elder's pace
    assert covered(city, band="under_60") == (800, 800)
    assert covered(city, band="60plus") == (200, 0)
    assert covered(city) == (1000, 800)


def test_vocational_training_has_a_circle_of_its_own(world: Worlds) -> None:
    city = world({VILLAGE: {"km": 3.0}}, **taught("vocational"))
    assert covered(city, circle="vocational") == (1000, 1000)
    assert covered(city) == (1000, 0)


@pytest.mark.parametrize("programme", CITIZEN.programmes)
def test_each_programme_for_citizens_counts_in_their_circle(world: Worlds, programme: str) -> None:
    assert covered(world({VILLAGE: {"km": 0.3}}, **taught(programme))) == (1000, 1000)


@pytest.mark.parametrize(
    ("facts", "counts"),
    [
        ({"mode": "dual"}, True),
        ({"mode": "online_live"}, False),
        ({"mode": "online_recorded", "venue_id": None}, False),
        ({"state": "cancelled"}, False),
        ({"state": "draft"}, False),
        ({"apply_opens_at": NOON + timedelta(days=1)}, False),
        ({"enrolled": 20, "state": "closed", "apply_closes_at": NOON - timedelta(days=1)}, True),
        ({"starts_on": date(2025, 6, 1), "ends_on": date(2025, 9, 1), "state": "running"}, True),
    ],
)
def test_what_counts_is_taught_in_a_room_and_open_or_running(
    world: Worlds, facts: dict[str, Any], counts: bool
) -> None:
    city = world({VILLAGE: {"km": 0.3}}, [{"section_id": "section-1", **facts}])
    assert covered(city) == (1000, 1000 if counts else 0)


def test_between_terms_the_last_ones_stand_and_are_said_to(world: Worlds) -> None:
    city = world({VILLAGE: {"km": 0.3}})
    after = datetime(2026, 1, 15, tzinfo=UTC)
    assert covered(city, after) == (1000, 1000)
    assert coverage(city, after)["basis"].unique().to_list() == [BASES[1]]
    assert covered(city, datetime(2026, 9, 1, tzinfo=UTC)) == (1000, 0)


def test_a_school_for_its_own_people_covers_nobody(world: Worlds) -> None:
    assert covered(world({VILLAGE: {"km": 0.3}}, institutions=[{"sharing": "own"}])) == (1000, 0)


def test_a_school_for_its_district_covers_no_neighbours(world: Worlds) -> None:
    city = world(
        {VILLAGE: {"km": 0.3}, "330105001001": {"km": 0.3}}, institutions=[{"sharing": "district"}]
    )
    assert covered(city) == (2000, 1000)
    neighbour = cell(city, level="village", division_code="330105001001")
    assert neighbour["nearest_venue"] is None


def test_a_section_for_elders_alone_covers_elders_alone(world: Worlds) -> None:
    courses = [{"course_id": "course-1", "programme": "senior", "age_min": 60}]
    city = world({VILLAGE: {"km": 0.3}}, courses=courses)
    assert covered(city, band="under_60") == (800, 0)
    assert covered(city, band="60plus") == (200, 200)


def learners(count: int, needs: list[str], band: str = "25-34") -> list[dict[str, Any]]:
    return [
        {"learner_id": f"{band}-{'-'.join(needs)}-{number}", "needs": needs, "age_band": band}
        for number in range(count)
    ]


def test_an_access_need_is_met_by_a_confirmed_true_alone(world: Worlds) -> None:
    registered = learners(90, []) + learners(10, ["step_free"])
    for confirmed, within in ((True, 100), (None, 0), (False, 0)):
        city = world(
            {VILLAGE: {"km": 0.3}},
            venues=[{"lon": EAST, "lat": NORTH, "step_free": confirmed}],
            learners=registered,
        )
        assert covered(city, need="step_free") == (100, within)
        assert covered(city, need="none") == (900, 900)
        assert covered(city) == (1000, 1000)


def test_a_need_of_the_class_is_asked_of_the_section(world: Worlds) -> None:
    city = world(
        {VILLAGE: {"km": 0.3}},
        [{"section_id": "section-1", "captions": True}],
        learners=learners(90, []) + learners(10, ["captions"]),
    )
    assert covered(city, need="captions") == (100, 100)


def test_where_fewer_than_ten_learners_tell_nobody_is_counted_but_the_share_is_told(
    world: Worlds,
) -> None:
    city = world(
        {VILLAGE: {"km": 0.3}, "330106109002": {"km": 5.0}},
        learners=learners(90, []) + learners(9, ["step_free"]),
    )
    row = cell(city, need="step_free")
    assert (row["persons"], row["covered"], row["share"]) == (None, None, 0.5)


def test_elders_have_a_share_of_their_own_where_enough_of_them_tell(world: Worlds) -> None:
    registered = [
        *learners(90, []),
        *learners(10, ["step_free"]),
        *learners(30, [], "60-69"),
        *learners(10, ["step_free"], "80+"),
    ]
    city = world({VILLAGE: {"km": 0.3}}, learners=registered)
    assert covered(city, need="step_free", band="under_60") == (80, 80)
    assert covered(city, need="step_free", band="60plus") == (50, 50)
    assert covered(city, need="step_free") == (130, 130)


def test_a_village_that_tells_no_ages_is_an_age_unknown_not_zero(world: Worlds) -> None:
    city = world({VILLAGE: {"km": 0.3, "population_60plus": None}})
    assert covered(city, band="age_unknown") == (1000, 1000)
    assert covered(city) == (1000, 1000)


def test_towns_and_countryside_are_told_apart(world: Worlds) -> None:
    city = world(
        {
            VILLAGE: {"km": 0.3, "urban": True},
            "330106109002": {"km": 3.0, "urban": False},
            "330106109003": {"km": 3.0},
        }
    )
    found = {area: covered(city, area=area) for area in ("urban", "rural", "unknown")}
    assert found == {"urban": (1000, 1000), "rural": (1000, 0), "unknown": (1000, 0)}


def test_measured_minutes_replace_the_models(world: Worlds) -> None:
    times = [{"from_division_code": VILLAGE, "venue_id": "venue-1", "minutes": 15.0}]
    city = world({VILLAGE: {"km": 5.0}}, travel_times=times)
    assert covered(city) == (1000, 1000)  # the limit itself is inside


def test_what_was_measured_far_is_not_near_because_the_model_thinks_so(world: Worlds) -> None:
    times = [{"from_division_code": VILLAGE, "venue_id": "venue-1", "minutes": 80.0}]
    city = world({VILLAGE: {"km": 0.1}}, travel_times=times)
    assert covered(city) == (1000, 0)


@pytest.mark.parametrize("km", [1.2, 6.0, 15.0, 35.0])
def test_the_nearest_point_is_told_however_far_it_is(world: Worlds, km: float) -> None:
    far = {"venue_id": "venue-2", "lon": EAST, "lat": NORTH - 2 * DEGREES_A_KM}
    city = world(
        {VILLAGE: {"km": km}},
        [{"section_id": "section-1"}, {"section_id": "section-2", "venue_id": "venue-2"}],
        venues=[{"lon": EAST, "lat": NORTH}, far],
    )
    row = cell(city, level="village")
    assert row["nearest_venue"] == "venue-1"
    assert row["nearest_min"] == pytest.approx(12 + km * 60 * 1.3 / 18, abs=0.2)
    assert not row["within"]


def test_a_city_without_sections_covers_nobody_and_has_no_nearest_point(world: Worlds) -> None:
    city = world({VILLAGE: {"km": 0.3}}, [{"section_id": "section-1", "state": "cancelled"}])
    row = cell(city, level="village")
    assert (row["persons"], row["covered"], row["nearest_venue"]) == (1000, 0, None)


def test_a_city_without_divisions_has_an_empty_table(world: Worlds, make_city: Any) -> None:
    assert coverage(make_city(sections=[{"section_id": "section-1"}]), NOON).is_empty()


def test_a_programme_alone_keeps_the_minutes_of_its_circle() -> None:
    assert circles_of(["senior"]) == (Circle("senior", ("senior",), CITIZEN.minutes),)
    assert circles_of(["vocational"]) == (VOCATIONAL,)
    assert circles_of([]) == CIRCLES
    with pytest.raises(CoverageError, match="no programme 'yoga'; there are night_school"):
        circles_of(["yoga"])


def test_no_circle_is_wider_than_journeys_are_measured() -> None:
    with pytest.raises(CoverageError, match="expected 0 to 45"):
        Circle("wide", ("senior",), 60.0)
