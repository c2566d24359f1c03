"""Markets whose shortages are known."""

from collections.abc import Callable
from datetime import date

import polars as pl
import pytest

from recsys.errors import DemandTableError
from recsys.planning.gaps.seekers import Register
from recsys.planning.gaps.table import COLUMNS, Gaps, checked
from tests.recsys.planning.gaps.conftest import (
    EAST,
    MONTH,
    SKILLS,
    WEST,
    ad_rows,
    demand_rows,
    register_rows,
    supply_rows,
)

Market = Callable[..., Gaps]


def row_of(gaps: Gaps, district: str, skill: str) -> dict[str, object]:
    cell = (pl.col("division_code") == district) & (pl.col("skill_id") == skill)
    return gaps.table.filter(cell).row(0, named=True)


def test_the_table_has_its_columns_and_ranks_every_cell_once(market: Market) -> None:
    table = market().table
    assert dict(table.schema) == COLUMNS
    assert table["rank"].to_list() == list(range(1, 2 * len(SKILLS) + 1))


def test_what_stays_open_longest_is_the_shortage_and_what_it_is_named_beside_is_none(
    market: Market,
) -> None:
    gaps = market(ads=ad_rows("k2"))
    first = gaps.table.row(0, named=True)
    assert (first["division_code"], first["skill_id"]) == (WEST, "k2")
    assert first["found"]
    beside = row_of(gaps, WEST, "k3")
    assert not beside["found"]
    days = (float(str(row_of(gaps, WEST, skill)["days_open"])) for skill in ("k2", "k3", "k5"))
    slow, next_to_it, usual = days
    assert slow > next_to_it > usual


def test_a_market_in_balance_finds_nothing(market: Market) -> None:
    assert not market().table["found"].any()


def test_seats_within_reach_close_a_gap(market: Market) -> None:
    short = row_of(market(ads=ad_rows("k2")), WEST, "k2")
    taught = row_of(market(ads=ad_rows("k2"), supply=supply_rows(k2=6.0)), WEST, "k2")
    assert taught["gap"] < 0.2 * short["gap"]  # type: ignore[operator]
    assert short["cause"] == "training"
    assert taught["cause"] is None


def test_counts_of_ten_and_more_are_told_and_used(market: Market) -> None:
    many = dict.fromkeys(SKILLS, 40)
    gaps = market(
        demand=demand_rows(**dict.fromkeys(SKILLS, 40.0)),
        register=register_rows(**many | {"k5": 12}),
    )
    first = gaps.table.row(0, named=True)
    assert first["skill_id"] == "k5"
    assert (first["seekers"], first["found"]) == (12.0, True)
    assert first["vacancy_seeker_ratio"] == pytest.approx(40 / 12, rel=1e-4)
    assert gaps.table["seekers"].null_count() == 0


def test_hidden_counts_shape_no_figure(market: Market) -> None:
    """Two registers that differ in counts under ten alone make one and the same table."""
    one, other = register_rows(k0=1, k1=7, k2=8, k3=0), register_rows(k0=7, k1=1, k2=0, k3=8)
    assert market(register=one).table.equals(market(register=other).table)


def test_the_same_market_makes_the_same_table(market: Market) -> None:
    assert market(ads=ad_rows("k2")).table.equals(market(ads=ad_rows("k2")).table)


def test_jobseekers_by_occupation_stand_in_where_none_are_told_by_skill(market: Market) -> None:
    by_skill = register_rows()
    rows = by_skill.rows.with_columns(
        ("6-0" + pl.col("code").str.slice(1) + "-01-01").alias("code")
    )
    ties = pl.DataFrame(
        {
            "occupation_code": [f"6-0{number}-01-01" for number in range(8)],
            "skill_id": SKILLS,
            "importance": [1.0] * 8,
        }
    )
    gaps = market(register=Register(rows, "occupation_code"), ties=ties)
    plain = market(register=by_skill)
    assert gaps.kind == "occupation_code"
    assert gaps.table["seekers"].null_count() == gaps.table.height
    assert gaps.table["gap"].sum() == pytest.approx(plain.table["gap"].sum(), rel=0.05)


def test_without_a_register_vacancies_and_jobseekers_are_taken_to_balance(market: Market) -> None:
    nobody = Register(register_rows().rows.clear(), None)
    table = market(register=nobody).table
    assert table["vacancy_seeker_ratio"].null_count() == table.height
    assert not table["found"].any()
    assert table["probability"].is_between(0.2, 0.7).all()


def test_without_postings_signals_are_unknown_and_said_to_be(market: Market) -> None:
    gaps = market(ads=ad_rows().clear())
    assert not gaps.read
    for name in ("days_open", "repost_rate", "evidence"):
        assert gaps.table[name].null_count() == gaps.table.height
    assert gaps.table["note"].str.contains("未读取招聘广告").all()
    assert gaps.table["note_en"].str.contains("Postings weren't read").all()


def test_two_months_of_postings_are_said_to_be_too_few(market: Market) -> None:
    assert market(demand=demand_rows(2)).table["note_en"].str.contains("Fewer than 3 months").all()
    assert not market().table["note_en"].str.contains("Fewer than 3 months").any()


def test_what_can_not_be_seen_is_said(market: Market) -> None:
    wide = demand_rows().with_columns(pl.col("own_low") / 3)
    assert market(demand=wide).table["note_en"].str.contains("under x1.5 can't be seen").all()
    assert not market().table["note_en"].str.contains("under x1.5").any()


def test_a_skill_taught_only_in_the_other_district_is_a_matter_of_place(market: Market) -> None:
    east = supply_rows(k2=9.0).filter(pl.col("division_code") == EAST)
    assert row_of(market(ads=ad_rows("k2"), supply=east), WEST, "k2")["cause"] == "place"


def test_one_board_and_one_employer_cast_doubt(market: Market) -> None:
    one = ad_rows("k2").with_columns(pl.lit("board").alias("source"))
    assert row_of(market(ads=one), WEST, "k2")["cause"] == "extraction_doubt"


def test_falling_pay_while_jobseekers_are_there_is_a_matter_of_pay(market: Market) -> None:
    fell = pl.when(pl.col("month") > date(2025, 2, 1)).then(5_000.0).otherwise(6_000.0)
    demand = demand_rows(24).with_columns(fell.alias("salary_q50"))
    row = row_of(market(demand=demand, ads=ad_rows("k2")), WEST, "k2")
    assert row["wage_growth"] == pytest.approx(-1 / 6, rel=1e-4)
    assert row["cause"] == "pay"


def test_evidence_is_a_years_advertisements(market: Market) -> None:
    gaps = market(ads=ad_rows("k2"))
    behind = gaps.evidence.filter((pl.col("division_code") == WEST) & (pl.col("skill_id") == "k2"))
    assert behind.height == row_of(gaps, WEST, "k2")["evidence"] == 60


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (demand_rows().drop("own_low"), "lacks own_low"),
        (demand_rows().with_columns(pl.lit("x").alias("low")), "another kind"),
        (demand_rows().filter(pl.col("month") < MONTH), "no month 2025-08; its latest are"),
    ],
)
def test_a_demand_table_that_is_none_is_refused(table: pl.DataFrame, message: str) -> None:
    with pytest.raises(DemandTableError, match=message):
        checked(table, MONTH)
