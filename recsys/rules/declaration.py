"""The ``@rule`` decorator: a function becomes a named rule with its two sentences."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import cache
from operator import attrgetter
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from recsys.columns import Mask, Reals
from recsys.errors import RuleError
from recsys.offer import Candidates
from recsys.sentences import both_sentences
from recsys.types import LearnerQuery

OnNull = Literal["drop", "keep"]

Verdict = NDArray[Any] | None
"""Per section: true or false, or 1, 0 and NaN where a rule can't tell; None: all may stay."""

Condition = Callable[[LearnerQuery, Candidates], Verdict]

Alike = Callable[[LearnerQuery, Candidates], Hashable]
"""What a query shares with others that get the same verdict; None where nothing."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A hard rule: what it refuses can't be recommended, allocated or enrolled in.

    Attributes:
        name: the reason code.
        text_en: the sentence shown to a learner whose section was refused.
        text_zh: the same in Chinese.
        on_null: what happens to a section about which the rule can't tell.
        condition: true for sections that may stay, given the query.
        reads: the fields of the query that alone decide, so that queries which agree in them
            share a verdict; None where every query is judged anew.
        alike: the same for rules of which ``reads`` can't tell: what a query shares with others,
            None where it is judged anew.
    """

    name: str
    text_en: str
    text_zh: str
    on_null: OnNull
    condition: Condition
    reads: tuple[str, ...] | None = None
    alike: Alike | None = None

    def keeps(self, query: LearnerQuery, sections: Candidates) -> Mask | None:
        """Which sections may stay, shape (sections,); None when all may."""
        verdict = self.condition(query, sections)
        if verdict is None or verdict.dtype == np.bool_:
            return verdict
        # a comparison with NaN is false
        kept: Mask = ~(verdict <= 0) if self.on_null == "keep" else verdict > 0
        return kept

    def key(self, query: LearnerQuery, sections: Candidates) -> Hashable:
        """What queries with the same verdict have in common; None when nothing does."""
        if self.alike is not None:
            common = self.alike(query, sections)
            return None if common is None else (self.name, common)
        if self.reads is None:
            return None
        return (self.name, fields_of(self.reads)(query))


def rule(
    *, on_null: OnNull, reads: tuple[str, ...] | None = None, alike: Alike | None = None
) -> Callable[[Condition], Rule]:
    """Declare a function of the query and the sections as a hard rule.

    The function's name is the reason code. The first line of its docstring is the sentence
    a learner reads in English, the next non-empty line the same in Chinese.

    Args:
        on_null: ``drop`` refuses a section about which the condition is unknown, ``keep``
            lets it stay; every rule has to decide.
        reads: the fields of the query the condition reads, where few values of them occur.
        alike: in their place, what a query shares with others; None where it is judged anew.

    Raises:
        RuleError: a sentence is missing, ``on_null`` is neither of the two, or ``reads`` names
            no field of a query.
    """
    if on_null not in ("drop", "keep"):
        message = f"on_null is {on_null!r}; a rule decides 'drop' or 'keep'"
        raise RuleError(message)
    unknown = sorted(set(reads or ()) - set(LearnerQuery.__dataclass_fields__))
    if unknown:
        message = f"reads names {unknown}, which are no fields of a query"
        raise RuleError(message)

    def declare(condition: Condition) -> Rule:
        text_en, text_zh = both_sentences(condition, "rule", RuleError)
        return Rule(condition.__name__, text_en, text_zh, on_null, condition, reads, alike)

    return declare


@cache
def fields_of(names: tuple[str, ...]) -> Callable[[LearnerQuery], Hashable]:
    """Reads the named fields of a query."""
    return attrgetter(*names) if names else lambda _query: ()


def at_most(left: Reals | float, right: Reals | float) -> Reals:
    """Whether left <= right, section by section; NaN where either is unknown."""
    verdict = np.less_equal(left, right).astype(np.float64)
    return np.where(np.isnan(left) | np.isnan(right), np.nan, verdict)


def both(left: Reals, right: Reals) -> Reals:
    """Three-valued and: one certain no is a no, whatever the other is."""
    return np.where((left == 0) | (right == 0), 0.0, left * right)
