from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from data.city import City
from recsys.artifact import Bundle
from training.answers import answers_between, days_to_opening
from training.errors import EvaluationError
from training.evaluate import BLEND, COURSES, Request, evaluate
from training.holdout import evaluate_holdout
from training.policy_lists import NEAREST, POLICY, POPULAR


def mean_of(figures: pl.DataFrame, model: str, metric: str) -> float:
    chosen = (pl.col("model") == model) & (pl.col("metric") == metric) & (pl.col("slice") == "all")
    return float(figures.filter(chosen)["mean"].item())


def test_a_model_of_taste_beats_popularity_where_tastes_are_opposite(
    town: City, town_bundle: Bundle
) -> None:
    judged = evaluate(town, town_bundle, Request(ks=(2,)))
    assert judged.learners == judged.learners_known == 30
    assert judged.answers == 30
    assert judged.offered == pytest.approx(1.0)
    ease = mean_of(judged.figures, f"{COURSES}ease", "recall_at_2")
    popular = mean_of(judged.figures, f"{COURSES}popularity", "recall_at_2")
    assert ease > popular + 0.3
    assert mean_of(judged.figures, POLICY, "recall_at_2") > popular + 0.3
    gaps = judged.differences.filter(pl.col("metric") == "ndcg_at_2")
    assert dict(gaps.select("model", "better").iter_rows()) == {POLICY: True, BLEND: True}
    assert gaps["against"].to_list() == [POPULAR, f"{COURSES}popularity"]


def test_every_model_is_judged_on_the_same_learners(town: City, town_bundle: Bundle) -> None:
    figures = evaluate(town, town_bundle, Request(ks=(2, 3))).figures
    overall = figures.filter(pl.col("slice") == "all")
    models = {POLICY, POPULAR, NEAREST, BLEND, f"{COURSES}ease", f"{COURSES}popularity"}
    assert set(overall["model"]) == models
    assert overall["n"].unique().to_list() == [30]
    warm = figures.filter((pl.col("model") == POLICY) & (pl.col("slice") == "age_band"))
    assert set(warm["value"]) == {"25-34", "60-69"}


def test_only_the_drawn_learners_are_judged_and_the_draw_repeats(
    town: City, town_bundle: Bundle
) -> None:
    request = Request(ks=(2,), learners=12, seed=4)
    first, again = (evaluate(town, town_bundle, request) for _ in range(2))
    assert (first.learners, first.learners_known) == (12, 30)
    assert first.figures.equals(again.figures)


def test_a_course_already_taken_is_neither_shown_nor_asked_for(
    town: City, town_bundle: Bundle
) -> None:
    """Each learner comes back to a course from before the cut: those returns don't count."""
    events = town.read("events")
    old = events.filter(pl.col("occurred_at") < town_bundle.manifest.as_of)
    back = old.with_columns(
        pl.concat_str(pl.lit("again-"), "event_id").alias("event_id"),
        pl.lit(datetime(2025, 9, 5, tzinfo=UTC))
        .cast(pl.Datetime("us", "UTC"))
        .alias("occurred_at"),
    ).filter(pl.col("learner_id") < "l28")
    returned = town.with_tables(events=pl.concat([events, back]).lazy())
    assert evaluate(returned, town_bundle, Request(ks=(2,))).answers == 30


def test_the_judged_period_ends_where_asked(town: City, town_bundle: Bundle) -> None:
    until = datetime(2025, 9, 4, 10, tzinfo=UTC)
    judged = evaluate(town, town_bundle, Request(until=until, ks=(2,)))
    assert judged.answers == 10
    assert judged.until == until


def test_a_programme_is_judged_on_its_own_courses(town: City, town_bundle: Bundle) -> None:
    judged = evaluate(town, town_bundle, Request(ks=(2,), programme="night_school"))
    assert judged.answers == 30
    with pytest.raises(EvaluationError, match="no learner is known"):
        evaluate(town, town_bundle, Request(programme="senior"))


def test_where_nothing_is_known_after_the_cut_it_says_what_to_do(
    town: City, town_bundle: Bundle, as_of: datetime
) -> None:
    past = town.with_tables(events=town.scan("events").filter(pl.col("occurred_at") < as_of))
    with pytest.raises(EvaluationError, match="--holdout-days 7"):
        evaluate(past, town_bundle)


def test_the_recipe_is_judged_on_the_days_before_the_cut(
    town: City, town_bundle: Bundle, as_of: datetime
) -> None:
    judged = evaluate_holdout(town, town_bundle, 60, Request(ks=(2,)))
    assert judged.as_of == as_of - timedelta(days=60)
    assert judged.until == as_of
    assert judged.answers == 30 * 3
    assert judged.model_version != town_bundle.manifest.model_version


def test_a_holdout_reads_nothing_after_the_bundles_cut(
    town: City, town_bundle: Bundle, as_of: datetime
) -> None:
    past = town.with_tables(events=town.scan("events").filter(pl.col("occurred_at") < as_of))
    request = Request(ks=(2,))
    with_future = evaluate_holdout(town, town_bundle, 60, request)
    assert with_future.figures.equals(evaluate_holdout(past, town_bundle, 60, request).figures)


def test_a_holdout_of_no_days_is_refused(town: City, town_bundle: Bundle) -> None:
    with pytest.raises(EvaluationError, match="1 or more"):
        evaluate_holdout(town, town_bundle, 0)


def test_without_a_popularity_scorer_only_sections_are_judged(
    town: City, town_bundle: Bundle
) -> None:
    only_taste = replace(town_bundle, scorers={"ease": town_bundle.scorers["ease"]})
    judged = evaluate(town, only_taste, Request(ks=(2,)))
    assert set(judged.figures["model"]) == {POLICY, POPULAR, NEAREST}
    assert mean_of(judged.figures, POPULAR, "recall_at_2") == 0.0


def test_applications_of_a_round_count_as_choices(make_city: Callable[..., City]) -> None:
    city = make_city(
        courses=[{"course_id": "c1"}, {"course_id": "c2", "programme": "senior"}],
        sections=[{"section_id": "s1", "course_id": "c1"}, {"section_id": "s2", "course_id": "c2"}],
        events=[
            {"event_id": "e1", "course_id": "c1", "type": "view"},
            {"event_id": "e2", "course_id": "c2", "type": "waitlist"},
        ],
        applications=[{"learner_id": "learner-2", "section_id": "s1"}],
    )
    start = datetime(2025, 8, 1, tzinfo=UTC)
    assert answers_between(city, start, None).rows() == [("learner-1", "c2"), ("learner-2", "c1")]
    assert answers_between(city, start, None, "senior").rows() == [("learner-1", "c2")]
    assert answers_between(city, start, start).is_empty()


def test_the_last_opening_of_applications_is_counted_in_whole_days(
    make_city: Callable[..., City], as_of: datetime
) -> None:
    sections = [
        {"section_id": "old", "apply_opens_at": as_of - timedelta(days=9, hours=3)},
        {"section_id": "today", "apply_opens_at": as_of - timedelta(hours=3)},
        {"section_id": "next", "apply_opens_at": as_of + timedelta(days=3)},
    ]
    assert days_to_opening(make_city(sections=sections), as_of) == 9
    assert days_to_opening(make_city(sections=sections[1:]), as_of) is None
