"""The one place where hard rules run: for lists, for why-not, and for seats."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from recsys.offer import Candidates, Index, Mask
from recsys.rules import Rule, all_rules
from recsys.types import LearnerQuery

KEPT_VERDICTS: Final = 512
"""Verdicts of an offer kept for queries that agree; at 20,000 sections they take 10 MB."""

AT_ANY_TIME: Final = ("sharing", "access", "age", "prerequisites", "already_completed")
"""Rules that don't depend on the day."""

NOBODY: Final = 127
"""Beyond every place in an order of rules."""

Order = NDArray[np.int8]
"""By section, the place in the policy's order of the first rule that refuses it."""


@dataclass(frozen=True, slots=True)
class Refusals:
    """Which sections the rules refuse.

    Attributes:
        candidates: all that were judged.
        rules: names in the policy's order.
        first: place of the first rule that refuses each; ``len(rules)`` where none does.
    """

    candidates: Candidates
    rules: tuple[str, ...]
    first: Order

    def __len__(self) -> int:
        """How many sections are refused."""
        return int((self.first < len(self.rules)).sum())

    @property
    def kept(self) -> Index:
        """The candidates that no rule refuses, in their order."""
        return np.flatnonzero(self.first == len(self.rules))

    def counts(self) -> Mapping[str, int]:
        """Refused sections by rule, in the policy's order, rules that refused none left out."""
        found = np.bincount(self.first, minlength=len(self.rules) + 1).tolist()
        return {rule: n for rule, n in zip(self.rules, found, strict=False) if n}

    def table(self) -> pl.DataFrame:
        """The refused sections: section_id, rule."""
        refused = np.flatnonzero(self.first < len(self.rules))
        ids = self.candidates.take(refused).texts("section_id")
        places: list[int] = self.first[refused].tolist()
        names = [self.rules[place] for place in places]
        schema = {"section_id": pl.String, "rule": pl.String}
        return pl.DataFrame({"section_id": ids, "rule": names}, schema=schema)


def eligible(
    query: LearnerQuery, candidates: Candidates, rules: Sequence[Rule]
) -> tuple[Candidates, Refusals]:
    """Split the candidates into those every rule keeps and those one refuses.

    All rules are evaluated; their order decides only which name is recorded, never what is
    kept. Verdicts that depend on few fields of a query are kept for the next query that agrees.

    Args:
        query: who asks.
        candidates: sections paired with the learner.
        rules: in the policy's order.

    Returns:
        The kept candidates in their order, and what was refused.
    """
    first = _shared_order(query, candidates, rules).copy()
    for place, rule in enumerate(rules):
        if not _is_shared(rule, candidates):
            _refuse(first, place, rule, query, candidates)
    refusals = Refusals(candidates, tuple(rule.name for rule in rules), first)
    return candidates.take(refusals.kept), refusals


def all_refusals(query: LearnerQuery, section: Candidates, rules: Sequence[Rule]) -> list[str]:
    """Every rule that refuses one section, in the policy's order."""
    verdicts = [(rule.name, rule.keeps(query, section)) for rule in rules]
    return [name for name, keeps in verdicts if keeps is not None and not keeps.all()]


def open_to(query: LearnerQuery, shown: Candidates) -> Mask:
    """Which of the sections once shown the learner could have asked for.

    The rules that hold whatever the day. A section of a completed course wasn't open after it was
    completed; whether it was shown before isn't asked, as such pairs are few.
    """
    verdicts = [all_rules()[name].keeps(query, shown) for name in AT_ANY_TIME]
    possible = np.ones(len(shown), dtype=np.bool_)
    for verdict in verdicts:
        if verdict is not None:
            possible &= verdict
    return possible


def _is_shared(rule: Rule, candidates: Candidates) -> bool:
    """Whether a verdict holds for other queries too: only those on a whole offer are kept."""
    return rule.reads is not None and candidates.rows is None


def _shared_order(query: LearnerQuery, candidates: Candidates, rules: Sequence[Rule]) -> Order:
    """The order by the shared rules alone, taken from an earlier query where one agrees."""
    shared = [(place, rule) for place, rule in enumerate(rules) if _is_shared(rule, candidates)]
    names = tuple(rule.name for rule in rules)
    key = (names, candidates.rows is None, *(rule.key(query) for _, rule in shared))
    verdicts = candidates.offer.verdicts
    if (found := verdicts.get(key)) is not None and candidates.rows is None:
        return found
    first = np.full(len(candidates), len(rules), dtype=np.int8)
    for place, rule in shared:
        _refuse(first, place, rule, query, candidates)
    if candidates.rows is None:
        if len(verdicts) >= KEPT_VERDICTS:
            verdicts.clear()
        verdicts[key] = first
    return first


def _refuse(
    first: Order, place: int, rule: Rule, query: LearnerQuery, candidates: Candidates
) -> None:
    """Note a rule's refusals where no earlier rule refuses."""
    keeps = rule.keeps(query, candidates)
    if keeps is not None:
        # small whole numbers throughout: a masked step takes ten times as long
        beyond = np.int8(NOBODY - place)
        np.minimum(first, keeps.view(np.int8) * beyond + np.int8(place), out=first)
