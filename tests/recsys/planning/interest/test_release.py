"""What leaves of the interest tables: nothing of one to nine people, nor what tells of them."""

import polars as pl
import pytest

from data.privacy.suppression import audit
from recsys.planning.interest.release import (
    FATES,
    PER_SEAT,
    beside,
    classes_told,
    released,
    wants_told,
)

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


def pressed(level: str, code: str, around: str | None, applied: int, drawn: int) -> Row:
    place: Row = {"level": level, "division_code": code, "parent_code": around}
    lots: Row = {"lottery_applications": drawn, "lottery_admitted": drawn // 2}
    ratios: Row = dict.fromkeys((*PER_SEAT, "lottery_per_seat", "lottery_worst"), 1.0)
    people: Row = {"applications": applied, "persons": applied}
    return place | people | lots | ratios | {"win_rate": 0.5}


NO_SENIORS = pl.DataFrame([pressed("city", CITY, None, 0, 0)])


def told(gap: pl.DataFrame) -> pl.DataFrame:
    return released({("category",): gap}, NO_SENIORS).gaps["category",]


@pytest.fixture
def gap() -> pl.DataFrame:
    """Four towns of two districts; one of them has six applicants."""
    towns = [("1", WEST, 100, 50), ("2", WEST, 6, 0), ("3", WEST, 40, 20), ("4", EAST, 60, 30)]
    rows = [row("city", CITY, None, 206, 100)]
    rows += [row("district", WEST, CITY, 146, 70), row("district", EAST, CITY, 60, 30)]
    rows += [row("town", f"{of[:6]}00{at}000", of, *of_it) for at, of, *of_it in towns]
    return pl.DataFrame(rows)


def test_a_small_town_is_held_back_with_one_that_would_give_it_away(gap: pl.DataFrame) -> None:
    left = told(gap)
    west = left.filter(pl.col("parent_code") == WEST).sort("division_code")["applications"]
    assert west[1] is None
    assert west.null_count() >= 2
    whole = left.filter(pl.col("level") != "town")["applications"].to_list()
    assert sorted(whole) == [60, 146, 206]


def test_the_order_of_rows_tells_nothing_of_what_is_held_back(gap: pl.DataFrame) -> None:
    lost = [104, 74, 30, 50, 4, 20, 30]
    asked = gap.with_columns(*(pl.Series(n, lost) for n in ("lost", "waitlisted", "wanted")))
    people = asked.with_columns(
        admitted=pl.col("applications") - pl.col("lost"),
        persons="lost",
        wanted_mean=pl.Series([9.0, 6.0, 3.0, 1.0, 8.0, 4.0, 2.0]),
    )
    left = told(people)
    towns = left.filter(pl.col("level") == "town")
    shown, held = towns.drop_nulls("wanted_mean"), towns.filter(pl.col("wanted_mean").is_null())
    assert held.height >= 2
    assert towns["division_code"].to_list() == [*shown["division_code"], *held["division_code"]]
    assert shown["wanted_mean"].is_sorted(descending=True)
    assert held["division_code"].is_sorted()


def test_senior_classes_do_not_give_away_who_else_applied_in_a_town(gap: pl.DataFrame) -> None:
    """In the fourth town all but four of sixty applied for senior classes: four did not."""
    town, other = gap["division_code"][6], gap["division_code"][5]
    rows = [pressed("city", CITY, None, 86, 40), pressed("district", EAST, CITY, 56, 20)]
    rows += [pressed("district", WEST, CITY, 30, 20)]
    rows += [pressed("town", town, EAST, 56, 20), pressed("town", other, WEST, 30, 20)]
    release = released({("category",): gap}, pl.DataFrame(rows))
    seniors = release.senior.filter(pl.col("division_code") == town)["applications"][0]
    everybody = release.gaps["category",].filter(pl.col("division_code") == town)[
        "applications_here"
    ][0]
    assert seniors is None or everybody is None
    assert audit(release.tables).clean


def test_what_one_breakdown_hides_is_hidden_from_whoever_holds_another(gap: pl.DataFrame) -> None:
    """By term the small town is told as one row, by category as one row: hidden in both or none."""
    by_term = gap.rename({"category": "term"}).with_columns(term=pl.lit("2025春"))
    release = released({("category",): gap, ("term",): by_term}, NO_SENIORS)
    assert audit(release.tables).clean
    one, other = (
        shown.sort("division_code")["applications"].is_null().to_list()
        for shown in release.gaps.values()
    )
    assert one == other
    assert any(one)


def test_the_ledger_of_searches_changes_nothing_that_is_told_of_applications(
    gap: pl.DataFrame,
) -> None:
    columns = ["division_code", "applications", "lost", "applications_here"]
    nothing = pl.lit(None, pl.Int64)
    unasked = gap.with_columns(asked=nothing, empty=nothing, callers=nothing)
    assert told(unasked).select(columns).equals(told(gap).select(columns))


def test_beside_the_exact_tables_counts_are_told_in_tens_and_ratios_made_of_them(
    gap: pl.DataFrame,
) -> None:
    seats = gap.with_columns(slot=pl.lit("1M"), seats=pl.lit(40.0), fill=pl.lit(0.9)).drop(
        "category"
    )
    shown = beside(seats, ("slot",))
    people = ("applications", "lost", "admitted", "asked", "applicants", "applications_here")
    for column in people:
        assert (shown[column].drop_nulls() % 10 == 0).all()
    assert shown["fill"].drop_nulls().unique().to_list() == [1.0]
    per_seat = shown["per_seat"] * shown["seats"]
    assert per_seat.drop_nulls().to_list() == shown["applications_here"].drop_nulls().to_list()
    few = shown.filter(pl.any_horizontal(pl.col(people).is_null()))
    assert few["suppressed"].all()


def test_nothing_of_one_to_nine_people_leaves(gap: pl.DataFrame) -> None:
    left = told(gap)
    for column in ("applications", "lost", "admitted", "waitlisted", "asked", "applicants"):
        assert not left[column].drop_nulls().is_between(1, 9).any()


def test_what_is_worked_out_of_a_hidden_count_is_hidden(gap: pl.DataFrame) -> None:
    left = told(gap)
    hidden = left.filter(pl.col("applications_here").is_null())
    assert hidden.height >= 2
    assert hidden["per_seat"].null_count() == hidden.height
    assert left.columns == [*gap.columns, "suppressed"]


def test_a_class_with_few_applicants_is_left_out_with_one_beside_it_and_others_are_in_tens() -> (
    None
):
    counts = {
        "applications": [0, 9, 10, 56, 12],
        "admitted": [0, 9, 8, 20, 8],
        "lost": [0, 0, 2, 36, 4],
    }
    seats = {
        "section_id": ["a", "b", "c", "d", "e"],
        "capacity": [20] * 5,
        "town_code": ["1", "1", "1", "1", "2"],
    }
    rows = pl.DataFrame(seats | counts).with_columns(
        persons="applications",
        per_seat=pl.lit(0.0),
        win_rate=pl.lit(0.0),
        district_code=pl.lit("330106000000"),
        category=pl.lit("arts"),
    )
    classes = classes_told(rows)
    assert classes["section_id"].to_list() == ["d", "e"]
    assert classes["applications"].to_list() == [60, 10]
    assert classes["admitted"].to_list() == [20, None]
    assert classes["per_seat"].to_list() == [3.0, 0.5]
    assert classes["win_rate"].to_list() == [pytest.approx(1 / 3), None]


def test_wants_with_few_behind_them_are_left_out_and_others_are_told_in_tens() -> None:
    rows = pl.DataFrame(
        {
            "division_code": ["a", "b", "c", "d", "e"],
            "applied": [0.4, 3.0, 14.0, 0.2, 0.0],
            "searched": [0.0, 0.0, 27.0, 4.0, 5.0],
            "persons": [0, 4, 16, 0, 0],
        }
    ).with_columns(wanted=pl.max_horizontal("applied", "searched"))
    wants = wants_told(rows)
    assert wants["division_code"].to_list() == ["a", "c", "d"]
    assert wants["wanted"].to_list() == [0.4, 30.0, 0.2]
    assert wants["applied"].to_list() == [0.4, 10.0, 0.2]
    assert wants["searched"].to_list() == [0.0, 30.0, None]
    assert wants["persons"].to_list() == [0, 20, 0]
