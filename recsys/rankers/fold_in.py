"""What a learner's own log says of free hours and of taste, without storing the learner.

A section that was passed over, looked at or asked for moves two posteriors: that the learner is
free in its slots, and how much the learner likes its topic. Both start from what is known of
everybody, and are worked out anew for every query, so that the next event changes the next list.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from features.shown import ASKED, LOOKED
from recsys.columns import Index, Mask, Reals
from recsys.rankers.shelf import SLOTS, Cells
from recsys.rankers.tables import Tables

LEAST: float = 0.003
"""No learner is surer than this to be free or busy in a slot."""

EVIDENCE: float = 20.0
"""Most log odds that the log may add to a slot."""


@dataclass(frozen=True, slots=True)
class Log:
    """What one learner was shown.

    Attributes:
        base: log odds of each shown section without slots and taste; shape (shown,).
        outcomes: what became of it, see ``features.shown``; shape (shown,).
        open_to: whether the learner could have asked for it; shape (shown,).
        slots: its first slots, -1 where there are fewer; shape (shown, MOST_SLOTS).
        topics: its topic; shape (shown,).
    """

    base: Reals
    outcomes: NDArray[np.int8]
    open_to: Mask
    slots: Cells
    topics: NDArray[np.signedinteger]


def sigmoid(values: Reals) -> Reals:
    """The probability of each log odds."""
    found: Reals = 1.0 / (1.0 + np.exp(-values))
    return found


def gradients(levels: Reals, odds: Reals, log: Log) -> tuple[Reals, Reals]:
    """Slope and curvature of the log likelihood of each outcome in its log odds.

    Proportional odds: P(looks or asks) = sigmoid(x + v), P(asks) = sigmoid(x + a) with a < v; of
    a section that wasn't open to the learner only the look counts [mccullagh1980ordinal].
    """
    asks = sigmoid(odds + levels[0]) * log.open_to
    looks = sigmoid(odds + levels[1])
    asked, looked = (log.outcomes == ASKED) & log.open_to, log.outcomes >= LOOKED
    slope = np.where(asked, 1 - asks, np.where(looked, 1 - asks - looks, -looks))
    of_asks, of_looks = asks * (1 - asks), looks * (1 - looks)
    return slope, np.where(asked, of_asks, np.where(looked, of_asks + of_looks, of_looks))


def log_likelihood(levels: Reals, odds: Reals, log: Log) -> Reals:
    """Log probability of each outcome."""
    asks, looks = _log_sigmoid(odds + levels[0]), _log_sigmoid(odds + levels[1])
    only = np.log(np.maximum(np.exp(looks) - np.exp(asks), 1e-12))
    looked = np.where(log.outcomes >= LOOKED, np.where(log.open_to, only, looks), 0.0)
    passed = _log_sigmoid(-(odds + levels[1]))
    asked = (log.outcomes == ASKED) & log.open_to
    return np.where(asked, asks, np.where(log.outcomes >= LOOKED, looked, passed))


def busy_cost(busy: Reals, free: Reals) -> Reals:
    """Log odds lost to slots that may be taken.

    Args:
        busy: log odds that a slot which isn't free takes away.
        free: probability that all slots of a section are free.
    """
    odds_when_busy = np.exp(-busy)
    cost: Reals = np.log(free * (1 - odds_when_busy) + odds_when_busy)
    return cost


def free_odds(rates: Reals, prior: Reals, evidence: Reals | None = None) -> Reals:
    """Log odds that learners are free in each slot, shape (learners, SLOTS).

    A mixture over work statuses; slots are independent within a status.

    Args:
        rates: share of people of each status who are free in each slot, (statuses, SLOTS).
        prior: probability of each status, (learners, statuses).
        evidence: log likelihood ratio of being free, (learners, SLOTS); None without a log.
    """
    rates = np.clip(rates, 0.005, 0.995)
    if evidence is None:
        # one learner at a time: a product of the whole block rounds otherwise
        share = (prior[:, None, :] @ rates)[:, 0]
    else:
        ratio = np.exp(np.clip(evidence, -EVIDENCE, EVIDENCE))[:, None, :]
        hits = rates * ratio
        total = hits + 1 - rates
        weight = np.log(prior + 1e-12) + np.log(total).sum(axis=2)
        weight = np.exp(weight - weight.max(axis=1, keepdims=True))
        weight /= weight.sum(axis=1, keepdims=True)
        share = (weight[:, None, :] @ (hits / total))[:, 0, :]
    share = np.clip(share, LEAST, 1 - LEAST)
    odds: Reals = np.log(share / (1 - share))
    return odds


def all_free(each: Reals, slots: Cells) -> Reals:
    """Probability that all of a section's slots are free.

    Args:
        each: log odds of each of its slots, shape (sections, MOST_SLOTS).
        slots: its slots, -1 for none; the same shape.
    """
    chance: Reals = np.where(slots >= 0, sigmoid(each), 1.0).prod(axis=1)
    return chance


def slot_evidence(levels: Reals, busy: Reals, each: Reals, log: Log) -> Reals:
    """What each shown section says of each of its slots: log likelihood ratio of being free.

    The other slots of the section are free with the probability known so far. Shape of
    ``log.slots``; 0 where there is no slot.

    Args:
        levels: of the model.
        busy: of the model.
        each: log odds of each slot of each section, shape of ``log.slots``.
        log: what was shown.
    """
    when_free = np.exp(log_likelihood(levels, log.base, log))
    when_busy = np.exp(log_likelihood(levels, log.base - busy, log))
    chance = np.where(log.slots >= 0, sigmoid(each), 1.0)
    others = chance.prod(axis=1)[:, None] / chance
    mixed = others * when_free[:, None] + (1 - others) * when_busy[:, None]
    return np.where(log.slots >= 0, np.log(mixed / when_busy[:, None]), 0.0)


def free_after(tables: Tables, prior: Reals, log: Log, learner: Index) -> tuple[Reals, Reals]:
    """Log odds of each slot after the learners' logs, and for each section without its own say.

    Args:
        tables: of the model.
        prior: probability of each work status, shape (learners, statuses).
        log: what they were shown.
        learner: whose each shown section is; shape (shown,).

    Returns:
        Shape (learners, SLOTS), and the shape of ``log.slots``.
    """
    before = free_odds(tables.free, prior)
    own = slot_evidence(tables.levels, tables.busy, before[learner[:, None], log.slots], log)
    held = log.slots >= 0
    cells = (learner[:, None] * SLOTS + log.slots)[held]
    counted = np.bincount(cells, own[held], minlength=len(prior) * SLOTS)
    evidence: Reals = counted.reshape(len(prior), SLOTS).astype(np.float64)
    after = free_odds(tables.free, prior, evidence)
    return after, after[learner[:, None], log.slots] - own


def status_prior(tables: Tables, age: int, work: int | None) -> Reals:
    """Probability of each work status: the one told, else the age group's shares."""
    if work is None:
        shares: Reals = tables.work_by_age[age]
        return shares
    certain = np.zeros(len(tables.free))
    certain[work] = 1.0
    return certain


def taste_after(tables: Tables, odds: Reals, log: Log, learner: Index, learners: int) -> Reals:
    """Each learner's liking of each topic, log odds, shape (learners, topics).

    The mode's Gaussian approximation with loadings F of topics on tastes of unit variance:
    ``F (I + F' H F)^-1 F' g``, g and H slope and curvature summed by topic.

    Args:
        tables: of the model.
        odds: log odds of each shown section with slots and without taste.
        log: what was shown.
        learner: whose each shown section is; shape (shown,).
        learners: how many there are.
    """
    slope, curve = gradients(tables.levels, odds, log)
    topics, tastes = tables.tastes.shape
    cells, cells_in_all = learner * topics + log.topics, learners * topics
    pull = np.bincount(cells, slope, minlength=cells_in_all).reshape(learners, 1, topics)
    weight = np.bincount(cells, curve, minlength=cells_in_all).reshape(learners, 1, topics)
    loadings = tables.tastes
    squares = (loadings[:, :, None] * loadings[:, None, :]).reshape(topics, -1)
    # products one learner at a time, so that a block gives each the very bits that it gets alone
    precision = np.eye(tastes) + (weight @ squares).reshape(learners, tastes, tastes)
    leaning = np.linalg.solve(precision, (pull @ loadings).transpose(0, 2, 1))
    liking: Reals = (leaning.transpose(0, 2, 1) @ loadings.T)[:, 0]
    return liking


def _log_sigmoid(values: Reals) -> Reals:
    found: Reals = -np.logaddexp(0.0, -values)
    return found
