"""Which vacancies stand at a month's end, and what was known of it when."""

from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.errors import CutOffError
from features.postings.duplicates import find_vacancies
from features.postings.stock import known_postings, live_stock
from tests.data.simulate.labour.conftest import Market
from tests.features.postings.conftest import MakeParsed, flooded, parsed_rows

SUMMER = datetime(2025, 7, 1, tzinfo=UTC)
MARCH = date(2025, 3, 3)


def live_months(*rows: dict[str, object], as_of: datetime = SUMMER) -> list[int]:
    """Months of 2025 at whose end the vacancies of the rows stand."""
    parsed = parsed_rows(*rows)
    stock = live_stock(parsed, find_vacancies(parsed), as_of).filter("live")
    return stock["month"].dt.month().sort().to_list()


@pytest.mark.parametrize(
    ("row", "months"),
    [
        ({"closed_on": date(2025, 3, 20)}, []),
        ({"closed_on": date(2025, 3, 31)}, []),
        ({"closed_on": date(2025, 4, 1)}, [3]),
        ({"closed_on": date(2025, 6, 2)}, [3, 4, 5]),
        ({}, [3, 4]),
        ({"refreshed_on": date(2025, 3, 20)}, [3, 4]),
        ({"refreshed_on": date(2025, 4, 20)}, [3, 4, 5]),
    ],
)
def test_a_posting_stands_until_its_closing_or_sixty_days_when_that_is_unknown(
    row: dict[str, object], months: list[int]
) -> None:
    assert live_months({"posted_on": MARCH, **row}) == months


def test_a_closing_that_lies_ahead_is_not_known_yet() -> None:
    row = {"posted_on": MARCH, "closed_on": date(2025, 5, 25)}
    in_may = datetime(2025, 5, 10, tzinfo=UTC)
    assert live_months(row, as_of=in_may) == [3, 4]
    early = {"posted_on": MARCH, "closed_on": date(2025, 3, 20)}
    assert live_months(early, as_of=datetime(2025, 4, 1, tzinfo=UTC)) == []


def test_a_month_that_is_not_over_has_no_end_yet() -> None:
    assert live_months({"posted_on": MARCH}, as_of=datetime(2025, 3, 31, 15, tzinfo=UTC)) == []
    assert live_months({"posted_on": MARCH}, as_of=datetime(2025, 3, 31, 16, tzinfo=UTC)) == [3]


def test_a_copy_of_a_standing_vacancy_lengthens_nothing() -> None:
    closed = {"posted_on": MARCH, "closed_on": date(2025, 4, 10)}
    copy = {"posted_on": date(2025, 3, 28), "closed_on": date(2025, 6, 20), "source": "board-b"}
    assert live_months(closed, copy) == [3]


def test_a_copy_after_the_closing_opens_the_vacancy_again() -> None:
    closed = {"posted_on": MARCH, "closed_on": date(2025, 3, 20)}
    again = {"posted_on": date(2025, 4, 10), "closed_on": date(2025, 5, 5)}
    assert live_months(closed, again) == [4]


def test_a_cut_off_without_an_offset_is_refused(make_parsed: MakeParsed) -> None:
    parsed = make_parsed({})
    with pytest.raises(CutOffError, match="no offset"):
        live_stock(parsed, find_vacancies(parsed), datetime(2025, 7, 1))  # noqa: DTZ001


@settings(max_examples=25)
@given(st.dates(date(2025, 4, 1), date(2025, 8, 20)))
def test_a_past_month_is_the_same_on_a_later_snapshot(day: date) -> None:
    """Everything worked out from what was known then, or with all rows at hand: no difference."""
    rows = parsed_rows(
        *(
            {
                "posted_on": MARCH + timedelta(9 * n),
                "closed_on": MARCH + timedelta(9 * n + 20) if n % 3 else None,
                "employer_key": f"e{n % 4}",
                "source": f"board-{n % 3}",
            }
            for n in range(16)
        )
    )
    then = datetime(day.year, day.month, day.day, tzinfo=UTC)
    known = known_postings(rows, then)
    now = live_stock(rows, find_vacancies(rows), then)
    assert now.equals(live_stock(known, find_vacancies(known), then))


def test_knowing_twice_changes_nothing(origins: pl.DataFrame) -> None:
    once = known_postings(origins, datetime(2025, 5, 10, tzinfo=UTC))
    assert once.equals(known_postings(once, datetime(2025, 5, 10, tzinfo=UTC)))


@pytest.mark.slow
def test_a_fifth_of_vacancies_posted_six_times_changes_the_stock_by_under_a_tenth(
    market: Market, origins: pl.DataFrame
) -> None:
    plain, flood = _stock(origins), _stock(flooded(market, origins, 0.2, seed=3))
    both = plain.join(flood, on=["month", "district_code"], suffix="_flooded")
    change = both.select((pl.col("live_flooded") / pl.col("live") - 1).abs()).to_series()
    assert both.height == plain.height
    assert change.max() < 0.1  # type: ignore[operator]


def _stock(rows: pl.DataFrame) -> pl.DataFrame:
    """Live vacancies by weight, of cells with twenty or more."""
    found = find_vacancies(rows)
    live = live_stock(rows, found, datetime(2025, 9, 1, tzinfo=UTC)).filter("live")
    first = found.join(rows.select("posting_id", "district_code"), on="posting_id")
    placed = live.join(first, left_on="vacancy_id", right_on="posting_id")
    cells = placed.group_by("month", "district_code").agg(live=pl.col("weight").sum())
    return cells.filter(pl.col("live") >= 20, pl.col("district_code").is_not_null())
