"""Pay as boards write it: a list made by hand, and what must hold of any text."""

import csv
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.postings.salary import PLAUSIBLE, UNREAD, Salary, read_salary

GOLDEN = Path(__file__).with_name("salaries.csv")
DATASETS = Path(__file__).parents[3] / "../shared/datasets"
WRITTEN = (("jobs_zh_it_2019", "wage"), ("jobs_zh_bigdata_2019", "salary"))
LAGOU = ("jobs_zh_lagou_da_2019", "salary")


def golden() -> list[tuple[str, Salary]]:
    with GOLDEN.open(encoding="utf-8", newline="") as lines:
        return [(line["text"], _expected(line)) for line in csv.DictReader(lines)]


def _expected(line: dict[str, str]) -> Salary:
    low, high = (float(line[end]) if line[end] else None for end in ("low", "high"))
    months = int(line["months"]) if line["months"] else None
    return Salary(low, high, months, line["unit"] or None)


def test_the_list_is_long_and_names_each_form_once() -> None:
    texts = [text for text, _ in golden()]
    assert len(texts) >= 300
    assert len(set(texts)) == len(texts)


@pytest.mark.parametrize(("text", "expected"), golden(), ids=[text for text, _ in golden()])
def test_each_form_of_the_list_is_read_as_a_person_reads_it(text: str, expected: Salary) -> None:
    assert read_salary(text) == expected


@pytest.mark.parametrize(("folder", "column"), [*WRITTEN, LAGOU])
def test_nearly_all_pay_of_the_real_boards_is_read(folder: str, column: str) -> None:
    path = DATASETS / folder / "jobs.parquet"
    if not path.is_file():
        pytest.skip(f"the data set {folder} is not here")
    told = pl.read_parquet(path, columns=[column]).to_series().drop_nulls()
    texts = told.filter(told.str.strip_chars() != "")
    read = sum(
        count
        for text, count in texts.value_counts().iter_rows()
        if read_salary(text).unit is not None
    )
    assert read >= 0.98 * len(texts)


@given(
    st.text(
        alphabet="0123456789.-~,，·+/()kKwW万千百元月年天时次薪面议以上下起至到 一二十两税前底",
        max_size=24,
    )
)
def test_whatever_is_written_the_ends_are_in_order_and_plausible(text: str) -> None:
    salary = read_salary(text)
    ends = [end for end in (salary.low, salary.high) if end is not None]
    assert ends == sorted(ends)
    assert all(PLAUSIBLE[0] <= end <= PLAUSIBLE[1] for end in ends)
    assert (salary.unit is None) == (salary == UNREAD)
    assert not ends or salary.unit not in {None, "piece", "negotiable"}


@given(st.text(max_size=60))
def test_any_text_at_all_is_read_or_left_unread(text: str) -> None:
    assert isinstance(read_salary(text), Salary)


@given(st.integers(3, 60), st.integers(0, 30))
def test_the_same_pay_in_another_spelling_reads_the_same(low: int, more: int) -> None:
    high = low + min(more, 3 * low)  # further apart, 8-1.2万 could be meant
    spellings = (
        f"{low}-{high}K",
        f"{low}k-{high}k",
        f"{low}-{high}千/月",
        f"{low}000-{high}000元/月",
        f"{low / 10}-{high / 10}万/月",
        f"{high}-{low}K/月",
        f"税前{low}～{high}Ｋ",
    )
    assert {read_salary(text) for text in spellings} == {
        Salary(low * 1000.0, high * 1000.0, None, "month")
    }


@given(st.integers(5, 60), st.integers(12, 24))
def test_months_of_pay_a_year_raise_the_pay_in_their_proportion(
    thousands: int, months: int
) -> None:
    salary = read_salary(f"{thousands}K·{months}薪")
    assert salary.low == pytest.approx(thousands * 1000 * months / 12, abs=0.01)
    assert salary.months == months


@pytest.mark.parametrize("text", ["8" * 100_000, " " * 100_000 + "8K", "8-" * 50_000, "万" * 90])
def test_endless_texts_are_left_unread_at_once(text: str) -> None:
    assert read_salary(text) == UNREAD
