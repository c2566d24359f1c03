"""Employers under one spelling, and agencies by what they call themselves."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.postings.employer import employer_key, hires_for_others, in_the_trade


def key(name: str | None) -> str | None:
    frame = pl.DataFrame({"company": [name]}, schema={"company": pl.String})
    return frame.select(employer_key(pl.col("company"))).item()


def agency(
    company: str | None = None,
    title: str = "保洁员",
    description: str | None = None,
    *,
    given: bool | None = None,
) -> bool | None:
    row = {"given": [given], "company": [company], "title": [title], "description": [description]}
    schema = {"given": pl.Boolean} | dict.fromkeys(("company", "title", "description"), pl.String)
    told = pl.DataFrame(row, schema=schema).with_columns(by_name=in_the_trade(pl.col("company")))
    columns = (pl.col(name) for name in ("given", "company", "by_name", "title", "description"))
    return told.select(hires_for_others(*columns)).item()


@pytest.mark.parametrize(
    ("name", "same"),
    [
        ("杭州云栖科技有限公司", "杭州云栖科技"),
        ("杭州云栖科技有限责任公司", "杭州云栖科技"),
        ("杭州云栖科技股份有限公司", "杭州云栖科技"),
        ("云栖（杭州）科技有限公司", "云栖(中国)科技有限公司"),
        ("杭州云栖科技有限公司宁波分公司", "杭州云栖科技"),
        ("云栖集团", "云栖集团有限公司"),
        ("云栖物流西南分公司", "云栖物流西南"),
        ("Ｙｕｎｑｉ Co., Ltd.", "yunqi"),
        (" 杭州 云栖 科技 ", "杭州云栖科技"),
    ],
)
def test_legal_form_branch_brackets_and_spaces_make_no_other_employer(name: str, same: str) -> None:
    assert key(name) == key(same) is not None


def test_what_tells_employers_apart_stays() -> None:
    assert key("杭州银行股份有限公司") == "杭州银行"
    assert key("杭州云栖科技有限公司") != key("杭州云栖服务有限公司")
    assert key("杭州云栖科技有限公司") != key("宁波云栖科技有限公司")


@pytest.mark.parametrize("name", [None, "", "某知名互联网企业", "保密", "N/A", "公司", "（）"])
def test_a_nameless_employer_has_no_key(name: str | None) -> None:
    assert key(name) is None


@given(st.text(max_size=30))
def test_a_key_is_its_own_key_or_shorter(name: str) -> None:
    first = key(name)
    assert first is None or len(key(first) or "") <= len(first)


@pytest.mark.parametrize(
    "company",
    [
        "杭州某甲人力资源有限公司",
        "某乙劳务派遣有限公司",
        "丙猎头",
        "丁人才服务有限公司",
        "戊服务外包有限公司",
    ],
)
def test_the_trade_s_own_names_tell_an_agency(company: str) -> None:
    assert agency(company) is True
    assert agency(company, description="企业直招") is True


def test_an_ordinary_name_without_a_hint_is_no_agency() -> None:
    assert agency("杭州云栖科技有限公司") is False
    assert agency("杭州云栖科技有限公司", description="非中介，不是劳务派遣") is False


def test_what_cannot_be_told_stays_unknown() -> None:
    assert agency() is None
    assert agency("某甲企业管理咨询有限公司") is None
    assert agency("杭州云栖科技有限公司", description="劳务派遣岗位，直招") is None


def test_the_text_speaks_where_the_name_does_not() -> None:
    assert agency("杭州云栖科技有限公司", description="本岗位为劳务派遣") is True
    assert agency("杭州云栖科技有限公司", title="叉车工（劳务派遣）") is True
    assert agency("杭州云栖科技有限公司", description="熟悉劳务派遣管理，懂外包业务") is False
    assert agency(title="叉车工（中介勿扰）") is False
    assert agency(description="与第三方签合同") is True


def test_what_the_source_says_wins() -> None:
    assert agency("杭州某甲人力资源有限公司", given=False) is False
    assert agency("杭州云栖科技有限公司", given=True) is True
