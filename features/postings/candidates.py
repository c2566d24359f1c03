"""Pairs of postings worth comparing: alike in some key, and few days apart."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Pairs = tuple[Ints, Ints]
"""Earlier and later posting of each pair, as indices."""

NO_KEY = -1
"""The key of a posting that is compared with none."""


def near_in_time(
    key: Ints, day: Ints, kept: Callable[[Pairs], Bools], *, days: int, most: int
) -> Pairs:
    """Every pair with the same key at most some days apart that is kept.

    A posting's pairs depend on earlier postings alone, so that later ones change nothing.

    Args:
        key: of each posting, in order of their days; ``NO_KEY`` is like no other. Shape (n,).
        day: the day of each posting as a number, ascending, shape (n,).
        kept: which of some pairs are kept; it is asked often, so that the others take no room.
        days: most days between the two of a pair.
        most: nearest earlier postings of the key that each is paired with at most.

    >>> key, day = np.array([7, 7, 5, 7]), np.array([1, 2, 3, 9])
    >>> near_in_time(key, day, lambda pairs: pairs[1] > 0, days=7, most=9)
    (array([0, 1]), array([1, 3]))
    """
    keyed = np.flatnonzero(key != NO_KEY)
    order = keyed[np.argsort(key[keyed], kind="stable")]
    place = np.arange(len(order))
    found: list[Pairs] = []
    for back in range(1, most + 1):
        place = place[place >= back]
        earlier, later = order[place - back], order[place]
        alike = (key[earlier] == key[later]) & (day[later] - day[earlier] <= days)
        place = place[alike]
        if not len(place):
            break
        pairs = earlier[alike], later[alike]
        good = kept(pairs)
        found.append((pairs[0][good], pairs[1][good]))
    return _joined(found)


def rivals(key: Ints, day: Ints, *, days: int) -> Ints:
    """How many earlier postings of its key each posting has within some days; 0 without a key.

    >>> rivals(np.array([7, 7, 5, 7]), np.array([1, 2, 3, 9]), days=7).tolist()
    [0, 1, 0, 1]
    """
    count = np.zeros(len(key), dtype=np.int64)
    order = np.argsort(key, kind="stable")
    # a key's days follow one another in one ascending line of keys and days
    span = int(day.max(initial=0)) + days + 1
    line = key[order] * span + day[order]
    first = np.searchsorted(line, line - np.minimum(days, day[order]))
    count[order] = np.arange(len(order)) - first
    count[key == NO_KEY] = 0
    return count


def without_repeats(pairs: list[Pairs]) -> Pairs:
    """The pairs of several lists, each once, ordered by the later posting, then the earlier."""
    earlier, later = _joined(pairs)
    size = int(later.max(initial=0)) + 1
    both = np.unique(later * size + earlier)
    later, earlier = np.divmod(both, size)
    return earlier, later


def _joined(pairs: list[Pairs]) -> Pairs:
    none = np.zeros(0, dtype=np.int64)
    earlier = np.concatenate([none, *(pair[0] for pair in pairs)])
    return earlier, np.concatenate([none, *(pair[1] for pair in pairs)])
