"""The one place where hard rules run: for lists, for why-not, and for seats."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from recsys.columns import Agreed, Index, Mask
from recsys.offer import Candidates, Offer
from recsys.rules import Rule, all_rules
from recsys.rules.declaration import fields_of
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


class Rulebook:
    """A policy's rules in its order, told apart by whether queries share their verdicts.

    Attributes:
        rules: all of them.
        names: of the rules.
    """

    def __init__(self, rules: Iterable[Rule]) -> None:
        """Take the rules, in the policy's order."""
        self.rules = tuple(rules)
        self.names = tuple(rule.name for rule in self.rules)
        read = [rule.reads for rule in self.rules if rule.alike is None and rule.reads is not None]
        self._read = fields_of(tuple(sorted({field for each in read for field in each})))
        places = range(len(self.rules))
        self._alike = [place for place in places if self.rules[place].alike is not None]
        self._alone = [
            place
            for place in places
            if self.rules[place].alike is None and self.rules[place].reads is None
        ]

    def agreement(
        self, query: LearnerQuery, candidates: Candidates
    ) -> tuple[Hashable, Sequence[int]]:
        """What the query shares with those who get the same verdicts, and the rules left to judge.

        The places of rules that judge this query anew: of all where only some of an offer's
        sections are candidates, as verdicts on a whole offer alone hold for other queries too.
        """
        if candidates.rows is not None:
            return None, range(len(self.rules))
        common = [self.rules[place].key(query, candidates) for place in self._alike]
        anew = [place for place, key in zip(self._alike, common, strict=True) if key is None]
        return (self.names, self._read(query), *common), [*self._alone, *anew]


def eligible(
    query: LearnerQuery, candidates: Candidates, book: Rulebook
) -> tuple[Candidates, Refusals]:
    """Split the candidates into those every rule keeps and those one refuses.

    All rules are evaluated; their order decides only which name is recorded, never what is
    kept. Verdicts that depend on few fields of a query are kept for the next query that agrees.

    Args:
        query: who asks.
        candidates: sections paired with the learner.
        book: the rules in the policy's order.

    Returns:
        The kept candidates in their order, and what was refused.
    """
    key, anew = book.agreement(query, candidates)
    agreed = _agreed(query, candidates, book, key, anew)
    verdicts = [(place, book.rules[place].keeps(query, candidates)) for place in anew]
    told = [(place, keeps) for place, keeps in verdicts if keeps is not None]
    first, changed = agreed.first, NONE
    if told:
        first = first.copy()
        for place, keeps in told:
            _refuse(first, place, keeps)
        changed = np.flatnonzero(first != agreed.first)
    refusals = Refusals(candidates, book.names, first, agreed, changed)
    if candidates.rows is not None:
        return candidates.take(refusals.kept), refusals
    without = changed[agreed.first[changed] == len(book.rules)]
    if not len(without):
        return candidates.less(agreed.kept, agreed, without), refusals
    return candidates.less(refusals.kept, agreed, without), refusals


def all_refusals(query: LearnerQuery, section: Candidates, rules: Sequence[Rule]) -> list[str]:
    """Every rule that refuses one section, in the policy's order."""
    verdicts = [(rule.name, rule.keeps(query, section)) for rule in rules]
    return [name for name, keeps in verdicts if keeps is not None and not keeps.all()]


def open_to(queries: Sequence[LearnerQuery], past: Offer, learner: Index, rows: Index) -> Mask:
    """Which of the sections that learners were once shown they could have asked for.

    The rules that hold whatever the day. A section of a completed course wasn't open after it was
    completed; whether it was shown before isn't asked, as such pairs are few.

    Args:
        queries: who were shown them.
        past: all sections that anybody may have been shown.
        learner: the place among the queries of who was shown each, in rising order; shape (shown,).
        rows: which section it was; shape (shown,).
    """
    possible = np.ones(len(rows), dtype=np.bool_)
    starts: list[int] = np.searchsorted(learner, np.arange(len(queries) + 1)).tolist()
    for rule in (all_rules()[name] for name in AT_ANY_TIME):
        alike, anew = _by_key(rule, queries, Candidates(past))
        for key, places in alike.items():
            told = past.once(
                ("at any time", key), partial(rule.keeps, queries[places[0]], Candidates(past))
            )
            if told is not None:
                theirs = np.zeros(len(queries), dtype=np.bool_)
                theirs[places] = True
                at = np.flatnonzero(theirs[learner])
                possible[at] &= told[rows[at]]
        for place in anew:
            own = slice(starts[place], starts[place + 1])
            verdict = rule.keeps(queries[place], Candidates(past, rows[own]))
            if verdict is not None:
                possible[own] &= verdict
    return possible


def _by_key(
    rule: Rule, queries: Sequence[LearnerQuery], sections: Candidates
) -> tuple[Mapping[Hashable, list[int]], list[int]]:
    """The queries that share a rule's verdict, and those that it judges anew; by their places."""
    alike: dict[Hashable, list[int]] = {}
    for place, query in enumerate(queries):
        alike.setdefault(rule.key(query, sections), []).append(place)
    return alike, alike.pop(None, [])


def _agreed(
    query: LearnerQuery,
    candidates: Candidates,
    book: Rulebook,
    key: Hashable,
    anew: Sequence[int],
) -> Agreed:
    """The verdict of the other rules, taken from an earlier query where one agrees."""
    kept = candidates.offer.verdicts
    if key is not None and (found := kept.get(key)) is not None:
        return found
    first = np.full(len(candidates), len(book.rules), dtype=np.int8)
    for place, rule in enumerate(book.rules):
        if place not in anew and (keeps := rule.keeps(query, candidates)) is not None:
            _refuse(first, place, keeps)
    agreed = Agreed(first, np.flatnonzero(first == len(book.rules)))
    if key is not None:
        if len(kept) >= KEPT_VERDICTS:
            kept.clear()
        kept[key] = agreed
    return agreed


def _refuse(first: Order, place: int, keeps: Mask) -> None:
    """Note a rule's refusals where no earlier rule refuses."""
    # small whole numbers throughout: a masked step takes ten times as long
    beyond = np.int8(NOBODY - place)
    np.minimum(first, keeps.view(np.int8) * beyond + np.int8(place), out=first)
