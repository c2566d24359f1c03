import polars as pl

from training.slices import SLICES, learner_slices

LEARNERS = pl.DataFrame(
    {
        "learner_id": ["a", "b"],
        "age_band": ["25-34", "70-79"],
        "district_code": ["330106000000", None],
        "needs": [[], ["step_free", "captions"]],
    }
)
TOOK = pl.DataFrame(
    {"learner_id": ["a", "a", "b", "x"], "programme": ["senior", "family", "senior", None]}
)


def values_of(slice_name: str, row: int) -> set[str]:
    judged = pl.Series(["a", "b", "x"])
    table = learner_slices(judged, LEARNERS, pl.Series(["a"]), TOOK)
    assert set(table["slice"]) == set(SLICES)
    chosen = table.filter((pl.col("slice") == slice_name) & (pl.col("row") == row))
    return set(chosen["value"])


def test_a_learner_stands_in_the_group_of_each_need() -> None:
    assert values_of("access_need", 0) == {"none"}
    assert values_of("access_need", 1) == {"step_free", "captions"}


def test_a_learner_the_city_does_not_know_is_unknown_not_left_out() -> None:
    for name in ("age_band", "district", "access_need", "programme"):
        assert values_of(name, 2) == {"unknown"}
    assert values_of("district", 1) == {"unknown"}


def test_who_has_history_in_train_is_warm() -> None:
    assert [values_of("history", row) for row in range(3)] == [{"warm"}, {"cold"}, {"cold"}]


def test_a_learner_of_two_programmes_stands_in_both() -> None:
    assert values_of("programme", 0) == {"senior", "family"}
