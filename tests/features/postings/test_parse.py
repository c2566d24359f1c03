"""From contract rows to parsed rows: every posting once, in its order, given facts first."""

from collections.abc import Callable
from datetime import date
from typing import Any

import polars as pl
import pytest

from data.city import City
from features.errors import FeatureError
from features.postings import PARSED, parse_postings

MakeCity = Callable[..., City]


def parsed(make_city: MakeCity, *postings: dict[str, Any]) -> list[dict[str, Any]]:
    rows = [{"posting_id": f"p{at}", **posting} for at, posting in enumerate(postings)]
    return parse_postings(make_city(postings=rows).scan("postings")).to_dicts()


def test_a_posting_is_read_in_all_its_parts(make_city: MakeCity) -> None:
    (row,) = parsed(
        make_city,
        {
            "title": "招3人：前端开发",
            "company": "云栖（杭州）科技有限公司",
            "area_text": "杭州-滨江区",
            "salary_raw": "8-12K·13薪",
        },
    )
    assert row["employer_key"] == "云栖科技"
    assert row["district_code"] == row["division_code"] == "330108000000"
    assert (row["salary_months"], row["salary_unit"]) == (13, "month")
    assert (row["salary_low"], row["salary_high"]) == (8666.67, 13000.0)
    assert (row["headcount"], row["agency"], row["elsewhere"]) == (3, False, False)


def test_unreadable_texts_are_kept_and_their_readings_are_null(make_city: MakeCity) -> None:
    (row,) = parsed(make_city, {"salary_raw": "宸茶В鍐", "area_text": "??", "company": None})
    assert row["salary_raw"] == "宸茶В鍐"
    unknown = ("salary_low", "salary_high", "salary_unit", "division_code", "elsewhere")
    assert [row[name] for name in (*unknown, "employer_key", "agency", "headcount")] == [None] * 8


def test_columns_win_over_texts_and_a_text_refines_only_the_whole_city(make_city: MakeCity) -> None:
    rows = parsed(
        make_city,
        {"division_code": "330106109000", "area_text": "上海", "headcount": 2, "title": "招9人"},
        {"division_code": "330100000000", "area_text": "杭州-下沙"},
        {"division_code": "330100000000", "area_text": "上海"},
        {"area_text": "上海"},
    )
    assert [row["division_code"] for row in rows] == [
        "330106109000",
        "330114000000",
        "330100000000",
        None,
    ]
    assert [row["district_code"] for row in rows] == ["330106000000", "330114000000", None, None]
    assert [row["elsewhere"] for row in rows] == [False, False, False, True]
    assert rows[0]["headcount"] == 2


def test_yuhang_means_the_district_of_its_time(make_city: MakeCity) -> None:
    rows = parsed(
        make_city,
        {"area_text": "杭州-余杭区", "posted_on": date(2021, 4, 8)},
        {"area_text": "杭州-余杭区", "posted_on": date(2021, 4, 9)},
    )
    assert [row["district_code"] for row in rows] == [None, "330110000000"]
    assert rows[0]["division_code"] == "330100000000"


def test_rows_keep_their_order_and_number_whatever_repeats(make_city: MakeCity) -> None:
    texts = ["8-12K", None, "面议", "8-12K", "", "15-11K", None, "8-12K"]
    city = make_city(
        postings=[{"posting_id": f"p{9 - at}", "salary_raw": text} for at, text in enumerate(texts)]
    )
    read = parse_postings(city.scan("postings"))
    assert read["posting_id"].to_list() == [f"p{9 - at}" for at in range(len(texts))]
    assert read["salary_raw"].to_list() == texts
    assert read.schema == PARSED


def test_no_postings_give_no_rows_under_the_same_columns(make_city: MakeCity) -> None:
    empty = make_city().read("postings")
    assert parse_postings(pl.DataFrame(empty)).schema == PARSED


def test_a_posting_is_read_alike_alone_and_among_others(make_city: MakeCity) -> None:
    texts = ["8-12K", "面议", "200元/天", None]
    areas = ["杭州-下沙", None, "上海", "杭州-余杭区"]
    together = parsed(
        make_city,
        *({"salary_raw": text, "area_text": area} for text in texts for area in areas),
    )
    for row, (text, area) in zip(together, [(t, a) for t in texts for a in areas], strict=True):
        (alone,) = parsed(make_city, {"salary_raw": text, "area_text": area})
        assert alone | {"posting_id": row["posting_id"]} == row


def test_a_missing_column_is_named() -> None:
    with pytest.raises(FeatureError, match="salary_raw"):
        parse_postings(pl.DataFrame({"posting_id": ["p"]}))
