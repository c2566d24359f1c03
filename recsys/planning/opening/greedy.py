"""Lazy greedy: the section that adds most for its price goes in, again and again.

Covering is submodular: what a section would add only falls as others open. So a gain computed
earlier is an upper end, and most offers are never looked at again [minoux1978].
"""

import heapq
from collections.abc import Callable
from typing import Final

import numpy as np

from recsys.planning.opening.draft import EPS, Draft
from recsys.planning.opening.problem import Problem, Reals
from recsys.planning.opening.tables import Tables, members

LEAST: Final = 1e-9
"""A section that adds less isn't opened: it would only cost."""

Until = Callable[[], bool]
"""Whether to stop."""


def never() -> bool:
    """Don't stop."""
    return False


MOST_VAIN: Final = 300
"""After so many refusals in a row, what may still fit is looked up anew for all offers."""


def fill(
    draft: Draft,
    price: Reals,
    bonus: Reals | None = None,
    *,
    keep_balance: bool = False,
    most_offers: int | None = None,
    until: Until = never,
) -> int:
    """Open sections until nothing that adds anything fits.

    Args:
        draft: is added to.
        price: of a section by offer and source, shape (offers, sources); above 0.
        bonus: what a section of each offer is worth beside what it covers.
        keep_balance: whether the rural floor must stand after every section.
        most_offers: only so many of the most promising offers are tried; None for all.
        until: asked before each offer whether to stop.

    Returns:
        How many sections were opened.
    """
    run = _Fill(draft, price, bonus, keep_balance=keep_balance, most_offers=most_offers)
    while not until() and run.once(until):
        pass
    return run.opened


class _Fill:
    """One filling of a draft: a queue of offers by what they were last known to add."""

    def __init__(
        self,
        draft: Draft,
        price: Reals,
        bonus: Reals | None,
        *,
        keep_balance: bool,
        most_offers: int | None,
    ) -> None:
        self.draft, self.price, self.bonus = draft, price, bonus
        self.keep_balance, self.most_offers = keep_balance, most_offers
        self.opened = 0
        self._refused: set[tuple[int, int]] = set()

    def once(self, until: Until) -> bool:
        """Go through a fresh queue until it's empty or nearly all of it is out of reach.

        Returns:
            Whether a section was opened, so that another queue may bring more.
        """
        before, vain, queue = self.opened, 0, self._queue()
        while queue and vain < MOST_VAIN and not until():
            score, offer, source, seen = heapq.heappop(queue)
            if seen < self.opened:
                score = self._score(offer, source)
                if score < 0 and queue and score > queue[0][0]:
                    heapq.heappush(queue, (score, offer, source, self.opened))
                    continue
            if score < 0 and self._open(offer, source):
                heapq.heappush(queue, (score, offer, source, -1))
                vain = 0
            else:
                vain += 1
        return self.opened > before

    def _open(self, offer: int, source: int) -> bool:
        if self.draft.add(offer, source, keep_balance=self.keep_balance) is None:
            self._refused.add((offer, source))
            return False
        self.opened += 1
        return True

    def _score(self, offer: int, source: int) -> float:
        """Gain for price, below zero so that the best comes first; 0 where nothing is added."""
        gain = self.draft.gain(offer)
        extra = 0.0 if self.bonus is None else float(self.bonus[offer])
        return -max(0.0, gain + extra) / float(self.price[offer, source]) if gain > LEAST else 0.0

    def _queue(self) -> list[tuple[float, int, int, int]]:
        """The cheapest source that may still teach each offer that adds anything."""
        gains = self.draft.gains()
        priced = np.where(self.draft.possible(), self.price, np.inf)
        for offer, source in self._refused:
            priced[offer, source] = np.inf
        least = priced.min(axis=1)
        worth = gains if self.bonus is None else gains + self.bonus
        able = np.flatnonzero((gains > LEAST) & (worth > LEAST) & np.isfinite(least))
        score = worth[able] / least[able]
        if self.most_offers is not None and self.most_offers < len(able):
            best = np.argpartition(-score, self.most_offers)[: self.most_offers]
            able, score = able[best], score[best]
        sources = priced[able].argmin(axis=1)
        found = zip((-score).tolist(), able.tolist(), sources.tolist(), strict=True)
        queue = [(s, offer, source, self.opened) for s, offer, source in found]
        heapq.heapify(queue)
        return queue


def meet_towns(draft: Draft, price: Reals) -> None:
    """Open sections until every town has its floor, the best for its price first."""
    floor = draft.problem.limits.floor
    gains = draft.gains()
    for town in np.flatnonzero(np.array(draft.towns) < floor).tolist():
        while draft.towns[town] < floor[town] and _one_for(draft, town, price, gains):
            pass


def _one_for(draft: Draft, town: int, price: Reals, gains: Reals) -> bool:
    """Open the section that adds most for its price among those that count for a town."""
    sites = members(draft.problem.limits.serves, town)
    offers = np.flatnonzero(np.isin(draft.problem.offers.site, sites))
    score = gains[offers][:, None] / price[offers]
    ranked = np.dstack(np.unravel_index(np.argsort(-score, axis=None, kind="stable"), score.shape))
    pairs = ranked.reshape(-1, 2).tolist()
    return any(draft.add(int(offers[row]), source) is not None for row, source in pairs)


def mend_balance(draft: Draft) -> None:
    """Close sections elsewhere until the rural floor stands, those that lose least a seat first."""
    if draft.balance >= -EPS:
        return
    rural = draft.problem.rural_balance
    numbers = [n for n, line in draft.lines.items() if rural[line.offer] < 0]
    losses = draft.losses(numbers)
    seats = np.array([-rural[draft.lines[n].offer] for n in numbers])
    order: list[int] = np.argsort(losses / seats, kind="stable").tolist()
    for place in order:
        if draft.balance >= -EPS:
            return
        if not needed_by_town(draft, numbers[place]):
            draft.remove(numbers[place])


def needed_by_town(draft: Draft, number: int) -> bool:
    """Whether a town would fall below its floor without a section."""
    limits = draft.problem.limits
    if not len(limits.town):
        return False
    site = draft.problem.offers.site[draft.lines[number].offer]
    short = np.array(draft.towns) <= limits.floor
    return bool(limits.serves[:, [site]].toarray()[short].any())


def greedy(
    problem: Problem,
    tables: Tables | None = None,
    price: Reals | None = None,
    bonus: Reals | None = None,
) -> Draft:
    """A plan by lazy greedy that meets the floors as far as they can be met.

    Args:
        problem: what to plan.
        tables: its columns, where they are known already.
        price: of a section, by offer and source; left out, what it costs.
        bonus: what a section of each offer is worth beside what it covers.
    """
    draft = Draft(problem, tables)
    cost = np.maximum(draft.tables.section_cost if price is None else price, EPS)
    meet_towns(draft, cost)
    fill(draft, cost, bonus)
    mend_balance(draft)
    fill(draft, cost, bonus, keep_balance=True)
    return draft
