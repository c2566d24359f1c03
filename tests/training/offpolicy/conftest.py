"""Small worlds with known truth: every probability of a reward and of being shown is written down.

Uniform logging draws a list of a size of its own for each learner; Plackett-Luce logging draws
two sections one after the other by weight, and its inclusion propensities are added up exactly.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray

from training.offpolicy.logged import LOGGED
from training.offpolicy.overlap import Overlap, overlap
from training.offpolicy.target import target_of

Values = NDArray[np.float64]


@dataclass(frozen=True)
class Toy:
    """Learners, sections, and the truth of both.

    Attributes:
        chance: P(reward | seen); shape (learners, sections).
        pull: weights of Plackett-Luce logging; shape (sections,).
    """

    chance: Values
    pull: Values

    @property
    def shape(self) -> tuple[int, int]:
        learners, sections = self.chance.shape
        return learners, sections

    def best(self, k: int) -> pl.DataFrame:
        """The lists of a policy that knows the truth."""
        return self.lists(np.argsort(-self.chance, axis=1)[:, :k])

    def lists(self, ranked: NDArray[np.int64]) -> pl.DataFrame:
        """Ranked section numbers as a table; shape (learners, k)."""
        learners, k = ranked.shape
        return pl.DataFrame(
            {
                "learner_id": [f"l{u:04}" for u in np.repeat(np.arange(learners), k)],
                "rank": np.tile(np.arange(1, k + 1), learners),
                "section_id": [f"s{s:02}" for s in ranked.ravel()],
            }
        )

    def value(self, lists: pl.DataFrame, k: int) -> float:
        """The true value at k of lists for all learners."""
        target = target_of(lists, k)
        learner = target["learner_id"].str.slice(1).cast(pl.Int64).to_numpy()
        section = target["section_id"].str.slice(1).cast(pl.Int64).to_numpy()
        worth = self.chance[learner, section] * target["shown"].to_numpy()
        return float(worth.sum() / (k * len(self.chance)))

    def uniform_log(self, rng: np.random.Generator, longest: int = 8) -> pl.DataFrame:
        """Lists of 3 to ``longest`` sections, every set of a size equally likely."""
        learners, sections = self.shape
        length = rng.integers(3, longest + 1, learners)
        order = np.argsort(rng.random(self.shape), axis=1)
        row, place = np.nonzero(np.arange(sections)[None, :] < length[:, None])
        return self._log(row, order[row, place], place, length[row] / sections, rng)

    def plackett_luce_log(self, rng: np.random.Generator) -> pl.DataFrame:
        """Lists of two, drawn one after the other in proportion to ``pull``."""
        learners, _ = self.shape
        keys = np.log(self.pull) + rng.gumbel(size=self.shape)
        order = np.argsort(-keys, axis=1)[:, :2]
        row, place = np.repeat(np.arange(learners), 2), np.tile([0, 1], learners)
        section = order[row, place]
        return self._log(row, section, place, self.inclusion()[section], rng)

    def inclusion(self) -> Values:
        """P(section is one of the two drawn): first, or second after each other one."""
        share = self.pull / self.pull.sum()
        second = share[None, :] / (1 - share[:, None]) * share[:, None]
        np.fill_diagonal(second, 0.0)
        return np.asarray(share + second.sum(axis=0), dtype=np.float64)

    def _log(
        self,
        learner: NDArray[np.int64],
        section: NDArray[np.int64],
        place: NDArray[np.int64],
        propensity: Values,
        rng: np.random.Generator,
    ) -> pl.DataFrame:
        reward = rng.random(len(learner)) < self.chance[learner, section]
        return pl.DataFrame(
            {
                "learner_id": [f"l{u:04}" for u in learner],
                "list_id": [f"list-{u:04}" for u in learner],
                "section_id": [f"s{s:02}" for s in section],
                "position": place + 1,
                "propensity": propensity,
                "policy": "known",
                "reward": reward.astype(np.float64),
            },
            schema=LOGGED,
        )


@pytest.fixture(scope="session")
def toy() -> Toy:
    """Three hundred learners, twelve sections; rewards differ by learner and by section."""
    rng = np.random.default_rng(1)
    level = rng.normal(-1.2, 1.0, (300, 1)) + rng.normal(0.0, 1.2, (300, 12))
    return Toy(1 / (1 + np.exp(-level)), np.exp(rng.normal(0.0, 0.8, 12)))


@pytest.fixture(scope="session")
def meet() -> Callable[[pl.DataFrame, pl.DataFrame, int], Overlap]:
    """Joins a log and lists: ``meet(log, lists, k)``."""

    def join(log: pl.DataFrame, lists: pl.DataFrame, k: int) -> Overlap:
        return overlap(log, target_of(lists, k), k)

    return join
