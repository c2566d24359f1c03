"""The truth finds the planted gaps, and each blunt method falls for its decoy."""

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray

from data.simulate.labour.truth import gap_rows
from data.simulate.params import SimulationParams
from data.simulate.topics import skills
from tests.data.simulate.labour.conftest import Market, market_of

COLUMNS = ["division_code", "skill_id", "month", "vacancies", "supply", "gap", "kind"]
CELL = ("division_code", "skill_id")


def top_kinds(scores: pl.DataFrame, gaps: pl.DataFrame, count: int = 20) -> list[str | None]:
    """Planted kinds of the best cells of a ranking (columns of a cell, and score)."""
    kinds = gaps.select(*CELL, "kind").unique(maintain_order=True)
    ranked = scores.sort("score", *CELL, descending=[True, False, False]).head(count)
    return ranked.join(kinds, on=CELL, how="left", maintain_order="left")["kind"].to_list()


def mean_of(gaps: pl.DataFrame, score: pl.Expr) -> pl.DataFrame:
    """A ranking of cells by the mean over the months."""
    return gaps.group_by(CELL, maintain_order=True).agg(score.mean().alias("score"))


def among_planted(scores: pl.DataFrame, gaps: pl.DataFrame, count: int) -> list[str | None]:
    """Kinds of the best planted cells of a ranking."""
    planted = gaps.filter(pl.col("kind").is_not_null()).select(CELL).unique(maintain_order=True)
    return top_kinds(scores.join(planted, on=CELL, maintain_order="left"), gaps, count)


def named_in_texts(postings: pl.DataFrame) -> pl.DataFrame:
    """Postings a month that name a vocational skill by any word, by district code."""
    words = {
        word: skill.skill_id
        for skill in skills()
        for word in skill.words
        if skill.vocational and len(word) > (3 if word.isascii() else 1)
    }
    found = pl.col("description").str.extract_many(list(words), overlapping=True)
    named = postings.select("posting_id", "division_code", found.alias("word")).drop_nulls()
    skill_id = pl.col("word").replace_strict(words).alias("skill_id")
    return (
        named.explode("word", empty_as_null=False)
        .select("posting_id", "division_code", skill_id)
        .unique(maintain_order=True)
        .group_by(CELL, maintain_order=True)
        .agg((pl.len() / 12).alias("score"))
    )


@pytest.fixture(scope="module")
def raw(postings: pl.DataFrame) -> pl.DataFrame:
    """Plain counts of postings."""
    return named_in_texts(postings)


def test_the_truth_has_every_month_district_and_vocational_skill(
    region: Market, gaps: pl.DataFrame
) -> None:
    assert gaps.columns == COLUMNS
    vocational = sum(skill.vocational for skill in skills())
    assert gaps.height == 12 * 13 * vocational
    assert gaps.select(*CELL, "month").is_unique().all()
    assert (gaps["gap"] - gaps["vacancies"] + gaps["supply"]).abs().max() == pytest.approx(0)


def test_every_kind_is_in_the_truth(region: Market, gaps: pl.DataFrame) -> None:
    cells = gaps.select(*CELL, "kind").unique().drop_nulls()["kind"].value_counts()
    assert dict(cells.iter_rows()) == {
        "gap": 20,
        "served": 12,
        "low": 12,
        "spam": 12,
        "spike": 6,
        "neighbour": 4,
    }


def test_the_largest_true_gaps_are_the_planted_ones(gaps: pl.DataFrame) -> None:
    assert top_kinds(mean_of(gaps, pl.col("gap")), gaps) == ["gap"] * 20


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_truth_of_one_district_finds_its_gaps_too(seed: int) -> None:
    tiny = market_of(SimulationParams(), seed)
    untaught = np.zeros((1, len(skills())))
    gaps = gap_rows(tiny.labour, tiny.planted, untaught, tiny.city)
    assert top_kinds(mean_of(gaps, pl.col("gap")), gaps) == ["gap"] * 20


def test_raw_counts_of_postings_find_few_gaps_and_rank_spam_above_them(
    raw: pl.DataFrame, gaps: pl.DataFrame
) -> None:
    assert top_kinds(raw, gaps).count("gap") < 0.6 * 20
    assert among_planted(raw, gaps, 12).count("spam") >= 6


def test_raw_counts_less_supply_fall_for_spam(raw: pl.DataFrame, gaps: pl.DataFrame) -> None:
    supply = gaps.group_by(CELL, maintain_order=True).agg(pl.col("supply").mean())
    less = raw.join(supply, on=CELL, maintain_order="left").with_columns(
        pl.col("score") - pl.col("supply")
    )
    kinds = top_kinds(less, gaps)
    assert kinds.count("gap") < 0.6 * 20
    assert kinds.count("spam") >= 6


def test_the_last_month_alone_falls_for_spikes(gaps: pl.DataFrame) -> None:
    last = mean_of(gaps.filter(pl.col("month") == pl.col("month").max()), pl.col("gap"))
    assert top_kinds(last, gaps).count("gap") < 0.6 * 20
    assert among_planted(last, gaps, 6).count("spike") >= 2


def test_ignoring_supply_falls_for_the_served(gaps: pl.DataFrame) -> None:
    wanted = mean_of(gaps, pl.col("vacancies"))
    assert top_kinds(wanted, gaps).count("gap") < 0.6 * 20
    assert among_planted(wanted, gaps, 20).count("served") >= 4


def test_ignoring_seats_across_the_border_falls_for_neighbours(
    region: Market, seats: NDArray[np.float64], gaps: pl.DataFrame
) -> None:
    own = seats.copy()
    own[region.planted.cells("neighbour")] = 0.0
    blind = gap_rows(region.labour, region.planted, own, region.city)
    assert top_kinds(mean_of(blind, pl.col("gap")), gaps, 24).count("neighbour") >= 3
    assert top_kinds(mean_of(gaps, pl.col("gap")), gaps, 24).count("neighbour") == 0


def test_looking_for_what_is_not_taught_falls_for_low_demand(gaps: pl.DataFrame) -> None:
    least = among_planted(mean_of(gaps, -pl.col("supply")), gaps, 12)
    assert least.count("low") >= 8
