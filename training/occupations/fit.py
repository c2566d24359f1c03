"""Fits the weights of the occupation model and chooses its threshold, on development data alone."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, cast

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.optimize import minimize

from data.vocabulary import builtin
from features.occupations.evidence import FEATURES
from features.occupations.model import OccupationModel, squash
from features.occupations.names import Names
from training.occupations.examples import Examples, name_examples, posting_examples
from training.occupations.gold.load import load_labels, load_postings

SEED: Final = 21
"""Decides which names are read as titles and how development postings fall into parts."""

PENALTY: Final = 0.3
"""Half the square of each weight counts this much against the likelihood of a title."""

BEST: Final = 0.3
"""How much more the best of several accepted occupations counts than the others."""

NAMES_SHARE: Final = 1.0
"""Weight of all hidden names together, in that of all labelled postings together."""

PARTS: Final = 5
"""Parts of the development postings for choosing the threshold on postings not fitted."""

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Problem:
    """Candidates as arrays: C candidates of T titles."""

    evidence: Floats
    """(C, features)."""
    title: Ints
    """(C,) title of each candidate."""
    right: Floats
    """(C,) 1 where the candidate is accepted."""
    best: Floats
    """(C,) 1 where it is the best."""
    weight: Floats
    """(T,) how much each title counts."""

    @classmethod
    def of(cls, parts: Sequence[Examples]) -> "Problem":
        """Examples one after the other."""
        starts = np.cumsum([0, *(len(part.weight) for part in parts)])
        frames = [
            part.candidates.with_columns(pl.col("title") + int(start))
            for part, start in zip(parts, starts[:-1], strict=True)
        ]
        frame = pl.concat(frames)
        return cls(
            frame.select(FEATURES).to_numpy(),
            frame["title"].to_numpy(),
            frame["right"].cast(pl.Float64).to_numpy(),
            frame["best"].cast(pl.Float64).to_numpy(),
            np.concatenate([part.weight for part in parts]),
        )

    def probabilities(self, values: Floats) -> tuple[Floats, Floats]:
        """(C,) probability of each candidate and (T,) of none, at weights and the none score."""
        score = self.evidence @ values[:-1]
        top = np.full(len(self.weight), values[-1])
        np.maximum.at(top, self.title, score)
        power = np.exp(score - top[self.title])
        none = np.exp(values[-1] - top)
        total = none + np.bincount(self.title, power, len(self.weight))
        shares: Floats = power / total[self.title]
        rest: Floats = none / total
        return shares, rest

    def loss(self, values: Floats) -> tuple[float, Floats]:
        """Minus the weighted log-likelihood with its gradient.

        A title counts log(sum of P over accepted) + BEST x log(P of the best); one without an
        accepted candidate counts log(P of none).
        """
        chance, none = self.probabilities(values)
        value, slope = 0.0, np.zeros(len(values))
        for target, share in ((self.right, 1.0), (self.best, BEST)):
            mass, gradient = self._pull(chance, none, target)
            value += share * float(self.weight @ np.log(mass))
            slope += share * gradient
        penalty = PENALTY * values[:-1]
        slope[:-1] -= penalty
        return 0.5 * float(penalty @ values[:-1]) - value, -slope

    def _pull(self, chance: Floats, none: Floats, target: Floats) -> tuple[Floats, Floats]:
        """(T,) probability of what is right, and the gradient of its weighted logarithm."""
        size = len(self.weight)
        without = np.bincount(self.title, target, size) == 0
        found = np.bincount(self.title, chance * target, size) + np.where(without, none, 0.0)
        mass: Floats = np.maximum(found, 1e-12)
        own = chance * target / mass[self.title]
        pull = (own - chance) * self.weight[self.title]
        pull_none = (np.where(without, 1.0, 0.0) - none) * self.weight
        gradient: Floats = np.append(self.evidence.T @ pull, pull_none.sum())
        return mass, gradient


def fit(parts: Sequence[Examples]) -> Floats:
    """Weights in the order of ``FEATURES`` and, last, the score of none; L-BFGS from zero."""
    problem = Problem.of(parts)
    start = np.zeros(len(FEATURES) + 1)
    found = minimize(problem.loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 1000})
    return cast(Floats, found.x)


def fit_model(datasets: Path) -> OccupationModel:
    """The model of the development postings and of hidden names.

    Args:
        datasets: the folder of the data sets that the development postings point into.

    Raises:
        GoldError: a data set isn't there or holds other texts.
    """
    occupations = builtin("occupations")
    labels = load_labels("dev")
    vocabulary = {table: builtin(table) for table in ("skills", "occupation_skills")}
    names = Names.of(occupations)
    dev = posting_examples(load_postings(datasets, labels), labels, names, vocabulary)
    hidden = _weighed(list(name_examples(occupations, SEED)), len(labels) * NAMES_SHARE)
    values = fit([dev, *hidden])
    weights = dict(zip(FEATURES, values[:-1].tolist(), strict=True))
    unseen = held_out(dev, hidden)
    certainty = calibrate(*unseen)
    raw = OccupationModel(weights, float(values[-1]), certainty, threshold=0.0)
    spoken = Problem.of(hidden)
    answers = [
        (raw.certain(sure), right)
        for sure, right in (unseen, first_answers(spoken, spoken.probabilities(values)[0]))
    ]
    return replace(raw, threshold=choose_threshold(answers))


def _weighed(parts: Sequence[Examples], total: float) -> list[Examples]:
    """Examples that count ``total`` titles together."""
    count = sum(len(part.weight) for part in parts)
    return [Examples(part.candidates, part.weight * total / count) for part in parts]


def held_out(dev: Examples, hidden: Sequence[Examples]) -> tuple[Floats, Bools]:
    """First answers to development postings by weights fitted without them."""
    size = len(dev.weight)
    part = np.random.default_rng(SEED).permutation(size) % PARTS
    sure, right = np.zeros(size), np.zeros(size, dtype=np.bool_)
    whole = Problem.of([dev])
    for fold in range(PARTS):
        rest = Examples(dev.candidates, np.where(part == fold, 0.0, 1.0))
        told = first_answers(whole, whole.probabilities(fit([rest, *hidden]))[0])
        own = part == fold
        sure[own], right[own] = told[0][own], told[1][own]
    return sure, right


def calibrate(sure: Floats, right: Bools) -> tuple[float, float]:
    """Shift and slope that turn the probability of the best code into that of an accepted one.

    The mass of titles with several accepted codes is shared among these, so that the first alone
    sounds less sure than it is. A logistic fit on answers not fitted (Platt 1999).
    """

    def loss(values: Floats) -> float:
        chance = np.clip(squash(sure, values[0], values[1]), 1e-9, 1 - 1e-9)
        return -float(np.where(right, np.log(chance), np.log(1 - chance)).sum())

    shift, slope = minimize(loss, np.array([0.0, 1.0]), method="Nelder-Mead").x
    return float(shift), float(slope)


def choose_threshold(answers: Sequence[tuple[Floats, Bools]]) -> float:
    """The confidence from which answering does more good than harm.

    The threshold has the largest share of right answers less that of wrong ones, in steps of
    0.05. Development postings and hidden names count alike, for spoken titles were written with
    the former in sight.

    Args:
        answers: confidence and whether right, of each kind of titles.

    >>> choose_threshold([(np.array([0.9, 0.3]), np.array([True, False]))])
    0.35
    """
    steps = np.arange(0.05, 1.0, 0.05)
    gains = [
        sum(
            float(np.where(right, 1, -1)[sure >= step].sum()) / len(sure) for sure, right in answers
        )
        for step in steps
    ]
    return round(float(steps[int(np.argmax(gains))]), 2)


def first_answers(problem: Problem, chance: Floats) -> tuple[Floats, Bools]:
    """Probability of each title's likeliest candidate (0 without any), and if it is accepted."""
    size = len(problem.weight)
    sure, right = np.zeros(size), np.zeros(size, dtype=np.bool_)
    order = np.argsort(chance, kind="stable")
    title = problem.title[order]
    sure[title], right[title] = chance[order], problem.right[order] > 0
    return sure, right


if __name__ == "__main__":
    Path(sys.argv[2]).write_text(fit_model(Path(sys.argv[1])).dump(), encoding="utf-8")
