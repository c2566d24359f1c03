"""What leaves of the interest tables: nothing of one to nine people, nor what tells of them."""

import polars as pl
import pytest

from recsys.planning.interest.release import FATES, released, without_few

Row = dict[str, object]
CITY, WEST, EAST = "330100000000", "330106000000", "330113000000"


def row(level: str, code: str, around: str | None, applied: int, lost: int) -> Row:
    counts: Row = {"applications": applied, "lost": lost, "admitted": applied - lost, "pending": 0}
    fates: Row = {name: lost if name == "waitlisted" else 0 for name in FATES}
    people: Row = {"applicants": applied, "persons": lost, "applicants_here": applied}
    figures: Row = {"wanted": lost, "wanted_mean": 1.0, "wanted_low": 1.0, "wanted_high": 1.0}
    here: Row = {"applications_here": applied, "per_seat": 1.0, "fill": 1.0}
    asks: Row = {"asked": applied, "empty": 0, "callers": applied, "dropped_seats": 0}
    place: Row = {"level": level, "division_code": code, "parent_code": around, "category": "arts"}
    return place | counts | fates | people | figures | here | asks


@pytest.fixture
def gap() -> pl.DataFrame:
    """Four towns of two districts; one of them has six applicants."""
    towns = [("1", WEST, 100, 50), ("2", WEST, 6, 0), ("3", WEST, 40, 20), ("4", EAST, 60, 30)]
    rows = [row("city", CITY, None, 206, 100)]
    rows += [row("district", WEST, CITY, 146, 70), row("district", EAST, CITY, 60, 30)]
    rows += [row("town", f"{of[:6]}00{at}000", of, *of_it) for at, of, *of_it in towns]
    return pl.DataFrame(rows)


def test_a_small_town_is_held_back_with_one_that_would_give_it_away(gap: pl.DataFrame) -> None:
    left = released(gap, ["category"])
    west = left.filter(pl.col("parent_code") == WEST)["applications"].to_list()
    assert west[1] is None
    assert west.count(None) >= 2
    assert left["applications"].head(3).to_list() == [206, 146, 60]


def test_nothing_of_one_to_nine_people_leaves(gap: pl.DataFrame) -> None:
    left = released(gap, ["category"])
    for column in ("applications", "lost", "admitted", "waitlisted", "asked", "applicants"):
        assert not left[column].drop_nulls().is_between(1, 9).any()


def test_what_is_worked_out_of_a_hidden_count_is_hidden(gap: pl.DataFrame) -> None:
    left = released(gap, ["category"])
    hidden = left.filter(pl.col("applications_here").is_null())
    assert hidden.height >= 2
    assert hidden["per_seat"].null_count() == hidden.height
    assert left.columns == [*gap.columns, "suppressed"]


def test_rows_of_other_tables_with_few_behind_them_are_left_out() -> None:
    rows = pl.DataFrame({"town": ["a", "b", "c", "d"], "persons": [0, 9, 10, None]})
    assert without_few(rows)["town"].to_list() == ["a", "c", "d"]
