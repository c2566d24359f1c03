from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from data.city import City
from features.history import learner_history
from features.interactions import course_interactions

MakeCity = Callable[..., City]
CREDIT = {"hours": 16.0, "credits": 1.0, "rule_version": "1"}


def _of(city: City, as_of: datetime, learner_id: str = "learner-1") -> dict[str, Any]:
    return learner_history(city, as_of, [learner_id]).row(0, named=True)


def _deed(event_type: str, as_of: datetime, days: float, **facts: object) -> dict[str, object]:
    return {
        "event_id": f"{event_type}-{days}-{facts}"[:120],
        "type": event_type,
        "occurred_at": as_of - timedelta(days=days),
        **facts,
    }


def test_history_is_told_oldest_first_with_its_strengths(
    make_city: MakeCity, as_of: datetime
) -> None:
    events = [
        _deed("enrol", as_of, 3, course_id="newest"),
        _deed("view", as_of, 30, course_id="oldest"),
        _deed("favourite", as_of, 10, course_id="middle"),
        _deed("dislike", as_of, 1, course_id="refused"),
    ]
    past = _of(make_city(events=events), as_of)
    assert past["history"] == ["oldest", "middle", "newest"]
    assert past["history_weights"] == [0.2, 0.5, 1.0]


def test_history_and_training_see_the_same_taste(autumn_city: City, as_of: datetime) -> None:
    told = learner_history(autumn_city, as_of)
    flat = told.explode("history", "history_weights").drop_nulls("history")
    pairs = course_interactions(autumn_city, as_of)
    assert_frame_equal(
        flat.select("learner_id", course_id="history", weight="history_weights"),
        pairs.select("learner_id", "course_id", "weight"),
        check_row_order=False,
    )


def test_a_course_is_completed_by_an_event_or_a_credit(
    make_city: MakeCity, as_of: datetime
) -> None:
    earned = {"learner_id": "learner-1", "section_id": "s", "awarded_at": as_of - timedelta(1)}
    city = make_city(
        sections=[{"section_id": "s", "course_id": "credited"}],
        events=[_deed("complete", as_of, 2, course_id="done")],
        credits=[{**earned, **CREDIT}],
    )
    assert _of(city, as_of)["completed"] == ["credited", "done"]


@pytest.mark.parametrize(
    ("deeds", "asked"),
    [
        ([("apply", 5)], ["s"]),
        ([("waitlist", 5)], ["s"]),
        ([("apply", 5), ("enrol", 4)], ["s"]),
        ([("enrol", 5), ("drop", 4)], []),
        ([("enrol", 5), ("drop", 4), ("apply", 3)], ["s"]),
        ([("view", 5)], []),
    ],
)
def test_sections_asked_for_and_not_dropped_are_told(
    make_city: MakeCity, as_of: datetime, deeds: list[tuple[str, int]], asked: list[str]
) -> None:
    events = [_deed(what, as_of, days, section_id="s") for what, days in deeds]
    past = _of(make_city(events=events, sections=[{"section_id": "s"}]), as_of)
    assert past["enrolled_sections"] == asked


def test_a_rounds_ranked_choice_counts_as_asked_for(make_city: MakeCity, as_of: datetime) -> None:
    choice = {"learner_id": "learner-1", "section_id": "s", "submitted_at": as_of - timedelta(2)}
    assert _of(make_city(applications=[choice]), as_of)["enrolled_sections"] == ["s"]
    dropped = _deed("drop", as_of, 1, section_id="s")
    city = make_city(applications=[choice], events=[dropped])
    assert _of(city, as_of)["enrolled_sections"] == []


def test_only_seats_held_in_sections_not_yet_over_bind_the_learner(
    make_city: MakeCity, as_of: datetime
) -> None:
    today = date(2025, 9, 1)
    ends = {"over": date(2025, 8, 31), "last day": today, "ahead": date(2025, 12, 1)}
    sections = [
        {
            "section_id": name,
            "starts_on": date(2025, 6, 1),
            "ends_on": day,
            "apply_opens_at": as_of - timedelta(200),
            "apply_closes_at": as_of - timedelta(100),
            "state": "running",
        }
        for name, day in ends.items()
    ]
    cancelled = {"section_id": "cancelled", "state": "cancelled"}
    held = [_deed("enrol", as_of, 90, section_id=name) for name in (*ends, "cancelled")]
    applied = _deed("apply", as_of, 90, section_id="only applied")
    city = make_city(
        sections=[*sections, cancelled, {"section_id": "only applied"}], events=[*held, applied]
    )
    commitments = _of(city, as_of)["commitments"]
    assert [c["section_id"] for c in commitments] == ["ahead", "last day"]
    assert commitments[1] == {
        "section_id": "last day",
        "slots": ["3E"],
        "starts_on": date(2025, 6, 1),
        "ends_on": today,
    }


def test_one_row_for_each_learner_asked_for_in_their_order(
    autumn_city: City, as_of: datetime
) -> None:
    past = learner_history(autumn_city, as_of, ["stranger", "an", "stranger"])
    assert past["learner_id"].to_list() == ["stranger", "an"]
    assert past.row(0, named=True) == {
        "learner_id": "stranger",
        "history": [],
        "history_weights": [],
        "completed": [],
        "enrolled_sections": [],
        "commitments": [],
    }


def test_nobody_asked_for_gives_no_rows(autumn_city: City, as_of: datetime) -> None:
    assert learner_history(autumn_city, as_of, []).height == 0


def test_without_a_list_everyone_known_is_told(autumn_city: City, as_of: datetime) -> None:
    everyone = learner_history(autumn_city, as_of)
    assert everyone["learner_id"].to_list() == ["an", "bo"]
    each = learner_history(autumn_city, as_of, ["an", "bo"])
    assert_frame_equal(everyone, each)


def test_taste_is_empty_with_personalisation_off_but_the_register_stands(
    autumn_city: City, as_of: datetime
) -> None:
    off = _of(autumn_city, as_of, "bo")
    assert (off["history"], off["history_weights"]) == ([], [])
    assert off["enrolled_sections"] == ["applying"]
    assert off["completed"] == ["course-1"]


def test_events_newer_than_the_snapshot_join_in(
    make_city: MakeCity, as_of: datetime, autumn_city: City
) -> None:
    newer = make_city(events=[_deed("view", as_of, 0.01, learner_id="an", course_id="course-3")])
    events = pl.concat([autumn_city.scan("events"), newer.scan("events")])
    past = _of(autumn_city.with_tables(events=events), as_of, "an")
    assert past["history"][-1] == "course-3"


def test_a_snapshot_of_courses_alone_tells_empty_histories(
    make_city: MakeCity, as_of: datetime
) -> None:
    city = make_city(courses=[{"course_id": "c"}])
    assert learner_history(city, as_of).height == 0
    assert _of(city, as_of)["history"] == []
