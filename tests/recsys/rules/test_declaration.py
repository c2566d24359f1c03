from typing import cast

import polars as pl
import pytest

from recsys.errors import RuleError
from recsys.offer import Candidates
from recsys.rules import all_rules, rule
from recsys.rules.declaration import OnNull, Verdict
from recsys.sentences import CHINESE
from recsys.types import LearnerQuery


def test_a_rule_takes_its_name_and_sentences_from_its_function() -> None:
    @rule(on_null="drop")
    def too_loud(query: LearnerQuery, sections: Candidates) -> Verdict:
        """It is too loud.

        太吵了。

        More for engineers.
        """
        return None

    told = (too_loud.name, too_loud.text_en, too_loud.text_zh, too_loud.on_null)
    assert told == ("too_loud", "It is too loud.", "太吵了。", "drop")


def test_a_rule_without_a_docstring_is_refused_at_import() -> None:
    def silent(query: LearnerQuery, sections: Candidates) -> Verdict:
        return None

    with pytest.raises(RuleError, match="'silent' needs an English sentence"):
        rule(on_null="keep")(silent)


def test_a_rule_without_a_chinese_sentence_is_refused_at_import() -> None:
    def english_only(query: LearnerQuery, sections: Candidates) -> Verdict:
        """It is too loud.

        More for engineers.
        """
        return None

    with pytest.raises(RuleError, match="Chinese sentence as its second line"):
        rule(on_null="keep")(english_only)


def test_a_rule_that_starts_in_chinese_is_refused_at_import() -> None:
    def chinese_first(query: LearnerQuery, sections: Candidates) -> Verdict:
        """太吵了。

        太吵了。
        """
        return None

    with pytest.raises(RuleError, match="English sentence as its first line"):
        rule(on_null="keep")(chinese_first)


def test_a_rule_must_decide_what_null_means() -> None:
    with pytest.raises(RuleError, match="decides 'drop' or 'keep'"):
        rule(on_null=cast("OnNull", "perhaps"))


@pytest.mark.parametrize(("on_null", "kept"), [("drop", [False]), ("keep", [True])])
def test_a_rule_that_cannot_tell_decides_by_on_null(on_null: OnNull, kept: list[bool]) -> None:
    @rule(on_null=on_null)
    def unsure(query: LearnerQuery, sections: Candidates) -> Verdict:
        """It may be too loud.

        也许太吵了。
        """
        return sections["loud"]

    frame = pl.DataFrame({"loud": [None]}, schema={"loud": pl.Boolean})
    query = cast("LearnerQuery", None)
    verdict = unsure.keeps(query, Candidates.of(frame))
    assert verdict is not None
    assert verdict.tolist() == kept


def test_a_rule_says_truly_which_fields_of_a_query_it_reads() -> None:
    with pytest.raises(RuleError, match=r"reads names \['shoe_size'\]"):
        rule(on_null="keep", reads=("shoe_size",))


def test_the_folder_holds_the_eleven_rules_of_the_house() -> None:
    assert list(all_rules()) == [
        "access",
        "age",
        "already_completed",
        "consent",
        "free_slots",
        "prerequisites",
        "seats",
        "sharing",
        "timetable_clash",
        "window",
        "within_circle",
    ]


def test_every_rule_speaks_two_languages() -> None:
    for name, found in all_rules().items():
        assert found.text_en.endswith("."), name
        assert not CHINESE.search(found.text_en), name
        assert found.text_zh.endswith("。"), name
