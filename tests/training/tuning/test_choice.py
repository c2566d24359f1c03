from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl
import pytest

from recsys.errors import ScorerUnavailableError
from recsys.scorers import discover
from recsys.scorers.ease import Ease
from recsys.types import TrainingSet
from training.bench.models import hold_out, trials_of
from training.bench.tables import Tables
from training.errors import TrainingError
from training.metrics.lists import top_items
from training.tuning.choice import choose_blend
from training.tuning.configs import SPACE as SHIPPED
from training.tuning.configs import Options, fitted
from training.tuning.trial import Trial, quality_of

SPACE: Mapping[str, Sequence[Options]] = {
    "popularity": ({},),
    "ease": ({"regularisation": 1e9}, {"regularisation": 3.0}),
    "lowpass": ({},),
}


@pytest.fixture(scope="module")
def tables(circles: pl.DataFrame) -> Tables:
    last = pl.int_range(pl.len()).over("user") >= 6
    typed = circles.cast({"ts": pl.Float64})
    return Tables(typed.filter(~last), None, typed.filter(last), ())


@pytest.fixture(scope="module")
def trial(tables: Tables) -> Trial:
    last = pl.int_range(pl.len()).over("user") >= 5
    train = tables.train
    return trials_of(Tables(train.filter(~last), train.filter(last), tables.test, ()), seed=0)[0]


def test_the_choice_beats_each_scorer_alone_on_the_validation_part(trial: Trial) -> None:
    choice = choose_blend([trial], space=SPACE)
    assert choice.quality >= max(choice.alone.values())
    assert choice.alone["ease"] > choice.alone["popularity"]
    assert set(choice.configs) == set(choice.weights)
    assert all(choice.weights.values())


def test_the_better_configuration_is_chosen(trial: Trial) -> None:
    """With an endless penalty EASE is a count of shared learners; with 3 it knows the circles."""
    choice = choose_blend([trial], space={"ease": SPACE["ease"]})
    either = [choose_blend([trial], space={"ease": (c,)}).quality for c in SPACE["ease"]]
    assert choice.quality == max(either)
    assert choice.weights == {"ease": 1.0}


def test_the_same_seed_makes_the_same_choice(trial: Trial) -> None:
    assert choose_blend([trial], space=SPACE) == choose_blend([trial], space=SPACE)


def test_test_data_never_enter_the_choice(tables: Tables) -> None:
    scrambled = tables.test.with_columns(pl.col("item").shuffle(seed=1))
    for seed in (0, 1):
        one = trials_of(tables, seed)[0]
        other = trials_of(Tables(tables.train, None, scrambled, ()), seed)[0]
        assert one.training.interactions.equals(other.training.interactions)
        assert one.relevant.indices.tolist() == other.relevant.indices.tolist()


def test_what_is_judged_on_is_not_learned_from(tables: Tables) -> None:
    trial = trials_of(Tables(tables.train.with_columns(ts=None), None, tables.test, ()), seed=3)[0]
    assert trial.relevant.nnz > 0
    assert trial.barred.multiply(trial.relevant).nnz == 0
    learned = set(trial.training.interactions.select("learner_id", "course_id").iter_rows())
    for row, query in enumerate(trial.queries):
        relevant = trial.catalogue.course_ids.gather(trial.relevant[[row]].indices)
        assert all((query.learner_id, course) not in learned for course in relevant)
        assert len(query.history) == trial.barred[[row]].nnz


def test_a_later_validation_part_is_joined_by_a_longer_window_that_begins_earlier(
    circles: pl.DataFrame,
) -> None:
    in_order = circles.cast({"ts": pl.Float64}).sort("ts")
    half = in_order.height // 2
    train, valid = in_order.head(half), in_order.slice(half, half // 2)
    late, early = trials_of(Tables(train, valid, valid, ()), seed=0)
    assert late.training.interactions.height == train.height
    assert early.training.interactions.height == train.height - valid.height
    assert early.relevant.nnz > 0
    assert early.barred.multiply(early.relevant).nnz == 0


@pytest.mark.parametrize("undated", [True, False], ids=["no times", "not later than train"])
def test_without_an_order_in_time_only_the_given_part_is_judged_on(
    circles: pl.DataFrame, *, undated: bool
) -> None:
    mixed = circles.cast({"ts": pl.Float64}).sample(fraction=1, shuffle=True, seed=1)
    if undated:
        mixed = mixed.with_columns(ts=pl.lit(None, pl.Float64))
    half = mixed.height // 2
    tables = Tables(mixed.head(half), mixed.slice(half, half // 2), mixed.tail(9), ())
    assert len(trials_of(tables, seed=0)) == 1


def test_trials_count_by_their_learners(trial: Trial) -> None:
    """Twice the same trial says what it says alone."""
    once, twice = (choose_blend(trials, space=SPACE) for trials in ([trial], [trial, trial]))
    assert once.weights == twice.weights
    assert once.quality == pytest.approx(twice.quality)
    with pytest.raises(TrainingError, match="at least one trial"):
        choose_blend([], space=SPACE)


def test_with_times_the_last_part_is_held_out(circles: pl.DataFrame) -> None:
    long = pl.concat(
        [circles, circles.with_columns(pl.col("item") + "b", pl.col("ts") + 10_000_000)]
    )
    split = hold_out(Tables(long.cast({"ts": pl.Float64}), None, long, ()), seed=0)
    assert split.test.height == 60  # one of each user's sixteen
    assert split.test["ts"].min() > split.train["ts"].max()  # type: ignore[operator]  # polars types min as any literal


def test_a_scorer_that_can_not_be_used_is_left_out_with_its_reason(
    trial: Trial, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(_: Ease, __: TrainingSet) -> Ease:
        message = "not installed"
        raise ScorerUnavailableError(message)

    monkeypatch.setattr(Ease, "fit", missing)
    choice = choose_blend([trial], space=SPACE)
    assert choice.absent == {"ease": "not installed"}
    assert "ease" not in choice.weights
    with pytest.raises(TrainingError, match="can be used here"):
        choose_blend([trial], space={"ease": SPACE["ease"]})


def test_only_course_scorers_with_a_configuration_can_be_chosen(trial: Trial) -> None:
    with pytest.raises(TrainingError, match="no course scorer"):
        fitted("context", {}, trial.training)
    with pytest.raises(TrainingError, match="no configuration"):
        choose_blend([trial], space={"ease": ()})


@pytest.mark.parametrize("name", sorted(SHIPPED))
def test_the_shipped_space_holds_different_configurations_that_its_scorer_takes(name: str) -> None:
    """Two options that mean the same configuration would cost a fit and tell nothing."""
    config_type = discover()[name].config_type
    taken = [config_type.model_validate(options).model_dump_json() for options in SHIPPED[name]]
    assert len(set(taken)) == len(taken) > 0


def test_progress_tells_what_is_tried(trial: Trial) -> None:
    told: list[str] = []
    choose_blend([trial], space={"ease": SPACE["ease"]}, progress=told.append)
    assert told == [
        "ease {'regularisation': 1000000000.0}",
        "ease {'regularisation': 3.0}",
        "weights",
    ]


def test_ranking_exactly_what_was_taken_is_worth_one(trial: Trial) -> None:
    taken = trial.relevant.toarray().astype(np.float32)
    assert quality_of(top_items(taken, 20), trial.relevant) == pytest.approx(1.0)
