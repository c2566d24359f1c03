"""The learned ranker in a town whose truth is known."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
import polars as pl
import pytest

from data.city import City
from recsys.errors import BundleError
from recsys.pairing import paired
from recsys.pipeline.policy import shipped_policies
from recsys.pipeline.recommender import Recommender
from recsys.rankers.additive import Additive
from recsys.rankers.fold_in import sigmoid
from recsys.rankers.shelf import ALL_FREE, BEYOND, NAMED, NO_CIRCLE, NO_GOAL, NONE_FREE, WITHIN
from recsys.rankers.tables import AdditiveModel
from recsys.types import LearnerQuery
from training.errors import RankerDataError
from training.ranker.fit import fit_ranker


def value(recommender: Recommender, truth: pl.DataFrame) -> float:
    """Mean true probability over the ten places of the judged learners' lists."""
    learners = truth["learner_id"].unique().sort().to_list()
    queries = [recommender.query(learner, n=10) for learner in learners]
    shown = [
        (query.learner_id, item.section_id)
        for query, found in zip(
            queries, recommender.recommend_all(queries, explain=False), strict=True
        )
        for item in found.items
    ]
    lists = pl.DataFrame(shown, schema=["learner_id", "section_id"], orient="row")
    met = lists.join(truth, on=["learner_id", "section_id"])
    return float(met["apply_probability"].sum()) / (10 * len(learners))


def test_it_finds_what_learners_want_better_than_the_blend(
    city: City, moment: datetime, recommender: Recommender, truth: pl.DataFrame
) -> None:
    blend = Recommender(city, moment, {}, shipped_policies())
    best = truth.sort("apply_probability", descending=True).group_by("learner_id").head(10)
    oracle = float(best["apply_probability"].sum()) / (10 * truth["learner_id"].n_unique())
    learned = value(recommender, truth)
    assert learned > 0.7 * oracle
    assert learned > 1.3 * value(blend, truth)


def test_its_tables_say_what_is_true_of_the_town(model: AdditiveModel) -> None:
    tables = model.tables
    near, far = tables.travel[0, :, :, 3:8].mean(), tables.travel[0, :, :, 18:24].mean()
    assert near > far, "the near section is asked for more often"
    assert tables.told[ALL_FREE] > tables.told[NONE_FREE] + 1.0
    assert tables.busy[0] > 1.0
    assert tables.goal[NAMED] > tables.goal[NO_GOAL] + 1.0
    assert tables.levels[0] < tables.levels[1], "fewer ask than look"


def test_it_learns_that_who_set_a_journey_asks_for_nothing_beyond(
    city: City, moment: datetime, recommender: Recommender
) -> None:
    ids = city.read("learners")["learner_id"].sort()
    setters = ids.gather_every(2)
    beyond: list[tuple[str, str]] = []
    for learner in setters.to_list():
        shown = paired(recommender.query(learner), recommender.pool.known)
        far = shown.take(shown["travel_min"] > 30)
        beyond += [(learner, section) for section in far.texts("section_id")]
    pairs = pl.DataFrame(beyond, schema=["learner_id", "section_id"], orient="row")
    longest = pl.when(pl.col("learner_id").is_in(setters.to_list())).then(30.0)
    obeyed = city.with_tables(
        learners=city.scan("learners").with_columns(max_travel_min=longest),
        events=city.scan("events")
        .join(pairs.lazy().with_columns(refused=True), on=["learner_id", "section_id"], how="left")
        .filter(pl.col("refused").is_null() | (pl.col("type") == "impression"))
        .drop("refused"),
    )
    circle = fit_ranker(obeyed, moment).tables.circle
    assert circle[NO_CIRCLE] == 0
    assert circle[BEYOND] < circle[WITHIN] - 0.5


def test_the_surer_it_is_the_likelier_learners_are_to_ask(
    recommender: Recommender, truth: pl.DataFrame
) -> None:
    policy = recommender.policies["general"]
    pairs: list[tuple[float, float]] = []
    known: Mapping[Any, float] = {
        (learner, section): chance
        for learner, section, chance in truth.select(
            "learner_id", "section_id", "apply_probability"
        ).iter_rows()
    }
    for learner in truth["learner_id"].unique().sort().to_list()[::3]:
        query = recommender.query(learner)
        kept, _ = recommender.eligible(query)
        ranker = recommender.ranker_of(policy)
        assert isinstance(ranker, Additive)
        chances = ranker.probability(query, kept)
        ids = kept.texts("section_id")
        pairs += [(p, known[learner, s]) for p, s in zip(chances, ids, strict=True)]
    said, true = np.array(pairs).T
    tenths = np.array_split(true[np.argsort(said, kind="stable")], 10)
    means = [float(tenth.mean()) for tenth in tenths]
    assert all(b > 0.9 * a for a, b in pairwise(means[1:]))
    assert means[-1] > 5 * np.mean(means[:3])


def test_parts_sum_to_the_score_above_the_mean(recommender: Recommender, city: City) -> None:
    policy = recommender.policies["general"]
    for learner in city.read("learners")["learner_id"].sort().to_list()[::150]:
        query = recommender.query(learner)
        kept, _ = recommender.eligible(query)
        ranker = recommender.ranker_of(policy)
        scores = ranker.rank(query, kept)
        chosen = np.arange(min(len(kept), 7))
        parts = ranker.parts(query, kept, chosen)
        total = np.sum(list(parts.values()), axis=0)
        np.testing.assert_allclose(total, scores[chosen] - scores.mean(), atol=1e-9)
        assert set(parts) <= set(Additive.FACTORS)


def test_a_block_gets_the_very_lists_that_each_learner_gets_alone(
    recommender: Recommender, city: City
) -> None:
    ids = city.read("learners")["learner_id"].sort().to_list()[::40]
    queries = [recommender.query(learner) for learner in ids]
    assert any(query.shown for query in queries)
    alone = [recommender.recommend(query) for query in queries]
    assert recommender.recommend_all(queries) == alone


def warm(recommender: Recommender, city: City) -> LearnerQuery:
    """Someone who was shown much."""
    queries = [
        recommender.query(learner)
        for learner in city.read("learners")["learner_id"].sort().to_list()[:200]
    ]
    return max(queries, key=lambda query: len(query.shown))


def test_the_next_event_changes_the_next_list_without_a_new_fit(
    recommender: Recommender, city: City
) -> None:
    query = warm(recommender, city)
    turned = replace(query, outcomes=tuple(2 - outcome for outcome in query.outcomes))
    first, second = (recommender.recommend(each).items for each in (query, turned))
    assert [item.section_id for item in first] != [item.section_id for item in second]


def test_off_means_off_for_the_learned_ranker_too(recommender: Recommender, city: City) -> None:
    query = replace(warm(recommender, city), personalised=False)
    blank = replace(query, shown=(), outcomes=(), history=(), history_weights=(), work_status=None)
    first, second = (recommender.recommend(each).items for each in (query, blank))
    assert first == second
    assert first


@pytest.mark.parametrize(
    "change",
    [
        lambda query: LearnerQuery(as_of=query.as_of),
        lambda query: replace(query, shown=(), outcomes=(), history=(), history_weights=()),
        lambda query: replace(query, shown=query.shown[:1], outcomes=query.outcomes[:1]),
        lambda query: LearnerQuery(
            as_of=query.as_of, personalised=True, goal_occupation_code="4-04-05-01"
        ),
    ],
    ids=["anonymous", "a form only", "one event", "a target occupation only"],
)
def test_the_coldest_learners_get_a_full_list(
    recommender: Recommender, city: City, change: Callable[[LearnerQuery], LearnerQuery]
) -> None:
    query = replace(change(warm(recommender, city)), n=5, circle_min=None)
    found = recommender.recommend(query).items
    assert len(found) == 5
    assert all(np.isfinite(item.score) for item in found)


def test_a_named_goal_lifts_the_courses_that_teach_it(recommender: Recommender, city: City) -> None:
    plain = replace(warm(recommender, city), goal_skills=frozenset(), goal_occupation_code=None)
    kept, _ = recommender.eligible(plain)
    taught = [frozenset(skills or ()) for skills in kept.texts("teaches_skill_ids")]
    skill = sorted(set().union(*taught))[0]
    wanting = replace(plain, goal_skills=frozenset({skill}))
    policy = recommender.policies["general"]
    gain = recommender.ranker_of(policy).rank(wanting, kept) - recommender.ranker_of(policy).rank(
        plain, kept
    )
    assert {bool(up > 0) for up, skills in zip(gain, taught, strict=True) if skill in skills} == {
        True
    }
    assert {
        bool(up > 0) for up, skills in zip(gain, taught, strict=True) if skill not in skills
    } <= {False}


def test_a_new_course_of_a_new_institution_is_scored_by_its_topic(
    city: City, moment: datetime, model: AdditiveModel
) -> None:
    rows = city.read("sections").sort("apply_closes_at").tail(1)
    old = rows["course_id"].item()
    course = city.read("courses").filter(course_id=old)
    named = {"course_id": "just-founded", "institution_id": "new-school"}
    courses = pl.concat(
        [city.read("courses"), course.with_columns(**{k: pl.lit(v) for k, v in named.items()})]
    )
    school = city.read("institutions").head(1).with_columns(institution_id=pl.lit("new-school"))
    fresh = rows.with_columns(section_id=pl.lit("new-section"), course_id=pl.lit("just-founded"))
    more = city.with_tables(
        courses=courses.lazy(),
        sections=pl.concat([city.read("sections"), fresh]).lazy(),
        institutions=pl.concat([city.read("institutions"), school]).lazy(),
    )
    recommender = Recommender(more, moment, {}, shipped_policies(), ranker=model)
    query = recommender.query(None, include_ids=["new-section"])
    kept, _ = recommender.eligible(replace(query, as_of=moment))
    scores = recommender.ranker_of(recommender.policies["general"]).rank(query, kept)
    assert np.isfinite(scores).all()


def test_the_same_log_gives_the_same_bytes(
    city: City, moment: datetime, model: AdditiveModel
) -> None:
    again = fit_ranker(city, moment).arrays()
    for name, array in model.arrays().items():
        assert again[name].tobytes() == array.tobytes(), name


def test_arrays_come_back_and_a_missing_or_bent_one_is_named(model: AdditiveModel) -> None:
    arrays = dict(model.arrays())
    loaded = AdditiveModel.load(arrays)
    assert all(
        a.tobytes() == b.tobytes()
        for a, b in zip(loaded.arrays().values(), arrays.values(), strict=True)
    )
    with pytest.raises(BundleError, match=r"\['price'\] are missing"):
        AdditiveModel.load({name: a for name, a in arrays.items() if name != "price"})
    with pytest.raises(BundleError, match="'price' has shape"):
        AdditiveModel.load({**arrays, "price": arrays["price"][:-1]})


def test_learners_who_switched_off_teach_it_nothing(
    city: City, moment: datetime, model: AdditiveModel
) -> None:
    off = city.read("learners").filter(~pl.col("consent_personalisation"))["learner_id"]
    events = city.scan("events").filter(~pl.col("learner_id").is_in(off.to_list()))
    without = fit_ranker(city.with_tables(events=events), moment)
    for name, array in model.arrays().items():
        assert without.arrays()[name].tobytes() == array.tobytes(), name


def test_a_log_without_lists_is_refused_with_what_was_found(city: City, moment: datetime) -> None:
    silent = city.with_tables(events=city.scan("events").filter(pl.col("type") != "impression"))
    with pytest.raises(RankerDataError, match="0 requests in 0 logged places; 200 are needed"):
        fit_ranker(silent, moment)


def test_nothing_after_the_cut_off_is_learned_from(city: City, moment: datetime) -> None:
    earlier = moment - timedelta(days=60)
    past = city.scan("events").filter(pl.col("occurred_at") < earlier)
    cut, whole = fit_ranker(city.with_tables(events=past), earlier), fit_ranker(city, earlier)
    for name, array in whole.arrays().items():
        assert cut.arrays()[name].tobytes() == array.tobytes(), name


def test_log_odds_become_probabilities() -> None:
    assert sigmoid(np.array([0.0])).tolist() == [0.5]
