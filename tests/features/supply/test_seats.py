from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from data.city import City
from features.errors import CutOffError
from features.supply import completer_seats
from features.supply.attainment import EXTRACTED_RIGHT, attained
from features.supply.completion import FIRST_RATE
from features.supply.seats import COLUMNS
from features.supply.terms import TERM_MONTHS

MakeCity = Callable[..., City]

SPRING = {
    "starts_on": date(2025, 3, 3),
    "ends_on": date(2025, 6, 20),
    "term": "2025春",
    "state": "finished",
    "apply_opens_at": datetime.fromisoformat("2025-02-17T10:00:00+08:00"),
    "apply_closes_at": datetime.fromisoformat("2025-03-01T10:00:00+08:00"),
}
NIGHT = datetime.fromisoformat("2025-06-19T21:00:00+08:00")


def _city(
    make_city: MakeCity,
    *,
    sections: list[dict[str, Any]],
    completed: int = 0,
    failed: int = 0,
    ties: list[dict[str, Any]] | None = None,
    course: dict[str, Any] | None = None,
    institution: dict[str, Any] | None = None,
) -> City:
    """A course of welding; ``completed`` and ``failed`` learners of section ``told``."""
    kinds = [("enrol", completed + failed), ("complete", completed)]
    events = [
        {
            "event_id": f"{kind}-{number}",
            "learner_id": f"learner-{number}",
            "course_id": "course-1",
            "section_id": "told",
            "type": kind,
            "occurred_at": NIGHT - timedelta(days=60) if kind == "enrol" else NIGHT,
        }
        for kind, count in kinds
        for number in range(count)
    ]
    return make_city(
        institutions=[institution or {}],
        venues=[{}],
        courses=[{"course_id": "course-1", **(course or {})}],
        course_skills=ties or [{"course_id": "course-1", "skill_id": "weld", "level_to": 2}],
        sections=[{**SPRING, **row} for row in sections],
        events=events,
    )


def _only(city: City, as_of: datetime) -> dict[str, Any]:
    frame = completer_seats(city, as_of)
    assert frame.height == 1
    return frame.row(0, named=True)


def test_completers_that_were_told_are_counted_as_they_are(
    make_city: MakeCity, as_of: datetime
) -> None:
    city = _city(
        make_city, sections=[{"section_id": "told", "enrolled": 20}], completed=12, failed=8
    )
    row = _only(city, as_of)
    assert tuple(row) == COLUMNS
    assert row["seats"] == pytest.approx(12 / TERM_MONTHS)
    assert row["seats_var"] == 0
    assert (row["skill_id"], row["term"], row["online"]) == ("weld", "2025春", False)
    assert (row["lon"], row["district_code"]) == (120.12, "330106000000")
    assert row["only_district"] is None


def test_where_nothing_is_told_the_enrolled_complete_as_others_do(
    make_city: MakeCity, as_of: datetime
) -> None:
    row = _only(_city(make_city, sections=[{"section_id": "silent", "enrolled": 18}]), as_of)
    assert row["seats"] == pytest.approx(18 * FIRST_RATE / TERM_MONTHS)
    binomial = 18 * FIRST_RATE * (1 - FIRST_RATE) / TERM_MONTHS**2
    assert row["seats_var"] > binomial, "learners of one section are alike"


def test_enrolled_learners_of_whom_the_log_is_silent_are_expected_not_forgotten(
    make_city: MakeCity, as_of: datetime
) -> None:
    told = _city(make_city, sections=[{"section_id": "told", "enrolled": 4}], completed=4)
    more = _city(make_city, sections=[{"section_id": "told", "enrolled": 20}], completed=4)
    few, many = _only(told, as_of), _only(more, as_of)
    assert few["seats"] < many["seats"] < 20 / TERM_MONTHS
    assert few["seats_var"] == 0 < many["seats_var"]


def test_an_empty_seat_supplies_nobody(make_city: MakeCity, as_of: datetime) -> None:
    sections = [{"section_id": "empty", "capacity": 40, "enrolled": 0}]
    assert _only(_city(make_city, sections=sections), as_of)["seats"] == 0


def test_an_online_section_is_nowhere_and_a_district_school_serves_its_own(
    make_city: MakeCity, as_of: datetime
) -> None:
    city = _city(
        make_city,
        sections=[
            {"section_id": "live", "mode": "online_live", "venue_id": None, "enrolled": 9},
            {"section_id": "room", "mode": "dual", "enrolled": 9},
        ],
        institution={"sharing": "district"},
    )
    rows = completer_seats(city, as_of)
    assert rows["online"].to_list() == [True, False]
    assert rows["lon"].is_null().to_list() == [True, False]
    assert rows["only_district"].to_list() == ["330106000000"] * 2


@pytest.mark.parametrize(
    ("tie", "course", "mean", "var"),
    [
        ({"weight": 0.4, "level_to": 3}, {}, 1.0, 0.0),
        ({"weight": 0.4}, {"skill_level": 1}, 1.0, 0.0),
        ({"weight": 0.4}, {}, 0.4, 0.4 * 0.6 / 3),
        (
            {"weight": 1.0, "level_to": 1, "provenance": "extracted"},
            {},
            EXTRACTED_RIGHT,
            EXTRACTED_RIGHT * (1 - EXTRACTED_RIGHT),
        ),
    ],
)
def test_a_completer_has_a_skill_as_far_as_the_course_says(
    make_city: MakeCity,
    as_of: datetime,
    tie: dict[str, Any],
    course: dict[str, Any],
    mean: float,
    var: float,
) -> None:
    city = _city(
        make_city,
        sections=[],
        ties=[{"course_id": "course-1", "skill_id": "weld", **tie}],
        course=course,
    )
    row = attained(city, as_of).row(0, named=True)
    assert row["attainment"] == pytest.approx(mean)
    assert row["attainment_var"] == pytest.approx(var)


def test_a_skill_without_weight_is_not_taught(make_city: MakeCity, as_of: datetime) -> None:
    ties = [{"course_id": "course-1", "skill_id": "weld", "weight": 0.0, "level_to": 2}]
    assert attained(_city(make_city, sections=[], ties=ties), as_of).is_empty()


def test_what_happens_later_changes_nothing(make_city: MakeCity, as_of: datetime) -> None:
    sections = [{"section_id": "told", "enrolled": 3}]
    city = _city(make_city, sections=sections, completed=2, failed=1)
    later = {
        "event_id": "late", "learner_id": "learner-2", "course_id": "course-1",
        "section_id": "told", "type": "complete", "occurred_at": as_of + timedelta(days=1),
    }  # fmt: skip
    events = city.read("events")
    more = make_city(events=[*events.to_dicts(), later]).scan("events")
    both = [completer_seats(c, as_of) for c in (city, city.with_tables(events=more))]
    assert both[0].equals(both[1])


def test_a_city_without_sections_supplies_nothing(make_city: MakeCity, as_of: datetime) -> None:
    frame = completer_seats(make_city(), as_of)
    assert frame.is_empty()
    assert frame.schema["seats"] == pl.Float64


def test_a_moment_without_an_offset_is_refused(make_city: MakeCity) -> None:
    with pytest.raises(CutOffError):
        completer_seats(make_city(), datetime(2025, 9, 1))  # noqa: DTZ001 - what is refused
