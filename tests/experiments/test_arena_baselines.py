"""Experiment 001 in two tiny cities: what must hold whatever the figures are."""

import dataclasses
import doctest
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

EXPERIMENT = Path(__file__).parents[2] / "experiments" / "001-arena-baselines"
sys.path[:0] = [str(EXPERIMENT), str(EXPERIMENT.parent)]

# An experiment is a script: its own folder must be on the path first.
from arena_baselines import report  # noqa: E402 - as above
from arena_baselines.facts import Facts, read_facts  # noqa: E402 - as above
from arena_baselines.figure import draw  # noqa: E402 - as above
from arena_baselines.judge import Judge, first_ten, make_judge  # noqa: E402 - as above
from arena_baselines.log import Lists, Term, read_lists, terms_of  # noqa: E402 - as above
from arena_baselines.measure import measured  # noqa: E402 - as above
from arena_baselines.policies import CEILINGS, LABELS, all_scores  # noqa: E402 - as above
from arena_baselines.report import MEASURES, markdown, over_seeds, summary  # noqa: E402 - as above
from arena_baselines.world import OLD_PAGE_POLICY, Arena, Scores, make_arena  # noqa: E402 - as above

SEEDS = (7, 8)
SETTINGS = ["learners=1200", "judged_learners=300"]
OF_METHODS = (
    "old page (global count)",
    "nearest",
    "iALS alone",
    "iALS + distance and slot",
    "age-group popularity + distance and slot",
    "true taste, no context",
    "boosted ranker on logged lists",
    "random",
    "ceiling: all known but taste",
    "ceiling: persona's mean taste added",
    "oracle",
)


def silent(_step: str) -> None:
    """Progress that nobody watches."""


@dataclasses.dataclass(frozen=True)
class World:
    arena: Arena
    facts: Facts
    terms: list[Term]
    lists: Lists
    judge: Judge
    scores: Mapping[str, Scores]


def scored(arena: Arena) -> World:
    facts = read_facts(arena.city, arena.as_of)
    terms = terms_of(facts)
    lists = read_lists(arena.city, arena.as_of, facts, OLD_PAGE_POLICY)
    judge = make_judge(arena, facts, lists, terms, SEEDS[0])
    scores = all_scores(arena, facts, lists, terms, SEEDS[0], silent)
    return World(arena, facts, terms, lists, judge, scores)


@pytest.fixture(scope="module")
def world() -> World:
    """One tiny city with every policy's scores."""
    return scored(make_arena("tiny", SETTINGS, SEEDS[0], silent))


@pytest.fixture(scope="module")
def rows() -> list[dict[str, Any]]:
    """Both cities' figures."""
    return [measured("tiny", SETTINGS, seed, silent) for seed in SEEDS]


def test_no_policy_is_worth_more_than_the_oracle(rows: list[dict[str, Any]]) -> None:
    for row in rows:
        values = {name: figures["value"] for name, figures in row["policies"].items()}
        assert values.pop("oracle") == 1
        assert all(0 < value < 1 for value in values.values())


def test_who_knows_more_is_worth_more(rows: list[dict[str, Any]]) -> None:
    for row in rows:
        order = ("random", "boosted", "all_but_taste", "persona_taste", "oracle")
        values = [row["policies"][name]["value"] for name in order]
        assert values == sorted(values)


@pytest.mark.parametrize("name", sorted(LABELS))
def test_a_policy_shows_ten_different_sections_and_only_allowed_ones(
    world: World, name: str
) -> None:
    allowed = world.arena.allowed
    top = first_ten(world.scores[name], allowed, world.judge.ties)
    rows = np.arange(len(allowed))[:, None]
    assert (allowed[rows, top.column] == top.shown).all()
    assert (top.shown.sum(axis=1) == np.minimum(allowed.sum(axis=1), 10)).all()
    assert (np.diff(np.sort(top.column, axis=1), axis=1) > 0).all()


def test_what_happened_in_the_open_term_moves_no_score(world: World) -> None:
    opening = world.terms[-1].opens_at
    before = world.arena.city.scan("events").filter(pl.col("occurred_at") < opening)
    blind = dataclasses.replace(world.arena, city=world.arena.city.with_tables(events=before))
    again = scored(blind)
    assert not again.judge.wanted.any()
    assert world.judge.wanted.any()
    for name, values in world.scores.items():
        np.testing.assert_array_equal(again.scores[name], values, err_msg=name)


def test_replay_asks_for_what_the_old_page_showed_and_was_applied_for(world: World) -> None:
    arena = world.arena
    events = arena.city.read("events").join(
        arena.city.read("sections").select("section_id", "term"), on="section_id"
    )
    mine = events.filter(
        pl.col("term") == world.terms[-1].name,
        pl.col("learner_id").is_in(arena.learner_ids.to_list()),
        pl.col("occurred_at") < arena.as_of,
    )
    pair = ["learner_id", "section_id"]
    page = mine.filter(pl.col("policy") == OLD_PAGE_POLICY, pl.col("type") == "impression")
    applied = mine.filter(pl.col("type") == "apply").join(page, on=pair, how="semi").unique(pair)
    row, column = np.nonzero(world.judge.wanted)
    wanted = set(zip(arena.learner_ids.gather(row), arena.section_ids.gather(column), strict=True))
    logged = set(applied.select(pair).iter_rows())
    assert wanted <= logged
    # the few others have a home nobody told, or a history that mustn't be read
    assert len(wanted) > 0.9 * len(logged)


def test_what_was_applied_for_was_allowed_at_the_opening_and_no_longer_is(world: World) -> None:
    wanted = world.judge.wanted
    assert world.arena.allowed_at_opening[wanted].all()
    assert not world.arena.allowed[wanted].any()


def test_only_wheelchairs_and_other_needs_lose_by_the_access_rule(world: World) -> None:
    needs = world.arena.city.read("learners").select(
        "learner_id", needy=pl.col("needs").list.len() > 0
    )
    judged = world.arena.learner_ids.to_frame("learner_id").join(
        needs, on="learner_id", how="left", maintain_order="left"
    )
    barred = world.arena.allowed_without_access & ~world.arena.allowed
    assert not barred[~judged["needy"].to_numpy()].any()
    assert barred[world.judge.wheelchair].any()
    assert not (world.arena.allowed & ~world.arena.allowed_without_access).any()


def test_without_the_rule_a_blind_policy_shows_wheelchair_users_what_bars_them(
    rows: list[dict[str, Any]],
) -> None:
    for row in rows:
        assert row["policies"]["random"]["violations"] > row["policies"]["oracle"]["violations"]


def test_a_count_of_past_seats_hardly_ever_shows_a_new_course(rows: list[dict[str, Any]]) -> None:
    for row in rows:
        assert row["policies"]["old_page"]["cold"] < 0.1 * row["cold_available"]
        assert 0.1 < row["cold_available"] < 0.5


def test_the_same_seed_gives_the_same_figures(rows: list[dict[str, Any]]) -> None:
    assert measured("tiny", SETTINGS, SEEDS[0], silent) == rows[0]


def test_the_table_holds_every_policy_of_the_methods_with_intervals(
    rows: list[dict[str, Any]],
) -> None:
    results = summary(rows, 0.95)
    table = markdown(results)
    assert sorted(LABELS.values()) == sorted(OF_METHODS)
    for label in OF_METHODS:
        assert f"| {label} | " in table
    for figures in results["policies"].values():
        for measure in MEASURES:
            figure = figures[measure]
            assert figure["low"] <= figure["mean"] <= figure["high"]
            assert len(figure["by_seed"]) == len(SEEDS)


def test_policies_stand_by_their_true_value(rows: list[dict[str, Any]]) -> None:
    policies = summary(rows, 0.95)["policies"]
    values = [figures["value"]["mean"] for figures in policies.values()]
    assert values == sorted(values, reverse=True)
    assert set(CEILINGS) < set(policies)


def test_an_interval_over_seeds_is_students(rows: list[dict[str, Any]]) -> None:
    figure = over_seeds([1.0, 2.0, 3.0, 4.0], 0.95)
    # t(3) = 3.1824, s = 1.2910
    assert (figure["low"], figure["high"]) == pytest.approx((0.4457, 4.5543), abs=1e-4)
    assert doctest.testmod(report) == (0, 1)
    with pytest.raises(ValueError, match="two or more; got 1"):
        summary(rows[:1], 0.95)


def test_ten_are_ranked_by_score_then_by_the_tie_and_the_unknown_last() -> None:
    scores = np.array([[0.5, np.nan, 0.9, 0.5, 1.0]])
    allowed = np.array([[True, True, True, True, False]])
    ties = np.array([[0.2, 0.0, 0.3, 0.1, 0.0]])
    top = first_ten(scores, allowed, ties)
    assert top.column[top.shown].tolist() == [2, 3, 0, 1]
    assert top.mean(scores == 0.5).tolist() == [0.2]


def test_the_figure_is_written_and_says_no_date(rows: list[dict[str, Any]], tmp_path: Path) -> None:
    results = summary(rows, 0.95)
    drawn = []
    for name in ("once", "twice"):
        folder = tmp_path / name
        folder.mkdir()
        drawn.append([file.read_bytes() for file in draw(results, folder)])
    assert drawn[0] == drawn[1]
    assert b"<svg" in drawn[0][0]
    assert b"dc:date" not in drawn[0][0]
    assert drawn[0][1].startswith(b"\x89PNG")


def test_the_readme_keeps_a_place_for_the_results() -> None:
    text = (EXPERIMENT / "README.md").read_text(encoding="utf-8")
    assert text.count("<!-- results: written by run.py -->") == 1
    assert text.count("<!-- end of results -->") == 1
