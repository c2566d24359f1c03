from collections.abc import Callable
from datetime import datetime
from typing import Any

import polars as pl
import pytest

from data.city import City
from data.vocab import MODES, SECTION_STATES
from features.section import COLUMNS, section_features

MakeCity = Callable[..., City]


def _only_section(city: City, as_of: datetime) -> dict[str, Any]:
    return section_features(city, as_of).row(0, named=True)


def test_a_section_is_joined_with_its_course_institution_and_venue(
    make_city: MakeCity, as_of: datetime
) -> None:
    city = make_city(
        institutions=[{"name": "西湖社区学院", "division_code": "330106000000"}],
        venues=[{"name": "文化礼堂", "division_code": "330105012000", "step_free": True}],
        courses=[{"course_id": "course-1", "title": "合唱", "age_min": 50}],
        course_skills=[{"course_id": "course-1", "skill_id": "sing"}],
        sections=[{"section_id": "s", "captions": True}],
    )
    section = _only_section(city, as_of)
    assert (section["title"], section["age_min"], section["age_max"]) == ("合唱", 50, None)
    assert (section["institution_name"], section["venue_name"]) == ("西湖社区学院", "文化礼堂")
    assert section["institution_district_code"] == "330106000000"
    assert section["district_code"] == "330105000000", "the venue's, where there is one"
    assert section["division_code"] == "330105012000"
    assert (section["step_free"], section["captions"], section["hearing_loop"]) == (
        True,
        True,
        None,
    )
    assert section["teaches_skill_ids"] == ["sing"]


def test_a_venue_on_a_web_map_is_moved_to_wgs84(make_city: MakeCity, as_of: datetime) -> None:
    venue = {"lon": 120.12478039, "lat": 30.26771981, "crs": "gcj02"}
    city = make_city(
        venues=[venue], courses=[{"course_id": "course-1"}], sections=[{"section_id": "s"}]
    )
    section = _only_section(city, as_of)
    assert (section["lon"], section["lat"]) == pytest.approx((120.12, 30.27), abs=1e-7)


def test_an_online_section_is_nowhere_but_belongs_to_its_institution(
    make_city: MakeCity, as_of: datetime
) -> None:
    city = make_city(
        institutions=[{}],
        venues=[{}],
        courses=[{"course_id": "course-1"}],
        sections=[
            {"section_id": "a", "mode": "online_live", "venue_id": None},
            {"section_id": "b", "mode": "online_recorded", "venue_id": "venue-1"},
            {"section_id": "c", "mode": "dual"},
        ],
    )
    sections = section_features(city, as_of)
    assert sections["lon"].is_null().to_list() == [True, True, False]
    assert sections["district_code"].to_list() == ["330106000000"] * 3
    assert sections["step_free"].to_list() == [None, True, True]


@pytest.mark.parametrize(
    ("facts", "left", "net_fen"),
    [
        ({"enrolled": 5, "price_fen": 20000, "subsidy_fen": 15000}, 15, 5000),
        ({"enrolled": 20, "price_fen": 20000, "subsidy_fen": None}, 0, 20000),
        ({"enrolled": 90, "rule": "lottery", "price_fen": 0}, 0, 0),
    ],
)
def test_seats_and_price_are_what_the_learner_meets(
    make_city: MakeCity, as_of: datetime, facts: dict[str, object], left: int, net_fen: int
) -> None:
    courses = [{"course_id": "course-1"}]
    city = make_city(courses=courses, sections=[{"section_id": "s", **facts}])
    section = _only_section(city, as_of)
    assert (section["seats_left"], section["price_net_fen"]) == (left, net_fen)


def test_an_online_catalogue_without_places_still_works(
    make_city: MakeCity, as_of: datetime
) -> None:
    recorded: dict[str, object] = {"mode": "online_recorded", "venue_id": None, "slots": []}
    city = make_city(
        courses=[{"course_id": "course-1"}], sections=[{"section_id": "s", **recorded}]
    )
    section = _only_section(city, as_of)
    unknown = ("tier", "sharing", "institution_name", "venue_name", "district_code", "lon", "scene")
    assert [section[name] for name in unknown] == [None] * len(unknown)
    assert section["title"] == "八段锦入门"


def test_sections_come_by_id_in_every_state_with_closed_vocabularies(
    make_city: MakeCity, as_of: datetime
) -> None:
    rows = [
        {"section_id": i, "state": state} for i, state in zip("cab", SECTION_STATES, strict=False)
    ]
    sections = section_features(
        make_city(courses=[{"course_id": "course-1"}], sections=rows), as_of
    )
    assert sections["section_id"].to_list() == ["a", "b", "c"]
    assert tuple(sections.columns) == COLUMNS
    assert sections.schema["mode"] == pl.Enum(MODES)
    assert sections.schema["state"] == pl.Enum(SECTION_STATES)


def test_columns_have_the_same_types_with_and_without_the_joined_tables(
    make_city: MakeCity, as_of: datetime, autumn_city: City
) -> None:
    bare = section_features(make_city(sections=[]), as_of)
    assert bare.schema == section_features(autumn_city, as_of).schema
