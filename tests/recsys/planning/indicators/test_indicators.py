"""What each target of the plan counts, in a city of six villages."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from data.simulate.place.targets import target_rows
from recsys.errors import IndicatorError
from recsys.planning.indicators import Measured, Missing, all_indicators, indicator
from recsys.planning.indicators.grounds import Grounds
from recsys.planning.targets import targets_of_city
from recsys.sentences import CHINESE
from tests.recsys.planning.indicators.conftest import DUE, EAST, WEST, Towns, section, target

NOON = datetime(2025, 9, 1, 4, tzinfo=UTC)


def told(
    town_city: Towns, wanted: dict[str, Any], moment: datetime = NOON, **tables: Any
) -> dict[str, Any]:
    """The row of one target."""
    return targets_of_city(town_city(targets=[wanted], **tables), moment).row(0, named=True)


def counted(town_city: Towns, wanted: dict[str, Any], **tables: Any) -> tuple[Any, ...]:
    row = told(town_city, wanted, **tables)
    return row["value"], row["numerator"], row["denominator"]


def test_every_target_of_the_plan_has_an_indicator_of_its_unit() -> None:
    rows = target_rows().select("indicator", "unit", "definition_version").unique()
    found = all_indicators()
    assert set(rows["indicator"]) == set(found)
    for name, unit, version in rows.iter_rows():
        assert (found[name].unit, found[name].version) == (unit, version)


@pytest.mark.parametrize("name", sorted(all_indicators()))
def test_every_indicator_says_its_definition_in_both_languages(name: str) -> None:
    one = all_indicators()[name]
    assert one.text_en.endswith(".")
    assert not CHINESE.search(one.text_en)
    assert one.text_zh.endswith("。")


def test_an_indicator_without_a_chinese_definition_is_refused_at_import() -> None:
    def silent(known: Grounds) -> Measured | Missing:
        """Nothing."""
        return Measured(0)

    with pytest.raises(IndicatorError, match="indicator 'silent' needs a Chinese sentence"):
        indicator(unit="%")(silent)
    with pytest.raises(IndicatorError, match="needs a unit"):
        indicator(unit="")


def test_a_village_is_in_the_network_where_a_section_was_taught(town_city: Towns) -> None:
    taught = [section(1, 0), section(2, 0), section(3, 5), section(4, 3, state="cancelled")]
    village = target("network_coverage_village", 80, "%")
    assert counted(town_city, village, sections=taught) == (pytest.approx(100 / 3), 2, 6)
    count = target("network_villages", 2656, "villages")
    assert counted(town_city, count, sections=taught) == (2, 2, 6)
    town = target("network_coverage_town", 100, "%")
    assert counted(town_city, town, sections=taught) == (pytest.approx(200 / 3), 2, 3)
    district = target("network_coverage_district", 100, "%")
    assert counted(town_city, district, sections=taught) == (50, 1, 2)


def test_the_citys_own_tier_needs_an_institution_of_the_city(town_city: Towns) -> None:
    wanted = target("network_coverage_city", 100, "%")
    assert counted(town_city, wanted, sections=[section(1, 0)]) == (0, 0, 1)
    of_city = [{"tier": "city", "division_code": WEST}]
    assert counted(town_city, wanted, sections=[section(1, 0)], institutions=of_city)[0] == 100


def test_a_section_taught_online_puts_no_village_into_the_network(town_city: Towns) -> None:
    wanted = target("network_villages", 2656, "villages")
    online = [section(1, 0, mode="online_live")]
    assert counted(town_city, wanted, sections=online) == (0, 0, 6)


def test_what_ended_within_the_year_counts_and_what_ended_before_does_not(
    town_city: Towns,
) -> None:
    def ended(number: int, days: int) -> dict[str, Any]:
        end = NOON.date() - timedelta(days=days)
        opens = NOON - timedelta(days=days + 100)
        return section(number, number, state="finished", starts_on=end - timedelta(days=60),
                       ends_on=end, apply_opens_at=opens,
                       apply_closes_at=opens + timedelta(days=9))  # fmt: skip

    wanted = target("network_villages", 2656, "villages")
    assert counted(town_city, wanted, sections=[ended(0, 300), ended(1, 400)]) == (1, 1, 6)


def test_senior_classes_are_those_of_the_senior_programme(town_city: Towns) -> None:
    courses = [{"course_id": "course-1"}, {"course_id": "senior", "programme": "senior"}]
    taught = [section(1, 0), section(2, 4, course_id="senior")]
    share = target("senior_classes_village", 60, "%")
    assert counted(town_city, share, sections=taught, courses=courses)[1:] == (1, 6)
    towns = target("senior_schools_town", 100, "%")
    assert counted(town_city, towns, sections=taught, courses=courses)[1:] == (1, 3)


def test_family_education_is_counted_by_the_district_it_is_taught_in(town_city: Towns) -> None:
    courses = [{"course_id": "course-1", "programme": "family"}]
    wanted = target("family_education_districts", 13, "districts")
    taught = [section(1, 0), section(2, 1)]
    assert counted(town_city, wanted, sections=taught, courses=courses) == (1, 1, 2)


def test_a_micro_space_counts_once_and_only_in_use(town_city: Towns) -> None:
    venues = [{"venue_id": f"venue-{n}", "scene": "micro_space"} for n in range(3)]
    taught = [section(1, 0), section(2, 0), section(3, 1)]
    wanted = target("micro_spaces", 1000, "venues")
    assert counted(town_city, wanted, sections=taught, venues=venues) == (2, 2, None)


def test_a_circle_is_the_share_of_residents_in_it(town_city: Towns) -> None:
    wanted = target("citizen_circle_15min", 100, "%")
    found = counted(town_city, wanted, sections=[section(1, 0)])
    assert found == (pytest.approx(100 / 6), 10_000, 60_000)


def test_a_target_of_a_district_counts_there_alone(town_city: Towns) -> None:
    for code, share in ((WEST, 50.0), (EAST, 0.0)):
        wanted = target("network_coverage_town", 100, "%", division_code=code)
        assert counted(town_city, wanted, sections=[section(1, 0)])[0] == share
    wanted = target("citizen_circle_15min", 100, "%", division_code=WEST)
    assert counted(town_city, wanted, sections=[section(1, 0)])[1:] == (10_000, 40_000)


def test_teachers_count_who_taught_and_the_target_is_a_ceiling(town_city: Towns) -> None:
    wanted = target("community_educators_per_10000", 2, "per_10000")
    for teachers, status in ((12, "green"), (13, "amber"), (20, "red")):
        taught = [section(n, 0, teacher_id=f"teacher-{n}") for n in range(teachers)]
        row = told(town_city, wanted, sections=[*taught, section(99, 1)])
        assert (row["value"], row["status"]) == (pytest.approx(teachers / 6), status)


def elder(number: int, **facts: Any) -> dict[str, Any]:
    return {"learner_id": f"l{number}", "age_band": "60-69", **facts}


def event(number: int, kind: str, days: int, value: float | None = None) -> dict[str, Any]:
    return {"event_id": f"{kind}-{number}-{days}", "learner_id": f"l{number}", "type": kind,
            "section_id": "section-1", "occurred_at": NOON - timedelta(days=days),
            "value": value}  # fmt: skip


def test_who_takes_part_regularly_completes_or_attends_two_thirds(town_city: Towns) -> None:
    learners = [elder(n) for n in range(20)] + [elder(20, age_band="45-59")]
    events = [
        *(event(n, "complete", 30) for n in range(6)),
        *(event(n, "attend", 30, 0.7) for n in range(5, 12)),
        event(12, "attend", 40, 1.0),
        event(12, "attend", 20, 0.5),  # the last one stands
        event(13, "complete", 400),
        event(14, "enrol", 30),
        event(20, "complete", 30),
    ]
    wanted = target("participation_60plus", 25, "%")
    found = told(town_city, wanted, learners=learners, events=events)
    assert (found["numerator"], found["denominator"], found["persons"]) == (12, 12_000, 12)
    assert found["value"] == pytest.approx(0.1)


def test_fewer_than_ten_persons_are_not_told(town_city: Towns) -> None:
    wanted = target("participants_60plus", 645_500, "persons")
    learners, events = [elder(n) for n in range(9)], [event(n, "complete", 9) for n in range(9)]
    row = told(town_city, wanted, learners=learners, events=events)
    assert (row["value"], row["numerator"], row["persons"]) == (None, None, None)
    assert row["missing"].startswith("少于10人")


def test_elders_nobody_counts_leave_the_share_unknown(town_city: Towns) -> None:
    wanted = target("participation_60plus", 25, "%")
    learners, events = [elder(n) for n in range(12)], [event(n, "complete", 9) for n in range(12)]
    lone = [{"division_code": WEST, "population": 9, "lon": 120.1, "lat": 30.2}]
    row = told(town_city, wanted, learners=learners, events=events, divisions=lone)
    assert (row["value"], row["status"]) == (None, "unknown")
    assert "60岁以上人口" in row["missing"]


@pytest.mark.parametrize("name", sorted(all_indicators()))
def test_without_data_an_indicator_is_unknown_and_never_zero(town_city: Towns, name: str) -> None:
    one = all_indicators()[name]
    row = told(town_city, target(name, 5, one.unit))
    assert (row["value"], row["reached"], row["status"]) == (None, None, "unknown")
    assert row["missing"]
    assert row["missing_en"]
    assert row["definition"] == one.text_zh


def test_a_target_by_another_definition_is_not_counted_by_ours(town_city: Towns) -> None:
    wanted = target("network_villages", 2656, "villages", definition_version="2028-1")
    row = told(town_city, wanted, sections=[section(1, 0)])
    assert (row["value"], row["definition"], row["definition_version"]) == (None, None, "2028-1")
    assert "2025-1" in row["missing_en"]


def test_a_target_nobody_can_count_says_so(town_city: Towns) -> None:
    row = told(town_city, target("happiness", 1, "smiles"), sections=[section(1, 0)])
    assert (row["value"], row["status"]) == (None, "unknown")
    assert row["missing_en"] == "no function counts this indicator"


def test_after_its_term_a_target_is_expired_and_says_whether_it_was_reached(
    town_city: Towns,
) -> None:
    wanted = target("network_villages", 1, "villages", due_on=date(2025, 8, 31))
    row = told(town_city, wanted, sections=[section(1, 0)])
    assert (row["status"], row["reached"], row["value"]) == ("expired", True, 1)
    missing = told(town_city, wanted)
    assert (missing["status"], missing["reached"]) == ("expired", None)


def test_a_value_alone_has_no_path_to_be_judged_by(town_city: Towns) -> None:
    wanted = target("network_villages", 6, "villages")
    row = told(town_city, wanted, sections=[section(1, 0)])
    assert (row["value"], row["status"], row["expected"]) == (1, "unknown", None)
    assert "earlier" in row["missing_en"]
    assert (
        told(town_city, target("network_villages", 1, "villages"), sections=[section(1, 0)])[
            "status"
        ]
        == "green"
    )


def test_the_path_begins_with_the_first_known_new_year_and_a_year_before_is_told(
    town_city: Towns,
) -> None:
    def old(number: int, year: int) -> dict[str, Any]:
        return section(number, number, state="finished", starts_on=date(year, 3, 1),
                       ends_on=date(year, 6, 30), apply_opens_at=datetime(year, 2, 1, tzinfo=UTC),
                       apply_closes_at=datetime(year, 2, 9, tzinfo=UTC))  # fmt: skip

    wanted = target("network_villages", 6, "villages")
    taught = [old(0, 2024), *(old(number, 2025) for number in (1, 2))]
    row = told(town_city, wanted, sections=taught)
    assert (row["value"], row["first_on"], row["first_value"]) == (2, date(2025, 1, 1), 1)
    elapsed = (date(2025, 9, 1) - date(2025, 1, 1)).days / (DUE - date(2025, 1, 1)).days
    assert row["expected"] == pytest.approx(1 + 5 * elapsed)
    assert row["status"] == "amber"
    assert (row["year_before"], row["change"]) == (1, 1)


def test_the_columns_and_their_types_are_the_same_without_targets(town_city: Towns) -> None:
    empty = targets_of_city(town_city(), NOON)
    full = targets_of_city(town_city(targets=[target("happiness", 1, "smiles")]), NOON)
    assert empty.schema == full.schema
    assert isinstance(empty.schema["value"], pl.Float64)
