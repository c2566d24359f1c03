from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest

from data.vocab import SECTION_STATES
from recsys.types import Commitment, LearnerQuery

Ask = Callable[..., LearnerQuery]
Keeps = Callable[..., bool]

HELD = Commitment("other", frozenset({"3E", "6M"}), date(2025, 9, 1), date(2025, 9, 30))


@pytest.mark.parametrize("state", SECTION_STATES)
def test_only_published_and_applying_sections_are_open(keeps: Keeps, ask: Ask, state: str) -> None:
    assert keeps("window", ask(), state=state) is (state in ("published", "applying"))


def test_the_window_is_half_open(keeps: Keeps, ask: Ask, as_of: datetime) -> None:
    tick = timedelta(microseconds=1)
    assert keeps("window", ask(), apply_opens_at=as_of)
    assert not keeps("window", ask(), apply_opens_at=as_of + tick)
    assert keeps("window", ask(), apply_closes_at=as_of + tick)
    assert not keeps("window", ask(), apply_closes_at=as_of)


def test_an_unknown_window_is_closed(keeps: Keeps, ask: Ask) -> None:
    assert not keeps("window", ask(), apply_opens_at=None)


def test_a_full_first_come_section_is_not_offered(keeps: Keeps, ask: Ask) -> None:
    assert keeps("seats", ask(), enrolled=19)
    assert not keeps("seats", ask(), enrolled=20)
    assert not keeps("seats", ask(), enrolled=None)


def test_a_lottery_that_takes_applications_is_never_full(keeps: Keeps, ask: Ask) -> None:
    assert keeps("seats", ask(), rule="lottery", enrolled=200)
    assert not keeps("seats", ask(), rule="lottery", state="drawn", enrolled=20)


def test_a_section_clashes_when_slot_and_dates_overlap(keeps: Keeps, ask: Ask) -> None:
    query = ask(commitments=(HELD,))
    assert not keeps("timetable_clash", query)
    assert not keeps("timetable_clash", query, starts_on=date(2025, 9, 30))
    assert keeps("timetable_clash", query, starts_on=date(2025, 10, 1))
    assert keeps("timetable_clash", query, slots=["3M"])
    assert keeps("timetable_clash", query, slots=None)


def test_recorded_sections_clash_with_nothing(keeps: Keeps, ask: Ask) -> None:
    assert keeps("timetable_clash", ask(commitments=(HELD,)), mode="online_recorded")
    assert not keeps("timetable_clash", ask(commitments=(HELD,)), mode="online_live")


def test_a_commitment_without_slots_clashes_with_nothing(keeps: Keeps, ask: Ask) -> None:
    recorded = Commitment("other", frozenset(), HELD.starts_on, HELD.ends_on)
    assert keeps("timetable_clash", ask(commitments=(recorded,)))


def test_a_section_the_learner_is_in_is_not_offered_again(keeps: Keeps, ask: Ask) -> None:
    query = ask(enrolled_sections=frozenset({"section-1"}))
    assert not keeps("timetable_clash", query)
    assert not keeps("timetable_clash", query, mode="online_recorded")
    assert keeps("timetable_clash", query, section_id="section-2")


def test_every_slot_must_be_free_where_slots_were_stated(keeps: Keeps, ask: Ask) -> None:
    query = ask(free_slots=frozenset({"3E", "6M"}))
    assert keeps("free_slots", query, slots=["3E", "6M"])
    assert not keeps("free_slots", query, slots=["3E", "4E"])
    assert keeps("free_slots", query, slots=[])
    assert not keeps("free_slots", query, slots=None)


def test_a_learner_without_any_free_slot_still_gets_sections_without_slots(
    keeps: Keeps, ask: Ask
) -> None:
    busy = ask(free_slots=frozenset())
    assert not keeps("free_slots", busy, slots=["3E"])
    assert keeps("free_slots", busy, slots=[])


def test_unstated_slots_and_minutes_refuse_nothing(keeps: Keeps, ask: Ask) -> None:
    assert keeps("free_slots", ask(), slots=None)
    assert keeps("within_circle", ask(), travel_min=None)


def test_the_circle_refuses_what_is_farther_or_unknown(keeps: Keeps, ask: Ask) -> None:
    circle = ask(circle_min=15.0)
    assert keeps("within_circle", circle, travel_min=15.0)
    assert keeps("within_circle", circle, travel_min=0.0)
    assert not keeps("within_circle", circle, travel_min=15.1)
    assert not keeps("within_circle", circle, travel_min=None)


def test_a_district_section_is_for_residents_of_the_district(keeps: Keeps, ask: Ask) -> None:
    resident, other = ask(district_code="330106000000"), ask(district_code="330105000000")
    assert keeps("sharing", resident, sharing="district")
    assert not keeps("sharing", other, sharing="district")
    assert not keeps("sharing", ask(), sharing="district")
    assert not keeps("sharing", resident, sharing="district", institution_district_code=None)


def test_an_own_section_is_for_calls_scoped_to_the_institution(keeps: Keeps, ask: Ask) -> None:
    assert keeps("sharing", ask(scope_institution_id="inst-1"), sharing="own")
    assert not keeps("sharing", ask(scope_institution_id="inst-2"), sharing="own")
    assert not keeps("sharing", ask(), sharing="own")


def test_a_catalogue_without_institutions_restricts_nobody(keeps: Keeps, ask: Ask) -> None:
    assert keeps("sharing", ask(), sharing=None)
    assert keeps("sharing", ask(), sharing="city")
