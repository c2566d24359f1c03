"""The blend adds standardised scores; what is unknown or the same for all moves nothing."""

from datetime import UTC, datetime

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recsys.offer import Candidates
from recsys.rankers.blend import Blend, standardised
from recsys.types import LearnerQuery

QUERY = LearnerQuery(as_of=datetime(2025, 9, 1, tzinfo=UTC))
SCORES = st.lists(
    st.none() | st.floats(-1e6, 1e6, allow_nan=False, width=32), min_size=1, max_size=12
)


def ranked(weights: dict[str, float], **columns: list[float | None]) -> pl.DataFrame:
    rows = len(next(iter(columns.values())))
    frame = pl.DataFrame(
        {"section_id": [f"s{n}" for n in range(rows)], **columns},
        schema_overrides=dict.fromkeys(columns, pl.Float64),
    )
    candidates, blend = Candidates.of(frame), Blend(weights)
    parts = blend.parts(QUERY, candidates, np.arange(rows))
    told = {"score": blend.rank(QUERY, candidates), **{f"part_{n}": p for n, p in parts.items()}}
    return frame.with_columns(**told)


def test_a_section_better_on_both_counts_comes_first() -> None:
    frame = ranked({"taste": 1.0, "near": 1.0}, taste=[0.1, 0.9, 0.5], near=[1.0, 3.0, 2.0])
    assert frame.sort("score", descending=True)["section_id"].to_list() == ["s1", "s2", "s0"]


def test_the_heavier_scorer_decides_a_dispute() -> None:
    frame = ranked({"taste": 1.0, "near": 3.0}, taste=[1.0, 0.0], near=[0.0, 1.0])
    assert frame["score"].to_list() == pytest.approx([-2.0, 2.0])


def test_units_do_not_matter_only_the_spread_among_the_candidates() -> None:
    minutes = ranked({"near": 1.0}, near=[-60.0, -30.0, -10.0])
    hours = ranked({"near": 1.0}, near=[-1.0, -0.5, -1 / 6])
    assert minutes["score"].to_list() == pytest.approx(hours["score"].to_list())


def test_what_is_unknown_counts_as_the_average() -> None:
    frame = ranked({"taste": 1.0}, taste=[1.0, None, 3.0])
    assert frame["score"].to_list() == pytest.approx([-1.0, 0.0, 1.0])


def test_a_scorer_that_says_the_same_of_all_moves_nothing() -> None:
    frame = ranked({"popular": 5.0, "taste": 1.0}, popular=[0.1, 0.1, 0.1], taste=[1.0, 2.0, 3.0])
    assert frame["part_popular"].to_list() == [0.0, 0.0, 0.0]


def test_a_scorer_without_a_column_is_skipped() -> None:
    frame = ranked({"hybrid": 2.0, "taste": 1.0}, taste=[1.0, 2.0])
    assert "part_hybrid" not in frame.columns
    assert frame["score"].to_list() == pytest.approx([-1.0, 1.0])


def test_without_any_scorer_every_section_has_score_nought() -> None:
    frame = ranked({}, taste=[1.0, 2.0])
    assert frame["score"].to_list() == [0.0, 0.0]


def test_nothing_on_offer_ranks_to_nothing() -> None:
    offer = pl.DataFrame(schema={"section_id": pl.String, "taste": pl.Float64})
    assert Blend({"taste": 1.0}).rank(QUERY, Candidates.of(offer)).tolist() == []


@given(taste=SCORES, data=st.data())
def test_parts_add_up_to_the_score_and_rows_keep_their_order(
    taste: list[float | None], data: st.DataObject
) -> None:
    sized = st.lists(st.none() | st.floats(-9, 9), min_size=len(taste), max_size=len(taste))
    frame = ranked({"taste": 1.5, "near": 0.5}, taste=taste, near=data.draw(sized))
    parts = frame["part_taste"] + frame["part_near"]
    assert frame["score"].to_list() == pytest.approx(parts.to_list())
    assert frame["score"].is_finite().all()
    assert frame["section_id"].to_list() == [f"s{n}" for n in range(len(taste))]


@given(SCORES)
def test_standardising_keeps_the_order_and_gives_mean_nought(scores: list[float | None]) -> None:
    values = np.array([np.nan if s is None else s for s in scores])
    result = standardised(values)
    known = ~np.isnan(values)
    assert (np.isnan(result) == ~known).all()
    assert abs(result[known].sum()) < 1e-6
    order = np.argsort(values[known], kind="stable")
    assert (np.diff(result[known][order]) >= 0).all()


def test_rows_are_standardised_one_by_one() -> None:
    rows = standardised(np.array([[1.0, 3.0], [10.0, 10.0]]))
    assert rows.tolist() == [[-1.0, 1.0], [0.0, 0.0]]
