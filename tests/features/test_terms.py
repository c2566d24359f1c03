"""Terms in the order of their days, and what learners did in their sections."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from data.city import City
from features.terms import acts, held_sections, terms

MOMENT = datetime(2025, 9, 1, tzinfo=UTC)
MakeCity = Callable[..., City]


def held(name: str, term: str, begins: date, ends: date, **more: Any) -> dict[str, Any]:
    window = [datetime(2018, 1, day, tzinfo=UTC) for day in (1, 20)]
    row = {"section_id": name, "term": term, "starts_on": begins, "ends_on": ends}
    opened = {"apply_opens_at": window[0], "apply_closes_at": window[1], "state": "finished"}
    return {**row, **opened, **more}


def test_terms_come_in_the_order_of_their_days_not_of_their_names(make_city: MakeCity) -> None:
    city = make_city(
        institutions=[{}], venues=[{}], courses=[{"course_id": "course-1"}],
        sections=[
            held("a", "二期", date(2025, 3, 1), date(2025, 6, 1)),
            held("b", "一期", date(2025, 5, 1), date(2025, 8, 1)),
            held("c", "三期", date(2025, 9, 9), date(2025, 12, 1)),
        ],
    )  # fmt: skip
    assert terms(city, MOMENT)["term"].to_list() == ["二期", "一期", "三期"]
    assert terms(city, MOMENT)["over"].to_list() == [True, True, False]


def test_one_slip_of_a_date_does_not_keep_a_term_open(make_city: MakeCity) -> None:
    many = [held(f"s{n:02}", "春", date(2025, 3, 1), date(2025, 6, 1)) for n in range(40)]
    slip = held("late", "春", date(2025, 3, 1), date(2029, 6, 1))
    void = held("void", "春", date(2019, 3, 1), date(2030, 6, 1), state="cancelled")
    city = make_city(
        institutions=[{}],
        venues=[{}],
        courses=[{"course_id": "course-1"}],
        sections=[*many, slip, void],
    )
    row = terms(city, MOMENT).row(0, named=True)
    assert (row["over"], row["sections"], row["starts_on"]) == (True, 41, date(2025, 3, 1))


def test_acts_of_a_learner_and_a_section_are_one_row(make_city: MakeCity) -> None:
    def event(kind: str, day: int, learner: str = "a") -> dict[str, Any]:
        at = datetime(2025, 3, day, tzinfo=UTC)
        return {
            "event_id": f"{learner}{kind}{day}",
            "learner_id": learner,
            "section_id": "s",
            "type": kind,
            "occurred_at": at,
        }

    city = make_city(
        institutions=[{}], venues=[{}], courses=[{"course_id": "course-1"}],
        sections=[held("s", "春", date(2025, 3, 10), date(2025, 6, 1))],
        learners=[{"learner_id": "a", "home_division_code": "330113001002"}, {"learner_id": "b"}],
        events=[event("apply", 1), event("apply", 2), event("enrol", 3), event("complete", 20),
                event("apply", 2, "b"), event("enrol", 3, "b"), event("drop", 4, "b")],
    )  # fmt: skip
    found = acts(city, MOMENT)
    flags = found.select("applied", "enrolled", "given", "completed").rows()
    assert found["learner_id"].to_list() == ["a", "b"]
    assert flags == [(True, True, True, True), (True, False, True, False)]
    assert found["home_district_code"].to_list() == ["330113000000", None]
    assert held_sections(city, MOMENT)["section_id"].to_list() == ["s"]
