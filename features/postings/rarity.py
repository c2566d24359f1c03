"""The rarest words of each posting, by what was posted on earlier days.

Words are pairs of neighbouring letters, so that Chinese needs no dictionary. How rare one is
comes from earlier days alone: no later posting changes what a posting was known by.
"""

from collections.abc import Iterator
from itertools import pairwise
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Words = NDArray[np.uint32]

WORDS: Final = 1 << 20
"""Numbers that pairs of letters are scattered over."""

_FACTOR: Final = np.uint64(0x9E3779B97F4A7C15)
"""2^64 divided by the golden ratio: multiplicative hashing (Knuth, TAOCP 3, 6.4)."""


def rare_words(
    texts: pl.Series, days: Ints, *, kept: int, rare_share: float, least_known: int
) -> Words:
    """The rarest words of each text.

    Args:
        texts: plain texts in order of their days; null says nothing.
        days: the day of each text as a number, ascending, shape (n,).
        kept: words kept of each text at most.
        rare_share: a word is rare while at most this share of earlier days' texts hold it.
        least_known: texts of earlier days needed before any word counts as rare.

    Returns:
        Shape (n, kept): numbers from 1 on, the rarest first, ties by number; 0 where none.
    """
    found = np.zeros((len(texts), kept), dtype=np.uint32)
    holders = np.zeros(WORDS, dtype=np.int64)
    for start, end in _spans(days):
        text, word = _words_of(texts[start:end])
        if start >= least_known:
            _fill(found[start:end], text, word, holders, rare_share * start)
        np.add.at(holders, word, 1)
    return found


def shared_words(words: Words, one: Ints, other: Ints) -> Ints:
    """How many rare words both postings of each pair hold.

    >>> words = np.array([[3, 8], [8, 5], [3, 0], [0, 0]], dtype=np.uint32)
    >>> shared_words(words, np.array([0, 0, 2]), np.array([1, 2, 3])).tolist()
    [1, 1, 0]
    """
    left, right = words[one], words[other]
    shared = np.zeros(len(one), dtype=np.int64)
    for column in range(words.shape[1]):
        word = left[:, column]
        shared += (right == word[:, None]).any(axis=1) & (word > 0)
    return shared


def _spans(days: Ints) -> Iterator[tuple[int, int]]:
    """From and to of the texts of each day."""
    edges = np.flatnonzero(np.diff(days)) + 1
    bounds = [0, *edges.tolist(), len(days)]
    return pairwise(bounds)


def _words_of(texts: pl.Series) -> tuple[Ints, Ints]:
    """The different words of each text: its index and the word, ordered by both."""
    # a text ends where the next begins: no word reaches over
    joined = "\n".join(texts.fill_null("").to_list())
    letters = np.frombuffer(joined.encode("utf-32-le"), dtype=np.uint32).astype(np.uint64)
    ends = letters == ord("\n")
    text = np.cumsum(ends)[:-1]
    inside = ~(ends[:-1] | ends[1:])
    pair = (letters[:-1] << np.uint64(21) | letters[1:])[inside]
    # the high bits of the product are the well mixed ones; 0 is kept for "none"
    word = np.maximum((pair * _FACTOR) >> np.uint64(64 - 20), 1).astype(np.int64)
    both = np.unique(text[inside].astype(np.int64) * WORDS + word)
    return np.divmod(both, WORDS)


def _fill(found: Words, text: Ints, word: Ints, holders: Ints, most: float) -> None:
    """Write the rarest words of a day's texts."""
    rare = holders[word] <= most
    text, word = text[rare], word[rare]
    order = np.lexsort((word, holders[word], text))
    text, word = text[order], word[order]
    place = np.arange(len(text)) - np.searchsorted(text, text)
    kept = place < found.shape[1]
    found[text[kept], place[kept]] = word[kept]
