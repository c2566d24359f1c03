"""A page whose lists were made beforehand, by a trained model."""

import numpy as np
from numpy.typing import NDArray

from data.simulate.terms.exposure import Page


class GivenPage(Page):
    """Shows each learner the list made for her.

    Args:
        name: the policy that impressions carry.
        lists: indices into the term's sections, shape (learners, longest list), best first and
            all different within a row; -1 where a list is shorter.
    """

    def __init__(self, name: str, lists: NDArray[np.int64]) -> None:
        self.name = name
        self._lists = lists

    def ranked(
        self, learner: NDArray[np.int64], depth: int, rng: np.random.Generator
    ) -> NDArray[np.int64]:
        """The first sections of the given lists; nothing is left to chance."""
        del rng
        rows = self._lists[learner, :depth]
        short = depth - rows.shape[1]
        return np.pad(rows, ((0, 0), (0, short)), constant_values=-1) if short > 0 else rows
