"""Swaps: some sections close, what then adds most for its price opens instead.

Large neighbourhood search [shaw1998]: each round closes a few sections that lie together, those
that cover the same cells or that give little for what they take, and fills up again under prices
shaken a little. What is worth less than before is undone.
"""

from collections.abc import Callable
from typing import Final

import numpy as np

from recsys.planning.opening.draft import Draft, Line
from recsys.planning.opening.greedy import fill, meet_towns, mend_balance
from recsys.planning.opening.problem import Reals

CLOSED: Final = (4, 40)
"""Sections closed by a round, from and to."""

SHAKEN: Final = 0.15
"""Standard deviation of the logarithm of a shaken price."""

TRIED: Final = 600
"""Offers that a round tries to open, the most promising ones."""


def swaps(
    draft: Draft,
    price: Reals,
    rng: np.random.Generator,
    until: Callable[[], bool],
    tell: Callable[[float], None] = lambda value: None,
) -> Draft:
    """A plan that is worth no less, after as many rounds as time allows.

    Args:
        draft: where to begin; kept as it is.
        price: of a section by offer and source.
        rng: the random generator.
        until: whether to stop.
        tell: is told each better value.
    """
    best, value = draft.copy(), draft.value
    whole = not _short(best)
    while not until() and best.lines:
        trial = best.copy()
        for number in _together(trial, price, rng):
            trial.remove(number)
        shaken = price * np.exp(rng.normal(0.0, SHAKEN, len(price)))[:, None]
        meet_towns(trial, shaken)
        fill(trial, shaken, keep_balance=True, most_offers=TRIED, until=until)
        mend_balance(trial)
        now = trial.value
        if now >= value and (not whole or not _short(trial)):
            if now > value:
                tell(now)
            best, value = trial, now
    return best


def _short(draft: Draft) -> bool:
    """Whether a floor isn't met."""
    floor = draft.problem.limits.floor
    return draft.balance < -1e-7 or bool((np.array(draft.towns) < floor).any())


def _together(draft: Draft, price: Reals, rng: np.random.Generator) -> list[int]:
    """Sections near each other, or of one course, or of little use for what they take."""
    numbers = list(draft.lines)
    size = min(len(numbers), int(rng.integers(*CLOSED)))
    seed = draft.lines[numbers[int(rng.integers(len(numbers)))]]
    distance = np.array([_apart(draft, seed, draft.lines[n]) for n in numbers])
    if rng.random() < 0.4:
        paid = np.array([price[draft.lines[n].offer, draft.lines[n].source] for n in numbers])
        distance = draft.losses(numbers) / paid * rng.uniform(0.5, 1.5, len(numbers))
    else:
        distance += rng.random(len(numbers))
    nearest = np.argpartition(distance, size - 1)[:size]
    return [numbers[place] for place in nearest.tolist()]


def _apart(draft: Draft, one: Line, other: Line) -> float:
    """How little two sections have to do with each other: site, district, course, teacher."""
    tables, offers = draft.tables, draft.problem.offers
    same_site = tables.site[one.offer] == tables.site[other.offer]
    same_course = offers.course[one.offer] == offers.course[other.offer]
    same_district = tables.key[one.offer][0] == tables.key[other.offer][0]
    return float(3.0 - 1.5 * same_site - 0.8 * same_course * same_district - 0.7 * same_district)
