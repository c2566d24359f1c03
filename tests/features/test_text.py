import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.text import tokens


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("八段锦入门，零基础可报！", ["八段锦", "入门", "零", "基础", "可报"]),
        ("Ｐｙｔｈｏｎ数据分析", ["python", "数据分析"]),
        ("短视频剪辑、直播带货", ["短", "视频剪辑", "直播", "带货"]),
        ("养老护理员（初级）", ["养老", "护理员", "初级"]),
        ("C++ 与 Node.js", ["c++", "与", "node.js"]),
        ("60岁以上 🎉", ["60", "岁", "以上"]),
        ("……", []),
        ("", []),
    ],
)
def test_sentences_of_course_lists_become_words(text: str, words: list[str]) -> None:
    assert tokens(text) == words


@given(text=st.text())
def test_words_hold_no_punctuation_alone_and_no_capitals(text: str) -> None:
    for word in tokens(text):
        assert word == word.lower()
        assert any(letter.isalnum() for letter in word)


@given(text=st.text(alphabet="学习数据分析Python 3入门，。AB"))
def test_the_same_text_gives_the_same_words_in_any_width_and_case(text: str) -> None:
    wide = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text.upper())
    assert tokens(wide) == tokens(text)
