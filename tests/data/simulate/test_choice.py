from datetime import UTC, datetime

import numpy as np
import polars as pl
import pytest

from data.simulate.build import Built
from data.simulate.calendar import cut_off
from data.simulate.params import SimulationParams
from data.simulate.taste import unit
from data.simulate.terms.choice import apply_probability, pair_km, utilities
from data.simulate.terms.record import Record


def joined(built: Built, truth: pl.DataFrame) -> pl.DataFrame:
    sections = built.tables["sections"].join(
        built.tables["venues"].select("venue_id", "step_free"), on="venue_id", how="left"
    )
    return truth.join(sections, on="section_id").join(built.tables["learners"], on="learner_id")


def test_the_probability_of_applying_falls_with_distance(built: Built) -> None:
    planned, people = built.terms[-1], built.world.people
    section = np.repeat(np.flatnonzero(planned.venue >= 0), len(people))
    learner = np.tile(np.arange(len(people)), len(section) // len(people))
    km = pair_km(built.world, planned, learner, section)
    chance = apply_probability(
        built.world.params, utilities(built.world, planned, learner, section)
    )
    means = [chance[(km >= low) & (km < low + 2.0)].mean() for low in (0.0, 2.0, 4.0, 6.0, 8.0)]
    assert means == sorted(means, reverse=True)
    assert means[0] > 1.5 * means[-1]


def test_a_kilometre_costs_elders_more(built: Built) -> None:
    decay = built.world.params.decay_km
    assert list(decay) == sorted(decay, reverse=True)


def test_a_wheelchair_learner_never_applies_where_step_free_is_not_confirmed(
    built: Built, truth: pl.DataFrame
) -> None:
    pairs = joined(built, truth).filter(
        pl.col("needs").list.contains("step_free") & pl.col("venue_id").is_not_null()
    )
    barred = pairs.filter(pl.col("step_free").is_null() | ~pl.col("step_free"))
    welcome = pairs.filter(pl.col("step_free"))
    assert barred.height > 0
    assert (barred["apply_probability"] == 0).all()
    assert (welcome["apply_probability"] > 0).any()


def test_nobody_enrols_where_an_access_need_is_unmet(built: Built) -> None:
    events = built.tables["events"].filter(pl.col("type").is_in(["apply", "enrol"]))
    rows = (
        events.join(built.tables["learners"].select("learner_id", "needs"), on="learner_id")
        .join(built.tables["sections"].select("section_id", "venue_id"), on="section_id")
        .join(built.tables["venues"].select("venue_id", "step_free"), on="venue_id")
        .filter(pl.col("needs").list.contains("step_free"))
    )
    assert rows.height > 0
    assert rows["step_free"].fill_null(value=False).all()


def test_the_truth_holds_open_sections_only(built: Built, truth: pl.DataFrame) -> None:
    end = cut_off(built.world.params)
    sections = built.tables["sections"]
    in_window = sections.filter(
        pl.col("state").is_in(["applying", "published"])
        & (pl.col("apply_opens_at") <= end)
        & (pl.col("apply_closes_at") > end)
    )
    assert set(truth["section_id"]) == set(in_window["section_id"])
    assert truth.height == in_window.height * truth["learner_id"].n_unique()
    assert truth["apply_probability"].is_between(0, 1).all()


def test_a_full_first_come_section_has_no_probability(built: Built, truth: pl.DataFrame) -> None:
    full = built.tables["sections"].filter(
        (pl.col("term") == "2025秋")
        & (pl.col("rule") == "first_come")
        & (pl.col("enrolled") >= pl.col("capacity"))
    )
    assert full.height > 0
    left = truth.join(full, on="section_id", how="semi")
    assert (left["apply_probability"] == 0).all()


def test_what_a_learner_completed_or_applied_for_is_not_wanted_again(
    built: Built, truth: pl.DataFrame
) -> None:
    done = built.tables["events"].filter(pl.col("type") == "complete")
    pairs = truth.join(built.tables["sections"].select("section_id", "course_id"), on="section_id")
    again = pairs.join(done, on=["learner_id", "course_id"], how="semi")
    applied = pairs.join(built.tables["applications"], on=["learner_id", "section_id"], how="semi")
    for refused in (again, applied):
        assert refused.height > 0
        assert (refused["apply_probability"] == 0).all()


def test_impressions_carry_list_position_and_policy(built: Built) -> None:
    shown = built.tables["events"].filter(pl.col("type") == "impression")
    for column in ("list_id", "position", "policy", "surface"):
        assert shown[column].null_count() == 0
    lists = shown.group_by("list_id").agg(
        pl.len(), pl.col("position").max(), pl.col("section_id").n_unique()
    )
    assert (lists["len"] == lists["position"]).all()
    assert (lists["len"] == lists["section_id"]).all()
    assert 10 < shown.height / lists.height < 16


def test_random_traffic_and_only_it_logs_its_propensity(built: Built) -> None:
    shown = built.tables["events"].filter(pl.col("type") == "impression")
    uniform = shown.filter(pl.col("policy") == "uniform-1")
    assert uniform["propensity"].null_count() == 0
    assert shown.filter(pl.col("policy") != "uniform-1")["propensity"].null_count() == (
        shown.height - uniform.height
    )
    share = uniform["list_id"].n_unique() / shown["list_id"].n_unique()
    assert share == pytest.approx(0.05, abs=0.015)


def test_random_traffic_shows_every_section_as_often_as_its_propensity_says(built: Built) -> None:
    shown = built.tables["events"].filter(
        (pl.col("type") == "impression") & (pl.col("policy") == "uniform-1")
    )
    weighted = (1 / shown["propensity"]).sum()
    offered = sum(planned.listed.sum() for planned in built.terms) / len(built.terms)
    assert weighted / shown["list_id"].n_unique() == pytest.approx(offered, rel=0.02)


def test_nobody_applies_more_than_three_times_a_term_or_for_clashing_sections(built: Built) -> None:
    rows = built.tables["applications"].join(
        built.tables["sections"].select("section_id", "term", "slots"), on="section_id"
    )
    per_term = rows.group_by("learner_id", "term").agg(
        pl.len(),
        pl.col("choice_rank").max(),
        pl.col("slots").explode(empty_as_null=False).alias("slots"),
    )
    assert per_term["len"].max() == 3
    assert (per_term["len"] == per_term["choice_rank"]).all()
    assert (per_term["slots"].list.len() == per_term["slots"].list.n_unique()).all()


def test_seats_taken_are_those_enrolled_less_those_dropped(built: Built) -> None:
    events = built.tables["events"]
    counted = events.group_by("section_id").agg(
        (
            (pl.col("type") == "enrol").sum().cast(pl.Int64)
            - (pl.col("type") == "drop").sum().cast(pl.Int64)
        ).alias("held")
    )
    sections = built.tables["sections"].filter(
        ~((pl.col("rule") == "lottery") & (pl.col("state").is_in(["applying", "published"])))
    )
    joined = sections.join(counted, on="section_id", how="left").with_columns(
        pl.col("held").fill_null(0)
    )
    assert (joined["held"] == joined["enrolled"]).all()


def test_those_who_complete_attended_enough_and_get_their_credits(built: Built) -> None:
    events = built.tables["events"]
    attended = events.filter(pl.col("type") == "attend").select("learner_id", "section_id", "value")
    done = events.filter(pl.col("type") == "complete").join(
        attended, on=["learner_id", "section_id"]
    )
    assert (done["value_right"] >= 0.75).all()
    assert built.tables["credits"].height == done.height


def test_sections_without_enough_learners_are_cancelled(built: Built) -> None:
    past = built.tables["sections"].filter(pl.col("term") != "2025秋")
    cancelled = past.filter(pl.col("state") == "cancelled")
    assert 0 < cancelled.height < past.height / 2
    assert (cancelled["enrolled"] == 0).all()
    ran = past.filter((pl.col("state") == "finished") & pl.col("min_to_open").is_not_null())
    assert (ran["enrolled"] >= ran["min_to_open"]).all()


def test_a_night_school_section_that_runs_has_a_plausible_number_of_learners(built: Built) -> None:
    sections = built.tables["sections"].join(
        built.tables["courses"].select("course_id", "programme"), on="course_id"
    )
    ran = sections.filter((pl.col("programme") == "night_school") & (pl.col("state") == "finished"))
    assert 9 < float(str(ran["enrolled"].mean())) < 19


def test_applications_pile_up_in_the_first_hours(built: Built) -> None:
    opening = datetime(2025, 2, 24, 2, tzinfo=UTC)
    spring = built.tables["applications"].join(
        built.tables["sections"].filter(pl.col("term") == "2025春"), on="section_id", how="semi"
    )
    hours = ((spring["submitted_at"] - opening).dt.total_minutes() / 60).to_numpy()
    assert hours.min() >= 0
    assert (hours < 6).mean() > 0.3


def test_an_unmet_need_is_minus_infinity_and_never_chosen() -> None:
    chance = apply_probability(SimulationParams(), np.array([-np.inf, 0.7]))
    assert chance.tolist() == [0.0, 0.5]


def test_the_record_remembers_pairs_and_repeating_is_harmless() -> None:
    record = Record(courses=10)
    assert not record.completed(np.array([1]), np.array([2])).any()
    for _ in range(2):
        record.add(np.array([1, 3]), np.array([2, 9]))
    asked = record.completed(np.array([1, 3, 3, 1]), np.array([2, 9, 2, 9]))
    assert asked.tolist() == [True, True, False, False]


def test_taste_vectors_have_length_one(built: Built) -> None:
    for vectors in (built.world.people.taste, built.world.courses.taste):
        np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, rtol=1e-5)
    assert unit(np.array([[3.0, 4.0]])).tolist() == [[0.6, 0.8]]
