"""Texts as one array of code points, in one spelling, every character in its place."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Codes = NDArray[np.uint32]

_BASIC_PLANE: Final = 0x10000
_REPLACEMENT: Final = 0xFFFD


def _folding() -> Codes:
    """For each character of the basic plane, the one it counts as.

    Full-width forms are their half-width ones and capitals small, where that is one character
    for one; so an offset in the folded text is an offset in the text as written.
    """
    table = np.arange(_BASIC_PLANE, dtype=np.uint32)
    table[0xFF01:0xFF5F] = np.arange(0x21, 0x7F)
    table[0x3000] = table[0xA0] = ord(" ")
    table[0xD800:0xE000] = _REPLACEMENT
    for code in range(_BASIC_PLANE):
        small = chr(int(table[code])).lower()
        if len(small) == 1:
            table[code] = ord(small)
    return table


_FOLDED: Final = _folding()


@dataclass(frozen=True, slots=True)
class Plain:
    """Many texts laid end to end, with one character between two.

    Attributes:
        written: code points as they were written, length N.
        folded: the same, folded by full width and case.
        text: ``folded`` as a string of N characters.
        start: where each text begins; T + 1 entries, the last one N.
    """

    written: Codes
    folded: Codes
    text: str
    start: Ints

    def of(self, position: Ints) -> Ints:
        """The text that each position lies in."""
        return np.searchsorted(self.start, position, "right") - 1


def fold(text: str) -> str:
    """One text in the spelling that words are compared in; its length stays.

    >>> fold("ＪＡＶＡ（熟练）")
    'java(熟练)'
    """
    return _string(_fold(_codes(text)))


def lay_out(texts: Sequence[str]) -> Plain:
    """The texts end to end, a NUL after each, which no word contains."""
    lengths = np.fromiter((len(text) for text in texts), np.int64, len(texts))
    start = np.concatenate([[0], np.cumsum(lengths + 1)])
    written = _codes("\0".join([*texts, ""]))
    folded = _fold(written)
    return Plain(written, folded, _string(folded), start)


def _codes(text: str) -> Codes:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)


def _fold(codes: Codes) -> Codes:
    """Characters beyond the basic plane stay as they are."""
    return np.where(codes < _BASIC_PLANE, _FOLDED[np.minimum(codes, _BASIC_PLANE - 1)], codes)


def _string(codes: Codes) -> str:
    return codes.astype("<u4").tobytes().decode("utf-32-le")
