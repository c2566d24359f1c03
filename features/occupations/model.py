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

import polars as pl

from features.errors import FeatureError
from features.occupations.evidence import FEATURES

MODEL_FILE: Final = "model.json"
"""The fitted model, beside this module; written by ``training.occupations.fit``."""


class OccupationModelError(FeatureError):
    """A model that doesn't fit the evidence; says which weights are missing or unknown."""


@dataclass(frozen=True, slots=True)
class OccupationModel:
    """How much each piece of evidence counts."""

    weights: Mapping[str, float]
    """Weight of each feature, by its name in ``evidence.FEATURES``."""
    none: float
    """Score of "none of these"."""
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

    def dump(self) -> str:
        """The model as JSON text."""
        rounded = {name: round(self.weights[name], 4) for name in FEATURES}
        content = {"weights": rounded, "none": round(self.none, 4), "threshold": self.threshold}
        return json.dumps(content, indent=2) + "\n"


def parse_model(text: str) -> OccupationModel:
    """A model from its JSON text.

    Raises:
        OccupationModelError: a weight is missing or unknown.
    """
    content = json.loads(text)
    return OccupationModel(content["weights"], content["none"], content["threshold"])


@cache
def shipped_model() -> OccupationModel:
    """The model that the product brings."""
    return parse_model(files("features.occupations").joinpath(MODEL_FILE).read_text("utf-8"))
