"""Finds a vocabulary's words in texts: exact words, the longest first, none hidden in another."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final

import numpy as np
import rjieba
from ahocorasick_rs import AhoCorasick, Implementation, MatchKind
from numpy.typing import NDArray

from features.skills.letters import DIGIT, HAN, JOINED, LETTER, kinds
from features.skills.plain import Ints, Plain
from features.skills.words import DECOY, Words

Bools = NDArray[np.bool_]

LEAST_TILE: Final = 3
"""Characters that a word needs to stand without a boundary between other words, as in
``MySQLRedis``; shorter ones occur in any run of letters by chance."""

CUT_AROUND: Final = 12
"""Characters either side of a short Chinese word that are cut into words to see its bounds."""

SHORT_HAN: Final = 2
"""Chinese words up to this length may straddle two words, as 保安 in 确保安全."""


@dataclass(frozen=True, slots=True)
class Found:
    """Where words stand; N findings in order of place, none of which overlap but for twins.

    Attributes:
        word: index into the words.
        start: first character, in the laid-out texts.
        end: one past the last character.
        text: index of the text.
    """

    word: Ints
    start: Ints
    end: Ints
    text: Ints

    def __len__(self) -> int:
        return len(self.word)

    def only(self, kept: Bools) -> "Found":
        """The findings where ``kept`` is true."""
        return Found(self.word[kept], self.start[kept], self.end[kept], self.text[kept])


class Gazetteer:
    """A vocabulary's words, ready to be found.

    Latin words are found as whole words: not within other Latin letters (``Go`` in ``Google``),
    with a version number behind them if need be (``Python3``), or in a row of words written
    without space (``MySQLRedis``). Of overlapping words the leftmost counts, of those the
    longest. A short Chinese word that only arises between two others is none.
    """

    def __init__(self, words: Words) -> None:
        self.words = words
        self._automaton = AhoCorasick(
            words.folded[: len(words.twin)],
            matchkind=MatchKind.Standard,
            implementation=Implementation.DFA,
        )
        lengths = np.array([len(word) for word in words.folded], dtype=np.int64)
        first = kinds(np.array([ord(word[0]) for word in words.folded], dtype=np.uint32))
        last = kinds(np.array([ord(word[-1]) for word in words.folded], dtype=np.uint32))
        self._length = lengths
        self._latin_first = (first & (LETTER | DIGIT)) > 0
        self._latin_last = (last & (LETTER | DIGIT | JOINED)) > 0
        self._letter_last = (last & LETTER) > 0
        self._short_han = (lengths <= SHORT_HAN) & ((first & HAN) > 0) & ((last & HAN) > 0)

    def find(self, plain: Plain) -> Found:
        """Every word of every text, decoys left out."""
        word, start, end = as_columns(
            self._automaton.find_matches_as_indexes(plain.text, overlapping=True)
        )
        whole = self._whole(plain, word, start, end)
        word, start, end = word[whole], start[whole], end[whole]
        kept = _leftmost_longest(start, end)
        word, start, end = word[kept], start[kept], end[kept]
        found = Found(word, start, end, plain.of(start))
        found = found.only(self.words.skill[found.word] != DECOY)
        return self._with_twins(found.only(self._cut_cleanly(plain, found)))

    def _with_twins(self, found: Found) -> Found:
        """Words that lead to two skills stand twice, at the same place."""
        twin = self.words.twin[found.word]
        times = 1 + (twin >= 0)
        second = np.repeat(np.arange(len(found)), times)
        again = np.append(False, second[1:] == second[:-1]) if len(second) else times > 1
        word = np.where(again, twin[second], found.word[second])
        return Found(word, found.start[second], found.end[second], found.text[second])

    def _whole(self, plain: Plain, word: Ints, start: Ints, end: Ints) -> Bools:
        """Whether each hit is a whole word, by itself or in a row of words without space."""
        kind = kinds(plain.folded)
        before = kind[np.maximum(start - 1, 0)] * (start > 0)
        after, then = kind[end], kind[np.minimum(end + 1, len(kind) - 1)]
        one_letter = self._length[word] == 1
        bars_before = (before & (LETTER | DIGIT)) > 0
        bars_before |= one_letter & ((before & JOINED) > 0) | _dot(plain, start - 1) & one_letter
        version = ((after & DIGIT) > 0) & ((then & LETTER) == 0)
        version &= self._letter_last[word] & (self._length[word] >= LEAST_TILE)
        bars_after = ((after & (LETTER | DIGIT | JOINED)) > 0) & ~version & ~_plus(plain, end)
        left = ~(self._latin_first[word] & bars_before)
        right = ~(self._latin_last[word] & bars_after)
        whole: Bools = left & right
        pieces = _touching(self._length[word] >= LEAST_TILE, start, end, left, right)
        whole[_tiling(pieces, start, end, left, right)] = True
        return whole

    def _cut_cleanly(self, plain: Plain, found: Found) -> Bools:
        """False for short Chinese words that straddle the words of a segmentation."""
        clean = np.ones(len(found), dtype=np.bool_)
        for index in np.flatnonzero(self._short_han[found.word]):
            start, end = int(found.start[index]), int(found.end[index])
            clean[index] = not _straddles(plain, start, end, int(found.text[index]))
        return clean


def as_columns(hits: Sequence[tuple[int, int, int]]) -> tuple[Ints, Ints, Ints]:
    """Pattern, start and end of an automaton's hits, as arrays."""
    flat = np.fromiter(chain.from_iterable(hits), np.int64, 3 * len(hits))
    word, start, end = flat.reshape(-1, 3).T
    return word, start, end


def _dot(plain: Plain, position: Ints) -> Bools:
    dots: Bools = plain.folded[np.maximum(position, 0)] == ord(".")
    return dots


def _plus(plain: Plain, position: Ints) -> Bools:
    """A plus sign that joins two names (``Vue+React``) rather than ending one (``C++``)."""
    last = len(plain.folded) - 1
    sign = plain.folded[position] == ord("+")
    then = kinds(plain.folded[np.minimum(position + 1, last)])
    joining: Bools = sign & ((then & (LETTER | HAN)) > 0)
    return joining


def _touching(long: Bools, start: Ints, end: Ints, left: Bools, right: Bools) -> Ints:
    """Hits that are long enough, with a boundary or another such hit on either side."""
    begins, ends = np.unique(start[long]), np.unique(end[long])
    alive = long & ~(left & right)  # a word between two boundaries needs no others
    alive &= (left | np.isin(start, ends)) & (right | np.isin(end, begins))
    return np.flatnonzero(alive)


def _tiling(pieces: Ints, start: Ints, end: Ints, left: Bools, right: Bools) -> list[int]:
    """Pieces of rows that words fill from boundary to boundary, without a gap."""
    order = pieces[np.argsort(start[pieces], kind="stable")]
    from_left = _reached(order, start, end, left)
    from_right = _reached(order[::-1], end, start, right)
    return [index for index in order.tolist() if index in from_left and index in from_right]


def _reached(order: Ints, near: Ints, far: Ints, free: Bools) -> set[int]:
    """Pieces that touch a boundary on their near side, or a piece that does."""
    ends: set[int] = set()
    reached: set[int] = set()
    for index in order.tolist():
        if free[index] or int(near[index]) in ends:
            reached.add(index)
            ends.add(int(far[index]))
    return reached


def _leftmost_longest(start: Ints, end: Ints) -> Ints:
    """Indices of the hits that stay when none may overlap, in order of place."""
    order = np.lexsort((-end, start))
    return np.fromiter(_disjoint(order, start, end), np.int64)


def _disjoint(order: Ints, start: Ints, end: Ints) -> Iterator[int]:
    reached = 0
    pairs = zip(order.tolist(), start[order].tolist(), end[order].tolist(), strict=True)
    for index, first, last in pairs:
        if first >= reached:
            reached = last
            yield index


def _straddles(plain: Plain, start: int, end: int, text: int) -> bool:
    """Whether a word of the segmentation begins before or ends after, with one end inside."""
    first = max(start - CUT_AROUND, int(plain.start[text]))
    last = min(end + CUT_AROUND, int(plain.start[text + 1]) - 1)
    at = first
    for piece in rjieba.cut(plain.text[first:last]):
        begin, at = at, at + len(piece)
        crosses_left = begin < start < at < end
        crosses_right = start < begin < end < at
        if crosses_left or crosses_right:
            return True
        if at >= end:
            break
    return False
