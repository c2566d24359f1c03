"""From a snapshot and lists to estimates, what stands behind them, and what the old log says."""

from collections.abc import Callable
from dataclasses import dataclass, field

import polars as pl

from data.city import City
from training.offpolicy.estimators import (
    Estimate,
    Settings,
    doubly_robust,
    ips,
    observed_rate,
    snips,
)
from training.offpolicy.logged import Window, logged_lists
from training.offpolicy.overlap import Overlap, overlap
from training.offpolicy.replay import Replay, replay, taken_from_log
from training.offpolicy.reward_model import PAIR, Expected, expected_rewards
from training.offpolicy.support import Floors, Support, doubts, require_support, support_of
from training.offpolicy.target import target_of

Features = Callable[[pl.DataFrame], pl.DataFrame]
"""From pairs (learner_id, section_id) to the same pairs with numeric columns."""


@dataclass(frozen=True, slots=True)
class Question:
    """What to estimate and from what.

    Attributes:
        k: places judged.
        window: which impressions and which reward.
        settings: clipping, confidence, seed.
        floors: below which an estimate is refused.
    """

    k: int = 10
    window: Window = field(default_factory=Window)
    settings: Settings = field(default_factory=Settings)
    floors: Floors = field(default_factory=Floors)


@dataclass(frozen=True, slots=True)
class Judgement:
    """Estimates of one policy's value at k.

    Attributes:
        question: what was asked.
        estimates: snips, ips and, with features, doubly_robust.
        observed: what the logged lists themselves earned per shown section.
        support: what stands behind the estimates.
        doubts: sentences a reader should know.
        model: the reward model and how good it is; None without features.
        replay: the biased figure, to be set against the estimates.
    """

    question: Question
    estimates: tuple[Estimate, ...]
    observed: Estimate
    support: Support
    doubts: tuple[str, ...]
    model: Expected | None
    replay: Replay


def judge_lists(
    city: City, lists: pl.DataFrame, question: Question, features: Features | None = None
) -> Judgement:
    """What lists would earn, were they shown to the learners of the random traffic.

    Args:
        city: any snapshot whose events hold impressions with propensities.
        lists: see ``training.offpolicy.target.target_of``.
        question: what to estimate and from what.
        features: facts of pairs for a reward model; without it there is no doubly robust
            estimate.

    Raises:
        OffPolicyError: lists or a log that can't be evaluated.
        ThinSupportError: too little of the log speaks about the lists.
    """
    target = target_of(lists, question.k)
    found = overlap(logged_lists(city, question.window), target, question.k)
    support = support_of(found, question.settings)
    require_support(support, question.floors)
    estimates, model = estimates_of(found, question.settings, features)
    taken = taken_from_log(city, question.window)
    return Judgement(
        question=question,
        estimates=estimates,
        observed=observed_rate(found, question.settings),
        support=support,
        doubts=doubts(support),
        model=model,
        replay=replay(taken, target, seed=question.settings.seed),
    )


def estimates_of(
    found: Overlap, settings: Settings, features: Features | None = None
) -> tuple[tuple[Estimate, ...], Expected | None]:
    """All estimates of an overlap, without a refusal; and the reward model where there is one."""
    plain = (snips(found, settings), ips(found, settings))
    if features is None:
        return plain, None
    pairs = pl.concat([found.logged.select(PAIR), found.target.select(PAIR)]).unique().sort(PAIR)
    model = expected_rewards(found, features(pairs), seed=settings.seed)
    robust = doubly_robust(found, model.logged, model.target, settings)
    return (*plain, robust), model
