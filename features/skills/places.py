"""Where findings stand: their sentence, the list they are a member of, the line of the title."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from features.skills.cues import NONE, Cues
from features.skills.gazetteer import Found
from features.skills.letters import DIGIT, LETTER, LISTED, SPACE, STOP, kinds
from features.skills.plain import Ints, Plain

LONGEST_JOINT: Final = 3
"""Characters between two members of a list, at most: a comma, a space, an and."""

LONGEST_TITLE: Final = 60
"""Characters of a first line that counts as the title, at most."""

_AFTER_NUMBER: Final = tuple(ord(mark) for mark in "、.,)")
FAR_AWAY: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Places:
    """The surroundings of N findings, as positions in the laid-out texts.

    Attributes:
        sentence: where the finding's sentence (or numbered item) begins.
        stop: where it ends.
        head: where the list begins that the finding is a member of; its own start if none.
        tail: where that list ends.
        run_length: members of that list.
        linked_left: 1 where a member stands before it, else 0.
        linked_right: 1 where a member follows, else 0.
        first_line: 1 in the title line of a text, else 0.
    """

    sentence: Ints
    stop: Ints
    head: Ints
    tail: Ints
    run_length: Ints
    linked_left: Ints
    linked_right: Ints
    first_line: Ints


@dataclass(frozen=True, slots=True)
class Nearest:
    """The cue nearest to each of N positions.

    Attributes:
        kind: of the cue, ``NONE`` where there is none.
        phrase: its number, 0 where there is none.
        gap: characters between; ``FAR_AWAY`` where there is none.
    """

    kind: Ints
    phrase: Ints
    gap: Ints


def place(plain: Plain, found: Found) -> Places:
    """Sentence, list and line of every finding."""
    kind = kinds(plain.folded)
    stops = np.flatnonzero(_stops(plain, kind))
    sentence, stop = _between(stops, found, len(kind))
    linked = _linked(kind, found)
    run = np.cumsum(~linked) - 1
    count = np.bincount(run, minlength=1) if len(found) else np.zeros(1, dtype=np.int64)
    first = np.concatenate([[0], np.cumsum(count)[:-1]])
    following = np.append(linked[1:], False)
    return Places(
        sentence,
        stop,
        found.start[first][run] if len(found) else found.start,
        found.end[first + count - 1][run] if len(found) else found.end,
        count[run],
        linked.astype(np.int64),
        following.astype(np.int64),
        _in_title(plain, found),
    )


def _stops(plain: Plain, kind: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Ends of sentences, and the first digit of a numbered item (``2、``, ``3.``)."""
    digit = (kind & DIGIT) > 0
    starts = digit & ~np.append(False, (kind[:-1] & (DIGIT | LETTER)) > 0)
    starts &= ~np.append(False, plain.folded[:-1] == ord("."))
    mark, then = _next(plain.folded, 1), _next(kind, 2)
    mark_later, then_later = _next(plain.folded, 2), _next(kind, 3)
    one = np.isin(mark, _AFTER_NUMBER) & ((then & DIGIT) == 0)
    two = ((_next(kind, 1) & DIGIT) > 0) & np.isin(mark_later, _AFTER_NUMBER)
    two &= (then_later & DIGIT) == 0
    spaces = ((kind & SPACE) > 0) & ((_next(kind, 1) & SPACE) > 0)
    stops: NDArray[np.bool_] = ((kind & STOP) > 0) | (starts & (one | two)) | spaces
    return stops


def _next(values: NDArray[Any], steps: int) -> NDArray[Any]:
    """The value some steps on; the last one beyond the end."""
    return values[np.minimum(np.arange(len(values)) + steps, len(values) - 1)]


def _between(stops: Ints, found: Found, size: int) -> tuple[Ints, Ints]:
    """First character after the stop before each finding, and the stop behind it."""
    framed = np.concatenate([[-1], stops, [size]])
    before = np.searchsorted(framed, found.start, "right") - 1
    after = np.searchsorted(framed, found.end, "left")
    return framed[before] + 1, framed[after]


def _linked(kind: NDArray[np.uint8], found: Found) -> NDArray[np.bool_]:
    """Whether only marks of a list stand between each finding and the one before."""
    linked = np.zeros(len(found), dtype=np.bool_)
    if len(found) < 2:
        return linked
    first, last = found.end[:-1], found.start[1:]
    gap = last - first
    near = (gap <= LONGEST_JOINT) & (found.text[:-1] == found.text[1:])
    between = np.ones(len(near), dtype=np.bool_)
    for step in range(LONGEST_JOINT):
        at = np.minimum(first + step, len(kind) - 1)
        between &= (step >= gap) | ((kind[at] & (LISTED | SPACE)) > 0)
    linked[1:] = near & between
    return linked


def _in_title(plain: Plain, found: Found) -> Ints:
    """1 for findings in a first line that is short and isn't the only one."""
    breaks = np.append(np.flatnonzero(plain.folded == ord("\n")), len(plain.folded))
    begin = plain.start[found.text]
    line_end = breaks[np.searchsorted(breaks, begin)]
    last = plain.start[found.text + 1] - 1
    titled = (line_end < last) & (line_end - begin <= LONGEST_TITLE)
    return (titled & (found.start < line_end)).astype(np.int64)


def nearest(cues: Cues, position: Ints, limit: Ints, step: int) -> Nearest:
    """The cue a number of steps before (negative) or after each position, within its limit.

    Args:
        cues: in order of place.
        position: cues before it end by it, cues after it begin there or later.
        limit: cues before it begin here or later, cues after it end by here.
        step: -1 the last before, -2 the one before that; 1 the first after, 2 the next.
    """
    if not len(cues.start):
        none = np.zeros(len(position), dtype=np.int64)
        return Nearest(none, none, none + FAR_AWAY)
    if step < 0:
        index = np.searchsorted(cues.end, position, "right") + step
    else:
        index = np.searchsorted(cues.start, position, "left") + step - 1
    safe = np.clip(index, 0, len(cues.start) - 1)
    inside = cues.start[safe] >= limit if step < 0 else cues.end[safe] <= limit
    there = inside & (index == safe)
    gap = position - cues.end[safe] if step < 0 else cues.start[safe] - position
    return Nearest(
        np.where(there, cues.kind[safe], NONE),
        np.where(there, cues.phrase[safe], 0),
        np.where(there, gap, FAR_AWAY),
    )


def bucket(values: Ints, edges: Sequence[int]) -> Ints:
    """The number of edges below each value.

    >>> bucket(np.array([0, 2, 9]), (1, 5)).tolist()
    [0, 1, 2]
    """
    return np.searchsorted(np.array(edges), values, "left").astype(np.int64)
