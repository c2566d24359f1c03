"""The weights of a blend: coordinate steps from the best single scorers, coarse then fine."""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from training.metrics.lists import Scores
from training.tuning.shortlists import Shortlist
from training.tuning.trial import quality

WEIGHTS: Final = (0.0, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0, 1.5, 2.0)
"""Weights tried for a scorer's standardised scores."""

AGAINST: Final = (-1.5, -1.0, -0.75, -0.5, -0.4, -0.3, -0.2, -0.1)
"""Further weights tried for popularity: models of co-occurrence often lean on it too much."""

FINER: Final = (0.7, 0.85, 1.18, 1.43)
"""Shares of a weight that are tried in its place once the list holds nothing better."""

ROUNDS: Final = 3
STARTS: Final = 3
"""Single scorers from which the steps set out: from one alone they get stuck."""

LEAST_GAIN: Final = 1e-5
"""A step must gain more than rounding."""

Weights = dict[str, float]


def quality_with(shortlists: Sequence[Shortlist], weights: Mapping[str, float]) -> float:
    """The quality of the lists that some weights make, over the learners of all trials."""
    return _mean(shortlists, [_total(shortlist, weights) for shortlist in shortlists])


def best_weights(
    shortlists: Sequence[Shortlist], alone: Mapping[str, float]
) -> tuple[Weights, float]:
    """The weights of the start that gets furthest, and their quality.

    Args:
        shortlists: one of each trial; each counts by its learners.
        alone: the quality of each scorer by itself.
    """
    starts = sorted(alone, key=lambda name: -alone[name])[:STARTS]
    found = [_climbed(shortlists, start, alone[start]) for start in starts]
    return max(found, key=lambda climb: climb[1])


def _climbed(shortlists: Sequence[Shortlist], start: str, reached: float) -> tuple[Weights, float]:
    """Coordinate steps from one scorer alone, coarse then fine, until no step helps any more."""
    weights = {name: float(name == start) for name in _telling(shortlists, start)}
    for steps in (_coarse, _fine):
        for _ in range(ROUNDS):
            before = reached
            for name in weights:
                tried = steps(name, weights[name])
                weights[name], reached = _best_step(shortlists, weights, name, tried, reached)
            if reached - before <= LEAST_GAIN:
                break
    return weights, reached


def _telling(shortlists: Sequence[Shortlist], start: str) -> list[str]:
    """The scorer set out from, and those that tell some courses apart: no other changes a list."""
    return [
        name
        for name in shortlists[0].scores
        if name == start or any(each.scores[name].any() for each in shortlists)
    ]


def _coarse(name: str, _: float) -> Sequence[float]:
    """The listed weights."""
    return (*(AGAINST if name == "popularity" else ()), *WEIGHTS)


def _fine(_: str, weight: float) -> Sequence[float]:
    """Weights a little below and above the present one; none for a scorer that is left out."""
    return [share * weight for share in FINER] if weight else ()


def _best_step(
    shortlists: Sequence[Shortlist],
    weights: Mapping[str, float],
    name: str,
    tries: Sequence[float],
    reached: float,
) -> tuple[float, float]:
    """The best of the weights tried of one scorer while the others keep theirs; its quality."""
    others = {other: weight for other, weight in weights.items() if other != name}
    rests = [_total(shortlist, others) for shortlist in shortlists]
    best = weights[name]
    for tried in tries:
        if tried == weights[name]:
            continue
        totals = [
            np.add(rest, np.float32(tried) * shortlist.scores[name], dtype=np.float32)
            for shortlist, rest in zip(shortlists, rests, strict=True)
        ]
        found = _mean(shortlists, totals)
        if found > reached + LEAST_GAIN:
            best, reached = tried, found
    return best, reached


def _total(shortlist: Shortlist, weights: Mapping[str, float]) -> Scores:
    """The weighted sum of scores; -inf where no course stands."""
    total = np.where(shortlist.courses >= 0, np.float32(0), np.float32(-np.inf))
    for name, weight in weights.items():
        if weight:
            total += np.float32(weight) * shortlist.scores[name]
    return total


def _mean(shortlists: Sequence[Shortlist], totals: Sequence[Scores]) -> float:
    """The quality of the lists that scores make, over the learners of all trials."""
    qualities = [
        quality(shortlist.judged(total))
        for shortlist, total in zip(shortlists, totals, strict=True)
    ]
    learners = [len(shortlist.courses) for shortlist in shortlists]
    return float(np.average(qualities, weights=learners))
