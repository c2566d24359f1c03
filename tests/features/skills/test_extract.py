"""Skills that postings ask for: traps as sentences, and what must hold for any text."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.vocabulary import builtin
from features.errors import SkillModelError
from features.skills.context import BITS
from features.skills.extract import MENTIONS, SkillExtractor, extract_skills, strongest
from features.skills.model import ContextModel, load_model, shipped_model

EXTRACTOR = SkillExtractor(builtin("skills"))
EVERYTHING = ContextModel(np.zeros(2**BITS, dtype=np.float32), 1.0, 0.0, 0.5)


def asked(text: str, title: str | None = None) -> set[str]:
    frame = pl.DataFrame(
        {"text": [text], "title": [title]}, schema={"text": pl.String, "title": pl.String}
    )
    return set(EXTRACTOR.mentions(frame)["skill_id"])


@pytest.mark.parametrize(
    ("text", "there", "not_there"),
    [
        (
            "任职要求：1、熟悉Java，不要求Go；2、熟练使用MySQL。",
            {"java", "database-administration"},
            {"go-language"},
        ),
        ("任职要求：1、熟悉Google产品；2、精通Python。", {"python"}, {"go-language"}),
        ("任职要求：1、熟悉C/S架构；2、熟练掌握Java。", {"java"}, {"c-language"}),
        (
            "任职要求：熟练掌握C/C++、Linux，有良好的沟通能力。",
            {"c-language", "cpp", "communication"},
            set[str](),
        ),
        (
            "岗位要求：熟练使用Excel、PPT等办公软件，有团队合作精神。",
            {"excel", "presentations", "teamwork"},
            set[str](),
        ),
        ("岗位职责：负责门店收银；无需电焊经验。", set[str](), {"manual-arc-welding"}),
    ],
)
def test_what_is_asked_for_is_kept_and_what_is_waived_is_not(
    text: str, there: set[str], not_there: set[str]
) -> None:
    skills = asked(text)
    assert there <= skills
    assert not skills & not_there


def test_what_a_company_says_of_itself_asks_for_nothing() -> None:
    text = "任职要求：熟悉Java。公司主营工业机器人设备与服务，客户遍布长三角，团队年轻。"
    assert "industrial-robot-operation" not in asked(text)
    assert "java" in asked(text)


def test_the_title_is_read_too_and_keeps_its_own_offsets() -> None:
    frame = pl.DataFrame({"title": ["Java开发工程师"], "text": ["负责后端开发"]})
    row = (
        EXTRACTOR.mentions(frame, threshold=0.0)
        .filter(pl.col("skill_id") == "java")
        .row(0, named=True)
    )
    assert (row["field"], row["start"], row["end"]) == ("title", 0, len("Java开发"))


@pytest.mark.parametrize(
    ("text", "skill", "level"),
    [
        ("了解Python", "python", 1),
        ("熟悉Python、Java", "java", 2),
        ("熟练掌握Python", "python", 3),
        ("了解Java，精通Python", "python", 4),
        ("有Python经验者优先", "python", None),
        ("低压电工证（三级证）", "low-voltage-electrical-work", 3),
    ],
)
def test_levels_are_those_the_words_state(text: str, skill: str, level: int | None) -> None:
    found = EXTRACTOR.mentions(pl.DataFrame({"text": [text]}), threshold=0.0)
    assert found.filter(pl.col("skill_id") == skill)["level"].to_list() == [level]


def test_one_row_a_text_and_skill_with_the_postings_id() -> None:
    texts = pl.DataFrame({"posting_id": ["b", "a"], "text": ["熟悉Java，精通Java", None]})
    found = extract_skills(texts, builtin("skills"), model=EVERYTHING)
    assert found.select("posting_id", "row", "skill_id", "level").rows() == [("b", 0, "java", 4)]
    assert found.columns == ["posting_id", *MENTIONS]


def test_no_texts_no_skills() -> None:
    empty = pl.DataFrame(schema={"text": pl.String})
    assert strongest(EXTRACTOR.mentions(empty)).is_empty()


def test_a_vocabulary_of_ones_own_needs_only_ids_and_names() -> None:
    skills = pl.DataFrame({"skill_id": ["kite"], "name": ["放风筝"]})
    found = extract_skills(pl.DataFrame({"text": ["会放风筝"]}), skills, model=EVERYTHING)
    assert found["skill_id"].to_list() == ["kite"]


WORDS = st.sampled_from(
    ["Java", "ＰＹＴＨＯＮ", "数据分析", "C++", "不要求", "熟悉", "，", "。", "\n", "🙂", "公司"]
)
TEXTS = st.lists(WORDS | st.text(max_size=5), max_size=12).map("".join)


@settings(max_examples=40)
@given(st.lists(TEXTS, min_size=1, max_size=5))
def test_offsets_point_at_the_surface_and_rows_keep_their_order(texts: list[str]) -> None:
    found = EXTRACTOR.mentions(pl.DataFrame({"text": texts}), threshold=0.0)
    assert found["row"].is_sorted()
    for row, start, end in found.select("row", "start", "end").iter_rows():
        assert 0 <= start < end <= len(texts[row])
    surfaces = {
        texts[row][s:e].lower() for row, s, e in found.select("row", "start", "end").iter_rows()
    }
    assert not any(surface.startswith(("，", "。", "\n")) for surface in surfaces)


@settings(max_examples=25)
@given(st.lists(TEXTS, min_size=2, max_size=5))
def test_a_text_is_judged_alike_alone_and_among_others(texts: list[str]) -> None:
    together = EXTRACTOR.mentions(pl.DataFrame({"text": texts}), threshold=0.0)
    alone = [EXTRACTOR.mentions(pl.DataFrame({"text": [text]}), threshold=0.0) for text in texts]
    columns = ["skill_id", "start", "end", "score", "level"]
    assert together.select(columns).equals(pl.concat(alone).select(columns))


def test_scores_are_probabilities_and_the_threshold_cuts_them() -> None:
    frame = pl.DataFrame({"text": ["任职要求：熟悉Java；公司主营电焊设备。"]})
    every = EXTRACTOR.mentions(frame, threshold=0.0)
    assert every["score"].is_between(0, 1).all()
    assert EXTRACTOR.mentions(frame)["score"].min() >= shipped_model().threshold  # type: ignore[operator]


def test_a_model_file_of_another_kind_is_refused() -> None:
    with pytest.raises(SkillModelError, match="not a skill context model"):
        load_model(b"PK")
