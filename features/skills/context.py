"""What surrounds each finding, as numbered features: one row a finding, one column a question.

Every column asks one question of the context, and its answer is hashed with the column's name
into one of ``2**BITS`` places; a linear model has one weight a place.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from features.skills.cues import NONE, Cues, find_cues, kind_names
from features.skills.gazetteer import Found
from features.skills.letters import LETTER, kinds
from features.skills.places import Places, bucket, nearest, place
from features.skills.plain import Ints, Plain
from features.skills.stable import mixed, stable_hashes
from features.skills.words import Words

BITS: Final = 18
_NEAR: Final = (0, 1, 3, 8, 20)
_FAR: Final = (40, 150, 400)
_COUNTS: Final = (1, 2, 3, 5, 8)
_GRAMS: Final = (1, 2, 3)
_TENTHS: Final = 10


@dataclass(frozen=True, slots=True)
class WordHashes:
    """Stable numbers of a vocabulary's words, so that weights outlive its order.

    Attributes:
        word: of each spelling, length W.
        skill: of each spelling's skill.
        group: of that skill's group.
        common: whether the spelling is also an everyday English word.
        small: whether the vocabulary writes its first letter small.
    """

    word: Ints
    skill: Ints
    group: Ints
    common: Ints
    small: NDArray[np.bool_]


def word_hashes(words: Words, common: frozenset[str]) -> WordHashes:
    """The numbers of a vocabulary's words."""
    skill, group = stable_hashes(words.skill_ids), stable_hashes(words.groups)
    everyday = [word in common for word in words.folded]
    return WordHashes(
        stable_hashes(words.folded),
        skill[words.skill],
        group[words.skill],
        np.array(everyday, dtype=np.int64),
        np.array([not word[:1].isupper() for word in words.written], dtype=np.bool_),
    )


@dataclass(frozen=True, slots=True)
class Context:
    """Everything the columns are made from."""

    plain: Plain
    found: Found
    words: Words
    hashes: WordHashes
    places: Places
    cues: Cues
    headings: Cues


def context_of(plain: Plain, found: Found, words: Words, hashes: WordHashes) -> Context:
    """Findings with their sentences, list runs, cues and headings."""
    return Context(
        plain,
        found,
        words,
        hashes,
        place(plain, found),
        find_cues(plain, "cues"),
        find_cues(plain, "headings"),
    )


def feature_columns(context: Context) -> dict[str, Ints]:
    """The answers, by the question's name, before hashing; one entry a finding each."""
    return {
        **_word_columns(context),
        **_cue_columns(context),
        **_section_columns(context),
        **_letter_columns(context),
        **_company_columns(context),
        **_sentence_columns(context),
    }


def features(context: Context) -> NDArray[np.int32]:
    """(N, F): the place of each finding's answer to each question, 0 to ``2**BITS - 1``."""
    columns = feature_columns(context)
    salts = stable_hashes(list(columns))
    hashed = [
        mixed(np.full(len(values), salt), values)
        for salt, values in zip(salts, columns.values(), strict=True)
    ]
    shift = np.uint64(64 - BITS)
    return np.stack([(values >> shift).astype(np.int32) for values in hashed], axis=1)


def _word_columns(context: Context) -> dict[str, Ints]:
    """The word itself: which, from where, how written."""
    found, words, hashes = context.found, context.words, context.hashes
    folded = kinds(context.plain.folded[found.start])
    latin = (folded & LETTER).astype(np.int64)
    length = bucket(found.end - found.start, (1, 2, 3, 5))
    source = words.source[found.word]
    case = _case(context) * 2 + hashes.common[found.word]
    return {
        "bias": np.zeros(len(found), dtype=np.int64),
        "word": hashes.word[found.word],
        "skill": hashes.skill[found.word],
        "group": hashes.group[found.word],
        "make": (source * 8 + length) * 2 + latin,
        "case": np.where(latin > 0, case + 1, 0),
        "word case": np.where(latin > 0, hashes.word[found.word] * 4 + _case(context), 0),
    }


def _case(context: Context) -> Ints:
    """0 no letters or as the vocabulary writes it, 1 small first letter, 2 capital first."""
    start = context.found.start
    written, folded = context.plain.written[start], context.plain.folded[start]
    small = written == folded
    return np.where(small == context.hashes.small[context.found.word], 0, np.where(small, 1, 2))


def _cue_columns(context: Context) -> dict[str, Ints]:
    """Cues before the list that the finding is in, and after it."""
    places, cues = context.places, context.cues
    before = nearest(cues, places.head, places.sentence, -1)
    earlier = nearest(cues, places.head, places.sentence, -2)
    after = nearest(cues, places.tail, places.stop, 1)
    later = nearest(cues, places.tail, places.stop, 2)
    own_before = nearest(cues, context.found.start, places.sentence, -1)
    own_after = nearest(cues, context.found.end, places.stop, 1)
    words, groups = context.hashes.word[context.found.word], context.hashes.group
    return {
        "cue before": mixed_ints(before.phrase, bucket(before.gap, _NEAR)),
        "kind before": before.kind * 8 + bucket(before.gap, _NEAR),
        "kinds before": before.kind * 16 + earlier.kind,
        "cue earlier": earlier.phrase,
        "cue after": mixed_ints(after.phrase, bucket(after.gap, _NEAR)),
        "kind after": after.kind * 8 + bucket(after.gap, _NEAR),
        "kinds after": after.kind * 16 + later.kind,
        "cue later": later.phrase,
        "own before": mixed_ints(own_before.phrase, bucket(own_before.gap, _NEAR)),
        "own after": mixed_ints(own_after.phrase, bucket(own_after.gap, _NEAR)),
        "around": before.kind * 16 + after.kind,
        "word kind before": mixed_ints(words, before.kind),
        "word kind after": mixed_ints(words, after.kind),
        "group kind before": mixed_ints(groups[context.found.word], before.kind),
    }


def mixed_ints(*values: Ints) -> Ints:
    """Several answers as one, of 62 bits."""
    return (mixed(*values) >> np.uint64(2)).astype(np.int64)


def _section_columns(context: Context) -> dict[str, Ints]:
    """The heading that the finding stands under, and where in the text it stands."""
    found, plain, places = context.found, context.plain, context.places
    begin = plain.start[found.text]
    last = nearest(context.headings, found.start, begin, -1)
    before = nearest(context.cues, places.head, places.sentence, -1)
    length = np.maximum(plain.start[found.text + 1] - 1 - begin, 1)
    tenth = _TENTHS * (found.start - begin) // length
    first = (places.first_line > 0).astype(np.int64)
    groups = context.hashes.group[found.word]
    return {
        "heading": mixed_ints(last.phrase, bucket(last.gap, _FAR)),
        "section": last.kind * 8 + bucket(last.gap, _FAR),
        "section kind before": last.kind * 32 + before.kind,
        "section group": mixed_ints(last.kind, groups),
        "section word": mixed_ints(last.kind, context.hashes.word[found.word]),
        "tenth": last.kind * 16 + tenth,
        "title": first,
        "title group": mixed_ints(first, groups),
    }


def _letter_columns(context: Context) -> dict[str, Ints]:
    """The characters beside the finding, and beside the list that it is in."""
    found, places = context.found, context.places
    columns: dict[str, Ints] = {}
    for n in _GRAMS:
        columns[f"left {n}"] = _gram(context, found.start - n, n)
        columns[f"right {n}"] = _gram(context, found.end, n)
        columns[f"head left {n + 1}"] = _gram(context, places.head - n - 1, n + 1)
        columns[f"tail right {n + 1}"] = _gram(context, places.tail, n + 1)
    beside = mixed_ints(columns["left 1"], columns["right 1"])
    word = context.hashes.word[found.word]
    return {
        **columns,
        "beside": beside,
        "both sides": mixed_ints(columns["left 2"], columns["right 2"]),
        "word right": mixed_ints(word, columns["right 2"]),
        "word left": mixed_ints(word, columns["left 2"]),
        "title right": mixed_ints(columns["right 2"], places.first_line),
    }


def _gram(context: Context, first: Ints, n: int) -> Ints:
    """N characters from a place on, as one number; those outside of the text count as none."""
    plain, text = context.plain, context.found.text
    begin, end = plain.start[text], plain.start[text + 1] - 1
    last = len(plain.folded) - 1
    letters: list[Ints] = []
    for at in (first + step for step in range(n)):
        code = plain.folded[np.clip(at, 0, last)].astype(np.int64)
        letters.append(np.where((at >= begin) & (at < end), code, 0))
    return mixed_ints(*letters)


def _company_columns(context: Context) -> dict[str, Ints]:
    """The other findings: in the list, in the sentence, of the group, of the skill."""
    found, places = context.found, context.places
    skill = context.words.skill[found.word]
    groups = context.hashes.group[found.word]
    same_skill = _count_by(mixed_ints(found.text, skill))
    same_group = _count_by(mixed_ints(found.text, groups))
    everything = _count_by(found.text)
    in_title = _count_by(mixed_ints(found.text, skill), places.first_line) > 0
    group_in_title = _count_by(mixed_ints(found.text, groups), places.first_line) > 0
    return {
        "list": places.linked_left * 2 + places.linked_right,
        "list length": bucket(places.run_length, _COUNTS),
        "sentence findings": bucket(_count_by(places.sentence), _COUNTS),
        "same skill": bucket(same_skill, _COUNTS),
        "same group": bucket(same_group, _COUNTS),
        "group share": 8 * same_group // np.maximum(everything, 1),
        "in title": in_title.astype(np.int64) * 2 + places.first_line,
        "group in title": group_in_title.astype(np.int64) * 2 + places.first_line,
    }


def _count_by(key: Ints, counted: Ints | None = None) -> Ints:
    """For each row, how many rows share its key (only those counted, where that is given)."""
    _, inverse = np.unique(key, return_inverse=True)
    return np.bincount(inverse, counted)[inverse].astype(np.int64)


def _sentence_columns(context: Context) -> dict[str, Ints]:
    """Whether each kind of cue stands in the sentence, before and after the finding."""
    places, found = context.places, context.found
    columns: dict[str, Ints] = {}
    for number, kind in enumerate(kind_names("cues"), start=NONE + 1):
        cues = context.cues.only(number)
        upto = np.searchsorted(cues.start, found.start)
        before = upto - np.searchsorted(cues.start, places.sentence)
        after = np.searchsorted(cues.start, places.stop) - upto
        columns[f"{kind} before"] = np.minimum(before, 2)
        columns[f"{kind} after"] = np.minimum(after, 2)
    length = places.stop - places.sentence
    return {**columns, "sentence length": bucket(length, (8, 15, 30, 60, 120))}
