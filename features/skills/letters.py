"""What kind of character stands where, as flags over code points."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from features.skills.plain import Codes

LETTER: Final = 1
DIGIT: Final = 2
HAN: Final = 4
STOP: Final = 8
"""Ends a sentence, or an item of a list of duties."""
COMMA: Final = 16
LISTED: Final = 32
"""Stands between the members of a list."""
SPACE: Final = 64
JOINED: Final = 128
"""Makes a word with the Latin letters beside it: ``C++``, ``C#``, ``R&D``."""

_TABLE_SIZE: Final = 0x10000


def _table() -> NDArray[np.uint8]:
    table = np.zeros(_TABLE_SIZE, dtype=np.uint8)
    table[ord("a") : ord("z") + 1] = LETTER
    table[ord("A") : ord("Z") + 1] = LETTER
    table[0xC0:0x250] = LETTER
    table[ord("0") : ord("9") + 1] = DIGIT
    table[0x4E00:0xA000] = HAN
    table[0x3400:0x4DC0] = HAN
    _mark(table, "。;!?\n\r\0•●▪◆★☆▶►■①②③④⑤⑥⑦⑧⑨⑩", STOP)
    _mark(table, ",", COMMA | LISTED)
    _mark(table, "、/\\|+&和与及或·", LISTED)
    _mark(table, " \t\n\r\u200b", SPACE)
    _mark(table, "+#&'’_@", JOINED)
    return table


def _mark(table: NDArray[np.uint8], characters: str, kind: int) -> None:
    for character in characters:
        table[ord(character)] |= kind


_KINDS: Final = _table()


def kinds(codes: Codes) -> NDArray[np.uint8]:
    """The flags of each character; 0 for what none of them describes."""
    return _KINDS[np.minimum(codes, _TABLE_SIZE - 1)] * (codes < _TABLE_SIZE)
