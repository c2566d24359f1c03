"""Taste: personas, topic directions, learners' and courses' vectors (METHODS section 2)."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from data.simulate.params import SimulationParams
from data.simulate.topics import topics

PERSONAS: Final = (
    "trades",
    "digital",
    "business",
    "life aesthetics",
    "arts",
    "wellness",
    "later life",
    "family and country",
)
"""The K = 8 personas; ``topics.toml`` says which topics each favours."""

PERSONA_BY_BAND: Final = np.array(
    [
        [0.02, 0.18, 0.02, 0.20, 0.30, 0.18, 0.00, 0.10],
        [0.10, 0.25, 0.08, 0.22, 0.20, 0.10, 0.00, 0.05],
        [0.14, 0.24, 0.16, 0.24, 0.10, 0.08, 0.00, 0.04],
        [0.14, 0.18, 0.18, 0.22, 0.08, 0.10, 0.01, 0.09],
        [0.14, 0.14, 0.16, 0.16, 0.08, 0.12, 0.03, 0.17],
        [0.12, 0.06, 0.10, 0.10, 0.14, 0.18, 0.15, 0.15],
        [0.02, 0.02, 0.01, 0.06, 0.24, 0.26, 0.31, 0.08],
        [0.01, 0.01, 0.00, 0.03, 0.25, 0.27, 0.39, 0.04],
        [0.00, 0.00, 0.00, 0.02, 0.25, 0.25, 0.46, 0.02],
    ]
)
"""P(persona | age band), rows in the order of ``AGE_BANDS``; a guess."""


@dataclass(frozen=True, slots=True)
class Directions:
    """Means of taste space, shape (.., taste_dimensions).

    Attributes:
        topics: one direction per topic, standard normal.
        personas: one per persona: the sum of its favourite topics, at a topic's mean length.
    """

    topics: NDArray[np.float64]
    personas: NDArray[np.float64]


def directions(params: SimulationParams, rng: np.random.Generator) -> Directions:
    """Draw the topics' directions; personas point where their favourite topics do."""
    nu = rng.normal(0, 1, (len(topics()), params.taste_dimensions))
    favours = np.zeros((len(PERSONAS), len(topics())))
    for column, topic in enumerate(topics()):
        favours[list(topic.personas), column] = 1.0
    # einsum in place of a matrix product, whose rounding depends on threads
    mean = unit(np.einsum("pt,td->pd", favours, nu)) * np.sqrt(params.taste_dimensions)
    return Directions(nu, mean)


def draw_personas(bands: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.int64]:
    """A persona per learner from ``PERSONA_BY_BAND``; ``bands`` index ``AGE_BANDS``."""
    edges = np.cumsum(PERSONA_BY_BAND / PERSONA_BY_BAND.sum(axis=1, keepdims=True), axis=1)
    drawn: NDArray[np.int64] = (rng.random((len(bands), 1)) > edges[bands, :-1]).sum(axis=1)
    return drawn


def around(
    means: NDArray[np.float64], noise: float, rng: np.random.Generator
) -> NDArray[np.float32]:
    """unit(mean + noise * e), e standard normal; one row per mean."""
    return unit(means + noise * rng.normal(0, 1, means.shape)).astype(np.float32)


def unit(vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    """Rows scaled to length one."""
    scaled: NDArray[np.float64] = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return scaled
