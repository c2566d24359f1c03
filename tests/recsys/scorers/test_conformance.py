"""One suite for all scorers: a new file in the folder is held to it without being named here."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
import pytest

from recsys.errors import NotFittedError
from recsys.offer import Candidates
from recsys.scorers import discover
from recsys.stages import Arrays, CourseScorer, Scorer
from recsys.types import TrainingSet

SCORERS = sorted(discover())
COURSE_SCORERS = [name for name in SCORERS if issubclass(discover()[name], CourseScorer)]
OF_HISTORY = [name for name in SCORERS if discover()[name].uses_history]
CHECKERBOARD_FLOOR = 1.0
"""The own group's courses all come before the other's: the world is built to be separable."""


@pytest.fixture(scope="module")
def fitted(toy: Any) -> Mapping[str, Scorer]:
    """Every scorer, fitted on the checkerboard once."""
    return {name: scorer_type().fit(toy.training) for name, scorer_type in discover().items()}


def restored(scorer: Scorer) -> Scorer:
    return type(scorer)(scorer.config).load(scorer.arrays())


def score(scorer: Scorer, query: Any, candidates: Candidates) -> pl.Series:
    """The scores as a column, NaN as null."""
    return pl.Series(scorer.name, scorer.score(query, candidates), nan_to_null=True)


def same_bytes(left: Arrays, right: Arrays) -> bool:
    return left.keys() == right.keys() and all(
        left[name].dtype == right[name].dtype and left[name].tobytes() == right[name].tobytes()
        for name in left
    )


def smaller(training: TrainingSet, interactions: pl.DataFrame) -> TrainingSet:
    """A world of only these interactions, and of their courses and learners."""
    return replace(
        training,
        interactions=interactions,
        learners=training.learners.join(interactions, on="learner_id", how="semi"),
        courses=training.courses.join(interactions, on="course_id", how="semi"),
    )


def test_all_eight_scorers_are_found_by_walking_the_folder() -> None:
    expected = {"popularity", "ials", "ease", "lowpass", "text", "hybrid", "goal", "context"}
    assert expected <= set(SCORERS)


@pytest.mark.parametrize("name", SCORERS)
def test_every_config_field_has_its_own_sentence(name: str) -> None:
    scorer_type = discover()[name]
    assert scorer_type.name == name
    for field in scorer_type.config_type.model_fields.values():
        assert field.description


@pytest.mark.parametrize("name", SCORERS)
def test_the_docstring_says_direction_range_unit_and_null(name: str) -> None:
    docstring = discover()[name].__doc__ or ""
    for word in ("Direction:", "Range:", "Unit:", "Null:"):
        assert word in docstring


@pytest.mark.parametrize("name", SCORERS)
@pytest.mark.parametrize("group", ["elder", "young"])
def test_own_groups_courses_come_before_the_others(
    name: str, group: str, fitted: Mapping[str, Scorer], toy: Any
) -> None:
    candidates = toy.candidates(near=group)
    scores = score(fitted[name], toy.query(group), candidates)
    frame = candidates.frame.with_columns(scores).drop_nulls(name)
    own = frame["course_id"].is_in(toy.own[group])
    better = [a > b for a in frame[name].filter(own) for b in frame[name].filter(~own)]
    assert len(better) > 0
    assert np.mean(better) >= CHECKERBOARD_FLOOR


@pytest.mark.parametrize("name", SCORERS)
def test_one_score_a_row_in_the_rows_order(
    name: str, fitted: Mapping[str, Scorer], toy: Any
) -> None:
    candidates = toy.candidates()
    forwards = score(fitted[name], toy.query(), candidates)
    backwards = score(fitted[name], toy.query(), Candidates.of(candidates.frame.reverse()))
    assert forwards.dtype == pl.Float64
    assert forwards.len() == len(candidates)
    assert backwards.reverse().equals(forwards)


@pytest.mark.parametrize("name", SCORERS)
def test_what_cannot_be_scored_is_null_and_never_nan(
    name: str, fitted: Mapping[str, Scorer], toy: Any
) -> None:
    for query in (toy.query(), toy.query(history=(), history_weights=()), toy.seen):
        scores = score(fitted[name], query, toy.candidates())
        assert scores.is_not_nan().all()
        assert scores.is_finite().all()


@pytest.mark.parametrize("name", SCORERS)
def test_no_sections_on_offer_give_no_scores(
    name: str, fitted: Mapping[str, Scorer], toy: Any
) -> None:
    nothing = Candidates.of(toy.candidates().frame.clear())
    assert score(fitted[name], toy.query(), nothing).len() == 0


@pytest.mark.parametrize("name", COURSE_SCORERS)
def test_a_course_unknown_when_fitted_is_null(
    name: str, fitted: Mapping[str, Scorer], toy: Any
) -> None:
    frame = toy.candidates().frame.with_columns(course_id=pl.lit("opened-yesterday"))
    assert score(fitted[name], toy.query(), Candidates.of(frame)).null_count() == frame.height


@pytest.mark.parametrize("name", COURSE_SCORERS)
def test_many_queries_at_once_score_like_one_at_a_time(
    name: str, fitted: Mapping[str, Scorer], toy: Any
) -> None:
    scorer = fitted[name]
    assert isinstance(scorer, CourseScorer)
    queries = [toy.query("elder"), toy.seen, toy.query("young"), toy.query(history=("gone",))]
    queries[3] = replace(queries[3], history_weights=(1.0,))
    together = scorer.course_scores(queries)
    assert together.shape == (4, len(scorer.fitted_courses()))
    for query, row in zip(queries, together, strict=True):
        np.testing.assert_allclose(scorer.course_scores([query])[0], row, rtol=2e-4, atol=1e-5)


@pytest.mark.parametrize("name", OF_HISTORY)
def test_a_new_event_changes_the_next_scores(
    name: str, fitted: Mapping[str, Scorer], toy: Any
) -> None:
    before = toy.query("elder")
    turn = toy.own["young"][:3]
    after = replace(before, history=(*before.history, *turn), history_weights=(1.0,) * 5)
    own = pl.Series("own", toy.candidates().frame["course_id"].is_in(toy.own["young"]))
    old, new = (score(fitted[name], query, toy.candidates()) for query in (before, after))
    assert (new - old).filter(own).drop_nulls().min() > 0  # type: ignore[operator]  # polars types min loosely


@pytest.mark.parametrize("name", OF_HISTORY)
def test_without_history_a_scorer_of_taste_is_silent(
    name: str, fitted: Mapping[str, Scorer], toy: Any
) -> None:
    query = toy.query(history=(), history_weights=())
    assert score(fitted[name], query, toy.candidates()).is_null().all()


@pytest.mark.parametrize("name", SCORERS)
def test_off_means_off(name: str, fitted: Mapping[str, Scorer], toy: Any) -> None:
    one = toy.query("elder", personalised=False)
    other = replace(
        one,
        learner_id="somebody-else",
        history=toy.own["young"],
        history_weights=(1.0,) * len(toy.own["young"]),
        goal_skills=frozenset({"skill-python"}),
        goal_occupation_code=None,
        education="doctor",
        work_status="student",
    )
    first, second = (score(fitted[name], query, toy.candidates()) for query in (one, other))
    assert first.equals(second)


@pytest.mark.parametrize("name", OF_HISTORY)
def test_history_is_not_read_once_personalisation_is_off(
    name: str, fitted: Mapping[str, Scorer], toy: Any
) -> None:
    scores = score(fitted[name], toy.query(personalised=False), toy.candidates())
    assert scores.is_null().all()


@pytest.mark.parametrize("name", SCORERS)
def test_the_same_seed_gives_the_same_bytes_whatever_the_order_of_rows(
    name: str, fitted: Mapping[str, Scorer], toy: Any
) -> None:
    shuffled = replace(
        toy.training,
        interactions=toy.training.interactions.sample(fraction=1.0, shuffle=True, seed=1),
        learners=toy.training.learners.reverse(),
        courses=toy.training.courses.reverse(),
    )
    again = discover()[name]().fit(shuffled)
    assert same_bytes(again.arrays(), fitted[name].arrays())


@pytest.mark.parametrize("name", SCORERS)
def test_arrays_come_back_byte_for_byte_and_score_the_same(
    name: str, fitted: Mapping[str, Scorer], toy: Any, tmp_path: Any
) -> None:
    scorer = fitted[name]
    for key, array in scorer.arrays().items():
        np.save(tmp_path / f"{key}.npy", array, allow_pickle=False)
    arrays = {key: np.load(tmp_path / f"{key}.npy", allow_pickle=False) for key in scorer.arrays()}
    loaded = type(scorer)(scorer.config).load(arrays)
    assert same_bytes(loaded.arrays(), scorer.arrays())
    query, candidates = toy.query(), toy.candidates()
    assert score(loaded, query, candidates).equals(score(scorer, query, candidates))


@pytest.mark.parametrize("name", SCORERS)
@pytest.mark.parametrize("size", ["nothing", "one learner", "one course", "one interaction"])
def test_the_smallest_worlds_can_be_fitted_and_asked(name: str, size: str, toy: Any) -> None:
    rows: pl.DataFrame = toy.training.interactions
    worlds = {
        "nothing": rows.clear(),
        "one learner": rows.filter(pl.col("learner_id") == "elder-learner-00"),
        "one course": rows.filter(pl.col("course_id") == "elder-0"),
        "one interaction": rows.head(1),
    }
    scorer = discover()[name]().fit(smaller(toy.training, worlds[size]))
    scores = score(restored(scorer), toy.query(), toy.candidates())
    assert scores.len() == len(toy.candidates())
    assert scores.is_finite().all()


@pytest.mark.parametrize("name", COURSE_SCORERS)
def test_asking_before_fitting_is_an_error_that_names_the_scorer(name: str, toy: Any) -> None:
    with pytest.raises(NotFittedError, match=name):
        discover()[name]().score(toy.query(), toy.candidates())
