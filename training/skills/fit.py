"""Fits the context model: a logistic regression on hashed features, calibrated and cut.

Annotated postings and texts of the simulated city teach it; probabilities and the threshold come
from annotated postings alone, each judged by a model that hasn't seen it.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from features.skills.context import BITS
from features.skills.model import ContextModel
from training.skills.labelled import Labelled

Floats = NDArray[np.float64]

FOLDS: Final = 6
INVERSE_PENALTY: Final = 0.25
"""C of the regression, chosen on the annotated training part by cross-validation."""

ARENA_WEIGHT: Final = 0.1
"""Weight of a simulated finding beside an annotated one: there are many, and all alike."""

MOST_FALSE: Final = 0.10
"""Share of extracted skills that may be false, where the threshold can see to it."""

MARGIN: Final = 0.02
"""Kept back from ``MOST_FALSE``: new postings are harder than those the cut was chosen on."""


@dataclass(frozen=True, slots=True)
class Fit:
    """A fitted model and what cross-validation says of it.

    Attributes:
        model: to be shipped.
        precision: of (text, skill) pairs at the threshold, out of fold.
        recall: of the pairs that the gazetteer finds at all, out of fold.
        findings: annotated findings learnt from.
    """

    model: ContextModel
    precision: float
    recall: float
    findings: int


def fit_context(gold: Labelled, arena: Labelled, *, seed: int) -> Fit:
    """The model of both sources, calibrated out of fold on the annotated one.

    Args:
        gold: annotated findings.
        arena: findings of the simulated city.
        seed: of the folds.
    """
    margin = out_of_fold(gold, arena, seed=seed)
    slope, offset = _calibration(margin, gold.asked)
    probability = 1 / (1 + np.exp(-(slope * margin + offset)))
    threshold, precision, recall = _cut(probability, gold)
    weight, intercept = _regression(gold, arena)
    model = ContextModel(weight, slope, offset + slope * intercept, threshold)
    return Fit(model, precision, recall, len(gold))


def out_of_fold(gold: Labelled, arena: Labelled, *, seed: int) -> Floats:
    """Margin of each annotated finding by a model that hasn't seen its text."""
    texts = np.unique(gold.text)
    fold = np.random.default_rng(seed).permutation(len(texts)) % FOLDS
    of = fold[np.searchsorted(texts, gold.text)]
    margin = np.zeros(len(gold))
    for number in range(FOLDS):
        weight, intercept = _regression(gold.only(of != number), arena)
        held = of == number
        margin[held] = weight[gold.features[held]].sum(axis=1, dtype=np.float64) + intercept
    return margin


def _regression(gold: Labelled, arena: Labelled) -> tuple[NDArray[np.float32], float]:
    """Weights and intercept of the regression."""
    features = np.concatenate([gold.features, arena.features])
    asked = np.concatenate([gold.asked, arena.asked])
    weights = np.concatenate([np.ones(len(gold)), np.full(len(arena), ARENA_WEIGHT)])
    regression = LogisticRegression(C=INVERSE_PENALTY, solver="liblinear", max_iter=300)
    regression.fit(_matrix(features), asked, weights)
    return regression.coef_[0].astype(np.float32), float(regression.intercept_[0])


def _matrix(features: NDArray[np.int32]) -> csr_matrix:
    n, width = features.shape
    ends: NDArray[np.int64] = np.arange(0, n * width + 1, width, dtype=np.int64)
    return csr_matrix((np.ones(n * width), features.ravel(), ends), shape=(n, 2**BITS))


def _calibration(margin: Floats, asked: NDArray[np.bool_]) -> tuple[float, float]:
    """Slope and offset of the logistic curve through margins and answers (Platt 1999)."""
    curve = LogisticRegression(C=1e6).fit(margin[:, None], asked)
    return float(curve.coef_[0, 0]), float(curve.intercept_[0])


def _cut(probability: Floats, gold: Labelled) -> tuple[float, float, float]:
    """The threshold of the best F1 whose share of false pairs is allowed; else of the fewest.

    Returns:
        Threshold, precision and recall over (text, skill) pairs.
    """
    best = _pairs(probability, gold)
    score, right = best
    order = np.argsort(-score)
    hits = np.cumsum(right[order])
    precision = hits / np.arange(1, len(order) + 1)
    recall = hits / max(int(right.sum()), 1)
    f1 = 2 * precision * recall / np.maximum(precision + recall, 1e-12)
    allowed = precision >= 1 - MOST_FALSE + MARGIN
    at = int(np.argmax(np.where(allowed, f1, -1))) if allowed.any() else int(np.argmax(precision))
    return float(score[order][at]), float(precision[at]), float(recall[at])


def _pairs(probability: Floats, gold: Labelled) -> tuple[Floats, NDArray[np.bool_]]:
    """Highest probability of each text and skill, and whether it is asked for."""
    _, which = np.unique(gold.pair, return_inverse=True)
    score = np.zeros(int(which.max()) + 1)
    right = np.zeros(len(score), dtype=np.bool_)
    np.maximum.at(score, which, probability)
    np.logical_or.at(right, which, gold.asked)
    return score, right
