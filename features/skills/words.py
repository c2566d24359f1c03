"""The words of a vocabulary, in every spelling that texts use, each leading to one skill."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Final, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from features.skills.lists import phrases
from features.skills.plain import fold

NAME: Final = 0
ALIAS: Final = 1
ENGLISH: Final = 2
FURTHER: Final = 3

DECOY: Final = -1
"""The skill of a word that is none, but hides one: ``C/S``, ``C端``."""

_PARTS: Final = re.compile(r"[ .\-_/]+")
_MOST_PARTS: Final = 4
_LATIN: Final = re.compile(r"[\x20-\x7e\u00c0-\u024f]+")


class Word(NamedTuple):
    """One spelling.

    Attributes:
        folded: the spelling, folded as texts are.
        skill: index into the skills, ``DECOY`` for a word that is none.
        source: NAME, ALIAS, ENGLISH or FURTHER.
        written: the spelling as the vocabulary writes it.
    """

    folded: str
    skill: int
    source: int
    written: str


@dataclass(frozen=True, slots=True)
class Words:
    """Every spelling of a vocabulary; W words, K skills.

    Attributes:
        skill_ids: ids of the skills, length K; groups are no skills.
        names: their names, length K.
        groups: their parents' ids, "" where unknown, length K.
        folded: the spellings; no two alike but for twins, which come last; length W.
        written: the same as the vocabulary writes them, for comparing case.
        skill: of each word, ``DECOY`` for none, length W.
        source: NAME, ALIAS, ENGLISH or FURTHER, length W.
        twin: another word of the same spelling that leads to a second skill; -1 for none.
    """

    skill_ids: list[str]
    names: list[str]
    groups: list[str]
    folded: list[str]
    written: list[str]
    skill: NDArray[np.int64]
    source: NDArray[np.int64]
    twin: NDArray[np.int64]


def read_words(skills: pl.DataFrame, further: Mapping[str, Iterable[str]] | None = None) -> Words:
    """All spellings of a vocabulary and the decoys beside them.

    Where a spelling leads to more than one skill, a name goes before an alias, an alias before
    an English name, that before a further word, and the earlier row before the later; two
    further words of one spelling both count.

    Args:
        skills: contract table ``skills``; only skill_id and name must be there.
        further: more words by skill_id; those of unknown skills are passed over.
    """
    known = _leaves(skills)
    first, twins = _settled(_all(known, further or {}))
    words = [*first.values(), *twins]
    place = {word.folded: index for index, word in enumerate(words[len(first) :], len(first))}
    return Words(
        known["skill_id"].to_list(),
        known["name"].to_list(),
        known["parent_id"].fill_null("").to_list(),
        [word.folded for word in words],
        [word.written for word in words],
        np.array([word.skill for word in words], dtype=np.int64),
        np.array([word.source for word in words], dtype=np.int64),
        np.array([place.get(folded, -1) for folded in first], dtype=np.int64),
    )


def _settled(spoken: Iterable[Word]) -> tuple[dict[str, Word], list[Word]]:
    """One word a spelling, and the second of those further words that lead to two skills."""
    first: dict[str, Word] = {}
    twins: dict[str, Word] = {}
    for word in sorted(spoken, key=lambda word: word.source):
        kept = first.setdefault(word.folded, word)
        if kept.source == word.source == FURTHER and kept.skill != word.skill:
            twins.setdefault(word.folded, word)
    for decoy in phrases("decoys"):
        first.setdefault(fold(decoy), Word(fold(decoy), DECOY, NAME, decoy))
    return first, list(twins.values())


def _leaves(skills: pl.DataFrame) -> pl.DataFrame:
    """The rows that are no groups, with every column that is read here."""
    optional = ("name_en", "parent_id", "kind", "aliases")
    missing = [
        pl.lit(None, pl.List(pl.String) if name == "aliases" else pl.String).alias(name)
        for name in optional
        if name not in skills.columns
    ]
    return skills.with_columns(missing).filter(pl.col("kind").ne_missing("group"))


def _all(skills: pl.DataFrame, further: Mapping[str, Iterable[str]]) -> Iterator[Word]:
    rows = skills.select("skill_id", "name", "name_en", "aliases").iter_rows()
    for index, (skill_id, name, english, aliases) in enumerate(rows):
        yield from _spelt([name], index, NAME)
        yield from _spelt(aliases or [], index, ALIAS)
        yield from _spelt([english] if english else [], index, ENGLISH)
        yield from _spelt(further.get(skill_id, ()), index, FURTHER)


def _spelt(texts: Iterable[str], skill: int, source: int) -> Iterator[Word]:
    for text in texts:
        for spelling in spellings(text):
            yield Word(fold(spelling), skill, source, spelling)


def spellings(text: str) -> list[str]:
    """A word as it is and, where it has Latin parts, with any joint between them.

    >>> spellings("Spring Boot")
    ['Spring Boot', 'SpringBoot', 'Spring-Boot']
    >>> spellings("焊条电弧焊")
    ['焊条电弧焊']
    """
    stripped = text.strip()
    parts = [part for part in _PARTS.split(stripped) if part]
    if not _LATIN.fullmatch(stripped) or not 1 < len(parts) <= _MOST_PARTS:
        return [stripped] if stripped else []
    joints = product(*([(" ", "", "-")] * (len(parts) - 1)))
    joined = [_join(parts, joint) for joint in joints if len(set(joint)) == 1]
    long_enough = [word for word in joined if len(word) > 3]
    return list(dict.fromkeys([stripped, *long_enough]))


def _join(parts: list[str], joints: tuple[str, ...]) -> str:
    return parts[0] + "".join(joint + part for joint, part in zip(joints, parts[1:], strict=True))
