from datetime import UTC, datetime, timedelta

import hypothesis.strategies as st
import polars as pl
import pytest
from hypothesis import given

from training.errors import SplitError
from training.split import split_at, split_at_random, split_last_per_user

START = datetime(2025, 9, 1, tzinfo=UTC)
HOURS = st.lists(st.integers(-100, 100), max_size=40)


def events_at(hours: list[int]) -> pl.DataFrame:
    times = [START + timedelta(hours=hour) for hour in hours]
    schema = pl.Schema({"n": pl.Int64(), "occurred_at": pl.Datetime("us", "UTC")})
    return pl.DataFrame({"n": range(len(hours)), "occurred_at": times}, schema=schema)


@given(HOURS, st.integers(1, 120))
def test_nothing_learned_from_is_as_late_as_anything_judged(hours: list[int], window: int) -> None:
    split = split_at(events_at(hours), START, window=timedelta(hours=window))
    assert all(time < START for time in split.train["occurred_at"])
    end = START + timedelta(hours=window)
    assert all(START <= time < end for time in split.test["occurred_at"])
    assert split.train.height == sum(hour < 0 for hour in hours)
    assert split.test.height == sum(0 <= hour < window for hour in hours)


def test_without_a_window_everything_later_is_judged() -> None:
    split = split_at(events_at([-1, 0, 5, 5000]), START)
    assert split.test["n"].to_list() == [1, 2, 3]


def test_a_window_of_no_length_is_refused() -> None:
    with pytest.raises(SplitError, match="longer than zero"):
        split_at(events_at([0]), START, window=timedelta())


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 9)), max_size=60))
def test_each_users_judged_rows_are_their_last(rows: list[tuple[str, int]]) -> None:
    table = pl.DataFrame(rows, schema={"user": pl.String, "ts": pl.Int64}, orient="row")
    split = split_last_per_user(table.with_row_index("n"), 0.3)
    both = [*split.train["n"], *split.test["n"]]
    assert sorted(both) == list(range(len(rows)))
    for user in set(table["user"]):
        learned = split.train.filter(pl.col("user") == user)["ts"]
        judged = split.test.filter(pl.col("user") == user)["ts"]
        height = len(learned) + len(judged)
        assert len(judged) == max(int(0.3 * height), height >= 3)
        assert len(learned) > 0
        assert not len(judged) or max(learned) <= min(judged)


@given(st.integers(0, 100), st.integers(0, 200))
def test_a_random_split_keeps_every_row_once_and_repeats(seed: int, height: int) -> None:
    table = pl.DataFrame({"n": range(height)}, schema={"n": pl.Int64})
    split, again = (split_at_random(table, 0.2, seed=seed) for _ in range(2))
    assert sorted([*split.train["n"], *split.test["n"]]) == list(range(height))
    assert split.test.equals(again.test)


@pytest.mark.parametrize("share", [0.0, 1.0, -0.1, 2.0])
def test_a_share_that_leaves_one_side_empty_is_refused(share: float) -> None:
    table = pl.DataFrame({"user": ["a"], "ts": [1]})
    with pytest.raises(SplitError, match="between 0 and 1"):
        split_at_random(table, share, seed=0)
    with pytest.raises(SplitError, match="between 0 and 1"):
        split_last_per_user(table, share)
