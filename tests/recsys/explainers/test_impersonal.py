import string

import pytest

from recsys.explainers.impersonal import IMPERSONAL, Figures, impersonal
from recsys.explainers.words import PLAIN_LENGTH
from recsys.sentences import CHINESE

WORST: Figures = {"people": 99_999, "skills": "名" * 60}


@pytest.mark.parametrize("kind", sorted(IMPERSONAL))
def test_impersonal_reasons_are_said_in_both_languages_with_the_same_figures(kind: str) -> None:
    told = IMPERSONAL[kind]
    figures = [{f for _, f, _, _ in string.Formatter().parse(text) if f} for text in told[:2]]
    assert figures[0] == figures[1]
    assert CHINESE.search(told.zh)
    assert not CHINESE.search(told.en)


@pytest.mark.parametrize("kind", sorted(IMPERSONAL))
def test_impersonal_reasons_are_short_in_elder_mode(kind: str) -> None:
    plain = impersonal(kind, WORST, 1.0, elder=True).text_zh
    assert len(plain) <= PLAIN_LENGTH
    assert "您" not in plain
