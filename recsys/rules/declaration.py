"""The ``@rule`` decorator: a function becomes a named rule with its two sentences."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

import polars as pl

from recsys.errors import RuleError
from recsys.types import LearnerQuery

OnNull = Literal["drop", "keep"]
Condition = Callable[[LearnerQuery], pl.Expr]

CHINESE: Final = re.compile(r"[\u4e00-\u9fff]")


@dataclass(frozen=True, slots=True)
class Rule:
    """A hard rule: what it refuses can't be recommended, allocated or enrolled in.

    Attributes:
        name: the reason code.
        text_en: the sentence shown to a learner whose section was refused.
        text_zh: the same in Chinese.
        on_null: what happens to a section about which the rule can't tell.
        condition: true for sections that may stay, given the query.
    """

    name: str
    text_en: str
    text_zh: str
    on_null: OnNull
    condition: Condition

    def keeps(self, query: LearnerQuery) -> pl.Expr:
        """A Boolean expression over candidate columns, never null: true = may stay."""
        return self.condition(query).fill_null(self.on_null == "keep")


def rule(*, on_null: OnNull) -> Callable[[Condition], Rule]:
    """Declare a function of the query as a hard rule.

    The function's name is the reason code. The first line of its docstring is the sentence
    a learner reads in English, the next non-empty line the same in Chinese.

    Args:
        on_null: ``drop`` refuses a section about which the condition is unknown, ``keep``
            lets it stay; every rule has to decide.

    Raises:
        RuleError: a sentence is missing, or ``on_null`` is neither of the two.
    """
    if on_null not in ("drop", "keep"):
        message = f"on_null is {on_null!r}; a rule decides 'drop' or 'keep'"
        raise RuleError(message)

    def declare(condition: Condition) -> Rule:
        text_en, text_zh = _sentences(condition)
        return Rule(condition.__name__, text_en, text_zh, on_null, condition)

    return declare


def _sentences(condition: Condition) -> tuple[str, str]:
    lines = [line.strip() for line in (condition.__doc__ or "").splitlines() if line.strip()]
    if not lines or CHINESE.search(lines[0]):
        message = f"rule {condition.__name__!r} needs an English sentence as its first line"
        raise RuleError(message)
    if len(lines) < 2 or not CHINESE.search(lines[1]):
        message = f"rule {condition.__name__!r} needs a Chinese sentence as its second line"
        raise RuleError(message)
    return lines[0], lines[1]
