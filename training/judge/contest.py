"""What each learner gets from the judged lists, held against other lists and the oracle."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from training.judge.values import Values, ratio_of
from training.metrics.intervals import bootstrap


@dataclass(frozen=True, slots=True)
class Contest:
    """What each learner gets from the judged lists, and could get at best.

    Attributes:
        value: Value@k of the judged lists; shape (learners,).
        oracle: Value@k of the best allowed lists; same shape.
        k: length judged.
        seed: of the bootstrap.
    """

    value: Values
    oracle: Values
    k: int
    seed: int

    def worth(self, value: Values) -> dict[str, Any]:
        """Mean Value@k of any lists for these learners, and its ratio to the oracle's."""
        ratio = ratio_of(value, self.oracle, seed=self.seed)
        return {
            f"value_at_{self.k}": float(value.mean()),
            f"value_at_{self.k}_over_oracle": ratio.value,
            "low": ratio.low,
            "high": ratio.high,
        }

    def against(self, other: Values) -> dict[str, Any]:
        """How much better the judged lists are than others for the same learners.

        Returns:
            The worth of the others, ours over theirs, the paired difference of value with
            its interval, and ``better``: true or false where the whole interval is on one side
            of 0, else null.
        """
        (gap,) = bootstrap(np.sort(self.value - other)[:, None], seed=self.seed)
        mean = float(other.mean())
        return {
            **self.worth(other),
            "ours_over_it": float(self.value.mean()) / mean if mean > 0 else None,
            "difference": {"mean": gap.mean, "low": gap.low, "high": gap.high},
            "better": True if gap.low > 0 else False if gap.high < 0 else None,
        }
