"""Linking titles: better and worse cases that a planner can read."""

from pathlib import Path
from time import process_time

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.vocabulary import builtin
from features.occupations.evidence import FEATURES, skill_evidence
from features.occupations.link import OccupationLinker, link_occupations
from features.occupations.model import OccupationModel, OccupationModelError, shipped_model
from features.occupations.names import Names, spoken_titles

CSCO = Path(__file__).parents[3] / "../shared/datasets/csco_2022_zh/csco22.parquet"


@pytest.fixture(scope="module")
def linker() -> OccupationLinker:
    return OccupationLinker.of(builtin("occupations"), builtin("occupation_skills"))


def postings(*titles: str | None, description: str | None = None) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "posting_id": [f"p{at}" for at in range(len(titles))],
            "title": pl.Series(titles, dtype=pl.String),
            "description": pl.Series([description] * len(titles), dtype=pl.String),
        }
    )


def name_of(linker: OccupationLinker, title: str) -> str | None:
    name: str | None = linker.link(postings(title))["name"][0]
    return name


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("急聘电焊工 8000-12000", "焊工"),
        ("高级Java开发工程师（杭州）", "计算机程序设计员"),
        ("月嫂/育儿嫂 高薪", "家政服务员"),
        ("护士（应届生）", "社区护士"),
        ("叉车司机 包吃住", "起重装卸机械操作工"),
        ("财务会计", "会计专业人员"),
        ("中餐厨师长", "中式烹调师"),
        ("土建预算员", "工程造价工程技术人员"),
        ("外卖骑手", "网约配送员"),
        ("QC检验员", "质检员"),
    ],
)
def test_titles_of_many_trades_find_their_occupation(
    linker: OccupationLinker, title: str, name: str
) -> None:
    assert name_of(linker, title) == name


@pytest.mark.parametrize(
    ("one", "other"),
    [("销售助理", "助理销售"), ("招聘讲师", "讲师招聘"), ("会计讲师", "会计")],
)
def test_the_last_noun_decides(linker: OccupationLinker, one: str, other: str) -> None:
    linked = linker.link(postings(one, other))
    first = [found[0]["occupation_code"] for found in linked["candidates"]]
    assert first[0] != first[1]


@pytest.mark.parametrize("title", ["", None, "急聘", "8000底薪+提成+旅游", "！！！", "zxqv wvut"])
def test_a_title_that_names_no_work_is_unknown(linker: OccupationLinker, title: str | None) -> None:
    linked = linker.link(postings(title))
    assert linked["occupation_code"].to_list() == [None]
    assert linked["name"].to_list() == [None]


def test_a_description_that_names_the_occupation_makes_it_likelier(
    linker: OccupationLinker,
) -> None:
    def chance(description: str | None) -> float:
        found = linker.link(postings("安全工程师", description=description))["candidates"][0]
        return sum(each["probability"] for each in found if each["occupation_code"] == "2-02-28-03")

    assert chance("我们招安全管理员，负责车间安全生产") > chance(None)


def test_skills_of_an_occupation_make_it_likelier(linker: OccupationLinker) -> None:
    ties = builtin("occupation_skills")
    wanted = ties.filter(pl.col("occupation_code") == "2-02-10-07")["skill_id"]
    mentions = pl.DataFrame({"posting_id": ["p0"] * len(wanted), "skill_id": wanted})

    def chance(told: pl.DataFrame | None) -> float:
        found = linker.link(postings("安全专家"), told)["candidates"][0]
        return sum(each["probability"] for each in found if each["occupation_code"] == "2-02-10-07")

    assert chance(mentions) > chance(None)


def test_skill_evidence_is_all_where_one_occupation_needs_all_that_is_asked_for() -> None:
    ties = pl.DataFrame(
        {
            "occupation_code": ["4-03-02-08", "4-03-02-01"],
            "skill_id": ["latte", "wok"],
            "importance": [1.0, 1.0],
        }
    )
    mentions = pl.DataFrame({"row": [0], "skill_id": ["latte"]})
    names = Names.of(builtin("occupations"))
    shown = skill_evidence(mentions, ties, names)
    assert [names.codes[code] for code in shown["code"]] == ["4-03-02-08"]
    assert shown["skills"].to_list() == [pytest.approx(1.0)]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.one_of(st.none(), st.text(max_size=20)), max_size=6))
def test_every_posting_keeps_its_row_and_probabilities_stay_within_one(
    linker: OccupationLinker, titles: list[str | None]
) -> None:
    linked = linker.link(postings(*titles))
    assert linked["posting_id"].to_list() == [f"p{at}" for at in range(len(titles))]
    for confidence, found in linked.select("confidence", "candidates").iter_rows():
        chances = [each["probability"] for each in found]
        assert len(found) <= 5
        assert sum(chances) <= 1 + 1e-9
        assert chances == sorted(chances, reverse=True)
        assert (confidence is None) == (not found)


def test_a_code_is_told_exactly_where_the_confidence_reaches_the_threshold(
    linker: OccupationLinker,
) -> None:
    linked = linker.link(postings("电工", "项目", "高级研究员", "某某专员", "会计", "工程师"))
    sure = linked["confidence"].fill_null(0.0) >= linker.model.threshold
    assert (linked["occupation_code"].is_not_null() == sure).all()
    assert sure.any()
    assert not sure.all()


def test_a_posting_is_linked_the_same_alone_and_among_others(linker: OccupationLinker) -> None:
    titles = ["电工", "Java开发工程师/架构师", "销售助理（双休）", "某某专员"]
    together = linker.link(postings(*titles)).drop("posting_id")
    alone = pl.concat([linker.link(postings(title)).drop("posting_id") for title in titles])
    assert together.equals(alone)


def test_the_callers_own_occupations_are_found_by_their_aliases() -> None:
    own = pl.DataFrame(
        {
            "occupation_code": ["4-03-02-08"],
            "name": ["咖啡师"],
            "aliases": [["豆语者"]],
        }
    )
    linked = link_occupations(postings("诚聘豆语者"), own)
    assert linked["candidates"][0][0]["occupation_code"] == "4-03-02-08"


def test_a_table_without_descriptions_is_linked(linker: OccupationLinker) -> None:
    assert linker.link(postings("电工").drop("description"))["name"].to_list() == ["电工"]


def test_a_model_of_other_evidence_is_refused() -> None:
    with pytest.raises(OccupationModelError, match="luck"):
        OccupationModel({**dict.fromkeys(FEATURES, 1.0), "luck": 1.0}, 0.0, (0.0, 1.0), 0.5)


def test_the_shipped_model_knows_a_threshold_between_never_and_always() -> None:
    assert 0 < shipped_model().threshold < 1


def test_no_spoken_title_leads_to_two_occupations() -> None:
    both = pl.concat(
        [
            frame.select("occupation_code", word=pl.concat_list("name", "aliases"))
            for frame in (spoken_titles(), builtin("occupations"))
        ]
    )
    words = both.explode("word").with_columns(pl.col("word").str.to_lowercase()).unique()
    shared = words.group_by("word").agg(pl.col("occupation_code").n_unique())
    # The classification itself lists this name under two codes.
    twice = shared.filter(pl.col("occupation_code") > 1)["word"]
    assert twice.to_list() == ["甘油制造工"]


def test_spoken_titles_belong_to_the_national_classification_whole() -> None:
    if not CSCO.exists():
        pytest.skip("the national classification isn't beside the repository")
    national = (
        pl.read_parquet(CSCO)
        .filter(pl.col("level") == "4")
        .select(
            occupation_code=pl.col("code").str.strip_chars().str.slice(0, 10),
            name=pl.col("name").str.strip_chars().str.replace(r"(L/S|L|S)$", ""),
        )
    )
    ours = spoken_titles().select("occupation_code", "name")
    assert ours.join(national, on=["occupation_code", "name"], how="anti").is_empty()
    assert set(ours["occupation_code"]) == set(national["occupation_code"])


@pytest.mark.slow
def test_a_million_postings_of_a_citys_titles_are_linked_within_a_minute_of_one_core(
    linker: OccupationLinker,
) -> None:
    spoken = spoken_titles()["aliases"].explode().drop_nulls()
    frames = ["急聘{}", "{}", "高级{}（双休）", "{} 8-12K"]
    titles = pl.concat([pl.Series([frame.format(word) for word in spoken]) for frame in frames])
    million = pl.DataFrame({"title": titles.sample(1_000_000, with_replacement=True, seed=3)})
    start = process_time()
    linker.link(million.with_columns(posting_id=pl.int_range(pl.len()).cast(pl.String)))
    assert process_time() - start < 60
