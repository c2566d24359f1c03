"""Words of a vocabulary in texts: whole words, in any width and case, none hidden in others."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.skills.gazetteer import Gazetteer
from features.skills.plain import fold, lay_out
from features.skills.words import read_words, spellings

SKILLS = pl.DataFrame(
    {
        "skill_id": ["go", "c", "cpp", "r", "java", "js", "guard", "mysql", "redis", "boot",
                     "group"],
        "name": ["Go语言", "C", "C++", "R语言", "Java", "JavaScript", "保安", "MySQL", "Redis",
                 "Spring Boot", "编程"],
        "aliases": [["Go", "Golang"], ["C语言"], [], ["R"], [], ["JS"], [], [], [], [], []],
        "kind": [*(["tool"] * 10), "group"],
    },
    schema_overrides={"aliases": pl.List(pl.String)},
)  # fmt: skip
WORDS = read_words(SKILLS)
GAZETTEER = Gazetteer(WORDS)


def found(*texts: str) -> list[list[tuple[str, str]]]:
    """For each text the surfaces and skills found in it."""
    plain = lay_out(texts)
    hits = GAZETTEER.find(plain)
    rows: list[list[tuple[str, str]]] = [[] for _ in texts]
    for word, start, end, text in zip(hits.word, hits.start, hits.end, hits.text, strict=True):
        first = int(plain.start[text])
        surface = texts[text][int(start) - first : int(end) - first]
        rows[text].append((surface, WORDS.skill_ids[WORDS.skill[word]]))
    return rows


@pytest.mark.parametrize(
    ("text", "skills"),
    [
        ("熟悉Go或Golang", ["go", "go"]),
        ("Google、Django、MongoDB", []),
        ("熟悉C/S架构和B/S架构", []),
        ("精通C/C++", ["c", "cpp"]),
        ("C端产品，R&D中心", []),
        ("熟悉Ｊａｖａ（ＪＳ）", ["java", "js"]),
        ("熟悉JAVA、javascript", ["java", "js"]),
        ("JavaScript不是Java", ["js", "java"]),
        ("确保安全", []),
        ("招聘保安三名", ["guard"]),
        ("用R语言或R做统计", ["r", "r"]),
        ("Java8以上", ["java"]),
        ("技能：MySQLRedisJava", ["mysql", "redis", "java"]),
        ("SpringBoot与spring-boot", ["boot", "boot"]),
        ("编程", []),
        ("", []),
    ],
)
def test_words_are_found_whole_and_never_inside_others(text: str, skills: list[str]) -> None:
    assert [skill for _, skill in found(text)[0]] == skills


def test_a_row_of_words_without_spaces_needs_every_piece_to_be_a_word() -> None:
    assert found("MySQLRedisX") == [[]]


def test_findings_stay_in_their_own_text() -> None:
    assert found("Java", "", "Script Redis") == [
        [("Java", "java")],
        [],
        [("Redis", "redis")],
    ]


def test_a_further_word_of_two_skills_stands_for_both() -> None:
    words = read_words(SKILLS, {"boot": ["SSM"], "mysql": ["SSM"]})
    plain = lay_out(["熟悉SSM"])
    hits = Gazetteer(words).find(plain)
    assert [words.skill_ids[number] for number in words.skill[hits.word]] == ["boot", "mysql"] or [
        words.skill_ids[number] for number in words.skill[hits.word]
    ] == ["mysql", "boot"]
    assert len(set(hits.start.tolist())) == 1


def test_a_name_goes_before_another_skills_further_word() -> None:
    words = read_words(SKILLS, {"mysql": ["Redis"]})
    number = words.folded.index("redis")
    assert words.skill_ids[words.skill[number]] == "redis"


@given(
    st.text(max_size=40),
    st.sampled_from(["Java", "Go", "MySQL", "保安", "C++"]),
    st.text(max_size=40),
)
def test_a_word_between_full_stops_is_found_at_its_place_whatever_stands_around(
    before: str, word: str, after: str
) -> None:
    text = f"{before}。{word}。{after}"
    at = len(before) + 1
    plain = lay_out([text])
    hits = GAZETTEER.find(plain)
    assert any(
        start == at and end == at + len(word)
        for start, end in zip(hits.start.tolist(), hits.end.tolist(), strict=True)
    )


@given(st.lists(st.text(max_size=30), max_size=6))
def test_laying_texts_out_keeps_every_character_in_its_place(texts: list[str]) -> None:
    plain = lay_out(texts)
    assert len(plain.text) == len(plain.written) == int(plain.start[-1])
    for number, text in enumerate(texts):
        first, last = int(plain.start[number]), int(plain.start[number + 1]) - 1
        assert last - first == len(text)
        assert plain.text[first:last] == fold(text)
    assert plain.of(plain.start[:-1]).tolist() == list(range(len(texts)))


@given(st.text(max_size=50))
def test_findings_never_overlap(text: str) -> None:
    hits = GAZETTEER.find(lay_out([text + "Java C++ MySQLRedis" + text]))
    assert np.all(hits.start[1:] >= hits.end[:-1])


def test_latin_names_of_several_parts_are_known_however_joined() -> None:
    assert spellings("Node.js") == ["Node.js", "Node js", "Nodejs", "Node-js"]
    assert spellings("数据分析") == ["数据分析"]
