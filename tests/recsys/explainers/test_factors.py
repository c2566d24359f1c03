from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar, Literal, Self

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from recsys.explainers import taste
from recsys.explainers.factors import FactorExplainer
from recsys.explainers.facts import Facts, Rating, Share
from recsys.explainers.taste import Voices
from recsys.offer import Candidates
from recsys.stages import Arrays, CourseScorer, StageConfig
from recsys.types import LearnerQuery, Reason, TrainingSet

FACTS = Facts(
    titles={"tea": "茶艺", "ink": "书法", "yoga": "瑜伽"},
    skills={"py": "Python", "sql": "SQL", "git": "Git", "go": "Go"},
    occupations={"4-04": "程序员"},
    occupation_skills={"4-04": frozenset({"py", "git"})},
    by_age={("tea", 25): 37},
    by_district={("ink", "330106000000"): 12},
    takers={"tea": 90, "ink": 80, "yoga": 70},
    favoured={
        ("category", "health", 25): 40,
        ("course", "tea", 25): 37,
        ("course", "ink", "330106000000"): 12,
    },
    finished={"tea": Share(40, 51), "ink": Share(40, 50)},
    finished_at={"inst-1": Share(90, 70), "inst-2": Share(90, 20)},
    rated={"ink": Rating(12, 4.25), "yoga": Rating(12, 3.9)},
    held=frozenset({"tea"}),
    advertised={"py": 9, "sql": 25},
)
QUERY = LearnerQuery(
    as_of=datetime(2025, 9, 1, 4, tzinfo=UTC),
    personalised=True,
    age_low=25,
    age_high=34,
    district_code="330106000000",
)
SECTION: Mapping[str, Any] = {
    "section_id": "s",
    "course_id": "tea",
    "institution_id": "inst-1",
    "institution_name": "社区学院",
    "category": "health",
    "programme": "night_school",
    "mode": "offline",
    "travel_min": 12.4,
    "mean_travel_min": 30.0,
    "slots": ["3E"],
    "slot_fit": 1.0,
    "price_net_fen": 20000,
    "mean_price_net_fen": 30000.0,
    "age_min": None,
    "age_max": None,
    "teaches_skill_ids": ["py", "sql"],
}


FACTORS = ("part_", "term_")
"""How the columns begin that a ranker's parts come in."""


class Config(StageConfig):
    """Nothing to set."""


class Likeness(CourseScorer):
    """Courses are alike by a table; a history scores the sum of its likenesses."""

    name: ClassVar[str] = "ease"
    config_type: ClassVar[type[StageConfig]] = Config
    uses_history: ClassVar[bool] = True
    TABLE: ClassVar = np.array(
        [[9.0, 2.0, -1.0, 0.0], [2.0, 9.0, 0.0, 0.0], [1.0, 0.0, 9.0, 0.0], [3.0, 0.0, 0.0, 9.0]]
    )

    def __init__(self) -> None:
        super().__init__()
        self.take_courses(np.array(["tea", "ink", "yoga", "clay"], dtype=np.str_))

    def fit(self, training: TrainingSet) -> Self:
        return self

    def course_scores(self, queries: Sequence[LearnerQuery]) -> NDArray[np.float32]:
        index = self.course_index()
        rows = [self.TABLE[[index[c] for c in q.history if c in index]].sum(0) for q in queries]
        return np.array(rows, dtype=np.float32)

    def arrays(self) -> Arrays:
        return {}

    def load(self, arrays: Arrays) -> Self:
        return self


class Words(Likeness):
    """The same, from what courses teach."""

    name: ClassVar[str] = "text"
    compares: ClassVar[Literal["people", "content"]] = "content"


class Person(Likeness):
    """Knows the person, not the past."""

    name: ClassVar[str] = "hybrid"
    uses_history: ClassVar[bool] = False


Explain = Callable[..., tuple[Reason, ...]]


@pytest.fixture(scope="module")
def explain() -> Explain:
    """The reasons of one section: a test states its columns and its query."""
    explainer = FactorExplainer(FACTS, {"ease": Likeness(), "hybrid": Person(), "text": Words()})

    def reasons(
        query: LearnerQuery = QUERY, *, most: int | None = None, **columns: Any
    ) -> tuple[Reason, ...]:
        types = {"age_min": pl.Int64, "age_max": pl.Int64, "travel_min": pl.Float64}
        factors = {n: np.array([columns.pop(n)]) for n in list(columns) if n[:5] in FACTORS}
        frame = pl.DataFrame([{**SECTION, **columns}], schema_overrides=types)
        chosen = Candidates.of(frame).with_columns(factors)
        return explainer.explain(query, chosen, most)[0]

    return reasons


def asking(**fields: Any) -> LearnerQuery:
    plain: dict[str, Any] = {
        name: getattr(QUERY, name)
        for name in ("as_of", "personalised", "age_low", "age_high", "district_code")
    }
    return LearnerQuery(**plain | fields)


def kinds(reasons: tuple[Reason, ...]) -> list[str]:
    return [reason.kind for reason in reasons]


def test_only_what_raised_the_score_is_a_reason(explain: Explain) -> None:
    told = explain(part_popularity=1.0, part_travel=-2.0, part_ease=0.0, part_slots=1e-12)
    assert kinds(told) == ["popular_age"]
    assert told[0].weight == pytest.approx(1.0)


def test_nothing_raised_the_score_so_nothing_is_claimed(explain: Explain) -> None:
    assert explain(part_popularity=-1.0) == ()
    assert explain() == ()


def test_weights_are_shares_of_what_raised_the_score_strongest_first(explain: Explain) -> None:
    told = explain(
        part_popularity=1.0,
        part_context=2.0,
        term_context_travel=1.0,
        term_context_price=2.0,
        term_context_slots=-1.0,
        part_goal=-9.0,
    )
    assert [(reason.kind, round(reason.weight, 3)) for reason in told] == [
        ("price", 0.5),
        ("popular_age", 0.25),
        ("near", 0.25),
    ]


def test_no_more_reasons_than_wanted_and_the_strongest_of_them(explain: Explain) -> None:
    parts = {"part_price": 3.0, "part_goal": 2.5, "part_travel": 2.0, "part_slots": 1.0}
    assert kinds(explain(most=2, **parts)) == ["price", "near"]
    assert kinds(explain(most=0, **parts)) == []


def test_parts_that_would_say_the_same_are_one_factor(explain: Explain) -> None:
    query = asking(history=("ink",))
    (told,) = explain(query, part_ease=3.0, part_taste=-1.0)
    assert told.weight == 1.0
    assert explain(query, part_ease=1.0, part_taste=-2.0) == ()


def test_a_journey_is_told_only_where_it_is_shorter_than_the_average(explain: Explain) -> None:
    (near,) = explain(part_travel=0.3)
    assert near.evidence == {"minutes": 12}
    assert "约 12 分钟" in near.text_zh
    assert explain(part_travel=0.3, mean_travel_min=12.0) == ()
    assert explain(part_travel=0.3, travel_min=None) == ()
    assert explain(part_context=1.0, term_context_travel=-0.3, term_context_online=1.3) == ()


def test_an_online_section_is_said_to_need_no_way(explain: Explain) -> None:
    assert kinds(explain(part_travel=0.3, mode="online_live", travel_min=0.0)) == ["no_travel"]


def test_slots_are_told_only_where_all_of_them_are_free(explain: Explain) -> None:
    (slot,) = explain(part_context=1.0, term_context_slots=0.3)
    assert "周三晚上" in slot.text_zh
    assert "Wed evening" in slot.text_en
    assert explain(part_context=1.0, term_context_slots=0.3, slot_fit=0.5) == ()
    assert explain(part_context=1.0, term_context_slots=0.3, slot_fit=None) == ()
    assert explain(part_context=1.0, term_context_slots=0.3, slots=[]) == ()


def test_free_of_charge_is_said_of_a_price_of_zero_only(explain: Explain) -> None:
    (free,) = explain(part_context=1.0, term_context_price=0.3, price_net_fen=0)
    (paid,) = explain(part_context=1.0, term_context_price=0.3, price_net_fen=12050)
    assert (free.kind, paid.kind) == ("free_of_charge", "price")
    assert "120.5 元" in paid.text_zh


def test_a_price_is_told_only_where_it_is_below_the_average(explain: Explain) -> None:
    assert explain(part_price=0.3, mean_price_net_fen=20000.0) == ()


def test_age_is_told_by_what_the_age_group_takes(explain: Explain) -> None:
    (told,) = explain(part_fit=0.3)
    assert (told.kind, told.evidence["people"]) == ("age_kind", 40)
    assert "运动健康" in told.text_zh or "health" in told.text_en
    assert explain(part_fit=0.3, category="arts") == ()
    assert explain(asking(age_low=None), part_fit=0.3) == ()


@pytest.mark.parametrize(
    ("age_min", "age_max", "told"),
    [
        (18, None, ["age_fit"]),
        (None, 34, ["age_fit"]),
        (30, None, []),
        (18, 30, []),
        (None, None, []),
    ],
)
def test_age_limits_are_told_only_where_they_hold_the_whole_band(
    explain: Explain, age_min: int | None, age_max: int | None, told: list[str]
) -> None:
    limits = {"age_min": age_min, "age_max": age_max}
    assert kinds(explain(part_age_topic=1.0, category="arts", **limits)) == told


def test_popularity_names_the_nearest_group_that_is_large_enough(explain: Explain) -> None:
    (peers,) = explain(part_popularity=1.0)
    (here,) = explain(part_popularity=1.0, course_id="ink")
    (city,) = explain(part_popularity=1.0, course_id="yoga")
    (unknown,) = explain(asking(age_low=None, district_code=None), part_popularity=1.0)
    assert [(told.kind, told.evidence["people"]) for told in (peers, here, city, unknown)] == [
        ("popular_age", 37),
        ("popular_here", 12),
        ("popular", 70),
        ("popular", 90),
    ]
    assert explain(part_popularity=1.0, course_id="rare") == ()


def test_most_finish_is_said_only_of_more_than_half(explain: Explain) -> None:
    (told,) = explain(part_quality=1.0)
    assert (told.kind, told.evidence) == ("finished", {"people": 40, "percent": 51})
    (rated,) = explain(part_quality=1.0, course_id="ink")
    assert (rated.kind, rated.evidence) == ("rated", {"people": 12, "mean": "4.2"})
    assert explain(part_quality=1.0, course_id="yoga") == ()


def test_an_institution_is_praised_only_where_most_finish(explain: Explain) -> None:
    (told,) = explain(part_institution=1.0)
    assert told.text_zh == "社区学院以往的 90 位学员学完了所报课程的 70%"
    assert explain(part_institution=1.0, institution_id="inst-2") == ()
    assert explain(part_institution=1.0, institution_name=None) == ()


def test_demand_names_the_skill_that_most_advertisements_ask_for(explain: Explain) -> None:
    (told,) = explain(part_demand=1.0)
    assert told.evidence == {"adverts": 25, "skill": "SQL"}
    assert explain(part_demand=1.0, teaches_skill_ids=["py"]) == (), "nine are too few"
    assert explain(part_demand=1.0, teaches_skill_ids=None) == ()


def test_new_is_a_course_that_was_never_held(explain: Explain) -> None:
    assert kinds(explain(part_new=1.0, course_id="ink")) == ["new"]
    assert explain(part_new=1.0, course_id="tea") == ()


def test_taste_names_the_course_of_the_past_behind_it(explain: Explain) -> None:
    (told,) = explain(asking(history=("yoga", "ink")), part_ease=1.0)
    assert told.kind == "taste_course"
    assert told.evidence == {"course_id": "ink", "title": "书法"}
    assert told.text_zh == "关注过《书法》的学员更常选这门课程"


def test_who_compares_what_courses_teach_says_so(explain: Explain) -> None:
    (told,) = explain(asking(history=("yoga", "ink")), part_text=1.0)
    assert told.text_zh == "内容与您关注过的《书法》相近"


def test_taste_without_a_single_voice_is_not_claimed(explain: Explain) -> None:
    assert explain(asking(history=("unknown",)), part_ease=1.0) == ()
    assert explain(asking(), part_ease=1.0) == ()


def test_a_rankers_own_taste_is_spoken_for_by_the_scorers_of_taste(explain: Explain) -> None:
    (told,) = explain(asking(history=("ink",)), part_taste=1.0)
    assert told.evidence == {"course_id": "ink", "title": "书法"}


def test_a_course_without_a_title_is_not_named(explain: Explain) -> None:
    (told,) = explain(asking(history=("clay",)), part_ease=1.0)
    assert told.kind == "taste"


def test_a_course_of_the_past_is_said_to_be_one(explain: Explain) -> None:
    (told,) = explain(asking(history=("tea",)), part_ease=1.0)
    assert told.kind == "revisited"


def test_scorers_that_say_the_same_add_up_to_one_reason(explain: Explain) -> None:
    (told,) = explain(asking(history=("ink",)), part_ease=1.0, part_other=0.0)
    assert told.weight == 1.0


def test_people_alike_are_named_only_where_they_do_choose_it_more_often(explain: Explain) -> None:
    assert kinds(explain(part_hybrid=1.0)) == ["profile_age"]
    assert kinds(explain(part_hybrid=1.0, course_id="ink")) == ["profile_here"]
    assert explain(part_hybrid=1.0, course_id="yoga") == ()
    assert explain(asking(personalised=False), part_hybrid=1.0) == ()


def test_a_goal_names_the_skills_that_are_taught(explain: Explain) -> None:
    (told,) = explain(asking(goal_skills=frozenset({"py", "go"})), part_goal=1.0)
    assert told.kind == "goal_skill"
    assert told.evidence == {"skills": "Python"}


def test_a_wanted_occupation_names_what_it_asks_for(explain: Explain) -> None:
    (told,) = explain(asking(goal_occupation_code="4-04"), part_goal=1.0)
    assert told.kind == "goal_occupation"
    assert told.evidence == {"occupation": "程序员", "skills": "Python"}


def test_a_goal_that_is_not_taught_is_not_claimed(explain: Explain) -> None:
    assert explain(asking(goal_skills=frozenset({"go"})), part_goal=1.0) == ()
    assert explain(asking(goal_occupation_code="9-99"), part_goal=1.0) == ()
    query = asking(goal_skills=frozenset({"py"}))
    assert explain(query, part_goal=1.0, teaches_skill_ids=None) == ()


@given(
    st.dictionaries(
        st.sampled_from(["popularity", "context", "goal", "ease", "hybrid"]),
        st.floats(-5, 5, allow_nan=False),
    )
)
def test_weights_never_add_up_to_more_than_the_whole(
    explain: Explain, parts: dict[str, float]
) -> None:
    columns = {f"part_{name}": value for name, value in parts.items()}
    told = explain(asking(history=("ink",)), term_context_travel=0.1, **columns)
    weights = [reason.weight for reason in told]
    assert weights == sorted(weights, reverse=True)
    assert sum(weights) <= 1 + 1e-9


@pytest.fixture
def voices() -> Voices:
    return Voices(Likeness(), QUERY.as_of)


def test_a_course_never_speaks_for_itself(voices: Voices) -> None:
    said = voices.speak_for(("tea", "ink"), ["tea", "ink", "new"])
    assert said == {"tea": "ink", "ink": "tea"}


def test_only_a_positive_voice_is_heard(voices: Voices) -> None:
    assert voices.speak_for(("tea",), ["yoga"]) == {}
    assert voices.speak_for((), ["yoga"]) == {}


def test_a_voice_says_the_same_whoever_asked_before(
    voices: Voices, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(taste, "RECENT", 1)
    monkeypatch.setattr(taste, "KEPT_BYTES", 16)
    small = Voices(Likeness(), QUERY.as_of)
    for past in (("ink",), ("yoga",), ("ink",), ("clay",), ("ink",)):
        assert small.speak_for(past, ["tea"]) == voices.speak_for(past, ["tea"])


def test_daytime_is_told_only_where_no_class_is_in_the_evening(explain: Explain) -> None:
    (day,) = explain(part_context=1.0, term_context_daytime=0.3, slots=["3M", "4A"])
    assert day.text_zh == "都在白天上课"
    assert explain(part_context=1.0, term_context_daytime=0.3, slots=["3M", "4E"]) == ()
