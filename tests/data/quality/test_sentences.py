"""Every rule speaks to a clerk in both languages."""

import re

import pytest

from data.quality import Sentence, cross_rules, reason
from data.quality.contract import numbered
from data.quality.sentences import CELL_RULES
from data.tables import TABLES


def contract_rules() -> list[tuple[str, str, str | None]]:
    """Every rule dataframely judges, with its table and column."""
    return [
        (table, rule, rule.partition("|")[0] if "|" in rule else None)
        for table in TABLES
        for rule in numbered(table)._validation_rules(with_cast=False)  # pyright: ignore[reportPrivateUsage] - the only list of them
        if not rule.startswith("row_index")
    ]


def speaks_both(sentence: Sentence) -> bool:
    """Chinese in one, none in the other, and nothing left to fill in."""
    filled = "{" not in sentence.zh + sentence.en
    chinese = re.compile(r"[\u4e00-\u9fff]")
    return filled and bool(chinese.search(sentence.zh)) and not chinese.search(sentence.en)


@pytest.mark.parametrize(("table", "rule", "column"), contract_rules())
def test_every_contract_rule_has_a_sentence(table: str, rule: str, column: str | None) -> None:
    assert speaks_both(reason(table, rule, column))


@pytest.mark.parametrize("rule", [rule for table in TABLES for rule in cross_rules(table)])
def test_every_rule_between_tables_has_a_sentence(rule: object) -> None:
    table, name, column = (getattr(rule, each) for each in ("table", "name", "column"))
    assert speaks_both(reason(table, name, column))


@pytest.mark.parametrize("rule", CELL_RULES)
def test_every_cell_rule_has_a_sentence_for_every_column(rule: str) -> None:
    for table, schema in TABLES.items():
        for column in schema.column_names():
            sentence = reason(table, rule, column)
            assert "{" not in sentence.en
            assert sentence.en.startswith(f"{column}: ")


def test_the_sentence_names_what_was_expected() -> None:
    assert "at least 0" in reason("sections", "capacity|min", "capacity").en
    assert "offline, online_live" in reason("sections", "vocabulary", "mode").en
    assert "learner_id、section_id" in reason("credits", "duplicate_key", None).zh
