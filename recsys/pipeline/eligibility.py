"""The one place where hard rules run: for lists, for why-not, and for seats."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from recsys.columns import Agreed, Index, Mask
from recsys.offer import Candidates
from recsys.rules import Rule, all_rules
from recsys.types import LearnerQuery

KEPT_VERDICTS: Final = 512
"""Verdicts of an offer kept for queries that agree; at 20,000 sections each takes 0.4 MB."""

AT_ANY_TIME: Final = ("sharing", "access", "age", "prerequisites", "already_completed")
"""Rules that don't depend on the day."""

NONE: Final[Index] = np.zeros(0, dtype=np.intp)
"""No candidate at all."""

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
        agreed: the same by the rules alone that are kept for other queries.
        changed: the candidates for which another rule is the first.
    """

    candidates: Candidates
    rules: tuple[str, ...]
    first: Order
    agreed: Agreed
    changed: Index

    def __len__(self) -> int:
        """How many sections are refused."""
        return int((self.first < len(self.rules)).sum())

    @property
    def kept(self) -> Index:
        """The candidates that no rule refuses, in their order."""
        return np.flatnonzero(self.first == len(self.rules))

    def counts(self) -> Mapping[str, int]:
        """Refused sections by rule, in the policy's order, rules that refused none left out."""
        size = len(self.rules) + 1
        found = self.agreed.once("refused", lambda: np.bincount(self.agreed.first, minlength=size))
        if len(self.changed):
            was, now = self.agreed.first[self.changed], self.first[self.changed]
            found = found - np.bincount(was, minlength=size) + np.bincount(now, minlength=size)
        return {rule: n for rule, n in zip(self.rules, found.tolist(), strict=False) if n}

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
    # only verdicts on a whole offer hold for other queries too
    whole = candidates.rows is None
    keys = [rule.key(query, candidates) if whole else None for rule in rules]
    agreed = _agreed(query, candidates, rules, keys)
    first = agreed.first.copy()
    own = [
        _refuse(first, place, rule, query, candidates)
        for place, (rule, key) in enumerate(zip(rules, keys, strict=True))
        if key is None
    ]
    changed = np.flatnonzero(first != agreed.first) if any(own) else NONE
    names = tuple(rule.name for rule in rules)
    refusals = Refusals(candidates, names, first, agreed, changed)
    if candidates.rows is not None:
        return candidates.take(refusals.kept), refusals
    without = changed[agreed.first[changed] == len(rules)]
    if not len(without):
        return candidates.less(agreed.kept, agreed, without), refusals
    return candidates.less(refusals.kept, agreed, without), refusals


def all_refusals(query: LearnerQuery, section: Candidates, rules: Sequence[Rule]) -> list[str]:
    """Every rule that refuses one section, in the policy's order."""
    verdicts = [(rule.name, rule.keeps(query, section)) for rule in rules]
    return [name for name, keeps in verdicts if keeps is not None and not keeps.all()]


def open_to(query: LearnerQuery, shown: Candidates) -> Mask:
    """Which of the sections once shown the learner could have asked for.

    The rules that hold whatever the day. A section of a completed course wasn't open after it was
    completed; whether it was shown before isn't asked, as such pairs are few.
    """
    possible = np.ones(len(shown), dtype=np.bool_)
    for rule in (all_rules()[name] for name in AT_ANY_TIME):
        if (key := rule.key(query, shown)) is None:
            verdict = rule.keeps(query, shown)
        else:
            told = shown.offer.once(("at any time", key), partial(_whole, rule, query, shown))
            verdict = None if told is None else shown.pick(told)
        if verdict is not None:
            possible &= verdict
    return possible


def _whole(rule: Rule, query: LearnerQuery, shown: Candidates) -> Mask | None:
    """What a rule says of all sections of an offer: told to every query that agrees."""
    return rule.keeps(query, Candidates(shown.offer))


def _agreed(
    query: LearnerQuery,
    candidates: Candidates,
    rules: Sequence[Rule],
    keys: Sequence[Hashable],
) -> Agreed:
    """The verdict of the rules that have a key, taken from an earlier query where one agrees."""
    verdicts = candidates.offer.verdicts
    key = (tuple(rule.name for rule in rules), *keys)
    if candidates.rows is None and (found := verdicts.get(key)) is not None:
        return found
    first = np.full(len(candidates), len(rules), dtype=np.int8)
    for place, (rule, shared) in enumerate(zip(rules, keys, strict=True)):
        if shared is not None:
            _refuse(first, place, rule, query, candidates)
    agreed = Agreed(first, np.flatnonzero(first == len(rules)))
    if candidates.rows is None:
        if len(verdicts) >= KEPT_VERDICTS:
            verdicts.clear()
        verdicts[key] = agreed
    return agreed


def _refuse(
    first: Order, place: int, rule: Rule, query: LearnerQuery, candidates: Candidates
) -> bool:
    """Note a rule's refusals where no earlier rule refuses; false where it has nothing to say."""
    keeps = rule.keeps(query, candidates)
    if keeps is None:
        return False
    # small whole numbers throughout: a masked step takes ten times as long
    beyond = np.int8(NOBODY - place)
    np.minimum(first, keeps.view(np.int8) * beyond + np.int8(place), out=first)
    return True
