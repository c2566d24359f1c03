"""A choice among candidate occupations: evidence, weights, a probability each.

P(c | posting) = exp(w . x_c) / (exp(n) + sum over candidates of exp(w . x_c)), the conditional
logit of McFadden (1974) with one more choice, "none of these", whose score n is a number.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from features.errors import FeatureError
from features.occupations.evidence import FEATURES

MODEL_FILE: Final = "model.json"
"""The fitted model, beside this module; written by ``training.occupations.fit``."""

SMALLEST: Final = 1e-9
"""Probabilities nearer to 0 or 1 count as this, so that their odds are numbers."""

Floats = npt.NDArray[np.float64]


class OccupationModelError(FeatureError):
    """A model that doesn't fit the evidence; says which weights are missing or unknown."""


@dataclass(frozen=True, slots=True)
class OccupationModel:
    """How much each piece of evidence counts."""

    weights: Mapping[str, float]
    """Weight of each feature, by its name in ``evidence.FEATURES``."""
    none: float
    """Score of "none of these"."""
    certainty: tuple[float, float]
    """Shift and slope of ``certain``."""
    threshold: float
    """Confidence, 0 to 1, below which an occupation is unknown; chosen on development data."""

    def __post_init__(self) -> None:
        """Refuse a model of other features.

        Raises:
            OccupationModelError: a weight is missing or unknown.
        """
        wrong = set(self.weights) ^ set(FEATURES)
        if wrong:
            message = f"weights missing or unknown: {sorted(wrong)}; expected {list(FEATURES)}"
            raise OccupationModelError(message)

    def score(self, features: tuple[str, ...] = FEATURES) -> pl.Expr:
        """The weighted sum of some columns."""
        return pl.sum_horizontal(pl.col(name) * self.weights[name] for name in features)

    def probability(self, score: pl.Expr, group: str) -> pl.Expr:
        """Probability of each candidate of a group; a group's sum stays below 1.

        The largest score is taken off first, so that no exponent overflows.
        """
        top = pl.max_horizontal(score.max().over(group), pl.lit(self.none))
        power = (score - top).exp()
        return power / (power.sum().over(group) + (pl.lit(self.none) - top).exp())

    def certain(self, probability: Floats) -> Floats:
        """Confidence: probability that a first candidate is one that a reader would accept.

        Where the classification has two places for one kind of work, either is accepted, and the
        probability of the best code alone is too modest.
        """
        shift, slope = self.certainty
        return squash(probability, shift, slope)

    def dump(self) -> str:
        """The model as JSON text."""
        rounded = {name: round(self.weights[name], 4) for name in FEATURES}
        content = {
            "weights": rounded,
            "none": round(self.none, 4),
            "certainty": [round(value, 4) for value in self.certainty],
            "threshold": self.threshold,
        }
        return json.dumps(content, indent=2) + "\n"


def parse_model(text: str) -> OccupationModel:
    """A model from its JSON text.

    Raises:
        OccupationModelError: a weight is missing or unknown.
    """
    content = json.loads(text)
    shift, slope = content["certainty"]
    return OccupationModel(
        content["weights"], content["none"], (shift, slope), content["threshold"]
    )


def squash(probability: Floats, shift: float, slope: float) -> Floats:
    """1 / (1 + exp(-(shift + slope x log(p / (1 - p))))), 0 to 1, rising with p.

    >>> float(squash(np.array([0.5]), 0.0, 1.0)[0])
    0.5
    """
    inside = np.clip(probability, SMALLEST, 1 - SMALLEST)
    told: Floats = 1 / (1 + np.exp(-(shift + slope * np.log(inside / (1 - inside)))))
    return told


@cache
def shipped_model() -> OccupationModel:
    """The model that the product brings."""
    return parse_model(files("features.occupations").joinpath(MODEL_FILE).read_text("utf-8"))
