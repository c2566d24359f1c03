"""A past month is told by what was known then: a later snapshot gives the same bytes."""

import io
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest

from data.city import City
from features.demand.build import Demand, demand_of_city
from features.errors import DemandError

Rows = list[dict[str, Any]]
MONTH = date(2025, 3, 1)


def told(city: City, month: date = MONTH) -> Demand:
    return demand_of_city(city, month, lambda _step: None)


def as_bytes(table: pl.DataFrame) -> bytes:
    file = io.BytesIO()
    table.write_parquet(file)
    return file.getvalue()


def known_by(rows: Rows, end: date) -> Rows:
    """The postings of a snapshot made on a day, as they stood."""
    return [
        {**row, "closed_on": row["closed_on"] if row["closed_on"] < end else None}
        for row in rows
        if row["posted_on"] < end
    ]


def test_a_later_snapshot_that_adds_and_closes_postings_gives_the_same_bytes(
    market: Callable[[Rows], City], year_of_postings: Rows
) -> None:
    then = told(market(known_by(year_of_postings, date(2025, 4, 1))))
    later = told(market(year_of_postings))
    assert len(known_by(year_of_postings, date(2025, 4, 1))) < len(year_of_postings)
    for name in ("table", "evidence"):
        one, other = getattr(then, name)(), getattr(later, name)()
        assert as_bytes(one) == as_bytes(other)
    assert as_bytes(then.forecast(3)) == as_bytes(later.forecast(3))


def test_the_order_in_which_postings_arrive_changes_nothing(
    market: Callable[[Rows], City], year_of_postings: Rows
) -> None:
    assert as_bytes(told(market(year_of_postings)).table()) == as_bytes(
        told(market(year_of_postings[::-1])).table()
    )


def test_what_is_posted_later_is_seen_later(
    market: Callable[[Rows], City], year_of_postings: Rows
) -> None:
    city = market(year_of_postings)
    assert told(city).table()["month"].max() == MONTH
    assert told(city, date(2025, 8, 1)).table()["month"].max() == date(2025, 8, 1)


def test_a_vacancy_closed_after_the_month_was_live_at_its_end(
    market: Callable[[Rows], City], year_of_postings: Rows
) -> None:
    table = told(market(year_of_postings)).table([MONTH])
    end = date(2025, 4, 1)
    originals = [row for row in year_of_postings if not row["posting_id"].endswith("again")]
    live = sum(
        row["posted_on"] < end <= row["closed_on"]
        and row["posted_on"] + timedelta(days=60) > end - timedelta(days=1)
        for row in originals
    )
    city = table.filter(pl.col("division_code") == "330100000000")
    assert city["live"].sum() == live


def test_every_figure_has_its_postings(
    market: Callable[[Rows], City], year_of_postings: Rows
) -> None:
    found = told(market(year_of_postings))
    behind = found.evidence().group_by("month", "division_code", "skill_id").len("behind")
    districts = found.table().filter(pl.col("division_code") != found.grid.city)
    joined = districts.join(
        behind, on=["month", "division_code", "skill_id"], how="left"
    ).with_columns(pl.col("behind").fill_null(0))
    assert (joined["ads"] == joined["behind"]).all()
    assert joined["ads"].sum() > 0


def test_the_city_is_the_sum_of_its_districts(
    market: Callable[[Rows], City], year_of_postings: Rows
) -> None:
    found = told(market(year_of_postings))
    table = found.table()
    whole = pl.col("division_code") == found.grid.city
    by_skill = pl.col("vacancies").sum()
    districts = table.filter(~whole).group_by("month", "skill_id").agg(by_skill)
    city = table.filter(whole).select("month", "skill_id", pl.col("vacancies").alias("city"))
    both = districts.join(city, on=["month", "skill_id"])
    assert both.height == city.height
    assert ((both["vacancies"] - both["city"]).abs() <= 1e-4 * both["city"]).all()


def test_copies_of_a_posting_do_not_move_an_estimate(
    market: Callable[[Rows], City], year_of_postings: Rows
) -> None:
    flood = [
        {**row, "posting_id": f"{row['posting_id']}-{copy}", "source": "other"}
        for row in year_of_postings
        if "焊接" in row["description"]
        for copy in range(5)
    ]
    calm, flooded = (told(market(rows)) for rows in (year_of_postings, year_of_postings + flood))
    columns = ["month", "division_code", "skill_id", "vacancies", "low", "high", "n_eff"]
    assert calm.table().select(columns).equals(flooded.table().select(columns))
    assert flooded.removed > calm.removed
    assert flooded.table()["ads"].sum() > 2 * calm.table()["ads"].sum()


def test_a_month_before_any_posting_is_an_error_that_says_so(
    market: Callable[[Rows], City], year_of_postings: Rows
) -> None:
    with pytest.raises(DemandError, match="2024-01: of 0 vacancies"):
        told(market(year_of_postings), date(2024, 1, 1))


def test_little_history_tells_no_season_and_no_trend(
    market: Callable[[Rows], City], year_of_postings: Rows
) -> None:
    table = told(market(year_of_postings), date(2024, 8, 1)).table()
    assert table["season"].null_count() == table.height
    assert table["trend"].null_count() == table.height
    assert table.select("vacancies", "low", "high").null_count().row(0) == (0, 0, 0)
