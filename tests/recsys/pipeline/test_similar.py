"""A town where the same dozen people take tea and ink, and a new tea course opens."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from data.city import City
from features.course import course_features
from features.interactions import course_interactions
from features.learner import learner_features
from recsys.errors import QueryError
from recsys.pipeline.policy import Policy
from recsys.pipeline.recommender import Recommender
from recsys.pipeline.similar import Finder, Similar
from recsys.scorers.ease import Ease
from recsys.scorers.lowpass import Lowpass
from recsys.scorers.text import Text
from recsys.types import TrainingSet

FIRST = datetime(2025, 3, 1, tzinfo=UTC)
TITLES = {"tea": "茶艺", "tea-new": "龙井冲泡", "ink": "书法", "yoga": "瑜伽", "full": "茶艺"}
TAKEN = (
    *((f"both-{n}", course) for n in range(12) for course in ("tea", "ink")),
    *((f"few-{n}", course) for n in range(9) for course in ("tea", "yoga")),
    *((f"bender-{n}", "yoga") for n in range(3)),
    *((f"other-{n}", "cards") for n in range(30)),
)


@pytest.fixture(scope="module")
def world(make_city: Callable[..., City]) -> City:
    learners = dict.fromkeys(learner for learner, _ in TAKEN)
    return make_city(
        institutions=[{}],
        venues=[{}],
        skills=[{"skill_id": "brew", "name": "冲泡"}, {"skill_id": "brush", "name": "运笔"}],
        courses=[{"course_id": course, "title": title} for course, title in TITLES.items()]
        + [{"course_id": "cards", "title": "桥牌", "category": "family"}],
        course_skills=[
            {"course_id": course, "skill_id": skill}
            for course, skill in (
                ("tea", "brew"),
                ("tea-new", "brew"),
                ("full", "brew"),
                ("ink", "brush"),
            )
        ],
        sections=[
            {"section_id": f"{course}-1", "course_id": course}
            for course in (*TITLES, "cards")
            if course != "full"
        ]
        + [
            {"section_id": "full-1", "course_id": "full", "enrolled": 20},
            {"section_id": "tea-2", "course_id": "tea", "slots": ["6M"]},
            {"section_id": "tea-draft", "course_id": "tea", "state": "draft"},
        ],
        learners=[{"learner_id": learner} for learner in learners] + [{"learner_id": "done"}],
        events=[
            {"event_id": f"{learner}-{course}", "learner_id": learner, "course_id": course,
             "type": "enrol", "occurred_at": FIRST + timedelta(days=day)}
            for day, (learner, course) in enumerate(TAKEN)
        ]
        + [{"event_id": "done", "learner_id": "done", "course_id": "ink", "type": "complete"}],
    )  # fmt: skip


@pytest.fixture(scope="module")
def recommender(world: City, as_of: datetime, make_policy: Callable[..., Policy]) -> Recommender:
    training = TrainingSet(
        course_interactions(world, as_of),
        learner_features(world, as_of),
        course_features(world, as_of),
        as_of,
    )
    scorers = [Lowpass().fit(training), Ease().fit(training), Text().fit(training)]
    return Recommender(
        world, as_of, {scorer.name: scorer for scorer in scorers}, {"plain": make_policy()}
    )


@pytest.fixture(scope="module")
def like(recommender: Recommender) -> Callable[..., dict[str, Similar]]:
    finder = Finder(recommender)

    def ask(wanted: str, learner: str | None = None, n: int = 10) -> dict[str, Similar]:
        items = finder.similar(wanted, recommender.query(learner, n=n)).items
        return {item.course_id: item for item in items}

    return ask


Like = Callable[..., dict[str, Similar]]


def kinds(item: Similar) -> set[str]:
    return {reason.kind for reason in item.reasons}


def test_people_who_took_both_make_courses_alike_and_are_counted(like: Like) -> None:
    [told] = [r for r in like("tea")["ink"].reasons if r.kind == "taken_together"]
    assert told.evidence == {"people": 12}
    assert "12 人" in told.text_zh


def test_fewer_than_ten_people_are_no_reason(like: Like) -> None:
    assert all("taken_together" not in kinds(item) for item in like("yoga").values())


def test_a_new_course_is_found_by_the_skills_it_shares(like: Like) -> None:
    item = like("tea")["tea-new"]
    assert "same_skills" in kinds(item)
    assert any("冲泡" in reason.text_zh for reason in item.reasons)
    assert "taken_together" not in kinds(item)


def test_a_new_course_finds_others_by_skills_and_text_alone(like: Like) -> None:
    found = like("tea-new")
    assert next(iter(found)) == "tea"
    assert all(kinds(item) <= {"same_skills", "same_text"} for item in found.values())


@pytest.mark.parametrize("course", sorted(TITLES))
def test_a_course_is_never_like_itself_and_every_other_has_a_reason(
    like: Like, course: str
) -> None:
    found = like(course)
    assert course not in found
    assert all(item.reasons for item in found.values())
    assert [item.rank for item in found.values()] == list(range(1, len(found) + 1))


def test_a_course_without_an_open_section_is_not_shown(like: Like) -> None:
    assert "full" not in like("tea")
    assert "tea" in like("full"), "one may ask what is like a course that is full"


def test_a_section_stands_for_its_course(like: Like) -> None:
    assert like("tea-2") == like("tea")


def test_each_course_has_one_section(like: Like) -> None:
    assert like("ink")["tea"].section_id in {"tea-1", "tea-2"}


def test_a_learners_own_rules_hold(like: Like) -> None:
    assert "ink" in like("tea")
    assert "ink" not in like("tea", "done"), "completed"


def test_nobody_in_particular_and_a_stranger_get_the_same(like: Like) -> None:
    assert like("tea") == like("tea", "stranger")


def test_no_more_are_listed_than_were_asked_for(like: Like) -> None:
    everything = like("tea")
    assert list(like("tea", n=1)) == list(everything)[:1]


@pytest.mark.parametrize("wanted", ["nowhere", "tea-draft"])
def test_what_nobody_may_know_of_is_an_error(like: Like, wanted: str) -> None:
    with pytest.raises(QueryError, match="no section or course"):
        like(wanted)
