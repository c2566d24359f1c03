"""Reasons are true: without its factor a section stands lower, and its sentence holds."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from data.city import City
from recsys.artifact import Bundle
from recsys.explainers.claims import FACTOR
from recsys.explainers.factors import FactorExplainer
from recsys.explainers.facts import Facts, Share
from recsys.explainers.words import SENTENCES
from recsys.offer import Candidates
from recsys.pipeline.queries import as_permitted
from recsys.pipeline.recommender import Recommender
from recsys.pipeline.scoring import Tastes, in_use, scored
from recsys.rankers.additive import Additive
from recsys.rankers.blend import Blend
from recsys.scorers.context import Context
from recsys.stages import CourseScorer, Scorer
from recsys.types import LearnerQuery, Reason, Recommendation

FACTS = Facts(
    titles={"health-1": "太极", "arts-0": "书法"},
    skills={"py": "Python"},
    occupations={},
    occupation_skills={},
    by_age={("health-0", 60): 37},
    by_district={},
    favoured={("category", "health", 60): 40, ("course", "health-0", 60): 37},
    finished={"health-0": Share(30, 80)},
    finished_at={"inst-1": Share(90, 70)},
    held=frozenset({"other"}),
    advertised={"py": 25},
)
ELDER = LearnerQuery(
    as_of=datetime(2025, 9, 1, 4, tzinfo=UTC),
    personalised=True,
    age_low=60,
    age_high=69,
    goal_skills=frozenset({"py"}),
    history=("health-1",),
)
SECTION: dict[str, list[Any]] = {
    "section_id": ["s"],
    "course_id": ["health-0"],
    "institution_id": ["inst-1"],
    "institution_name": ["社区学院"],
    "category": ["health"],
    "programme": ["senior"],
    "mode": ["offline"],
    "slots": [["3M"]],
    "teaches_skill_ids": [["py"]],
    "age_min": [None],
    "age_max": [None],
    "price_net_fen": [10000],
    "mean_price_net_fen": [20000.0],
    "travel_min": [10.0],
    "mean_travel_min": [30.0],
    "slot_fit": [1.0],
}
"""A section about which something true can be said for every factor."""

LEARNERS = ("p00", "p01", "p02", "p11", "p31", "goal", "newcomer", "off", "stranger")


def told(recommender: Recommender, learner: str) -> Iterator[tuple[Recommendation, Reason]]:
    answer = recommender.recommend(recommender.query(learner, n=20))
    assert answer.items
    for item in answer.items:
        yield from ((item, reason) for reason in item.reasons)


def scored_for(recommender: Recommender, learner: str) -> tuple[LearnerQuery, Candidates, Blend]:
    """The eligible sections as the pipeline scores them, and the ranker."""
    query = as_permitted(recommender.query(learner, n=20))
    policy = recommender.policies["blend"]
    kept, _ = recommender.eligible(query)
    scorers = in_use(query, recommender.scorers, list(policy.weights))
    tastes = Tastes([query], recommender.scorers).of(0, kept.offer, list(scorers))
    return query, scored(query, kept, scorers, tastes), Blend(policy.weights)


def factor_of(name: str, scorer: Scorer) -> str:
    if name in FACTOR or not isinstance(scorer, CourseScorer):
        return FACTOR.get(name, name)
    return "taste" if scorer.uses_history else "profile"


def without(
    factor: str, query: LearnerQuery, kept: Candidates, place: int, scorers: Any
) -> Candidates:
    """The candidates with one section's factor set to that of the mean section."""
    columns: dict[str, Any] = {}
    for name in (name for name in scorers if name in kept):
        values = kept[name].astype(np.float64).copy()
        if name == "context":
            terms = Context().terms(query, kept).items()
            gone = [v[place] - np.nanmean(v) for t, v in terms if FACTOR.get(t) == factor]
            values[place] -= np.nansum(gone)
        elif factor_of(name, scorers[name]) == factor:
            values[place] = np.nanmean(values)
        columns[name] = values
    return kept.with_columns(columns)


@pytest.mark.parametrize("learner", LEARNERS)
def test_without_the_factor_of_a_reason_the_section_stands_lower(
    known_recommender: Recommender, learner: str
) -> None:
    query, kept, ranker = scored_for(known_recommender, learner)
    scores, ids = ranker.rank(query, kept), kept.texts("section_id")
    kinds: set[str] = set()
    for item, reason in told(known_recommender, learner):
        place = ids.index(item.section_id)
        assert item.score == pytest.approx(scores[place])
        factor = SENTENCES[reason.kind].factor
        less = without(factor, query, kept, place, known_recommender.scorers)
        assert ranker.rank(query, less)[place] < scores[place], (item.section_id, reason.kind)
        kinds.add(reason.kind)
    assert kinds


@pytest.mark.parametrize("learner", LEARNERS)
def test_the_weights_of_a_section_are_shares_of_what_raised_it(
    known_recommender: Recommender, learner: str
) -> None:
    for item in known_recommender.recommend(known_recommender.query(learner)).items:
        weights = [reason.weight for reason in item.reasons]
        assert weights == sorted(weights, reverse=True)
        assert all(0 < weight <= 1 for weight in weights)
        assert sum(weights) <= 1 + 1e-9
        kinds = [reason.kind for reason in item.reasons]
        assert len({SENTENCES[kind].factor for kind in kinds}) == len(kinds)


@pytest.mark.parametrize("learner", LEARNERS)
def test_the_learned_rankers_reasons_are_the_terms_that_raise_the_section(
    known_recommenders: Mapping[str, Recommender], known_model: Bundle, learner: str
) -> None:
    recommender = known_recommenders["additive"]
    assert known_model.ranker is not None
    ranker = Additive(known_model.ranker, recommender.logs())
    query = as_permitted(recommender.query(learner, n=20))
    kept, _ = recommender.eligible(query)
    scores, ids = ranker.rank(query, kept), kept.texts("section_id")
    parts = ranker.parts(query, kept, np.arange(len(kept)))
    assert sum(parts.values()) == pytest.approx(scores - scores.mean())
    kinds: set[str] = set()
    for item, reason in told(recommender, learner):
        place = ids.index(item.section_id)
        sums = by_factor({name: float(part[place]) for name, part in parts.items()})
        own = sums[SENTENCES[reason.kind].factor]
        assert item.score == pytest.approx(scores[place])
        assert own > 0, "without it the section stands lower by as much"
        assert reason.weight == pytest.approx(own / sum(max(s, 0.0) for s in sums.values()))
        kinds.add(reason.kind)
    assert kinds


def by_factor(parts: Mapping[str, float]) -> dict[str, float]:
    """What each factor adds: parts that would say the same are one."""
    sums: dict[str, float] = {}
    for name, value in parts.items():
        factor = FACTOR.get(name, name)
        sums[factor] = sums.get(factor, 0.0) + value
    return sums


PARTS = sorted(FACTOR)
"""Every part that a ranker may give under a name of its own."""


@given(st.fixed_dictionaries({name: st.floats(-5, 5) for name in PARTS}))
def test_whatever_the_parts_are_a_reason_has_a_positive_sum_and_its_share(
    parts: dict[str, float],
) -> None:
    columns = {f"part_{name}": np.array([value]) for name, value in parts.items()}
    chosen = Candidates.of(pl.DataFrame(SECTION)).with_columns(columns)
    (reasons,) = FactorExplainer(FACTS, {}).explain(ELDER, chosen)
    sums = by_factor(parts)
    raised = sum(value for value in sums.values() if value > 0)
    for reason in reasons:
        own = sums[SENTENCES[reason.kind].factor]
        assert own > 0
        assert reason.weight == pytest.approx(own / raised)


def test_an_additive_rankers_every_factor_has_words(known_recommender: Recommender) -> None:
    kinds: dict[str, list[str]] = {}
    for name in PARTS:
        part = {f"part_{name}": np.array([1.0])}
        chosen = Candidates.of(pl.DataFrame(SECTION)).with_columns(part)
        explainer = FactorExplainer(FACTS, known_recommender_tastes(known_recommender))
        (reasons,) = explainer.explain(ELDER, chosen)
        kinds[name] = [reason.kind for reason in reasons]
    assert kinds == {
        "age": ["age_kind"],
        "age_topic": ["age_kind"],
        "completion": ["finished"],
        "daytime": ["daytime"],
        "demand": ["in_demand"],
        "fit": ["age_kind"],
        "goal": ["goal_skill"],
        "institution": ["finished_here"],
        "new": ["new"],
        "popularity": ["popular_age"],
        "price": ["price"],
        "profile": ["profile_age"],
        "quality": ["finished"],
        "skill_gain": ["goal_skill"],
        "slots": ["free_slot"],
        "taste": ["taste_course"],
        "travel": ["near"],
    }


def known_recommender_tastes(recommender: Recommender) -> dict[str, CourseScorer]:
    return {n: s for n, s in recommender.scorers.items() if isinstance(s, CourseScorer)}


def told_of(
    recommender: Recommender, *kinds: str
) -> Iterator[tuple[LearnerQuery, Candidates, int, Reason]]:
    """The reasons of some kinds in all lists: who asked, what was open, which section."""
    seen: set[str] = set()
    for learner in LEARNERS:
        query, kept, _ = scored_for(recommender, learner)
        ids = kept.texts("section_id")
        for item, reason in told(recommender, learner):
            if reason.kind in kinds:
                seen.add(reason.kind)
                yield query, kept, ids.index(item.section_id), reason
    assert seen == set(kinds), "a kind that nobody is told is not tested"


def test_less_than_the_average_is_said_of_what_is_less(known_recommender: Recommender) -> None:
    columns = {"near": "travel_min", "price": "price_net_fen"}
    for _, kept, place, reason in told_of(known_recommender, "near", "price"):
        values: NDArray[np.float64] = kept[columns[reason.kind]]
        assert values[place] < np.nanmean(values)


def test_the_figures_of_a_section_are_its_own(known_recommender: Recommender) -> None:
    kinds = ("near", "price", "free_of_charge", "free_slot", "daytime")
    for query, kept, place, reason in told_of(known_recommender, *kinds):
        slots, fen = set(kept.texts("slots")[place]), kept["price_net_fen"][place]
        travel: NDArray[np.float64] = kept["travel_min"]
        holds: dict[str, bool] = {
            "near": reason.evidence.get("minutes") == float(travel.round()[place]),
            "price": reason.evidence.get("yuan") == f"{fen / 100:g}",
            "free_of_charge": bool(fen == 0),
            "free_slot": slots <= (query.usual_slots or frozenset()),
            "daytime": not any(slot.endswith("E") for slot in slots),
        }
        assert holds[reason.kind], reason


@pytest.fixture(scope="module")
def taken(known_town: City) -> pl.DataFrame:
    """Who took which course, counted without the product's own features."""
    chose = pl.col("type").cast(pl.String).is_in(["apply", "enrol"])
    events = known_town.read("events").filter(chose)
    people = known_town.read("learners").filter(pl.col("consent_personalisation"))
    pairs = events.join(people, on="learner_id").unique(["learner_id", "course_id"])
    kind = pl.col("course_id").str.split("-").list.first()
    return pairs.with_columns(pl.col("age_band").cast(pl.String), kind=kind)


BANDS = {25: "25-34", 60: "60-69", 70: "70-79", None: None}


def test_people_are_counted_as_the_data_has_them(
    known_recommender: Recommender, taken: pl.DataFrame
) -> None:
    for query, kept, place, reason in told_of(known_recommender, "popular_age", "popular_here"):
        of_course = taken.filter(pl.col("course_id") == kept.texts("course_id")[place])
        peers = of_course.filter(pl.col("age_band") == BANDS[query.age_low])
        counted = peers if reason.kind == "popular_age" else of_course
        assert reason.evidence["people"] == counted.height >= 10


def test_a_kind_is_said_to_be_an_age_groups_where_it_takes_more_of_it_than_others_do(
    known_recommender: Recommender, taken: pl.DataFrame
) -> None:
    for query, kept, place, reason in told_of(known_recommender, "age_kind"):
        of_kind = taken.filter(pl.col("kind") == kept.texts("category")[place])
        band = pl.col("age_band") == BANDS[query.age_low]
        mine, peers = of_kind.filter(band)["learner_id"], taken.filter(band)["learner_id"]
        assert reason.evidence["people"] == mine.n_unique() >= 10
        everyone = of_kind["learner_id"].n_unique() / taken["learner_id"].n_unique()
        assert mine.n_unique() / peers.n_unique() > everyone


def test_taste_names_what_is_in_the_learners_own_past(known_recommender: Recommender) -> None:
    for query, kept, place, reason in told_of(known_recommender, "taste_course", "revisited"):
        course = kept.texts("course_id")[place]
        assert reason.evidence["course_id"] in query.history
        assert (reason.evidence["course_id"] == course) == (reason.kind == "revisited")
