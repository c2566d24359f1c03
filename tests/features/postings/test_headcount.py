"""How many are sought: numbers are read, 若干 is nobody's number."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.postings.headcount import headcount_in_text, read_headcount


@pytest.mark.parametrize(
    ("text", "persons"),
    [
        ("招3人", 3),
        ("1名", 1),
        ("招聘 5 名", 5),
        ("2-3人", 2),
        ("10人以上", 10),
        ("10多人", 10),
        ("3", 3),
        ("三名", 3),
        ("十二人", 12),
        ("二十人", 20),
        ("招聘人数：8人", 8),
        ("（4名）", 4),
        ("若干", None),
        ("若干人", None),
        ("多名", None),
        ("不限", None),
        ("", None),
        ("0人", None),
        ("3班2倒", None),
        ("1-2年", None),
    ],
)
def test_numbers_are_read_and_words_for_some_are_not(text: str, persons: int | None) -> None:
    assert read_headcount(text) == persons


@given(st.integers(1, 9999), st.sampled_from(["{}", "{}人", "招{}人", "招聘 {} 名", "{}位"]))
def test_every_number_survives_its_wording(persons: int, wording: str) -> None:
    assert read_headcount(wording.format(persons)) == persons


def said(title: str, description: str | None) -> int | None:
    frame = pl.DataFrame(
        {"title": [title], "description": [description]},
        schema={"title": pl.String, "description": pl.String},
    )
    text = frame.select(headcount_in_text(pl.col("title"), pl.col("description"))).item()
    return None if text is None else read_headcount(text)


@pytest.mark.parametrize(
    ("title", "description", "persons"),
    [
        ("招3人：电焊工", None, 3),
        ("电焊工（5名）", None, 5),
        ("诚聘 10 名客服", None, 10),
        ("电焊工", "招聘人数：6人\n工作内容", 6),
        ("电焊工", "团队有30人，3班倒", None),
        ("招多名电焊工", None, None),
        ("3年经验电焊工", None, None),
        ("2招1电焊工", None, None),
    ],
)
def test_titles_say_it_in_any_way_and_descriptions_only_under_its_name(
    title: str, description: str | None, persons: int | None
) -> None:
    assert said(title, description) == persons
