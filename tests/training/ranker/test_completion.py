"""Who completes, and what a declared value makes of it, in a town whose truth is known."""

from datetime import datetime

import numpy as np
import polars as pl
import pytest

from data.city import City
from features.finished import finished_pairs
from recsys.pipeline.policy import ValueMix, shipped_policies
from recsys.pipeline.recommender import Recommender
from recsys.rankers.additive import Additive
from recsys.rankers.shelf import ALL_FREE, NONE_FREE
from recsys.rankers.tables import AdditiveModel
from recsys.rankers.value import Value, log_sigmoid
from recsys.types import LearnerQuery
from training.errors import RankerDataError
from training.ranker.completion import fit_completion, seats_of


@pytest.fixture(scope="module")
def completion(city: City, moment: datetime) -> AdditiveModel:
    """Fitted to the town's seats."""
    return fit_completion(city, moment)


def valued(
    city: City, moment: datetime, model: AdditiveModel, told: AdditiveModel | None, **mix: float
) -> Recommender:
    """The shipped policies with one value for all."""
    policies = {
        name: policy.model_copy(update={"value": ValueMix(**mix)})
        for name, policy in shipped_policies().items()
    }
    return Recommender(city, moment, {}, policies, ranker=model, completion=told)


def test_a_seat_given_up_was_not_completed_and_a_cancelled_class_tells_nothing(
    city: City, moment: datetime
) -> None:
    told = finished_pairs(city, moment)
    assert 0.2 < told["completed"].mean() < 0.95  # type: ignore[operator]  # a mean of Booleans is a float
    gone = city.scan("sections").filter(state="cancelled").select("section_id").collect()
    assert not set(told["section_id"]) & set(gone["section_id"])
    done = city.scan("events").filter(type="complete").select("learner_id", "section_id").collect()
    completed = told.filter("completed").select("learner_id", "section_id")
    assert completed.join(done, on=["learner_id", "section_id"], how="anti").is_empty()


def test_only_attendance_told_two_thirds_of_it_complete(city: City, moment: datetime) -> None:
    silent = city.with_tables(events=city.scan("events").filter(pl.col("type") != "complete"))
    told = finished_pairs(silent, moment)
    shares = (
        city.scan("events").filter(type="attend").select("learner_id", "section_id", "value")
    ).collect()
    both = told.join(shares, on=["learner_id", "section_id"], how="left")
    high = pl.col("value").fill_null(0.0) >= 2 / 3
    assert both.filter(pl.col("completed") != high).is_empty()


def test_a_school_that_tells_attendance_alone_is_judged_by_it(city: City, moment: datetime) -> None:
    told = finished_pairs(city, moment)
    home = city.read("courses").select("course_id", "institution_id")
    of_school = city.read("sections").select("section_id", "course_id").join(home, on="course_id")
    school = (told.join(of_school, on="section_id").group_by("institution_id").len().sort("len"))[
        "institution_id"
    ][-1]
    own = of_school.filter(institution_id=school)["section_id"].to_list()
    ends = (pl.col("type") == "complete") & pl.col("section_id").is_in(own)
    quiet = finished_pairs(city.with_tables(events=city.scan("events").filter(~ends)), moment)
    mine = pl.col("section_id").is_in(own)
    assert quiet.filter(~mine).equals(told.filter(~mine))
    before, after = (each.filter(mine)["completed"].mean() for each in (told, quiet))
    assert after == pytest.approx(before, abs=0.2)


def test_who_was_not_free_completes_less(city: City, moment: datetime) -> None:
    free = city.read("learners").select("learner_id", "free_slots").drop_nulls()
    slots = city.read("sections").select("section_id", "slots")
    outside = pl.col("slots").list.set_difference("free_slots").list.len() > 0
    told = finished_pairs(city, moment).join(free, on="learner_id").join(slots, on="section_id")
    missed = told.filter(outside).select("learner_id", "section_id", missed=True)
    events = city.scan("events").join(missed.lazy(), on=["learner_id", "section_id"], how="left")
    kept = pl.col("missed").is_null() | (pl.col("type") != "complete")
    model = fit_completion(city.with_tables(events=events.filter(kept).drop("missed")), moment)
    assert model.tables.told[NONE_FREE] < model.tables.told[ALL_FREE] - 0.5


def test_the_probability_of_completing_is_calibrated(
    city: City, moment: datetime, completion: AdditiveModel, recommender: Recommender
) -> None:
    log = seats_of(finished_pairs(city, moment))
    said: list[float] = []
    true: list[int] = []
    for learner in sorted(log)[::2]:
        query = recommender.query(learner)
        if query.personalised:
            sections, outcomes = log[learner]
            for section, outcome in zip(sections, outcomes, strict=True):
                said.append(_chance(recommender, completion, query, section))
                true.append(int(outcome > 0))
    assert np.mean(said) == pytest.approx(np.mean(true), abs=0.03)
    order = np.argsort(said, kind="stable")
    low, high = (np.array(true)[part].mean() for part in np.array_split(order, 3)[::2])
    assert high > low + 0.1


def test_a_log_without_ends_is_refused_with_what_was_found(city: City, moment: datetime) -> None:
    silent = city.with_tables(events=city.scan("events").filter(pl.col("type") == "impression"))
    with pytest.raises(RankerDataError, match="0 of 0 seats were completed; 200 of each"):
        fit_completion(silent, moment)


def test_applying_alone_is_the_learned_ranker_itself(
    city: City, moment: datetime, model: AdditiveModel, completion: AdditiveModel
) -> None:
    plain = valued(city, moment, model, completion, apply=1.0)
    assert isinstance(plain.ranker_of(plain.policies["general"]), Additive)


def test_a_value_that_counts_completing_prefers_who_stays(
    city: City, moment: datetime, model: AdditiveModel, completion: AdditiveModel
) -> None:
    plain = valued(city, moment, model, completion, apply=1.0)
    staying = valued(city, moment, model, completion, apply=1.0, complete=2.0)
    gains: list[float] = []
    for learner in city.read("learners")["learner_id"].sort().to_list()[::6]:
        query = plain.query(learner, n=1)
        tops = [each.recommend(query, explain=False).items for each in (plain, staying)]
        if all(tops):
            before, after = (_chance(plain, completion, query, top[0].section_id) for top in tops)
            gains.append(after - before)
    assert np.mean(gains) > 0
    assert max(gains) > 0.01


def _chance(
    recommender: Recommender, completion: AdditiveModel, query: LearnerQuery, section: str
) -> float:
    """The probability that the learner completes a section."""
    ranker = Additive(completion, None)
    pair = recommender.pool.single(query, section)
    return float(ranker.probability(query, pair)[0])


def test_the_parts_of_a_value_keep_their_sign_and_sum_up_to_a_constant(
    city: City, moment: datetime, model: AdditiveModel, completion: AdditiveModel
) -> None:
    mixed = valued(city, moment, model, completion, apply=1.0, complete=1.0, demand=0.5)
    for learner in city.read("learners")["learner_id"].sort().to_list()[::200]:
        query = mixed.query(learner)
        kept, _ = mixed.eligible(query)
        ranker = mixed.ranker_of(mixed.policies["general"])
        assert isinstance(ranker, Value)
        chosen = np.arange(min(len(kept), 9))
        scores, parts = ranker.rank(query, kept), ranker.parts(query, kept, chosen)
        rest = scores[chosen] - np.sum(list(parts.values()), axis=0)
        np.testing.assert_allclose(rest, rest[0], atol=1e-9)
        inner = ranker.apply.parts(query, kept, chosen)
        for name, part in inner.items():
            assert (np.sign(parts[name]) == np.sign(part)).all(), name
        assert {"completion", "demand"} <= set(parts)


def test_an_empty_list_has_no_parts_and_no_warning(
    city: City, moment: datetime, model: AdditiveModel, completion: AdditiveModel
) -> None:
    mixed = valued(city, moment, model, completion, apply=1.0, complete=1.0, demand=1.0)
    query = mixed.query(None, programme="night_school", include_ids=["no-such-section"])
    assert mixed.recommend(query).items == ()


def test_a_course_outside_the_table_of_demand_is_neither_lifted_nor_lowered(
    city: City, moment: datetime, model: AdditiveModel
) -> None:
    town = valued(city, moment, model, None, apply=1.0, demand=1.0)
    query = town.query(None)
    kept, _ = town.eligible(query)
    shares = np.where(np.arange(len(kept)) % 3 == 0, np.nan, np.arange(len(kept)) % 2)
    ranker = town.ranker_of(town.policies["general"])
    parts = ranker.parts(query, kept.with_columns({"demand": shares}), np.arange(len(kept)))
    np.testing.assert_allclose(parts["demand"][::3], 0.0, atol=1e-9)
    assert parts["demand"][1] > 0 > parts["demand"][2]


def test_a_missing_table_or_model_changes_no_order(
    city: City, moment: datetime, model: AdditiveModel
) -> None:
    plain = valued(city, moment, model, None, apply=1.0)
    wishing = valued(city, moment, model, None, apply=1.0, complete=1.0, demand=1.0, skill_gain=1.0)
    for learner in city.read("learners")["learner_id"].sort().to_list()[::100]:
        lists = [each.recommend(each.query(learner), explain=False) for each in (plain, wishing)]
        ids = [[item.section_id for item in found.items] for found in lists]
        assert ids[0] == ids[1]


def test_the_logarithm_of_a_probability_holds_far_out() -> None:
    np.testing.assert_allclose(log_sigmoid(np.array([0.0, -800.0])), [np.log(0.5), -800.0])
