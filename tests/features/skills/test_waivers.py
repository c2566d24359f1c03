"""What a text says outright isn't asked for is left out, whatever the model thinks of the rest."""

import polars as pl
import pytest

from data.vocabulary import builtin
from features.skills.extract import SkillExtractor

EXTRACTOR = SkillExtractor(builtin("skills"))


def scores(text: str) -> dict[str, float]:
    found = EXTRACTOR.mentions(pl.DataFrame({"text": [text]}), threshold=0.0)
    return dict(found.select("skill_id", "score").iter_rows())


@pytest.mark.parametrize(
    ("text", "waived"),
    [
        ("任职要求：精通Java，不要求会Python。", "python"),
        ("任职要求：精通Java；不要求Python经验", "python"),
        ("无需Python基础，可培训", "python"),
        ("不需要懂Java，会用Excel即可", "java"),
        ("要求熟悉Java，Python不作要求", "python"),
        ("对Python没有要求", "python"),
        ("不需要Java、Python开发经验", "python"),
    ],
)
def test_a_skill_that_is_said_not_to_be_asked_for_scores_nothing(text: str, waived: str) -> None:
    assert scores(text)[waived] == 0.0


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("任职要求：精通Java，不要求会Python。", "java"),
        ("要求熟悉Java，Python不作要求", "java"),
        ("不需要懂Java，会用Excel即可", "excel"),
        ("不需要Java经验的请勿投递", "java"),
        ("要求：不用加班，熟悉Java开发", "java"),
    ],
)
def test_only_what_the_phrase_governs_is_waived(text: str, asked: str) -> None:
    assert scores(text)[asked] > 0.0
