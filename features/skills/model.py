"""The context model: how likely a posting asks for the skill that one of its words names."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from io import BytesIO
from typing import BinaryIO, Final

import numpy as np
from numpy.typing import NDArray

from features.errors import SkillModelError
from features.skills.context import BITS

FORMAT: Final = 1
"""Raised when the questions asked of a context change, so that old weights are refused."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ContextModel:
    """A logistic regression over hashed features, as arrays.

    P(asked) = sigmoid(slope * sum of weights + offset): the sum is the regression's margin,
    slope and offset make it a calibrated probability (Platt 1999).

    Attributes:
        weight: one a place, ``2**BITS`` of them.
        slope: of the calibration.
        offset: of the calibration.
        threshold: probability from which a finding counts as asked for, 0 to 1.
    """

    weight: NDArray[np.float32]
    slope: float
    offset: float
    threshold: float

    def probability(self, features: NDArray[np.int32]) -> Floats:
        """P(asked) of each row of features, 0 to 1.

        Args:
            features: (N, F) places of ``features.skills.context.features``.
        """
        margin = self.weight[features].sum(axis=1, dtype=np.float64)
        probability: Floats = 1 / (1 + np.exp(-(self.slope * margin + self.offset)))
        return probability


def save_model(model: ContextModel, file: BinaryIO) -> None:
    """Write the model's arrays; places without weight are left out."""
    place = np.flatnonzero(model.weight)
    np.savez_compressed(
        file,
        format=np.array([FORMAT, BITS]),
        place=place.astype(np.uint32),
        weight=model.weight[place],
        scale=np.array([model.slope, model.offset, model.threshold]),
    )


def load_model(content: bytes) -> ContextModel:
    """The model that ``save_model`` wrote; nothing in it is executed.

    Raises:
        SkillModelError: the file is no model, or one of another format.
    """
    try:
        arrays = np.load(BytesIO(content), allow_pickle=False)
        made = arrays["format"].tolist()
        place, values = arrays["place"], arrays["weight"]
        slope, offset, threshold = arrays["scale"].tolist()
    except (KeyError, ValueError, OSError, EOFError) as error:
        message = f"not a skill context model: {error}"
        raise SkillModelError(message) from error
    if made != [FORMAT, BITS]:
        message = f"a skill context model of format {made}; expected {[FORMAT, BITS]}: refit it"
        raise SkillModelError(message)
    weight = np.zeros(2**BITS, dtype=np.float32)
    weight[place] = values
    return ContextModel(weight, slope, offset, threshold)


@cache
def shipped_model() -> ContextModel:
    """The model that comes with the product, fitted by ``xuepei skills fit``."""
    return load_model(files("features.skills").joinpath("context.npz").read_bytes())
