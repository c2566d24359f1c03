"""Log odds by cell: ridge-shrunk tables fitted one after the other, each with its own shrinkage.

Every table's cells are draws from a normal distribution around 0; its variance is estimated from
the cells themselves (empirical Bayes), so that a table that says nothing shrinks to nothing and
needs no tuning. One Newton step per table and sweep.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from features.shown import ASKED, LOOKED
from recsys.columns import Reals
from recsys.rankers.fold_in import Log, gradients, sigmoid
from training.ranker.pairs import TABLES, Pairs

LONGEST_STEP: Final = 2.0
"""Most log odds that a cell moves in one step."""
SHRINKAGE: Final = (0.02, 1e4)
"""Bounds of a table's precision."""
CELL_SEEN: Final = 1e-9
"""Curvature below which a cell says nothing."""


@dataclass
class Odds:
    """Tables while they are fitted.

    Attributes:
        pairs: what they are fitted to.
        log: the same as ``recsys.rankers.fold_in`` reads it; ``base`` isn't used.
        cells: by table, the log odds of each cell.
        precision: by table, one over the variance of its cells.
        levels: log odds of asking, and of looking or asking, where every table is 0.
        total: log odds of each pair, the offset included.
    """

    pairs: Pairs
    log: Log
    cells: dict[str, Reals]
    levels: Reals
    total: Reals
    precision: dict[str, float] = field(default_factory=lambda: dict.fromkeys(TABLES, 1.0))

    @classmethod
    def flat(cls, pairs: Pairs, sizes: Mapping[str, int]) -> "Odds":
        """Nothing learned yet: the levels of the whole log."""
        none = np.zeros(len(pairs))
        log = Log(none, pairs.outcome, pairs.open_to, pairs.slots, pairs.topic)
        asked = (pairs.outcome == ASKED)[pairs.open_to].mean()
        levels = np.array([_logit(asked), _logit((pairs.outcome >= LOOKED).mean())])
        return cls(pairs, log, {name: np.zeros(sizes[name]) for name in TABLES}, levels, none)

    def sweep(self, offset: Reals, times: int) -> None:
        """Move every table towards its mode.

        Args:
            offset: log odds of each pair that no table holds; shape (pairs,).
            times: sweeps.
        """
        self.total = offset.copy()
        for name in TABLES:
            self.total += self.cells[name][self.pairs.cells[name]]
        for _ in range(times):
            for name in TABLES:
                self._step(name)
            self._settle()

    def _step(self, name: str) -> None:
        """One Newton step of a table, then the variance of its cells."""
        at, old = self.pairs.cells[name], self.cells[name]
        slope, curve = gradients(self.levels, self.total, self.log)
        pull: Reals = np.bincount(at, slope, len(old)).astype(np.float64)
        weight: Reals = np.bincount(at, curve, len(old)).astype(np.float64)
        shrinkage = self.precision[name]
        aim = (old * weight + pull) / (weight + shrinkage)
        step = np.clip(aim - old, -LONGEST_STEP, LONGEST_STEP)
        self.cells[name] = old + step
        self.total += step[at]
        seen = weight > CELL_SEEN
        if seen.any():
            spread = self.cells[name][seen] ** 2 + 1 / (weight[seen] + shrinkage)
            self.precision[name] = float(np.clip(1 / spread.mean(), *SHRINKAGE))

    def _settle(self) -> None:
        """Set the levels so that as many ask and look as did."""
        open_to, asked = self.pairs.open_to, self.pairs.outcome == ASKED
        looked = self.pairs.outcome >= LOOKED
        for _ in range(2):
            asks = sigmoid(self.total + self.levels[0])[open_to]
            looks = sigmoid(self.total + self.levels[1])
            miss = [(asked[open_to] - asks).sum(), (looked - looks).sum()]
            curve = [(asks * (1 - asks)).sum(), (looks * (1 - looks)).sum()]
            self.levels = self.levels + np.array(miss) / np.array(curve)


def by_learner_and_topic(
    values: Reals, pairs: Pairs, learners: int, topics: int
) -> NDArray[np.float64]:
    """Sums over the pairs of each learner and topic, shape (learners, topics)."""
    sums = np.bincount(pairs.learner * topics + pairs.topic, values, learners * topics)
    return sums.reshape(learners, topics).astype(np.float64)


def _logit(share: float) -> float:
    return float(np.log(share / (1 - share)))
