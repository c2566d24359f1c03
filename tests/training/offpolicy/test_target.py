"""The lists to judge."""

from pathlib import Path

import polars as pl
import pytest

from training.offpolicy.errors import OffPolicyError
from training.offpolicy.target import read_lists, target_of

LISTS = pl.DataFrame(
    {"learner_id": ["a", "a", "b"], "rank": [1, 2, 1], "section_id": ["s1", "s2", "s1"]}
)


def test_only_the_first_k_places_are_shown() -> None:
    assert target_of(LISTS, 1).rows() == [("a", "s1", 1.0), ("b", "s1", 1.0)]
    assert target_of(LISTS, 2).height == 3


def test_a_propensity_says_how_often_a_section_is_shown() -> None:
    mixed = LISTS.with_columns(pl.Series("propensity", [0.25, 0.5, 0.0]))
    assert target_of(mixed, 1).rows() == [("a", "s1", 0.25), ("a", "s2", 0.5)]


@pytest.mark.parametrize("name", ["lists.csv", "lists.parquet"])
def test_files_as_batch_writes_them_are_read(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    if name.endswith("csv"):
        LISTS.write_csv(path)
    else:
        LISTS.write_parquet(path)
    assert target_of(read_lists(path), 2).equals(target_of(LISTS, 2))


@pytest.mark.parametrize(
    ("lists", "k", "sentence"),
    [
        (LISTS.drop("rank"), 2, "either rank or propensity"),
        (LISTS.drop("section_id"), 2, "learner_id, section_id"),
        (LISTS, 0, "at least one place"),
        (LISTS.with_columns(pl.lit(9).alias("rank")), 2, "nobody anything"),
        (pl.concat([LISTS, LISTS]), 2, "3 rows show a learner a section"),
        (LISTS.with_columns(pl.lit(1).alias("rank")), 1, "reach 1 and 2"),
        (LISTS.with_columns(pl.lit(1.5).alias("propensity")), 3, "reach 1.5 and 3"),
        (LISTS.with_columns(pl.lit(float("nan")).alias("propensity")), 2, "3 rows of the lists"),
        (LISTS.with_columns(pl.lit(None).alias("section_id")), 2, "3 rows of the lists lack"),
    ],
)
def test_lists_that_are_none_are_refused_with_a_sentence(
    lists: pl.DataFrame, k: int, sentence: str
) -> None:
    with pytest.raises(OffPolicyError, match=sentence):
        target_of(lists, k)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(OffPolicyError, match="can't be read"):
        read_lists(tmp_path / "nowhere.csv")
    with pytest.raises(OffPolicyError, match="should end in"):
        read_lists(tmp_path / "lists.xlsx")
