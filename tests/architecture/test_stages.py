"""Every stage that can be found by walking its folder keeps the manners of its family."""

import inspect
from pathlib import Path

import pytest

from recsys import rerankers, rules, scorers
from recsys.explainers.words import SENTENCES
from recsys.sentences import CHINESE
from recsys.stages import Reranker, Scorer

HOUSE = Path(__file__).parents[2]
STAGES = [*scorers.discover().values(), *rerankers.discover().values()]


def test_every_rule_has_sentences_in_two_languages() -> None:
    for name, rule in rules.all_rules().items():
        assert rule.name == name
        assert not CHINESE.search(rule.text_en)
        assert CHINESE.search(rule.text_zh)


def test_every_rule_is_named_in_the_documentation() -> None:
    page = (HOUSE / "docs" / "rules.md").read_text(encoding="utf-8")
    assert [name for name in rules.all_rules() if f"`{name}`" not in page] == []


def test_every_kind_of_reason_has_sentences_in_two_languages() -> None:
    for kind, sentence in SENTENCES.items():
        assert CHINESE.search(sentence.zh), kind
        assert sentence.en.isascii() or "“" in sentence.en, kind


@pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage.name)
def test_every_option_of_a_component_has_its_own_sentence(
    stage: type[Scorer] | type[Reranker],
) -> None:
    for name, option in stage.config_type.model_fields.items():
        assert option.description, f"{stage.name}.{name}"


@pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage.name)
def test_a_component_is_alone_in_the_file_of_its_name(
    stage: type[Scorer] | type[Reranker],
) -> None:
    assert Path(inspect.getfile(stage)).stem == stage.name
