"""Two districts with tastes of their own: Xihu takes tea, Yuhang takes ink."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from json import dumps
from typing import Any

import pytest

from data.city import City
from features.course import course_features
from features.interactions import course_interactions
from features.learner import learner_features
from recsys.errors import QueryError
from recsys.pipeline.policy import Policy
from recsys.pipeline.popular import Area, PopularCourses, popular
from recsys.pipeline.recommender import Recommender
from recsys.scorers.popularity import Popularity, PopularityConfig
from recsys.types import TrainingSet

XIHU, YUHANG = "330106000000", "330110000000"
TAKEN = (
    *((f"x-{n}", "tea") for n in range(12)),
    *((f"x-{n}", "cards") for n in range(12, 21)),
    *((f"y-{n}", "ink") for n in range(12)),
)
COURSES = ("tea", "ink", "cards", "full", "old", "new", *(f"more-{n}" for n in range(5)))


def _section(course: str) -> dict[str, Any]:
    return {"section_id": f"{course}-1", "course_id": course}


@pytest.fixture(scope="module")
def recommender(
    make_city: Callable[..., City], as_of: datetime, make_policy: Callable[..., Policy]
) -> Recommender:
    homes = {"x": "330106001000", "y": "330110002000"}
    people = dict.fromkeys(learner for learner, _ in TAKEN)
    world = make_city(
        divisions=[
            {"division_code": "330100000000", "name": "杭州市", "level": "city"},
            {"division_code": XIHU, "name": "西湖区"},
            {"division_code": YUHANG, "name": "余杭区"},
        ],
        institutions=[{}, {"institution_id": "hall", "sharing": "district"}],
        venues=[{}, {"venue_id": "y", "division_code": YUHANG}],
        courses=[{"course_id": course} for course in COURSES]
        + [{"course_id": "hall", "institution_id": "hall"}],
        sections=[_section(course) for course in COURSES if course not in ("full", "old")]
        + [
            {**_section("full"), "enrolled": 20},
            {**_section("old"), "state": "finished"},
            {"section_id": "tea-y", "course_id": "tea", "venue_id": "y"},
            {"section_id": "hall-1", "course_id": "hall"},
        ],
        learners=[
            {"learner_id": learner, "home_division_code": homes[learner[0]]} for learner in people
        ]
        + [
            {
                "learner_id": "off",
                "home_division_code": homes["x"],
                "consent_personalisation": False,
            }
        ],
        events=[
            {"event_id": f"{learner}-{course}", "learner_id": learner, "course_id": course}
            for learner, course in (
                *TAKEN,
                *(("x-0", course) for course in ("full", "old", "hall")),
                *((f"x-{n}", f"more-{n}") for n in range(5)),
                ("off", "ink"),
            )
        ],
    )
    training = TrainingSet(
        course_interactions(world, as_of),
        learner_features(world, as_of),
        course_features(world, as_of),
        as_of,
    )
    scorer = Popularity(PopularityConfig(shrinkage=5.0)).fit(training)
    return Recommender(world, as_of, {"popularity": scorer}, {"plain": make_policy()})


@pytest.fixture(scope="module")
def among(recommender: Recommender) -> Callable[..., PopularCourses]:
    def ask(code: str = XIHU, band: str | None = None, **more: Any) -> PopularCourses:
        asked: dict[str, Any] = {"n": 20, **more}
        return popular(recommender, Area(code, band), **asked)

    return ask


Among = Callable[..., PopularCourses]


def courses(found: PopularCourses) -> list[str]:
    return [item.course_id for item in found.items]


def test_each_district_has_its_own_favourite_first(among: Among) -> None:
    assert courses(among(XIHU))[0] == "tea"
    assert courses(among(YUHANG))[0] == "ink"


def test_a_town_counts_as_its_district(among: Among) -> None:
    assert among("330106001000").items == among(XIHU).items


@pytest.mark.parametrize("learner", ["off", "x-0", "x-13"])
def test_all_learners_of_an_area_get_the_same_bytes(
    recommender: Recommender, among: Among, learner: str
) -> None:
    home = recommender.query(learner).district_code
    assert home is not None
    expected, found = (dumps(asdict(among(code)), ensure_ascii=False) for code in (XIHU, home))
    assert found.encode() == expected.encode()
    assert learner not in found


def test_a_number_of_people_is_told_from_ten(among: Among) -> None:
    reasons = {item.course_id: item.reasons for item in among(XIHU).items}
    assert [reason.evidence for reason in reasons["tea"]] == [{"people": 12}]
    assert reasons["cards"] == (), "nine people"
    assert reasons["ink"] == (), "twelve people of another district"


def test_the_count_of_an_age_band_is_told_beside_the_districts(among: Among) -> None:
    [tea] = [item for item in among(XIHU, "25-34").items if item.course_id == "tea"]
    assert {reason.kind for reason in tea.reasons} == {"chosen_here", "chosen_by_age"}


def test_the_citys_own_code_asks_for_the_whole_city(among: Among) -> None:
    city = among("330100000000")
    assert city.area.district_code is None
    shares = {item.course_id: item.score for item in city.items}
    assert shares["tea"] == shares["ink"], "twelve people each, and no district counts"


def test_only_open_sections_with_a_seat_are_shown_and_none_that_nobody_took(among: Among) -> None:
    assert not {"full", "old", "new"} & set(courses(among()))
    assert among().excluded == {"seats": 1}


def test_what_a_district_keeps_to_itself_is_for_its_residents(among: Among) -> None:
    assert "hall" in courses(among(XIHU))
    assert "hall" not in courses(among(YUHANG))
    assert among(YUHANG).excluded["sharing"] == 1


def test_a_section_in_the_district_comes_before_others_of_its_course(among: Among) -> None:
    sections = {area: among(area).items for area in (XIHU, YUHANG)}
    chosen = {
        a: i.section_id for a, items in sections.items() for i in items if i.course_id == "tea"
    }
    assert chosen == {XIHU: "tea-1", YUHANG: "tea-y"}


def test_elders_get_five_in_plain_words(among: Among) -> None:
    found = among(elder=True)
    assert len(found.items) == 5
    assert found.items[0].reasons[0].text_zh == "本区 12 人报过名"


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"code": "3301"}, "12-digit"),
        ({"code": "110101000000"}, "330106000000 西湖区"),
        ({"band": "25"}, "age_band"),
        ({"n": 0}, "n is not"),
        ({"programme": "cooking"}, "programme"),
    ],
)
def test_what_cannot_be_meant_is_an_error(
    among: Among, asked: dict[str, Any], message: str
) -> None:
    with pytest.raises(QueryError, match=message):
        among(**asked)


def test_a_model_without_popularity_says_so(recommender: Recommender) -> None:
    city = recommender.profiles.city
    bare = Recommender(city, recommender.as_of, {}, recommender.policies)
    with pytest.raises(QueryError, match="no scorer 'popularity'"):
        popular(bare, Area(XIHU))
