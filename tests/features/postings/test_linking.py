"""Which postings are one vacancy: known worlds, and a simulated market's truth."""

from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.simulate.labour.advertisements import NEAR, ORIGINAL, REWORDED, SAME
from data.simulate.labour.planted import SPAM
from features.postings.linking import link_postings
from tests.features.postings.conftest import SAYS, MakeParsed, parsed_rows

FIRST = date(2025, 3, 3)
LONGER = SAYS + "。欢迎投递简历！"
OTHER = "装配工两班倒；主要做汽车总装，会用气动扳手者优先，按节拍完成当日产量"
ELSEWHERE = {"district_code": "330106000000", "division_code": "330106000000"}
AGENCY = {"employer_key": "杭州某人才服务", "agency": True}


def kind_of_second(*rows: dict[str, object]) -> str:
    return str(link_postings(parsed_rows(*rows))["kind"][1])


@pytest.mark.parametrize(
    ("second", "kind"),
    [
        ({"source": "board-b"}, "exact"),
        ({"source": "board-b", "title": "【直招】总装工（包吃住）"}, "exact"),
        ({"description": SAYS.replace("，", " ； ") + "\n"}, "refresh"),
        ({"posted_on": FIRST + timedelta(20)}, "refresh"),
        ({"source": "board-b", "description": LONGER}, "near"),
        ({"source": "board-b", "description": OTHER}, "repost"),
        ({**AGENCY, "source": "board-b"}, "exact"),
        ({**AGENCY, "agency": None}, "exact"),
        ({"district_code": None, "division_code": None}, "refresh"),
        ({"headcount": None}, "refresh"),
        ({"headcount": 5}, "original"),
        ({"headcount": 5, "description": OTHER, "source": "board-b"}, "original"),
        (ELSEWHERE, "original"),
        ({"posted_on": FIRST + timedelta(61)}, "original"),
        ({"posted_on": FIRST + timedelta(55), "description": OTHER}, "original"),
        ({"employer_key": "杭州另一制造"}, "original"),
        ({"title": "钣金工", "description": "负责钣金折弯与激光切割下料"}, "original"),
        ({"description": OTHER, "experience": "5-10"}, "original"),
        ({"description": OTHER, "salary_low": 12000.0, **AGENCY}, "original"),
    ],
)
def test_a_second_posting_is_told_from_a_vacancy_of_its_own(
    second: dict[str, object], kind: str
) -> None:
    assert kind_of_second({}, second) == kind


def test_branches_in_two_towns_of_a_district_are_two_vacancies() -> None:
    towns = ({"division_code": f"330113{town}000"} for town in ("001", "002"))
    assert kind_of_second(*towns) == "original"


def test_texts_that_say_nothing_link_nobody_to_anybody() -> None:
    assert kind_of_second({"description": None}, {"description": None, **AGENCY}) == "original"


def test_a_vacancy_that_seeks_two_is_not_bridged_to_one_that_seeks_three() -> None:
    rows = parsed_rows({"headcount": 2}, {"headcount": None}, {"headcount": 3})
    assert link_postings(rows)["vacancy_id"].to_list() == ["p0", "p0", "p2"]


def test_a_chain_of_copies_ends_with_the_window_of_the_first() -> None:
    rows = parsed_rows(*({"posted_on": FIRST + timedelta(30 * n)} for n in range(5)))
    assert link_postings(rows)["vacancy_id"].to_list() == ["p0", "p0", "p0", "p3", "p3"]


ONE_OCCUPATION = pl.DataFrame({"posting_id": ["p0", "p1"], "group": ["6-22-01-01"] * 2})
REWORDED_ELSEWHERE: dict[str, object] = {
    "source": "board-b",
    "title": "汽车装调",
    "description": OTHER,
    "posted_on": FIRST + timedelta(6),
}


def test_another_name_of_one_occupation_tells_a_repost_that_titles_alone_do_not() -> None:
    rows = parsed_rows({}, REWORDED_ELSEWHERE)
    assert link_postings(rows)["kind"][1] == "original"
    assert link_postings(rows, groups=ONE_OCCUPATION)["kind"][1] == "repost"


@pytest.mark.parametrize(("said", "kind"), [(FIRST, "repost"), (None, "original")])
def test_an_agency_is_one_also_where_it_says_so_only_elsewhere(
    said: date | None, kind: str
) -> None:
    silent = {"agency": None, "posted_on": FIRST + timedelta(1)}
    rows = parsed_rows(
        {**silent, "employer_key": "杭州某人才服务"},
        {**silent, "employer_key": "杭州另一人才服务", "source": "board-b", "description": OTHER},
        {"title": "钣金工", "description": "折弯下料", "agency": said is not None}
        | {"employer_key": "杭州某人才服务", "headcount": 9},
    )
    assert link_postings(rows)["kind"][1] == kind


def test_agencies_are_compared_where_no_place_is_told_too() -> None:
    nowhere = {**AGENCY, "district_code": None, "division_code": None}
    other = {**REWORDED_ELSEWHERE, **nowhere, "employer_key": "杭州另一人才服务"}
    links = link_postings(parsed_rows(nowhere, other), groups=ONE_OCCUPATION)
    assert links["kind"].to_list() == ["original", "repost"]


def test_what_an_employer_says_under_every_title_makes_no_two_jobs_one() -> None:
    """Six jobs of one employer, each in a line, then the same long praise of the company."""
    praise = "。我司扎根临平二十年，主营新能源汽车零部件，宿舍食堂班车齐全，晋升通道清晰透明"
    jobs = ("前台接待", "叉车司机", "质检员", "会计", "电焊操作", "仓库保管")
    noise = [
        {
            "title": f"岗位{n}",
            "description": f"做{chr(0x4E00 + 7 * n)}{chr(0x5E00 + 5 * n)}的事",
            "employer_key": f"e{n}",
            "posted_on": date(2025, 1, 1),
        }
        for n in range(600)
    ]
    rows = [
        {"title": job, "description": job + praise, "posted_on": FIRST + timedelta(n)}
        for n, job in enumerate(jobs)
    ]
    kinds = link_postings(parsed_rows(*noise, *rows))["kind"].tail(len(jobs))
    assert kinds[3:].to_list() == ["original"] * 3


def test_copies_are_found_in_a_market_and_distinct_vacancies_left_apart(
    origins: pl.DataFrame,
) -> None:
    found = origins.with_columns(link_postings(origins)["vacancy_id"]).filter(
        pl.col("cell") != SPAM
    )
    true, made = _pairs(found, "opening"), _pairs(found, "vacancy_id")
    both = _pairs(found, "opening", "vacancy_id")
    assert both / made > 0.97
    assert both / true > 0.97
    assert found["vacancy_id"].n_unique() == pytest.approx(found["opening"].n_unique(), rel=0.01)


@pytest.mark.parametrize(("form", "bar"), [(SAME, 0.99), (NEAR, 0.99), (REWORDED, 0.93)])
def test_each_form_of_copy_joins_its_original(origins: pl.DataFrame, form: int, bar: float) -> None:
    found = origins.with_columns(link_postings(origins)["vacancy_id"])
    copies = found.filter(pl.col("form") == form)
    originals = found.filter(pl.col("form") == ORIGINAL).select("opening", home="vacancy_id")
    together = copies.join(originals, on="opening")
    assert together.select((pl.col("vacancy_id") == pl.col("home")).mean()).item() > bar


def test_distinct_vacancies_are_seldom_merged(origins: pl.DataFrame) -> None:
    found = origins.with_columns(link_postings(origins)["kind"])
    originals = found.filter((pl.col("form") == ORIGINAL) & (pl.col("cell") != SPAM))
    assert originals.select((pl.col("kind") != "original").mean()).item() < 0.01


def test_later_postings_change_no_earlier_vacancy(origins: pl.DataFrame) -> None:
    cut = date(2025, 5, 17)
    early = link_postings(origins.filter(pl.col("posted_on") < cut))
    late = link_postings(origins).join(early, on="posting_id", how="semi", maintain_order="left")
    assert early.equals(late)


def test_the_order_of_rows_does_not_matter(origins: pl.DataFrame) -> None:
    some = origins.head(4000)
    mixed = some.sample(fraction=1, shuffle=True, seed=5)
    assert link_postings(mixed).sort("posting_id").equals(link_postings(some).sort("posting_id"))


def test_the_originals_alone_have_no_copies_of_copies(origins: pl.DataFrame) -> None:
    """Linking again what was left finds next to nothing more."""
    some = origins.head(8000)
    left = some.filter(link_postings(some)["kind"] == "original")
    again = link_postings(left)["kind"] != "original"
    assert again.mean() == pytest.approx(0, abs=0.002)


def test_no_postings_have_no_vacancies() -> None:
    assert link_postings(parsed_rows()).is_empty()


@settings(max_examples=25)
@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "title": st.sampled_from(["总装工", "急聘总装工", "钣金工"]),
                "description": st.sampled_from([SAYS, LONGER, OTHER, None]),
                "source": st.sampled_from(["board-a", "board-b"]),
                "employer_key": st.sampled_from(["甲", "乙", None]),
                "agency": st.sampled_from([True, False, None]),
                "headcount": st.sampled_from([1, 2, None]),
                "posted_on": st.dates(date(2025, 1, 1), date(2025, 6, 1)),
            }
        ),
        max_size=14,
    )
)
def test_a_vacancy_is_named_by_its_first_posting_and_ends_within_the_window(
    rows: list[dict[str, object]],
) -> None:
    parsed = parsed_rows(*rows)
    links = link_postings(parsed)
    assert links["posting_id"].equals(parsed["posting_id"])
    named = links.join(links, left_on="vacancy_id", right_on="posting_id")
    assert (named["kind_right"] == "original").all()
    days = (
        links.with_columns(parsed["posted_on"])
        .group_by("vacancy_id")
        .agg(
            span=pl.col("posted_on").max() - pl.col("posted_on").min(),
            originals=(pl.col("kind") == "original").sum(),
        )
    )
    assert (days["span"] <= timedelta(60)).all()
    assert (days["originals"] == 1).all()


def test_columns_are_told(make_parsed: MakeParsed) -> None:
    assert link_postings(make_parsed({})).columns == ["posting_id", "vacancy_id", "kind"]


def _pairs(rows: pl.DataFrame, *columns: str) -> int:
    size = pl.col("len").cast(pl.Int64)
    return int(rows.group_by(columns).len().select((size * (size - 1) // 2).sum()).item())
