import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recsys.explainers.claims import CLAIMS
from recsys.explainers.words import (
    CUT,
    PLAIN_LENGTH,
    SENTENCES,
    Evidence,
    shortened,
    slots_en,
    slots_zh,
    texts,
)
from recsys.sentences import CHINESE

NUMBERS: Evidence = {
    "minutes": 1440,
    "people": 9_999_999,
    "percent": 100,
    "mean": "5.0",
    "yuan": "1234567.89",
    "adverts": 9_999_999,
}
NAMES = ("title", "skills", "skill", "occupation", "institution", "kind_zh", "kind_en")
SLOTS: Evidence = {"slots_zh": "周三晚上" * 21, "slots_en": "Wed evening" * 21}
EXTREME = ("名" * 200, "e\u0301" * 200, "👩\u200d🎨" * 200, "{title}" * 50, "《" * 200, "Go")
"""Names that are long, marked, joined, full of braces, or short."""


@pytest.mark.parametrize("name", EXTREME)
@pytest.mark.parametrize("kind", SENTENCES)
def test_plain_reasons_keep_to_twenty_characters_whatever_the_evidence(
    kind: str, name: str
) -> None:
    evidence = {**NUMBERS, **SLOTS, **dict.fromkeys(NAMES, name)}
    said, _ = texts(kind, evidence, elder=True)
    assert len(said) <= PLAIN_LENGTH
    assert CHINESE.search(said)


def test_what_fits_is_not_cut() -> None:
    said, _ = texts("taste_content", {"course_id": "c", "title": "茶艺"}, elder=True)
    assert said == "与您关注的《茶艺》相近"


@given(st.text(), st.integers(1, 30))
def test_a_shortened_text_is_its_beginning_and_says_that_it_was_cut(text: str, length: int) -> None:
    short = shortened(text, length)
    assert len(short) <= length
    assert short == text or (short.endswith(CUT) and text.startswith(short.removesuffix(CUT)))


@pytest.mark.parametrize(
    ("text", "length", "short"),
    [
        ("ole\u0301 \u00e0 tous", 4, "ol…"),
        ("👩\u200d🎨画画", 3, "…"),
        ("👍🏽手工课", 2, "…"),
        ("两个 字", 4, "两个 字"),
        ("两个 字吗", 4, "两个…"),
    ],
)
def test_a_text_is_cut_between_characters_as_they_are_drawn(
    text: str, length: int, short: str
) -> None:
    assert shortened(text, length) == short


@pytest.mark.parametrize("kind", SENTENCES)
def test_both_languages_tell_the_same_figures(kind: str) -> None:
    def figures(text: str) -> set[str]:
        names = {name for _, name, _, _ in string.Formatter().parse(text) if name}
        return {name.removesuffix("_zh").removesuffix("_en") for name in names}

    sentence = SENTENCES[kind]
    assert figures(sentence.zh) == figures(sentence.en)
    assert CHINESE.search(sentence.zh)
    assert not CHINESE.search(sentence.en)


def test_slots_are_said_in_words() -> None:
    assert slots_zh(["3E", "7M"]) == "周三晚上、周日上午"
    assert slots_en(["1A"]) == "Mon afternoon"


def test_every_sentence_tells_a_factor_that_has_claims() -> None:
    assert {sentence.factor for sentence in SENTENCES.values()} == set(CLAIMS)
