from pathlib import Path

import polars as pl
import pytest

from data.errors import ContractError
from data.simulate.topics import skills
from data.tables import TABLES
from data.vocabulary import VOCABULARY_TABLES, builtin, check, posting_words

CSCO = Path(__file__).parents[2] / "../shared/datasets/csco_2022_zh/csco22.parquet"

SKILLS = pl.DataFrame(
    {
        "skill_id": ["group", "brew", "latte"],
        "name": ["咖啡", "手冲咖啡", "拉花"],
        "aliases": [[], ["手冲"], ["咖啡拉花"]],
        "parent_id": [None, "group", "group"],
        "kind": ["group", "technique", "technique"],
    },
    schema_overrides={"aliases": pl.List(pl.String)},
)
OCCUPATIONS = pl.DataFrame(
    {"occupation_code": ["4-03-02-08"], "name": ["咖啡师"], "aliases": [["咖啡店员"]]}
)
TIES = pl.DataFrame(
    {"occupation_code": ["4-03-02-08", "4-03-02-08"], "skill_id": ["brew", "latte"]}
)

TRADES = {
    "manufacturing": (
        "machining", "welding", "electrical-and-automation", "smart-manufacturing", "electronics",
    ),
    "construction": ("building-work", "design-and-costing", "decoration"),
    "new energy vehicles": ("new-energy-vehicles",),
    "e-commerce and live streaming": ("e-commerce", "live-streaming-and-short-video"),
    "software and AI": ("software-development", "data-and-ai"),
    "logistics": ("logistics-and-warehousing",),
    "elderly and child care": ("elderly-care", "mother-and-child-care"),
    "catering": (
        "chinese-cooking", "baking-and-western-food", "coffee-and-drinks", "catering-service",
    ),
    "tourism": ("tourism-and-guesthouses",),
    "culture and crafts": ("heritage-crafts", "calligraphy", "painting", "music"),
    "office and finance": ("office-skills", "accounting", "finance-and-law"),
    "agriculture": ("crop-growing", "farming-business", "forestry-and-rural-environment"),
}  # fmt: skip
"""The trades that night schools and vocational centres teach, by their groups."""


def found(
    skills: pl.DataFrame, occupations: pl.DataFrame, ties: pl.DataFrame
) -> set[tuple[str, str]]:
    return {(finding.kind, finding.subject) for finding in check(skills, occupations, ties)}


def test_the_builtin_vocabulary_has_no_orphans_duplicates_or_cycles() -> None:
    assert check(*(builtin(table) for table in VOCABULARY_TABLES)) == []


def test_the_builtin_vocabulary_is_large_enough_for_a_city() -> None:
    assert builtin("skills").filter(pl.col("kind") != "group").height >= 800
    assert builtin("occupations").height >= 300


@pytest.mark.parametrize("trade", sorted(TRADES))
def test_every_trade_a_city_teaches_has_its_skills_and_the_occupations_that_ask(
    trade: str,
) -> None:
    groups = [f"group-{group}" for group in TRADES[trade]]
    taught = builtin("skills").filter(pl.col("parent_id").is_in(groups))
    asking = builtin("occupation_skills").join(taught, on="skill_id", how="semi")
    assert taught.height >= 20
    assert asking["occupation_code"].n_unique() >= 8


def test_every_skill_is_found_by_a_word_other_than_its_name() -> None:
    skills = builtin("skills").filter(pl.col("kind") != "group")
    assert skills.filter(pl.col("aliases").list.len() == 0).is_empty()


def test_no_name_or_alias_is_a_single_chinese_character() -> None:
    skills = builtin("skills")
    words = pl.concat([skills["name"], skills["aliases"].explode(empty_as_null=True)])
    assert words.filter(words.str.contains(r"^\p{Han}$")).is_empty()


@pytest.mark.parametrize("table", VOCABULARY_TABLES)
def test_builtin_tables_hold_their_contracts(table: str) -> None:
    TABLES[table].validate(builtin(table))


def test_every_skill_has_both_names_and_hangs_under_a_trade() -> None:
    skills = builtin("skills")
    trades = skills.filter(pl.col("parent_id").is_null())
    assert skills["name_en"].null_count() == 0
    assert trades["kind"].unique().to_list() == ["group"]


def test_the_trades_that_hangzhous_schools_teach_are_covered() -> None:
    groups = set(builtin("skills").filter(pl.col("kind") == "group")["name"])
    assert groups >= {
        "机械加工", "建筑施工", "新能源汽车", "电子商务", "直播与短视频", "软件开发",
        "数据与人工智能", "物流与仓储", "养老护理", "母婴与托育", "中式烹饪",
        "旅游与民宿", "非遗手工", "办公技能",
        "财务会计", "种植",
    }  # fmt: skip


def test_every_occupation_has_a_tie_with_importance_and_level() -> None:
    ties = builtin("occupation_skills")
    assert set(ties["occupation_code"]) == set(builtin("occupations")["occupation_code"])
    assert ties["level"].null_count() == 0
    assert ties["importance"].is_between(0.3, 1).all()


def test_occupation_codes_are_those_of_the_national_classification() -> None:
    if not CSCO.exists():
        pytest.skip("the national classification isn't beside the repository")
    national = pl.read_parquet(CSCO).filter(pl.col("level") == "4")
    names = national.select(
        pl.col("code").alias("occupation_code"),
        pl.col("name").str.replace(r"(L/S|L|S)$", "").alias("national"),
    ).unique()
    ours = builtin("occupations").join(names, on="occupation_code", how="left")
    assert ours.filter(
        pl.col("national").is_null() | (pl.col("national") != pl.col("name"))
    ).is_empty()


def test_a_table_without_builtin_form_is_refused() -> None:
    with pytest.raises(ContractError, match="built-in tables are"):
        builtin("courses")


def test_a_sound_vocabulary_has_no_findings() -> None:
    assert found(SKILLS, OCCUPATIONS, TIES) == set()


def test_a_parent_that_is_no_skill_is_an_orphan() -> None:
    lost = SKILLS.with_columns(parent_id=pl.Series([None, "elsewhere", "group"]))
    assert found(lost, OCCUPATIONS, TIES) == {("orphan_parent", "brew")}


def test_ties_to_nothing_and_occupations_without_ties_are_found() -> None:
    ties = pl.DataFrame({"occupation_code": ["9-99-99-99"], "skill_id": ["surf"]})
    assert found(SKILLS, OCCUPATIONS, ties) == {
        ("orphan_tie", "9-99-99-99"),
        ("orphan_tie", "surf"),
        ("untied_occupation", "4-03-02-08"),
    }


def test_a_tie_listed_twice_is_found() -> None:
    twice = pl.concat([TIES, TIES.head(1)])
    assert found(SKILLS, OCCUPATIONS, twice) == {("duplicate_tie", "4-03-02-08")}


def test_a_group_without_skills_is_found() -> None:
    bare = SKILLS.head(1).with_columns(skill_id=pl.lit("tea"), name=pl.lit("茶"))
    assert found(pl.concat([SKILLS, bare]), OCCUPATIONS, TIES) == {("empty_group", "tea")}


def test_a_skill_nobody_asks_for_is_found_beside_skills_that_are() -> None:
    assert found(SKILLS, OCCUPATIONS, TIES.head(1)) == {("untied_skill", "latte")}


def test_a_group_that_no_occupation_asks_for_may_stay_untied() -> None:
    hobby = SKILLS.head(2).with_columns(
        skill_id=pl.Series(["phone", "wechat"]),
        name=pl.Series(["数字生活", "微信使用"]),
        aliases=pl.Series([[], ["微信操作"]]),
        parent_id=pl.Series([None, "phone"]),
    )
    assert found(pl.concat([SKILLS, hobby]), OCCUPATIONS, TIES) == set()


def test_a_word_that_leads_to_two_skills_is_found_in_any_case() -> None:
    words = pl.Series([["Latte"], [], ["latte"]])
    assert found(SKILLS.with_columns(aliases=words), OCCUPATIONS, TIES) == {
        ("duplicate_alias", "latte")
    }


def test_a_skill_that_is_its_own_ancestor_is_found() -> None:
    loop = SKILLS.with_columns(parent_id=pl.Series(["brew", "group", "group"]))
    assert found(loop, OCCUPATIONS, TIES) == {("cycle", "group"), ("cycle", "brew")}


def test_posting_words_lead_to_skills_and_repeat_no_name_or_alias() -> None:
    leaves = builtin("skills").filter(pl.col("kind") != "group")
    words = posting_words()
    spoken = leaves.select(word=pl.concat_list("name", "aliases")).explode(
        "word", empty_as_null=True
    )
    known = set(spoken["word"].str.to_lowercase())
    assert set(words) <= set(leaves["skill_id"])
    assert not known & {word.lower() for listed in words.values() for word in listed}


def test_a_posting_word_of_two_skills_is_a_named_pair_of_frameworks() -> None:
    owners: dict[str, list[str]] = {}
    for skill_id, listed in posting_words().items():
        for word in {word.lower() for word in listed}:
            owners.setdefault(word, []).append(skill_id)
    shared = {word for word, ids in owners.items() if len(ids) > 1}
    assert shared == {"ssm", "ssm框架", "ssh", "ssh框架"}


def test_skills_of_groups_without_a_topic_stay_unknown_to_the_simulated_city() -> None:
    spoken = {skill.skill_id for skill in skills()}
    untaught = builtin("skills").filter(pl.col("parent_id") == "group-programming-tools")
    assert untaught.height > 0
    assert not spoken & set(untaught["skill_id"])
