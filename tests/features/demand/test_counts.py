"""From advertisements to cells: every vacancy once, with the persons it seeks."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
import polars as pl
import pytest

from features.demand.counts import (
    Reading,
    opening_rows,
    spread_unknown,
    tally,
    vacancy_rows,
)
from features.demand.figures import located_ads, mentioned, plain_figures, salary_quartiles
from features.demand.grid import make_grid, months_between
from features.demand.official import industry_rows, official_factors

WEST, EAST, CITY = "330106000000", "330113000000", "330100000000"
JULY, AUGUST = date(2025, 7, 1), date(2025, 8, 1)
SKILLS = pl.DataFrame(
    {
        "skill_id": ["code", "weld", "g", "t"],
        "parent_id": ["g", "g", "t", None],
        "kind": ["tool", "technique", "group", "group"],
    }
)
GRID = make_grid(JULY, AUGUST, pl.Series([WEST, EAST]), pl.Series(["code", "weld"]), SKILLS)

Rows = Sequence[dict[str, Any]]
PARSED = {
    "source": "board-a",
    "district_code": WEST,
    "headcount": 1,
    "posted_on": date(2025, 7, 10),
    "closed_on": None,
    "refreshed_on": None,
    "salary_low": None,
    "salary_high": None,
}
TYPES = {
    "posting_id": pl.String,
    "source": pl.String,
    "district_code": pl.String,
    "headcount": pl.Int64,
    "posted_on": pl.Date,
    "closed_on": pl.Date,
    "refreshed_on": pl.Date,
    "salary_low": pl.Float64,
    "salary_high": pl.Float64,
}


def parsed_of(rows: Rows) -> pl.DataFrame:
    return pl.DataFrame([{**PARSED, **row} for row in rows], schema=TYPES)


def vacancies_of(parsed: pl.DataFrame, copies: dict[str, str] | None = None) -> pl.DataFrame:
    """Each posting its own vacancy, but for copies of another."""
    ids = parsed["posting_id"].to_list()
    own = copies or {}
    return pl.DataFrame(
        {
            "posting_id": ids,
            "vacancy_id": [own.get(posting, posting) for posting in ids],
            "weight": [0.0 if posting in own else 1.0 for posting in ids],
        }
    )


def mentions_of(pairs: Sequence[tuple[str, str, float]]) -> pl.DataFrame:
    return pl.DataFrame(pairs, schema=["posting_id", "skill_id", "score"], orient="row")


def counted(
    parsed: pl.DataFrame, vacancies: pl.DataFrame, mentions: pl.DataFrame, reading: Reading
) -> np.ndarray:
    """Persons by month, district and skill."""
    openings = opening_rows(vacancy_rows(parsed, vacancies), mentions, GRID, reading)
    weight = (openings["weight"] * openings["persons"]).to_numpy()
    return tally(openings, spread_unknown(openings, weight, GRID), GRID.shape)[:, :-1]


def test_a_copy_counts_for_nothing() -> None:
    parsed = parsed_of([{"posting_id": "a"}, {"posting_id": "b"}])
    found = counted(
        parsed,
        vacancies_of(parsed, {"b": "a"}),
        mentions_of([("a", "weld", 1.0), ("b", "weld", 1.0)]),
        Reading(),
    )
    assert found[0].tolist() == [[0.0, 1.0], [0.0, 0.0]]


def test_who_does_not_say_how_many_seeks_as_many_as_others() -> None:
    parsed = parsed_of(
        [
            {"posting_id": "a", "headcount": 1},
            {"posting_id": "b", "headcount": 4},
            {"posting_id": "c", "headcount": None},
        ]
    )
    mentions = mentions_of([(posting, "weld", 1.0) for posting in "abc"])
    assert counted(parsed, vacancies_of(parsed), mentions, Reading()).sum() == pytest.approx(7.5)


def test_a_skill_named_twice_counts_once_by_its_best_score() -> None:
    parsed = parsed_of([{"posting_id": "a"}])
    mentions = mentions_of([("a", "weld", 0.4), ("a", "weld", 0.8)])
    assert counted(parsed, vacancies_of(parsed), mentions, Reading()).sum() == pytest.approx(0.8)


def test_what_is_missed_in_reading_is_made_good() -> None:
    parsed = parsed_of([{"posting_id": "a"}])
    found = counted(
        parsed, vacancies_of(parsed), mentions_of([("a", "weld", 0.9)]), Reading(recall=0.75)
    )
    assert found.sum() == pytest.approx(1.2)


def test_doubtful_mentions_can_be_left_out() -> None:
    parsed = parsed_of([{"posting_id": "a"}])
    mentions = mentions_of([("a", "weld", 0.9), ("a", "code", 0.3)])
    found = counted(parsed, vacancies_of(parsed), mentions, Reading(least_score=0.5))
    assert found[0, 0].tolist() == [0.0, 0.9]


def test_known_districts_carry_what_names_none() -> None:
    parsed = parsed_of(
        [
            {"posting_id": "a"},
            {"posting_id": "b"},
            {"posting_id": "c", "district_code": EAST},
            {"posting_id": "d", "district_code": None},
        ]
    )
    mentions = mentions_of([(posting, "weld", 1.0) for posting in "abcd"])
    found = counted(parsed, vacancies_of(parsed), mentions, Reading())
    assert found[0, :, 1].tolist() == pytest.approx([8 / 3, 4 / 3])


def test_a_vacancy_counts_in_the_month_of_its_first_advertisement() -> None:
    parsed = parsed_of([{"posting_id": "a", "posted_on": date(2025, 8, 31)}])
    found = counted(parsed, vacancies_of(parsed), mentions_of([("a", "code", 1.0)]), Reading())
    assert found[:, 0, 0].tolist() == [0.0, 1.0]


def figures_of(parsed: pl.DataFrame, copies: dict[str, str] | None = None) -> pl.DataFrame:
    vacancies = vacancies_of(parsed, copies)
    mentions = mentions_of([(posting, "weld", 1.0) for posting in parsed["posting_id"]])
    found = mentioned(located_ads(parsed, vacancies), mentions, GRID, 0.0)
    stock = pl.DataFrame({"vacancy_id": ["a"], "month": [AUGUST], "live": [True]})
    return plain_figures(found, stock, CITY).sort("month", "division_code")


def test_ads_count_copies_and_headcount_does_not() -> None:
    parsed = parsed_of(
        [
            {"posting_id": "a", "headcount": 3},
            {"posting_id": "b", "headcount": 3, "source": "board-b"},
            {"posting_id": "c", "headcount": None, "district_code": None},
        ]
    )
    figures = figures_of(parsed, {"b": "a"})
    july = figures.filter(pl.col("month") == JULY)
    assert july.select("division_code", "ads", "headcount").rows() == [(CITY, 3, 3), (WEST, 2, 3)]
    assert july["sources"].to_list() == ["board-a 2, board-b 1", "board-a 1, board-b 1"]


def test_a_vacancy_is_live_in_months_in_which_nothing_new_is_posted() -> None:
    figures = figures_of(parsed_of([{"posting_id": "a"}]))
    august = figures.filter((pl.col("month") == AUGUST) & (pl.col("division_code") == WEST))
    assert august.select("ads", "live").rows() == [(0, 1)]


def test_a_refresh_makes_an_advertisement_fresh_within_its_month_alone() -> None:
    parsed = parsed_of(
        [
            {"posting_id": "a", "refreshed_on": date(2025, 7, 25)},
            {"posting_id": "b", "refreshed_on": date(2025, 8, 20)},
        ]
    )
    july = figures_of(parsed).filter(pl.col("month") == JULY)
    assert july["freshness_days"].to_list() == [6, 6]


def test_headcount_that_nobody_tells_is_unknown_not_zero() -> None:
    figures = figures_of(parsed_of([{"posting_id": "a", "headcount": None}]))
    assert figures["headcount"].null_count() == figures.height > 0


def test_quartiles_of_pay_need_five_vacancies_and_leave_copies_out() -> None:
    rows = [
        {"posting_id": f"p{n}", "salary_low": 1000.0 * n, "salary_high": 1000.0 * n}
        for n in range(1, 7)
    ]
    parsed = parsed_of(rows)
    mentions = mentions_of([(row["posting_id"], "weld", 1.0) for row in rows])

    def quartiles(copies: dict[str, str]) -> pl.DataFrame:
        ads = located_ads(parsed, vacancies_of(parsed, copies))
        return salary_quartiles(mentioned(ads, mentions, GRID, 0.0), [pl.col("skill_id")])

    assert quartiles({"p6": "p1"})["salary_q50"].to_list() == [3000.0]
    assert quartiles({"p6": "p1", "p5": "p1"}).is_empty()


def weighted_stock(official: Rows, *, coded: bool) -> pl.DataFrame:
    """Live persons by district and industry after re-weighting, where each posting is live."""
    codes = ["4-04-05-01", "6-18-01-01"]
    rows = [
        {
            "posting_id": f"p{n:02}",
            "district_code": (WEST, EAST, None)[n % 3],
            "headcount": 1 + n % 2,
        }
        for n in range(30)
    ]
    parsed = parsed_of(rows)
    vacancies = vacancy_rows(parsed, vacancies_of(parsed))
    ids = vacancies["posting_id"]
    stock = pl.DataFrame({"vacancy_id": ids, "month": [JULY] * 30, "live": [True] * 30})
    occupations = pl.DataFrame(
        {"posting_id": ids, "occupation_code": [codes[n % 5 % 2] for n in range(30)]}
    )
    table = pl.DataFrame(
        [{"month": JULY, "division_code": None, "industry": None, **row} for row in official],
        schema={
            "month": pl.Date,
            "division_code": pl.String,
            "industry": pl.String,
            "vacancies": pl.Int64,
        },
    )
    industries = industry_rows(occupations) if coded else None
    factors = official_factors(vacancies, stock, table, GRID, industries)
    joined = vacancies.join(factors, on="posting_id").join(
        industry_rows(occupations), on="posting_id"
    )
    return joined.with_columns((pl.col("persons") * pl.col("factor")).alias("weighted"))


IT, FACTORY = "信息传输、软件和信息技术服务业", "制造业"
BOTH = [
    {"division_code": WEST, "industry": IT, "vacancies": 40},
    {"division_code": WEST, "industry": FACTORY, "vacancies": 60},
    {"division_code": EAST, "industry": IT, "vacancies": 10},
    {"division_code": EAST, "industry": FACTORY, "vacancies": 90},
]


@pytest.mark.parametrize("coded", [True, False])
def test_the_live_stock_meets_the_official_total(coded: bool) -> None:
    assert weighted_stock(BOTH, coded=coded)["weighted"].sum() == pytest.approx(200.0, rel=1e-9)


def test_known_districts_and_industries_keep_their_official_proportions() -> None:
    stock = weighted_stock(BOTH, coded=True).drop_nulls("district_code")
    told = dict(
        stock.group_by("district_code", "industry")
        .agg(pl.col("weighted").sum())
        .select(pl.concat_str("district_code", "industry"), "weighted")
        .iter_rows()
    )
    whole = sum(told.values())
    for row in BOTH:
        share = told[f"{row['division_code']}{row['industry']}"] / whole
        assert share == pytest.approx(row["vacancies"] / 200, rel=1e-9)


@pytest.mark.parametrize(
    "official",
    [
        [{"division_code": WEST, "vacancies": 70}, {"division_code": EAST, "vacancies": 30}],
        [{"industry": IT, "vacancies": 30}, {"industry": FACTORY, "vacancies": 70}],
        [{"vacancies": 100}],
        [{"division_code": CITY, "vacancies": 100}],
    ],
)
def test_counts_by_one_class_or_none_are_met_too(official: Rows) -> None:
    assert weighted_stock(official, coded=True)["weighted"].sum() == pytest.approx(100.0, rel=1e-9)


def test_without_official_counts_nothing_is_weighted() -> None:
    stock = weighted_stock([], coded=True)
    assert stock["factor"].to_list() == [1.0] * 30


def test_months_have_no_holes() -> None:
    months = months_between(date(2024, 11, 1), date(2025, 2, 1))
    assert [month.month for month in months] == [11, 12, 1, 2]
