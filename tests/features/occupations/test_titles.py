import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.occupations import evidence, grams, model, names, titles
from features.occupations.titles import read_title, tokens


def parts(title: str) -> list[str]:
    return ["".join(part) for part in read_title(title).parts]


def test_the_examples_of_the_docstrings_hold() -> None:
    for module in (titles, grams, names, evidence, model):
        assert doctest.testmod(module).failed == 0


@pytest.mark.parametrize(
    ("title", "named"),
    [
        ("急聘 电工 8-12K 双休 五险一金", ["电工"]),
        ("Java开发工程师(杭州)", ["java开发工程师"]),
        ("资深Java开发工程师（互金产品）(J11729)", ["java开发工程师"]),
        ("25210J-前端开发工程师", ["j", "前端开发工程师"]),
        ("C/C++开发工程师", ["c++开发工程师"]),
        ("C#.NET工程师", ["c#工程师"]),
        ("链家招聘房产经纪人/置业顾问/包住宿", ["链家", "房产经纪人", "置业顾问"]),
        ("招聘专员", ["招聘专员"]),
        ("高级中学教师", ["高级中学教师"]),
        ("ＪＡＶＡ高级工程师", ["java工程师"]),
        ("Senior Data Analyst", ["dataanalyst"]),
        ("实习生", ["实习生"]),
        ("急聘", ["急聘"]),
    ],
)
def test_what_stands_around_a_name_is_dropped(title: str, named: list[str]) -> None:
    assert parts(title) == named


def test_what_stands_in_brackets_is_kept_aside() -> None:
    read = read_title("软件工程师（单片机开发）")
    assert ["".join(part) for part in read.asides] == ["单片机开发"]


@given(st.text(max_size=60))
def test_any_text_is_read_and_keeps_a_part_where_it_has_letters(title: str) -> None:
    read = read_title(title)
    assert read.parts
    assert all(read.parts) or not tokens(title)


@given(st.sampled_from(["电工", "会计", "java开发工程师", "养老护理员", "叉车司机"]))
def test_bait_never_changes_what_a_title_names(name: str) -> None:
    for around in (
        "急聘{}",
        "{}（包吃住）",
        "【高薪】{} 双休",
        "{}-杭州",
        "高级{}",
        "{} 6000-8000元/月",
    ):
        assert parts(around.format(name)) == [name]
