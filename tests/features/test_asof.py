from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from data.city import City
from data.vocab import SECTION_STATES
from features.asof import known, known_at, snapshot_instant, state_at
from features.errors import CutOffError

MakeCity = Callable[..., City]
INSTANT = datetime(2025, 9, 1, 4, 0, tzinfo=UTC)
MOMENT = timedelta(microseconds=1)


def _ids(city: City, table: str, column: str, as_of: datetime) -> list[str]:
    return known(city, table, as_of).collect()[column].to_list()


@pytest.mark.parametrize(
    ("table", "column", "row"),
    [
        ("events", "occurred_at", {"event_id": "x"}),
        ("applications", "submitted_at", {"learner_id": "x", "section_id": "x"}),
        (
            "credits",
            "awarded_at",
            {
                "learner_id": "x",
                "section_id": "x",
                "hours": 1.0,
                "credits": 1.0,
                "rule_version": "1",
            },
        ),
        ("learners", "registered_at", {"learner_id": "x"}),
    ],
)
def test_a_row_is_known_only_after_its_instant(
    make_city: MakeCity, table: str, column: str, row: dict[str, object]
) -> None:
    city = make_city(**{table: [{**row, column: INSTANT}]})
    assert known(city, table, INSTANT).collect().height == 0
    assert known(city, table, INSTANT + MOMENT).collect().height == 1


def test_the_cut_off_may_be_given_in_any_zone(make_city: MakeCity) -> None:
    city = make_city(events=[{"event_id": "x", "occurred_at": INSTANT}])
    hangzhou = timezone(timedelta(hours=8))
    assert _ids(city, "events", "event_id", INSTANT.astimezone(hangzhou)) == []
    assert _ids(city, "events", "event_id", (INSTANT + MOMENT).astimezone(hangzhou)) == ["x"]


def test_a_cut_off_without_offset_is_refused(make_city: MakeCity) -> None:
    with pytest.raises(CutOffError, match="has no offset"):
        known_at(make_city(events=[]), datetime(2025, 9, 1))  # noqa: DTZ001 - the naive time is the case


def test_a_posting_is_known_once_its_day_is_over_in_hangzhou(make_city: MakeCity) -> None:
    city = make_city(postings=[{"posting_id": "p", "posted_on": date(2025, 8, 31)}])
    midnight = datetime(2025, 8, 31, 16, tzinfo=UTC)
    assert _ids(city, "postings", "posting_id", midnight - MOMENT) == []
    assert _ids(city, "postings", "posting_id", midnight) == ["p"]


def test_a_posting_that_closes_later_is_still_open(make_city: MakeCity) -> None:
    days = {"posted_on": date(2025, 7, 1), "refreshed_on": date(2025, 8, 1)}
    city = make_city(postings=[{"posting_id": "p", "closed_on": date(2025, 9, 1), **days}])
    row = known(city, "postings", INSTANT).collect().row(0, named=True)
    assert (row["refreshed_on"], row["closed_on"]) == (date(2025, 8, 1), None)
    later = known(city, "postings", INSTANT + timedelta(days=1)).collect()
    assert later["closed_on"].to_list() == [date(2025, 9, 1)]


def test_a_months_statistics_are_known_when_the_month_is_over(make_city: MakeCity) -> None:
    city = make_city(
        vacancies=[{"month": date(2025, 8, 1), "vacancies": 5}],
        jobseekers=[
            {
                "month": date(2025, 8, 1),
                "division_code": "330106000000",
                "skill_id": "s",
                "seekers": 3,
            }
        ],
    )
    end = datetime(2025, 8, 31, 16, tzinfo=UTC)
    for table in ("vacancies", "jobseekers"):
        assert known(city, table, end - MOMENT).collect().height == 0
        assert known(city, table, end).collect().height == 1


def test_only_divisions_in_force_are_known(make_city: MakeCity) -> None:
    reform = date(2025, 9, 1)
    city = make_city(
        divisions=[
            {"division_code": "330103000000", "valid_to": reform},
            {"division_code": "330114000000", "valid_from": reform},
            {"division_code": "330106000000"},
        ]
    )
    before = INSTANT - timedelta(days=1)
    old = known(city, "divisions", before).collect()
    assert old["division_code"].to_list() == ["330103000000", "330106000000"]
    assert old["valid_to"].to_list() == [None, None], "a later end is not known yet"
    new = _ids(city, "divisions", "division_code", INSTANT)
    assert new == ["330114000000", "330106000000"]


@pytest.mark.parametrize(
    ("at", "first_come", "lottery"),
    [
        ("2025-08-19T16:00", "published", "published"),
        ("2025-08-20T00:00", "applying", "applying"),
        ("2025-09-09T23:59", "applying", "applying"),
        ("2025-09-10T00:00", "closed", "drawn"),
        ("2025-09-14T15:59", "closed", "drawn"),
        ("2025-09-14T16:00", "running", "running"),
        ("2025-12-15T15:59", "running", "running"),
        ("2025-12-15T16:00", "finished", "finished"),
    ],
)
def test_a_sections_state_follows_its_window_and_its_days_in_hangzhou(
    make_city: MakeCity, at: str, first_come: str, lottery: str
) -> None:
    times = {
        "apply_opens_at": datetime(2025, 8, 20, tzinfo=UTC),
        "apply_closes_at": datetime(2025, 9, 10, tzinfo=UTC),
        "starts_on": date(2025, 9, 15),
        "ends_on": date(2025, 12, 15),
    }
    rows = [{"section_id": rule, "rule": rule, **times} for rule in ("first_come", "lottery")]
    sections = make_city(sections=rows).scan("sections")
    when = datetime.fromisoformat(f"{at}+00:00")
    states = sections.with_columns(state_at(when)).collect()["state"]
    assert states.to_list() == [first_come, lottery]
    assert states.dtype == pl.Enum(SECTION_STATES)


def test_drafts_and_cancelled_sections_stay_so_at_any_time(make_city: MakeCity) -> None:
    rows = [{"section_id": state, "state": state} for state in ("draft", "cancelled")]
    city = make_city(sections=rows, events=[{"event_id": "x", "occurred_at": INSTANT}])
    past = known(city, "sections", INSTANT - timedelta(days=300)).collect()
    assert past["state"].to_list() == ["draft", "cancelled"]


def test_the_files_state_stands_at_and_after_the_snapshots_instant(make_city: MakeCity) -> None:
    section = {"section_id": "s", "state": "closed", "enrolled": 20}
    city = make_city(sections=[section], events=[{"event_id": "x", "occurred_at": INSTANT}])
    now = known(city, "sections", INSTANT).collect()
    assert (now["state"].item(), now["enrolled"].item()) == ("closed", 20)
    past = known(city, "sections", INSTANT - MOMENT).collect()
    assert (past["state"].item(), past["enrolled"].item()) == ("applying", 0)


def test_a_snapshot_without_behaviour_is_taken_as_it_stands(make_city: MakeCity) -> None:
    city = make_city(sections=[{"section_id": "s", "state": "closed", "enrolled": 20}])
    assert snapshot_instant(city) is None
    past = known(city, "sections", INSTANT - timedelta(days=900)).collect()
    assert past["state"].to_list() == ["closed"]


def test_applications_date_a_snapshot_without_events(make_city: MakeCity) -> None:
    choice = {"learner_id": "l", "section_id": "s", "submitted_at": INSTANT}
    assert snapshot_instant(make_city(applications=[choice])) == INSTANT


def test_past_enrolment_is_counted_from_who_enrolled_and_did_not_drop(make_city: MakeCity) -> None:
    story = [
        ("stays", "enrol", 1),
        ("leaves", "enrol", 1),
        ("leaves", "drop", 2),
        ("returns", "enrol", 1),
        ("returns", "drop", 2),
        ("returns", "enrol", 3),
        ("twice", "enrol", 1),
        ("twice", "enrol", 2),
        ("looks", "view", 1),
        ("comes after", "enrol", 9),
    ]
    events = [
        {
            "event_id": f"e{i}",
            "learner_id": who,
            "section_id": "s",
            "type": what,
            "occurred_at": INSTANT + timedelta(days=day),
        }
        for i, (who, what, day) in enumerate(story)
    ]
    city = make_city(sections=[{"section_id": "s", "enrolled": 20}], events=events)
    past = known(city, "sections", INSTANT + timedelta(days=8)).collect()
    assert past["enrolled"].to_list() == [3]


def test_cutting_twice_changes_nothing(autumn_city: City, as_of: datetime) -> None:
    once = known_at(autumn_city, as_of)
    twice = known_at(once, as_of)
    for table in autumn_city.tables:
        assert_frame_equal(once.read(table), twice.read(table))


def test_the_known_city_is_lazy_and_keeps_its_tables(autumn_city: City, as_of: datetime) -> None:
    cut = known_at(autumn_city, as_of)
    assert set(cut.tables) == set(autumn_city.tables)
    assert all(isinstance(frame, pl.LazyFrame) for frame in cut.tables.values())
    assert cut.snapshot_id == autumn_city.snapshot_id


def test_every_table_keeps_its_contracts_columns_and_types(
    autumn_city: City, as_of: datetime
) -> None:
    cut = known_at(autumn_city, as_of)
    for table in autumn_city.tables:
        assert cut.scan(table).collect_schema() == autumn_city.scan(table).collect_schema()
