from collections.abc import Callable
from datetime import date, datetime

from data.city import City
from features.finished import section_outcomes

MakeCity = Callable[..., City]

BEGINNING = date(2024, 1, 1)
SPRING = {
    "starts_on": date(2025, 3, 3),
    "ends_on": date(2025, 6, 20),
    "term": "2025春",
    "apply_opens_at": datetime.fromisoformat("2025-02-17T10:00:00+08:00"),
    "apply_closes_at": datetime.fromisoformat("2025-03-01T10:00:00+08:00"),
}


def _event(number: int, learner: str, kind: str, section: str = "s", **facts: object) -> object:
    return {
        "event_id": f"event-{number}",
        "learner_id": learner,
        "course_id": "course-1",
        "section_id": section,
        "type": kind,
        "occurred_at": datetime.fromisoformat(f"2025-06-{number:02d}T12:00:00+08:00"),
        **facts,
    }


def _city(make_city: MakeCity, *events: object, **section: object) -> City:
    return make_city(
        courses=[{"course_id": "course-1"}],
        sections=[{"section_id": "s", **SPRING, **section}],
        events=events,
    )


def test_holders_are_those_who_kept_their_seat_and_those_who_completed(
    make_city: MakeCity, as_of: datetime
) -> None:
    city = _city(
        make_city,
        _event(1, "an", "enrol"),
        _event(2, "bo", "enrol"),
        _event(3, "bo", "drop"),
        _event(4, "chen", "enrol"),
        _event(5, "an", "complete"),
        _event(6, "dai", "complete"),
    )
    rows = section_outcomes(city, as_of, BEGINNING).rows()
    assert rows == [("s", 3, 2)], "an, chen and dai held; an and dai completed"


def test_where_only_attendance_is_told_two_thirds_of_the_classes_complete(
    make_city: MakeCity, as_of: datetime
) -> None:
    told = [
        event
        for number, (who, value) in enumerate([("an", 0.7), ("bo", 0.5)])
        for event in (
            _event(2 * number + 1, who, "enrol"),
            _event(2 * number + 2, who, "attend", value=value),
        )
    ]
    assert section_outcomes(_city(make_city, *told), as_of, BEGINNING).rows() == [("s", 2, 1)]


def test_sections_of_which_nothing_is_told_or_that_are_not_over_are_left_out(
    make_city: MakeCity, as_of: datetime
) -> None:
    enrolled, complete = _event(1, "an", "enrol"), _event(2, "an", "complete")
    silent = _city(make_city, enrolled)
    running = _city(make_city, enrolled, complete, ends_on=date(2025, 12, 1))
    cancelled = _city(make_city, enrolled, complete, state="cancelled")
    for city in (silent, running, cancelled):
        assert section_outcomes(city, as_of, BEGINNING).is_empty()
    told = _city(make_city, enrolled, complete)
    assert section_outcomes(told, as_of, date(2025, 6, 21)).is_empty(), "ended before"
    assert section_outcomes(told, as_of, date(2025, 6, 20)).height == 1
