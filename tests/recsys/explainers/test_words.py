import string

import pytest

from recsys.explainers.words import PLAIN_LENGTH, SENTENCES, Evidence, slots_en, slots_zh, texts
from recsys.rules.declaration import CHINESE

WORST: Evidence = {
    "minutes": 1440,
    "people": 99_999,
    "yuan": "12345.67",
    "title": "名" * 60,
    "skills": "名" * 60,
    "occupation": "名" * 60,
    "slots_zh": "周三晚上",
    "slots_en": "Wed evening",
}


@pytest.mark.parametrize("kind", SENTENCES)
def test_plain_reasons_keep_to_twenty_characters_whatever_the_evidence(kind: str) -> None:
    plain, _ = texts(kind, WORST, elder=True)
    assert len(plain) <= PLAIN_LENGTH
    assert CHINESE.search(plain)


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
