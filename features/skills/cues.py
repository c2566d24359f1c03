"""Cues: the phrases of a text that tell what the skills named around them are there for."""

from dataclasses import dataclass
from functools import cache
from itertools import chain
from typing import Final

import numpy as np
from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from features.skills.lists import kinds_of
from features.skills.plain import Ints, Plain, fold
from features.skills.stable import stable_hashes

NONE: Final = 0
"""The kind where there is no cue; the kinds themselves count from 1."""


@dataclass(frozen=True, slots=True)
class Cues:
    """Where phrases of one list stand; M cues in order of place, none overlapping.

    Attributes:
        start: first character.
        end: one past the last.
        kind: 1 to the number of kinds.
        phrase: a stable number of the phrase.
    """

    start: Ints
    end: Ints
    kind: Ints
    phrase: Ints

    def only(self, kind: int) -> "Cues":
        """The cues of one kind."""
        kept = self.kind == kind
        return Cues(self.start[kept], self.end[kept], self.kind[kept], self.phrase[kept])


@dataclass(frozen=True, slots=True)
class _Finder:
    automaton: AhoCorasick
    kinds: list[str]
    kind: Ints
    phrase: Ints


def kind_names(table: str) -> list[str]:
    """The kinds of a list in order; the first is kind 1."""
    return _finder(table).kinds


def find_cues(plain: Plain, table: str) -> Cues:
    """Every phrase of a list in the texts, the leftmost and longest where they overlap.

    Args:
        plain: the laid-out texts.
        table: ``cues``, ``headings`` or ``levels``.
    """
    finder = _finder(table)
    hits = finder.automaton.find_matches_as_indexes(plain.text)
    flat = np.fromiter(chain.from_iterable(hits), np.int64, 3 * len(hits))
    which, start, end = flat.reshape(-1, 3).T
    return Cues(start, end, finder.kind[which], finder.phrase[which])


@cache
def _finder(table: str) -> _Finder:
    kinds: dict[str, str] = {}
    for phrase, kind in kinds_of(table).items():
        kinds.setdefault(fold(phrase), kind)
    names = list(dict.fromkeys(kinds.values()))
    automaton = AhoCorasick(
        list(kinds), matchkind=MatchKind.LeftmostLongest, implementation=Implementation.DFA
    )
    number = np.array([1 + names.index(kind) for kind in kinds.values()], dtype=np.int64)
    return _Finder(automaton, names, number, stable_hashes(list(kinds)))
