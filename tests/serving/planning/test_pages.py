"""Pages of a table: every row once, in order, and no cursor of another question."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from serving.errors import BadCursorError
from serving.planning.pages import page_of

Rows = list[dict[str, int]]


def walked(table: pl.DataFrame, wanted: dict[str, list[object]], limit: int) -> Rows:
    rows: Rows = []
    cursor: str | None = None
    while True:
        page = page_of(table, wanted, limit=limit, cursor=cursor, release="r1")
        rows += page.rows
        assert len(page.rows) <= limit
        if page.next_cursor is None:
            assert page.total == len(rows)
            return rows
        cursor = page.next_cursor


@given(st.lists(st.integers(0, 3), max_size=30), st.integers(1, 7), st.sets(st.integers(0, 3)))
def test_pages_one_after_another_are_the_rows_asked_for_in_order(
    kinds: list[int], limit: int, asked: set[int]
) -> None:
    table = pl.DataFrame({"kind": kinds, "at": range(len(kinds))}, schema={"kind": int, "at": int})
    expected = [row for row in table.to_dicts() if not asked or row["kind"] in asked]
    assert walked(table, {"kind": sorted(asked)}, limit) == expected


@pytest.mark.parametrize("cursor", ["", "x", "é", "!!!!", "AAAA", "9" * 50])
def test_what_is_no_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(BadCursorError):
        page_of(pl.DataFrame({"a": [1, 2]}), {}, limit=1, cursor=cursor, release="r1")


@pytest.mark.parametrize(("wanted", "release"), [({"a": [1, 2]}, "r1"), ({}, "r2")])
def test_a_cursor_of_another_question_or_release_is_refused(
    wanted: dict[str, list[object]], release: str
) -> None:
    table = pl.DataFrame({"a": [1, 2, 3]})
    first = page_of(table, {}, limit=1, cursor=None, release="r1")
    with pytest.raises(BadCursorError):
        page_of(table, wanted, limit=1, cursor=first.next_cursor, release=release)
