"""Courses nobody has taken and learners without history: text, goals and facts."""

import subprocess
import sys
from datetime import UTC, datetime
from typing import Any

import numpy as np
import polars as pl
import pytest

from recsys.errors import ScorerUnavailableError
from recsys.scorers.goal import Goal, GoalConfig
from recsys.scorers.hybrid import Hybrid
from recsys.scorers.ials import Ials
from recsys.scorers.popularity import Popularity
from recsys.scorers.text import Text, TextConfig
from recsys.types import LearnerQuery, TrainingSet

AS_OF = datetime(2025, 9, 1, 4, 0, tzinfo=UTC)
DOCUMENTS = {"a": "太极拳入门", "b": "太极拳提高", "c": "Python 数据分析", "d": None}


def scores(scorer: Any, query: LearnerQuery) -> dict[str, float]:
    row = scorer.course_scores([query])[0]
    return dict(zip(scorer.fitted_courses().tolist(), row.tolist(), strict=True))


def catalogue(skills: dict[str, dict[str, float]] | None = None) -> TrainingSet:
    courses = pl.DataFrame(
        [
            {
                "course_id": course,
                "document": document,
                "skill_ids": list((skills or {}).get(course, {})),
                "skill_weights": list((skills or {}).get(course, {}).values()),
            }
            for course, document in DOCUMENTS.items()
        ],
        schema={
            "course_id": pl.String,
            "document": pl.String,
            "skill_ids": pl.List(pl.String),
            "skill_weights": pl.List(pl.Float64),
        },
    )
    columns = {"learner_id": pl.String, "course_id": pl.String}
    nobody = pl.DataFrame(schema={**columns, "weight": pl.Float64, "age_days": pl.Float64})
    asks = pl.DataFrame({"occupation_code": ["job"], "skill_id": ["sql"], "importance": [0.6]})
    return TrainingSet(nobody, pl.DataFrame(), courses, AS_OF, occupation_skills=asks)


def test_a_course_nobody_took_is_found_by_its_text() -> None:
    query = LearnerQuery(as_of=AS_OF, personalised=True, history=("a",))
    found = scores(Text().fit(catalogue()), query)
    assert found["b"] > found["c"]
    assert found["a"] == pytest.approx(1.0, abs=1e-5)
    assert np.isnan(found["d"])


def test_a_history_of_courses_without_text_says_nothing() -> None:
    query = LearnerQuery(as_of=AS_OF, personalised=True, history=("d",))
    assert all(np.isnan(score) for score in scores(Text().fit(catalogue()), query).values())


def test_stored_terms_give_the_vectors_of_scikit_learn() -> None:
    from sklearn.feature_extraction.text import TfidfVectorizer

    texts = ["太极拳入门 太极拳", "Python 数据分析", "数据 入门"]
    data = catalogue()
    courses = pl.DataFrame({"course_id": ["x", "y", "z"], "document": texts})
    scorer = Text(TextConfig(word_pairs=False)).fit(
        TrainingSet(data.interactions, data.learners, courses, AS_OF)
    )
    from features.text import tokens

    theirs = TfidfVectorizer(analyzer=tokens, sublinear_tf=True).fit_transform(texts)
    np.testing.assert_allclose(scorer.embed(texts).toarray(), theirs.toarray(), rtol=1e-5)


def test_a_new_text_is_placed_among_the_courses_without_refitting() -> None:
    scorer = Text().fit(catalogue())
    vectors = scorer.embed(["太极拳", "从未见过的词语"])
    assert np.diff(vectors.indptr).tolist()[1] == 0
    assert (vectors.power(2).sum(axis=1)[0]) == pytest.approx(1.0, abs=1e-5)


def test_a_course_scores_the_share_of_the_goal_it_teaches() -> None:
    data = catalogue({"a": {"python": 1.0, "sql": 1.0}, "b": {"python": 0.5}, "c": {"tea": 1.0}})
    wants = LearnerQuery(as_of=AS_OF, personalised=True, goal_skills=frozenset({"python", "sql"}))
    found = scores(Goal().fit(data), wants)
    assert found["a"] == pytest.approx(1.0)
    assert found["b"] == pytest.approx(0.25)
    assert found["c"] == 0.0
    assert np.isnan(found["d"])


def test_a_wanted_occupation_brings_its_skills_at_less_weight() -> None:
    data = catalogue({"a": {"sql": 1.0}, "b": {"python": 1.0}})
    query = LearnerQuery(
        as_of=AS_OF,
        personalised=True,
        goal_skills=frozenset({"python"}),
        goal_occupation_code="job",
    )
    found = scores(Goal(GoalConfig(occupation_weight=0.5)).fit(data), query)
    assert found["b"] == pytest.approx(1.0 / 1.3)
    assert found["a"] == pytest.approx(0.3 / 1.3)


def test_a_goal_that_nobody_teaches_stays_part_of_the_whole() -> None:
    data = catalogue({"a": {"python": 1.0}})
    goals = frozenset({"python", "falconry"})
    query = LearnerQuery(as_of=AS_OF, personalised=True, goal_skills=goals)
    assert scores(Goal().fit(data), query)["a"] == pytest.approx(0.5)


def test_without_goals_nothing_is_scored(toy: Any) -> None:
    query = toy.query(goal_skills=frozenset(), goal_occupation_code=None)
    assert np.isnan(Goal().fit(toy.training).score(query, toy.candidates())).all()


def test_the_hybrid_scores_a_cold_learner_on_cold_courses(toy: Any) -> None:
    pytest.importorskip("lightfm", reason="the hybrid scorer's library isn't installed here")
    newcomer = toy.query("elder", history=(), history_weights=())
    found = scores(Hybrid().fit(toy.training), newcomer)
    assert found["elder-cold"] > found["young-cold"]


def test_the_hybrid_is_silent_about_a_stranger(toy: Any) -> None:
    pytest.importorskip("lightfm", reason="the hybrid scorer's library isn't installed here")
    found = scores(Hybrid().fit(toy.training), toy.seen)
    assert all(np.isnan(score) for score in found.values())


def test_without_lightfm_the_hybrid_says_what_to_install(
    toy: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "lightfm", None)
    with pytest.raises(ScorerUnavailableError, match="pip install rectools-lightfm"):
        Hybrid().fit(toy.training)


def test_without_implicit_ials_says_what_to_install(
    toy: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "implicit.cpu.als", None)
    with pytest.raises(ScorerUnavailableError, match="pip install implicit"):
        Ials().fit(toy.training)


def test_without_lightfm_a_fitted_hybrid_still_scores(
    toy: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("lightfm", reason="the hybrid scorer's library isn't installed here")
    fitted = Hybrid().fit(toy.training)
    monkeypatch.setitem(sys.modules, "lightfm", None)
    loaded = Hybrid().load(fitted.arrays())
    query, candidates = toy.query(), toy.candidates()
    np.testing.assert_array_equal(loaded.score(query, candidates), fitted.score(query, candidates))


def test_finding_the_scorers_loads_no_training_library() -> None:
    probe = (
        "import sys; from recsys.scorers import discover; discover(); "
        "print([m for m in ('sklearn', 'implicit', 'lightfm') if m in sys.modules])"
    )
    found = subprocess.run(  # noqa: S603 - runs this interpreter on the text above
        [sys.executable, "-c", probe], capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "[]"


def test_learners_of_whom_nothing_is_known_still_count_for_the_city(toy: Any) -> None:
    data = TrainingSet(toy.training.interactions, pl.DataFrame(), toy.training.courses, AS_OF)
    assert np.isnan(Popularity().fit(data).score(toy.seen, toy.candidates())).sum() == 2
