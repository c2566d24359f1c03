"""Which postings advertise one vacancy: exact copies, near copies, refreshes and reposts.

```
parsed ─▶ plain titles and texts ─▶ candidates by key, within 60 days ─▶ links ─▶ vacancies
                                    text                     exact
                                    employer, title          near or repost
                                    employer, work           repost under another title
                                    employer, demands        repost under another title
                                    agencies: area, title    near or repost
                                    agencies: area, work     repost under another title
                                    agencies: area, demands  repost under another title
```

Every link leads from a posting to an earlier one and rests on what was posted until its day, so
that later postings change no earlier vacancy.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from features.postings.candidates import Pairs, near_in_time, rivals, without_repeats
from features.postings.evidence import LIKE, Bits, Compared, surplus
from features.postings.rarity import Words, rare_words, shared_words
from features.postings.sheet import Sheet, key_of, lay_out

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

KINDS: Final = ("original", "exact", "near", "refresh", "repost")
"""How a posting comes from its vacancy."""

REPOST, NEAR, EXACT = range(3)
"""Ways two postings are linked, the weakest first."""

_AT_ONCE: Final = 400_000
"""Pairs compared at once, so that memory stays small."""


@dataclass(frozen=True, slots=True)
class LinkSettings:
    """When postings are one vacancy."""

    window_days: int = 60
    """Days from a vacancy's first posting to its last at most."""
    near_text: float = 0.9
    """Least likeness of near texts: 1 - insertions and deletions over both lengths."""
    told_letters: int = 20
    """Letters of a plain text from which it speaks for itself, also under another name."""
    most_compared: int = 200
    """Nearest earlier postings of a key that a posting is compared with at most."""
    most_copies: int = 8
    """Nearest earlier postings of the same text that a posting is compared with at most."""
    prose_titles: int = 3
    """A sentence that an employer used under this many titles before tells nothing of a vacancy."""
    prose_letters: int = 8
    """Shorter sentences are never taken for an employer's prose."""
    rare_share: float = 0.01
    """A pair of letters is rare while at most this share of earlier days' postings hold it."""
    rare_kept: int = 16
    """Rare pairs of letters compared of each posting at most."""
    least_known: int = 500
    """Postings of earlier days needed before any pair of letters counts as rare."""
    bits: Bits = field(default_factory=Bits)
    """What speaks for a repost in other words, and how much."""


@dataclass(frozen=True, slots=True)
class Links:
    """Links from a later posting to an earlier one; ``strength`` orders those of one way."""

    earlier: Ints
    later: Ints
    way: Ints
    strength: Floats


def link_postings(
    parsed: pl.DataFrame,
    settings: LinkSettings | None = None,
    groups: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """Find the vacancy of each posting.

    Args:
        parsed: parsed postings, in any order; posting_id is unique.
        settings: when postings are one vacancy.
        groups: posting_id and group, the occupation; without it titles alone tell what the work is.

    Returns:
        posting_id, vacancy_id (posting_id of the vacancy's first posting), kind (``KINDS``), in
        the order of ``parsed``.
    """
    chosen = settings or LinkSettings()
    rows = parsed.with_row_index("row").sort("posted_on", "posting_id")
    sheet = lay_out(
        rows,
        _work(rows, groups),
        told_letters=chosen.told_letters,
        prose_titles=chosen.prose_titles,
        prose_letters=chosen.prose_letters,
    )
    first, kind = _vacancies(sheet, _links(sheet, chosen), chosen)
    found = rows.select(
        "row",
        "posting_id",
        pl.col("posting_id").gather(first).alias("vacancy_id"),
        pl.Series("kind", KINDS, dtype=pl.String).gather(kind),
    )
    return found.sort("row").drop("row")


def _work(rows: pl.DataFrame, groups: pl.DataFrame | None) -> pl.Series:
    """The group of work of each posting, null where unknown."""
    if groups is None:
        return pl.Series([None], dtype=pl.String).new_from_index(0, rows.height)
    named = groups.select("posting_id", "group")
    return rows.select("posting_id").join(
        named, on="posting_id", how="left", maintain_order="left"
    )["group"]


def _links(sheet: Sheet, settings: LinkSettings) -> Links:
    """All links, ordered by the later posting, then the best first."""
    exact, others = _exact(sheet, settings), _others(sheet, settings)
    earlier, later, way, strength = (
        np.concatenate([getattr(part, name) for part in (exact, *others)])
        for name in ("earlier", "later", "way", "strength")
    )
    best = np.lexsort((earlier, -strength, -way, later))
    return Links(earlier[best], later[best], way[best], strength[best])


def _exact(sheet: Sheet, settings: LinkSettings) -> Links:
    """The same text by the same employer, or at the same place where an agency may be at work."""
    own = key_of([sheet.text, sheet.employer], among=sheet.employer >= 0)
    place = key_of([sheet.text, sheet.area[:, 0]], among=sheet.told)
    one, other = _paired(sheet, (own, place), _one_text, settings.window_days, settings.most_copies)
    return Links(one, other, np.full(len(one), EXACT), np.zeros(len(one)))


def _others(sheet: Sheet, settings: LinkSettings) -> list[Links]:
    """Near texts and reposts in other words, some pairs at a time."""
    days = sheet.traits.day
    words = rare_words(
        sheet.own,
        days,
        kept=settings.rare_kept,
        rare_share=settings.rare_share,
        least_known=settings.least_known,
    )
    known, place = sheet.employer >= 0, sheet.area[:, 0]
    third = sheet.agency != 0
    rivalry = (
        rivals(key_of([sheet.employer, place], among=known), days, days=settings.window_days),
        rivals(key_of([place], among=third), days, days=settings.window_days),
    )
    demands = [*sheet.traits.demands.T, sheet.traits.headcount]
    title, work = sheet.traits.title, sheet.traits.work
    keys = (
        key_of([sheet.employer, title], among=known),
        key_of([sheet.employer, work], among=known & (work >= 0)),
        key_of([sheet.employer, place, *demands], among=known),
        key_of([place, title], among=third),
        key_of([place, work], among=third & (work >= 0)),
        key_of([place, *demands], among=third),
    )
    one, other = _paired(sheet, keys, _possible, settings.window_days, settings.most_compared)
    return [
        _compared(
            sheet, (one[at : at + _AT_ONCE], other[at : at + _AT_ONCE]), words, rivalry, settings
        )
        for at in range(0, len(one), _AT_ONCE)
    ]


def _compared(
    sheet: Sheet, pairs: Pairs, words: Words, rivalry: tuple[Ints, Ints], settings: LinkSettings
) -> Links:
    """The links among some pairs."""
    one, other = pairs
    own = sheet.one_employer(pairs)
    ratio, titles = (_likeness(side, one, other) for side in (sheet.texts, sheet.titles))
    near = sheet.told[one] & sheet.told[other] & (ratio >= settings.near_text) & (titles >= LIKE)
    near &= ~sheet.other_headcount(pairs)
    compared = Compared(
        one,
        other,
        own,
        likeness=titles,
        words=shared_words(words, one, other),
        rivals=np.where(own, rivalry[0][other], rivalry[1][other]),
    )
    bits = surplus(sheet.traits, compared, settings.bits)
    linked = near | ((own | sheet.by_agency(pairs)) & (bits > 0))
    way = np.where(near, NEAR, REPOST)[linked]
    return Links(one[linked], other[linked], way, np.where(near, ratio, bits)[linked])


def _paired(
    sheet: Sheet,
    keys: Sequence[Ints],
    kept: Callable[[Sheet, Pairs], Bools],
    days: int,
    most: int,
) -> Pairs:
    """The pairs of several keys, each once."""
    day = sheet.traits.day
    return without_repeats(
        [near_in_time(key, day, partial(kept, sheet), days=days, most=most) for key in keys]
    )


def _one_text(sheet: Sheet, pairs: Pairs) -> Bools:
    """Whether two postings of one text can be one vacancy; a text that says little needs more."""
    one, other = pairs
    direct: Bools = (sheet.agency[one] == 0) & (sheet.agency[other] == 0)
    told: Bools = (sheet.told[one] & sheet.told[other]) | ~sheet.other_demands(pairs)
    tied: Bools = sheet.one_employer(pairs) | ~direct
    return tied & told & ~sheet.other_headcount(pairs) & ~sheet.apart(pairs)


def _possible(sheet: Sheet, pairs: Pairs) -> Bools:
    """Whether two postings may be linked at all: words of their own need an employer or agency."""
    titles = sheet.traits.title
    tied = sheet.one_employer(pairs) | sheet.by_agency(pairs)
    tied |= titles[pairs[0]] == titles[pairs[1]]
    return tied & ~sheet.apart(pairs) & ~sheet.other_demands(pairs)


def _likeness(texts: pl.Series, one: Ints, other: Ints) -> Floats:
    """1 - insertions and deletions that make one the other, over both lengths."""
    left, right = texts.gather(one).to_list(), texts.gather(other).to_list()
    ratio: Floats = process.cpdist(left, right, scorer=fuzz.ratio, dtype=np.float64)
    likeness: Floats = ratio / 100
    return likeness


def _vacancies(sheet: Sheet, links: Links, settings: LinkSettings) -> tuple[Ints, Ints]:
    """The first posting of each posting's vacancy, and the posting's kind.

    A posting joins by its best link to a vacancy that began within the window and seeks as many.
    """
    first: list[int] = list(range(len(sheet.titles)))
    kind = [0] * len(first)
    days: list[int] = sheet.traits.day.tolist()
    seeks: list[int] = sheet.traits.headcount.tolist()
    to: list[int] = links.earlier.tolist()
    found: list[int] = links.later.tolist()
    for earlier, later, how in zip(to, found, _kinds(sheet, links), strict=True):
        root = first[earlier]
        contrary = seeks[root] != seeks[later] and min(seeks[root], seeks[later]) >= 0
        if kind[later] or contrary or days[later] - days[root] > settings.window_days:
            continue
        first[later], kind[later] = root, how
        # the vacancy seeks what any of its postings says
        seeks[root] = max(seeks[root], seeks[later])
    return np.array(first, dtype=np.int64), np.array(kind, dtype=np.int64)


def _kinds(sheet: Sheet, links: Links) -> list[int]:
    """Index into ``KINDS`` for each link; an exact copy on its own board is a refresh."""
    pairs = links.earlier, links.later
    source = sheet.traits.source
    again = (source[links.earlier] == source[links.later]) & sheet.one_employer(pairs)
    names = np.array([KINDS.index(name) for name in ("repost", "near", "exact")])
    refresh = (links.way == EXACT) & again
    kinds: list[int] = np.where(refresh, KINDS.index("refresh"), names[links.way]).tolist()
    return kinds
