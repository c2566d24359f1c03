"""Experiment 002: its splits, its joining and its tables, on figures small enough to check."""

import doctest
import re
import sys
import tomllib
from dataclasses import fields
from inspect import signature
from pathlib import Path
from typing import Any, cast

import numpy as np
import polars as pl
import pytest

EXPERIMENTS = Path(__file__).parents[2] / "experiments"
EXPERIMENT = EXPERIMENTS / "002-ranking"
sys.path[:0] = [str(EXPERIMENT), str(EXPERIMENTS / "001-arena-baselines"), str(EXPERIMENTS)]

# An experiment is a script: its own folder must be on the path first.
from frame.verbs import VerbError, said  # noqa: E402 - as above
from ranking_peers import ablation, join, report, splits, tasks, verbs  # noqa: E402 - as above
from ranking_peers.arena import figures_of, list_table, read_truth  # noqa: E402 - as above
from ranking_peers.compare import arena_summary, set_summary  # noqa: E402 - as above
from ranking_peers.figure import draw  # noqa: E402 - as above
from ranking_peers.measure import Measured, measured  # noqa: E402 - as above
from ranking_peers.report import markdown  # noqa: E402 - as above
from ranking_peers.tasks import Task  # noqa: E402 - as above

from recsys.rankers.additive import Additive  # noqa: E402 - as above
from recsys.rankers.shelf import Words  # noqa: E402 - as above
from recsys.rankers.tables import AdditiveModel, Tables  # noqa: E402 - as above
from training.bench.models import known_models  # noqa: E402 - as above
from training.cli.bench import coldstart  # noqa: E402 - as above

CONFIG: dict[str, Any] = tomllib.loads((EXPERIMENT / "config.toml").read_text(encoding="utf-8"))
MODELS = {"ours": 0.4, "strong": 0.3, "weak": 0.1}


def run_of(model: str, quality: float, seed: int) -> Measured:
    """Fifty users whose figures lie around a quality."""
    noise = np.random.default_rng(seed).normal(0, 0.01, (50, 3))
    costs = {"fit_s": 1.0, "cpu_s": 2.0 + seed, "rank_s": 0.1, "peak_rss_mb": 300.0}
    row = {"model": model, "seed": seed, **costs, "users": 50, "notes": [], "choice": {}}
    return Measured(row, quality + noise)


def summary_of(models: dict[str, float]) -> dict[str, Any]:
    runs = {name: [run_of(name, worth, seed) for seed in (0, 1)] for name, worth in models.items()}
    return set_summary(
        runs,
        ours="ours",
        peers=["weak", "strong"],
        metric="ndcg_at_20",
        confidence=0.95,
        draws=100,
    )


def city_row(seed: int, ours: float) -> dict[str, Any]:
    policy = {"violations": 0, "cold": 0.9, "worst_slice": 0.8, "worst_slice_is": "age_band 80+"}
    return {
        "seed": seed,
        "learners": 100,
        "sections": 10,
        "oracle_value": 0.5,
        "cold": {"available": 0.3, "oracle": 0.25},
        "seconds": {"simulate": 10.0, "train": 20.0},
        "policies": {"nearest": policy | {"value": 0.4}, "xuepei": policy | {"value": ours}},
        "over": {},
        "without": {"travel": ours - 0.3, "price": ours - 0.01},
    }


def test_models_stand_by_their_figure_and_the_best_peer_is_named() -> None:
    found = summary_of(MODELS)
    assert list(found["models"]) == ["ours", "strong", "weak"]
    assert found["best_peer"] == "strong"
    assert found["users"] == 50
    assert found["models"]["weak"]["cpu_s"] == 2.5


def test_how_far_ours_is_ahead_is_paired_over_users() -> None:
    ahead = summary_of(MODELS)["models"]["strong"]["ours_over_it"]["ndcg_at_20"]
    # the same noise on both sides: nothing of it is left in the difference
    assert ahead["low"] == pytest.approx(0.1)
    assert ahead["high"] == pytest.approx(0.1)
    assert summary_of(MODELS)["models"]["ours"]["ours_over_it"] is None


def test_the_arena_tells_how_many_times_the_best_plain_policy_and_what_a_factor_is_worth() -> None:
    found = arena_summary([city_row(1, 0.6), city_row(2, 0.8)], ["nearest"], 0.95)
    assert found["times_best_plain"]["mean"] == pytest.approx(1.75)
    assert list(found["without"]) == ["travel", "price"], "the dearest first"
    assert found["without"]["travel"]["mean"] == pytest.approx(0.3)


def test_a_factor_that_is_silent_adds_nothing_and_every_factor_has_its_tables() -> None:
    assert set(ablation.TABLES_OF) == set(Additive.FACTORS)
    tables = Tables(**{field.name: np.ones(3) for field in fields(Tables)})
    words = cast("Words", None)
    for factor, names in ablation.TABLES_OF.items():
        silent = ablation.without(AdditiveModel(words, tables), factor).tables
        changed = {f.name for f in fields(Tables) if not getattr(silent, f.name).any()}
        assert changed == set(names)


def test_a_set_without_ours_names_no_best_peer() -> None:
    found = summary_of({"strong": 0.3})
    assert found["best_peer"] is None
    assert "| strong | .2994 |" in markdown({"sets": {"toy": found}})


def test_the_sentence_says_when_ours_is_behind() -> None:
    table = markdown({"sets": {"toy": summary_of({"ours": 0.2, "strong": 0.3})}})
    assert "xuepei is behind strong, its best peer: -.1000" in table
    assert "| strong (best peer) |" in table


def test_a_cut_in_time_is_the_same_for_everybody_and_judges_the_known_only() -> None:
    rows = {"user": [1, 2, 1, 2, 3, 1], "item": [1, 1, 2, 2, 1, 3], "ts": [0, 1, 2, 2, 3, 4]}
    parts = splits.split_by_time(pl.DataFrame(rows), 0.5, 0.2)
    assert parts["train"]["ts"].to_list() == [0, 1]
    assert parts["valid"]["ts"].to_list() == [2, 2]
    assert parts["test"].rows() == [(1, 3, 4)]


def test_a_model_is_measured_on_the_files_of_a_set(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    rows = [(user, item) for user in range(30) for item in rng.choice(12, 6, replace=False)]
    pairs = pl.DataFrame(rows, schema=["user", "item"], orient="row")
    (tmp_path / "toy").mkdir()
    place = pl.int_range(pl.len()).over("user")
    pairs.filter(place < 5).write_parquet(tmp_path / "toy" / "train.parquet")
    pairs.filter(place == 5).write_parquet(tmp_path / "toy" / "test.parquet")
    found = measured(splits.files_of(tmp_path, "toy", {}, tmp_path), "popularity", 0)
    assert found.values.shape == (30, 3)
    assert found.row["users"] == 30
    # seven items are left to rank: every one is among the first twenty
    assert (found.values[:, 0] == 1).all()
    with pytest.raises(FileNotFoundError, match="give the folder that holds absent"):
        splits.files_of(tmp_path, "absent", {}, tmp_path)


def test_every_model_of_the_configuration_is_one_of_the_benchmark() -> None:
    models = CONFIG["models"]
    assert {*models["peers"], *models["parts"], models["ours"]} == set(known_models())


def test_a_task_is_read_as_it_is_told() -> None:
    every = [task for part in tasks.PARTS for task in tasks.tasks_of(CONFIG, part, lenskit=True)]
    assert [tasks.parsed(str(task)) for task in every] == every
    assert len(set(every)) == len(every)
    outside = [task for task in every if task.model.startswith("lenskit")]
    assert {task.subject for task in outside} == set(CONFIG["sets"]) - {"gowalla_lightgcn"}


def test_what_is_kept_is_joined_and_the_rest_is_said_not_to_have_run(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tasks, "KEPT", tmp_path)
    models = {"ours": "ours", "parts": [], "peers": ["strong", "weak"], "lenskit": []}
    config = {
        "run": {"seeds": [0], "confidence": 0.95, "draws": 100},
        "models": models,
        "sets": {"toy": {"metric": "ndcg_at_20"}},
        "cold": {},
        "arena": {"preset": "tiny", "seeds": [1, 2], "plain": ["nearest"]},
        "speed": {"preset": "tiny", "settings": [], "seed": 0},
        "memory": {"preset": "tiny", "settings": [], "seed": 0},
    }
    for name in ("ours", "strong"):
        run = run_of(name, MODELS[name], 0)
        tasks.keep(config, Task("sets", "toy", name, 0), run.row, run.values)
    tasks.keep(config, Task("arena", "tiny", "", 1), city_row(1, 0.6))
    tasks.keep(config, Task("speed", "speed", "", 0), {"first_stage": [{"users": 9, "us": 1.5}]})
    tasks.keep(config, Task("memory", "memory", "", 0), {"memory": [{"peak_mb": 77.5}]})
    results = join.joined(config, lenskit=True)
    assert list(results["sets"]["toy"]["models"]) == ["ours", "strong"]
    assert set(results["not_run"]) == {"toy, weak", "arena"}
    assert "arena" not in results
    tasks.keep(config, Task("arena", "tiny", "", 2), city_row(2, 0.7))
    tasks.keep(config, Task("sets", "toy", "weak", 0), {"skipped": "not installed"})
    results = join.joined(config, lenskit=False)
    assert results["arena"]["seeds"] == [1, 2]
    assert results["not_run"]["toy, weak"] == "not installed"
    assert "lenskit" in results["not_run"]
    assert "| 9 | 1.5 |" in markdown(results)
    assert "| 77.5 |" in markdown(results)


def test_other_settings_keep_figures_elsewhere(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tasks, "KEPT", tmp_path)
    first = tasks.folder_of({"arena": {"preset": "tiny", "settings": []}}, "arena", "tiny")
    again = tasks.folder_of({"arena": {"preset": "tiny", "settings": ["a=1"]}}, "arena", "tiny")
    assert first != again


def test_the_arena_is_compared_seed_by_seed() -> None:
    found = arena_summary([city_row(1, 0.6), city_row(2, 0.7)], ["nearest"], 0.95)
    assert list(found["policies"]) == ["xuepei", "nearest"]
    assert found["ours_over_it"]["nearest"]["by_seed"] == [0.2, 0.3]
    table = markdown({"arena": found})
    assert "| **xuepei** | .650 [" in table
    assert re.search(r"\| nearest \| \.400 .* \| \+\.250 \[", table)
    with pytest.raises(ValueError, match="two or more; got 1"):
        arena_summary([city_row(1, 0.6)], ["nearest"], 0.95)


def test_a_figure_that_a_city_cannot_tell_is_left_open() -> None:
    rows = [city_row(1, 0.6), city_row(2, 0.7)]
    rows[0]["policies"]["nearest"]["cold"] = None
    found = arena_summary(rows, ["nearest"], 0.95)
    assert found["policies"]["nearest"]["cold"] is None
    assert "| 0.0 | – | .800" in markdown({"arena": found})


def test_the_worst_group_is_told_with_its_name() -> None:
    groups = [("age_band", "80+", 0.7), ("history", "cold", 0.9), ("history", "warm", None)]
    verdict = {
        "value_at_10_over_oracle": 0.6,
        "violations_total": 3,
        "cold": None,
        "slices": [
            {"slice": name, "value": value, "ratio_to_overall": ratio}
            for name, value, ratio in groups
        ],
    }
    figures = figures_of(verdict)
    assert (figures["worst_slice"], figures["worst_slice_is"]) == (0.7, "age_band 80+")
    assert figures["violations"] == 3
    assert figures["cold"] is None


def test_lists_hold_the_best_allowed_sections_only(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = tmp_path / "city" / "truth"
    folder.mkdir(parents=True)
    (folder / "as_of.txt").write_text("2026-02-28T10:00:00+08:00\n", encoding="utf-8")
    pairs = {
        "learner_id": ["b", "b", "a", "a"],
        "section_id": ["s1", "s2", "s1", "s2"],
        "apply_probability": [0.1, 0.2, 0.3, 0.0],
        "barred_by": [None, None, None, "age"],
    }
    pl.DataFrame(pairs).write_parquet(folder / "apply_probability.parquet")
    monkeypatch.setattr("ranking_peers.arena.open_snapshot", lambda _: None)
    arena = read_truth(tmp_path / "city")
    assert arena.probability.tolist() == [[0.3, 0.0], [0.1, 0.2]]
    scores = np.array([[0.1, 0.9], [0.1, 0.9]])
    lists = list_table(arena, scores, np.zeros((2, 2)))
    assert lists.rows() == [("a", 1, "s1"), ("b", 1, "s2"), ("b", 2, "s1")]
    pl.DataFrame(pairs).head(3).write_parquet(folder / "apply_probability.parquet")
    with pytest.raises(ValueError, match="every pair of"):
        read_truth(tmp_path / "city")


def test_figures_are_the_same_bytes_for_the_same_results(tmp_path: Path) -> None:
    rows = [city_row(1, 0.6), city_row(2, 0.7)]
    results = {"sets": {"toy": summary_of(MODELS)}, "arena": arena_summary(rows, ["nearest"], 0.95)}
    drawn = []
    for name in ("once", "twice"):
        (tmp_path / name).mkdir()
        drawn.append([file.read_bytes() for file in draw(results, tmp_path / name)])
    assert drawn[0] == drawn[1]
    assert len(drawn[0]) == 4
    assert b"dc:date" not in drawn[0][0]


def test_the_readme_keeps_a_place_for_the_results() -> None:
    text = (EXPERIMENT / "README.md").read_text(encoding="utf-8")
    assert text.count("<!-- results: written by run.py -->") == 1
    assert text.count("<!-- end of results -->") == 1


@pytest.mark.parametrize(
    "module", [report, splits, tasks, verbs], ids=lambda module: module.__name__
)
def test_the_examples_of_the_experiment_hold(module: Any) -> None:
    failed, tried = doctest.testmod(module)
    assert failed == 0
    assert tried > 0


def test_a_verb_that_fails_says_why(tmp_path: Path) -> None:
    with pytest.raises(VerbError, match="xuepei judge ended with 2"):
        said("judge", "--truth", tmp_path, "--recommendations", tmp_path / "no.csv", "--json")


def test_the_options_of_config_are_those_of_the_verb() -> None:
    told = set(signature(coldstart).parameters)
    for entry in CONFIG["cold"].values():
        options = {word for word in entry["arguments"] if word.startswith("--")}
        assert {option[2:].replace("-", "_") for option in options} <= told
