"""No employer and no source makes up more than its share of a cell."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.postings.caps import CapSettings
from features.postings.duplicates import VacancySettings, find_vacancies, removed_shares
from tests.features.postings.conftest import parsed_rows

TIGHT = VacancySettings(caps=CapSettings(employer_floor=2, source_floor=3))


def jobs(employer: str | None, count: int, source: str = "board-a") -> list[dict[str, object]]:
    """Vacancies of one employer that are no copies: each seeks another number of persons."""
    return [
        {"employer_key": employer, "source": source, "headcount": n + 1, "description": None}
        for n in range(count)
    ]


def weight_of(rows: list[dict[str, object]], employer: str | None) -> float:
    parsed = parsed_rows(*rows)
    weights = find_vacancies(parsed, TIGHT).join(parsed, on="posting_id")
    mine = weights.filter(pl.col("employer_key").eq_missing(pl.lit(employer)))
    return float(mine["weight"].sum())


def test_an_employer_holds_at_most_its_share_of_a_cell() -> None:
    rows = [*jobs("甲", 20), *jobs("乙", 4, "board-b"), *jobs("丙", 3, "board-c")]
    assert weight_of(rows, "甲") == pytest.approx(4 + 3)


def test_an_employer_alone_keeps_the_floor() -> None:
    assert weight_of(jobs("甲", 20), "甲") == pytest.approx(2)
    assert weight_of(jobs("甲", 1), "甲") == 1


def test_unknown_employers_are_not_one_employer() -> None:
    rows = [*jobs(None, 20), *jobs("乙", 2, "board-b"), *jobs("丙", 3, "board-c")]
    assert weight_of(rows, None) == pytest.approx(20)


def test_a_source_holds_at_most_its_share_of_a_cell() -> None:
    rows = [job for n in range(20) for job in jobs(f"e{n}", 1)]
    parsed = parsed_rows(*rows, *jobs("乙", 1, "board-b"))
    weights = find_vacancies(parsed, TIGHT)["weight"]
    assert weights.head(20).sum() == pytest.approx(4)
    assert weights[20] == 1


def test_months_districts_and_work_are_capped_apart() -> None:
    elsewhere = [{**job, "district_code": "330106000000"} for job in jobs("甲", 2)]
    later = [{**job, "posted_on": date(2025, 6, 3)} for job in jobs("甲", 2)]
    welders = [{**job, "title": "焊工"} for job in jobs("甲", 2)]
    assert weight_of([*jobs("甲", 2), *elsewhere, *later, *welders], "甲") == 8


def test_work_that_is_called_differently_can_be_one_group() -> None:
    rows = [{**job, "title": f"岗位{n}"} for n, job in enumerate(jobs("甲", 6))]
    parsed = parsed_rows(*rows)
    groups = parsed.select("posting_id", group=pl.lit("6-18-01-01"))
    assert find_vacancies(parsed, TIGHT)["weight"].sum() == 6
    assert find_vacancies(parsed, TIGHT, groups)["weight"].sum() == pytest.approx(2)


def test_the_share_removed_is_told_by_kind() -> None:
    copy = {"employer_key": "甲", "headcount": 1, "description": None, "source": "board-b"}
    told = removed_shares(parsed_rows(*jobs("甲", 3), copy), TIGHT)
    removed = dict(told.select("kind", "removed").iter_rows())
    assert removed == {
        "exact": 1,
        "near": 0,
        "refresh": 0,
        "repost": 0,
        "employer cap": pytest.approx(1),
        "source cap": 0,
    }
    assert told["share"].sum() == pytest.approx(0.5)


@pytest.mark.parametrize(
    "wrong", [{"employer_share": 0.4}, {"source_share": 1.0}, {"source_floor": 0.0}]
)
def test_caps_out_of_range_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"must be from 0\.5"):
        CapSettings(**wrong)


@settings(max_examples=25)
@given(st.integers(1, 9), st.integers(0, 9), st.integers(0, 12))
def test_more_postings_of_an_employer_never_raise_a_count_beyond_its_cap(
    own: int, others: int, more: int
) -> None:
    rest = [job for n in range(others) for job in jobs(f"e{n}", 1, f"board-{n}")]
    held = weight_of([*jobs("甲", own + more, "board-z"), *rest], "甲")
    assert held <= max(2, others) + 1e-9
    assert held >= weight_of([*jobs("甲", own, "board-z"), *rest], "甲") - 1e-9


@settings(max_examples=25)
@given(st.integers(1, 30))
def test_copies_weigh_nothing_and_vacancies_at_most_one(copies: int) -> None:
    rows = [{"source": f"board-{n % 3}"} for n in range(copies)]
    found = find_vacancies(parsed_rows(*rows))
    assert found["weight"].to_list() == [1.0] + [0.0] * (copies - 1)
