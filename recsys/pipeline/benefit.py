"""How much each of many learners would benefit from one section, comparable across learners."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from recsys.columns import Reals
from recsys.offer import Candidates
from recsys.pipeline.policy import Policy
from recsys.pipeline.recommender import Recommender
from recsys.pipeline.scoring import factored
from recsys.rankers.additive import Additive
from recsys.rankers.blend import standardised
from recsys.rankers.own_log import OwnLogs
from recsys.rankers.value import Value
from recsys.stages import CourseScorer, Scorer
from recsys.types import LearnerQuery

BLOCK: Final = 1024
"""Learners whose taste is scored at once: bounds the memory."""

Done = Callable[[int], None]
"""Told how many more learners are through."""

Measure = Literal["probability", "standardised"]
"""``probability``: calibrated, of asking for the section once it is shown; ``standardised``:
weighted standard deviations among the learners given, 0 is their mean."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A learner and the one section.

    Attributes:
        query: the learner's.
        section: the section, paired with the learner.
    """

    query: LearnerQuery
    section: Candidates


def benefit(
    recommender: Recommender, policy: Policy, pairs: Sequence[Pair], done: Done | None = None
) -> tuple[Reals, Measure]:
    """What the section is worth to each learner; higher is better, never NaN.

    A ranker's score compares sections for one learner. Across learners the learned ranker's
    probability compares; without one every scorer of the policy is standardised over the
    learners, and what is unknown of a learner counts as their mean.

    Args:
        recommender: whose model answers.
        policy: of the section's programme.
        pairs: learners who may take the section; shape (learners,).
        done: told how many more learners were scored.

    Returns:
        A value per learner, and what it measures.
    """
    if _learned(recommender, policy) is not None:
        return _chances(recommender, policy, pairs, done), "probability"
    total = np.zeros(len(pairs))
    for name, weight in policy.weights.items():
        if (scorer := recommender.scorers.get(name)) is not None:
            total += weight * np.nan_to_num(standardised(_values(scorer, pairs)))
    if done is not None:
        done(len(pairs))
    return total, "standardised"


def _chances(
    recommender: Recommender, policy: Policy, pairs: Sequence[Pair], done: Done | None
) -> Reals:
    """The learned ranker's probabilities; each learner's own log is read anew."""
    chances = np.zeros(len(pairs))
    for start in range(0, len(pairs), BLOCK):
        block = pairs[start : start + BLOCK]
        logs = recommender.logs([pair.query for pair in block])
        for place, pair in enumerate(block, start=start):
            ranker = _learned(recommender, policy, logs)  # one serves one decision
            if ranker is not None:
                chances[place] = ranker.probability(pair.query, pair.section)[0]
        if done is not None:
            done(len(block))
    return chances


def _learned(
    recommender: Recommender, policy: Policy, logs: OwnLogs | None = None
) -> Additive | None:
    """The learned ranker of one decision; None where policy or bundle have none."""
    ranker = recommender.ranker_of(policy, logs)
    if isinstance(ranker, Value):
        return ranker.apply
    return ranker if isinstance(ranker, Additive) else None


def _values(scorer: Scorer, pairs: Sequence[Pair]) -> Reals:
    """A scorer's value for each learner; NaN where it can't tell."""
    if isinstance(scorer, CourseScorer):
        return _tastes(scorer, pairs)
    if (sum_of_terms := factored(scorer)) is None or not pairs:
        return np.array([scorer.score(pair.query, pair.section)[0] for pair in pairs])
    rows = [
        [float(term[0]) for term in sum_of_terms.terms(pair.query, pair.section).values()]
        for pair in pairs
    ]
    total: Reals = _filled(np.array(rows)).sum(axis=1)
    return total


def _tastes(scorer: CourseScorer, pairs: Sequence[Pair]) -> Reals:
    """Scores of the section's course, a block of learners at a time."""
    course = pairs[0].section.texts("course_id")[0] if pairs else ""
    column = scorer.course_index().get(course)
    values = np.full(len(pairs), np.nan)
    if column is None:
        return values
    for start in range(0, len(pairs), BLOCK):
        queries = [pair.query for pair in pairs[start : start + BLOCK]]
        values[start : start + BLOCK] = scorer.course_scores(queries)[:, column]
    return values


def _filled(terms: Reals) -> Reals:
    """Terms, shape (learners, terms), with the unknown at the learners' mean: it moves nothing."""
    known = ~np.isnan(terms)
    counts = np.maximum(known.sum(axis=0), 1)
    means = np.where(known, terms, 0.0).sum(axis=0) / counts
    return np.where(known, terms, means)
