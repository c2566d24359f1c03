"""Tables of people: what is released is true, and nothing of fewer than ten can be worked out."""

from itertools import product

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.errors import SuppressionError
from data.privacy.suppression import (
    Dimension,
    Tabulation,
    audit,
    bands,
    divisions,
    suppress,
    suppress_frame,
    with_margins,
)

VILLAGES = [f"330102{town:03d}{village:03d}" for town in (1, 2) for village in (1, 2, 3)]
BANDS = ("18-24", "60-69", "70-79")
DIMS = (divisions(), bands("age_band", {"60+": ("60-69", "70-79")}))


def table(counts: list[int], **more: object) -> Tabulation:
    cells = list(product(VILLAGES, BANDS))
    frame = pl.DataFrame(
        {
            "division_code": [village for village, _ in cells],
            "age_band": [band for _, band in cells],
            "learners": counts,
        }
    )
    return with_margins(Tabulation("learners", frame, DIMS, "learners", **more))  # type: ignore[arg-type]


counts = st.lists(
    st.one_of(st.integers(0, 12), st.integers(0, 300)),
    min_size=len(VILLAGES) * len(BANDS),
    max_size=len(VILLAGES) * len(BANDS),
)


@settings(max_examples=40, deadline=None)
@given(counts)
def test_no_hidden_cell_of_a_released_table_can_be_narrowed_down(people: list[int]) -> None:
    released = suppress([table(people)])
    found = audit(released.tables)
    assert found.clean, found
    assert found.audited == released.report.primary + released.report.secondary


@settings(max_examples=40, deadline=None)
@given(counts)
def test_what_is_released_is_true_and_what_is_few_is_not(people: list[int]) -> None:
    asked = table(people)
    frame = suppress([asked]).frame("learners")
    told = frame.filter(~pl.col("suppressed"))
    assert frame.drop("learners", "suppressed").equals(asked.frame.drop("learners"))
    assert told.equals(asked.frame.with_columns(suppressed=False).filter(~frame["suppressed"]))
    assert frame.filter("suppressed")["learners"].null_count() == frame["suppressed"].sum()
    assert not told["learners"].is_between(1, 9).any()


def test_hiding_only_the_few_is_caught() -> None:
    asked = table([120, 4, 60, *[40] * 15])
    naive = asked.with_frame(
        asked.frame.with_columns(learners=pl.when(pl.col("learners") >= 10).then("learners"))
    )
    found = audit([naive])
    assert found.recovered[0].cell == {
        "population": "learners",
        "age_band": "60-69",
        "division": "330102001001",
    }
    assert found.recovered[0].low == pytest.approx(4)
    assert not found.clean


def test_two_rows_that_differ_by_few_are_not_both_told() -> None:
    frame = pl.DataFrame({"town": ["a", "b", "all"], "n": [100, 0, 107]})
    told = suppress_frame(frame, [Dimension("town", kind="partial")], "n")
    assert None in (told["n"][0], told["n"][2])
    naive = Tabulation("t", frame, (Dimension("town", kind="partial"),), "n")
    assert [pair.people for pair in audit([naive]).pairs] == [7]


def test_a_part_whose_complement_is_few_goes_with_its_share() -> None:
    frame = pl.DataFrame(
        {"town": ["a", "b"], "people": [100, 100], "near": [96, 60], "share": [0.96, 0.6]}
    )
    told = suppress_frame(
        frame,
        [Dimension("town", kind="apart")],
        "people",
        parts={"near": "people"},
        derived=["share"],
    )
    assert told["near"].to_list() == [None, 60]
    assert told["share"].to_list() == [None, 0.6]
    assert told["people"].to_list() == [100, 100]


def test_a_cell_hidden_in_one_table_is_hidden_in_all() -> None:
    one = pl.DataFrame({"town": ["a", "b", "all"], "n": [4, 50, 54]})
    two = pl.DataFrame(
        {"town": ["a", "a", "b", "b"], "slot": ["1E", "2E"] * 2, "n": [4, 0, 20, 30]}
    )
    asked = [
        Tabulation("towns", one, ("town",), "n"),
        Tabulation("slots", two, ("town", "slot"), "n"),
    ]
    released = suppress(asked)
    assert released.frame("towns")["n"].to_list() == [None, None, 54]
    assert released.frame("slots")["n"].to_list()[0] is None
    assert audit(released.tables).clean
    assert not audit([released.tables[0], asked[1]]).clean


def test_tables_that_tell_one_cell_differently_are_refused() -> None:
    one = pl.DataFrame({"town": ["a"], "n": [40]})
    two = pl.DataFrame({"town": ["a"], "n": [50]})
    with pytest.raises(SuppressionError, match=r"40 of one cell.*own population"):
        suppress([Tabulation("one", one, ("town",), "n"), Tabulation("two", two, ("town",), "n")])
