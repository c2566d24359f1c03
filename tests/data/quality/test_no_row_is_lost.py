"""Whatever is done to a table, every row is kept or refused, and a kept cell is what it was."""

from collections.abc import Callable
from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

NUMBERS = ["0012", "12.0", "3.3E+11", "NaN", "inf", "330104", "330183"]
TIMES = ["2025/09/01", "2025-13-01", "2025-09-01T00:00:00Z", "2025-09-01T00:00:00"]
WORDS = st.sampled_from(["", *NUMBERS, *TIMES, "true", "是", "[]", '["3E"]', "[1]", "面议"])
CELLS = st.none() | WORDS | st.text(max_size=8) | st.floats().map(str) | st.integers().map(str)

TABLES_DAMAGED = st.sampled_from(["sections", "learners", "events", "divisions", "vacancies"])


@settings(max_examples=60, deadline=None)
@given(data=st.data(), table=TABLES_DAMAGED)
def test_random_damage_never_loses_a_row_or_changes_a_kept_cell(
    judge_rows: Callable[..., Any], data: st.DataObject, table: str
) -> None:
    sound = judge_rows(table, [{} for _ in range(6)])
    columns = [name for name in sound.kept.columns if name != "row_index"]
    damage: st.SearchStrategy[dict[str, str | None]] = st.dictionaries(
        st.sampled_from(columns), CELLS, max_size=3
    )
    damaged: list[dict[str, str | None]] = data.draw(st.lists(damage, min_size=6, max_size=6))
    outcome = judge_rows(table, damaged)
    assert outcome.kept.height + outcome.refused.height == len(damaged)
    rows = [*outcome.kept.get_column("row_index"), *(outcome.refused.get_column("row") - 1)]
    assert sorted(rows) == list(range(len(damaged)))
    for row in outcome.kept.to_dicts():
        touched = damaged[int(row["row_index"])]
        before = sound.kept.row(row["row_index"], named=True)
        same = [name for name in columns if name not in touched]
        assert {name: row[name] for name in same} == {name: before[name] for name in same}
        assert all(said_as(name, row[name], text) for name, text in touched.items())


def said_as(column: str, value: object, text: str | None) -> bool:
    """A kept cell is unknown only if nothing (or a code of a district since split) was written."""
    split = column.endswith("division_code") and (text or "").startswith("330104")
    return (value is None) == (text is None or split)


@settings(max_examples=40, deadline=None)
@given(texts=st.lists(CELLS, min_size=1, max_size=8))
def test_kept_text_is_the_text_that_was_written(
    judge_frame: Callable[..., Any], texts: list[str | None]
) -> None:
    frame = pl.DataFrame({"month": ["2025-07-01"] * len(texts), "vacancies": ["1"] * len(texts)})
    written = frame.with_columns(pl.Series("industry", texts, dtype=pl.String))
    assert judge_frame("vacancies", written).values("industry") == texts
