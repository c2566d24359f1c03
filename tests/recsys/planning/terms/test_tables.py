"""What came of a term: counts that add up, and figures that may be told."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import polars as pl
import pytest

from data.city import City
from recsys.planning.terms.tables import TermTables, term_tables

HERE, THERE, CITY = "330113000000", "330106000000", "330100000000"
MOMENT = datetime(2025, 9, 1, tzinfo=UTC)
MakeCity = Callable[..., City]


def section(name: str, course: str, place: str, **more: Any) -> dict[str, Any]:
    ended = {"starts_on": date(2025, 3, 3), "ends_on": date(2025, 6, 1), "state": "finished"}
    opened = {
        "apply_opens_at": datetime(2025, 2, 1, tzinfo=UTC),
        "apply_closes_at": datetime(2025, 2, 20, tzinfo=UTC),
    }
    return {
        "section_id": name,
        "course_id": course,
        "venue_id": place,
        "term": "2025春",
        "capacity": 40,
        **ended,
        **opened,
        **more,
    }


def act(learner: str, where: str, course: str, kind: str, day: int) -> dict[str, Any]:
    at = datetime(2025, 2, 3, tzinfo=UTC).replace(day=day)
    return {
        "event_id": f"{learner}-{where}-{kind}",
        "learner_id": learner,
        "section_id": where,
        "course_id": course,
        "type": kind,
        "occurred_at": at,
    }


def acts(where: str, course: str, learners: list[str], completed: int) -> list[dict[str, Any]]:
    rows = [
        act(each, where, course, kind, day)
        for each in learners
        for day, kind in enumerate(("apply", "enrol"), 3)
    ]
    return rows + [act(each, where, course, "complete", 9) for each in learners[:completed]]


def living(learners: list[str], where: str, **more: str) -> list[dict[str, Any]]:
    return [{"learner_id": each, "home_division_code": where, **more} for each in learners]


@pytest.fixture(scope="module")
def tables(make_city: MakeCity) -> TermTables:
    """Two districts: thirty learn a trade here, twenty paint there, four learn a trade there."""
    young, old = [f"y{n}" for n in range(30)], [f"o{n}" for n in range(20)]
    few = young[:4]
    return term_tables(
        make_city(
            institutions=[{}],
            venues=[
                {"venue_id": name, "division_code": code}
                for name, code in (("here", HERE), ("there", THERE))
            ],
            courses=[
                {"course_id": "trade", "programme": "vocational", "category": "vocational_skills"},
                {"course_id": "paint", "programme": "senior", "category": "arts"},
            ],
            sections=[
                section("a", "trade", "here"),
                section("b", "paint", "there"),
                section("c", "trade", "there"),
                section("d", "trade", "here", mode="online_recorded", venue_id=None),
                section("e", "trade", "here", state="cancelled"),
            ],
            learners=[*living(young, HERE), *living(old, THERE, age_band="60-69")],
            events=[
                *acts("a", "trade", young, 18),
                *acts("b", "paint", old, 0),
                *acts("c", "trade", few, 4),
                *acts("d", "trade", young, 30),
            ],
        ),
        MOMENT,
    )


def row(frame: pl.DataFrame, **keys: str) -> dict[str, Any]:
    return frame.filter(**keys).row(0, named=True)


def test_supply_and_use_stand_side_by_side(tables: TermTables) -> None:
    told = row(tables.programmes, division_code=CITY, programme="all")
    assert (told["sections"], told["seats"], told["enrolled"], told["applied"]) == (3, 120, 54, 54)
    assert told["fill_rate"] == pytest.approx(54 / 120)
    # of the painters nobody tells what became, so they count neither way
    assert told["completion_rate"] == pytest.approx(22 / 34)
    assert not told["suppressed"]


def test_recorded_and_cancelled_sections_are_in_no_count(tables: TermTables) -> None:
    assert row(tables.programmes, division_code=CITY, programme="all")["sections"] == 3


def test_fewer_than_ten_people_are_held_back_and_cannot_be_reckoned(tables: TermTables) -> None:
    few = row(tables.programmes, division_code=THERE, programme="vocational")
    assert few["suppressed"]
    assert [
        few[name] for name in ("applied", "enrolled", "fill_rate", "applications_per_seat")
    ] == [None] * 4
    assert few["seats"] == 40  # seats are no people
    whole = row(tables.programmes, division_code=THERE, programme="all")
    other = row(tables.programmes, division_code=THERE, programme="senior")
    assert whole["enrolled"] is None or other["enrolled"] is None


def test_residents_are_counted_where_they_live(tables: TermTables) -> None:
    home = row(tables.residents, division_code=HERE, programme="all")
    assert home["enrolled"] in (34, None)
    assert tables.residents.filter(division_code=THERE, programme="vocational").is_empty()


def test_every_age_has_its_row(tables: TermTables) -> None:
    assert set(tables.ages["age_band"]) == {"25-34", "60-69"}
    assert "seats" not in tables.ages.columns


def test_each_term_is_released_alike_whatever_stands_beside_it(make_city: MakeCity) -> None:
    learners = [f"y{n}" for n in range(12)]
    base = {
        "institutions": [{}],
        "venues": [{"venue_id": "here", "division_code": HERE}],
        "courses": [{"course_id": "trade", "programme": "vocational"}],
        "learners": [{"learner_id": each, "home_division_code": HERE} for each in learners],
        "events": acts("a", "trade", learners, 11),
    }
    later = section(
        "z", "trade", "here", term="2025秋", starts_on=date(2025, 9, 9), ends_on=date(2025, 12, 1)
    )
    one = term_tables(make_city(**base, sections=[section("a", "trade", "here")]), MOMENT)
    two = term_tables(make_city(**base, sections=[section("a", "trade", "here"), later]), MOMENT)
    spring = two.programmes.filter(pl.col("term") == "2025春")
    assert spring.equals(one.programmes)
    assert two.terms.select("term", "over").rows() == [("2025春", True), ("2025秋", False)]


def test_a_section_without_a_district_is_counted_apart(make_city: MakeCity) -> None:
    found = term_tables(
        make_city(
            institutions=[{"division_code": CITY}],
            venues=[],
            courses=[{"course_id": "trade"}],
            sections=[
                section("live", "trade", "here", mode="online_live", venue_id=None),
                section("a", "trade", "here", mode="online_live", venue_id=None),
            ],
        ),
        MOMENT,
    )
    assert found.unplaced == 2
