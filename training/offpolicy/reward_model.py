"""A plain model of the reward, for the doubly robust estimate; cross-fitted over learners."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from training.metrics.calibration import brier, calibration_line, expected_calibration_error
from training.offpolicy.errors import OffPolicyError
from training.offpolicy.overlap import Overlap

Values = NDArray[np.float64]

FOLDS: Final = 5
PAIR: Final = ("learner_id", "section_id")


@dataclass(frozen=True, slots=True)
class Expected:
    """Expected rewards, each from a model that didn't see that learner.

    Attributes:
        logged: of the logged entries; shape (logged entries,).
        target: of the target entries; shape (target entries,).
        brier: mean squared error on the logged entries.
        base_brier: the same of telling everybody the mean rate.
        calibration_error: expected calibration error on the logged entries.
        slope: calibration slope on the logged entries, 1 is right.
    """

    logged: Values
    target: Values
    brier: float
    base_brier: float
    calibration_error: float
    slope: float


def expected_rewards(
    found: Overlap, features: pl.DataFrame, *, seed: int, folds: int = FOLDS
) -> Expected:
    """Logistic regressions on standardised features, one per fold of learners.

    A logistic regression with an intercept is calibrated in the large by construction; how well
    it is calibrated elsewhere is told with it. The estimate stays right where the model is poor.

    Args:
        found: log and target.
        features: learner_id, section_id and numeric or boolean columns; a missing pair or value
            takes the column's mean over the log.
        seed: of the folds.
        folds: models fitted; fewer where there are fewer learners.

    Raises:
        OffPolicyError: a single learner, or no feature column.
    """
    if found.learners < 2:
        message = "one learner can't be split into folds; a reward model needs at least two"
        raise OffPolicyError(message)
    logged, target = _standardised(found, features)
    rewards = found.column("reward")
    fold_of = np.random.default_rng(seed).permutation(found.learners) % min(folds, found.learners)
    of_logged = fold_of[found.logged["learner"].to_numpy()]
    of_target = fold_of[found.target["learner"].to_numpy()]
    known, told = np.zeros(len(logged)), np.zeros(len(target))
    for fold in range(int(fold_of.max()) + 1):
        others, mine, asked = of_logged != fold, of_logged == fold, of_target == fold
        questions = np.concatenate([logged[mine], target[asked]])
        answers = _fitted(logged[others], rewards[others], questions)
        known[mine], told[asked] = answers[: mine.sum()], answers[mine.sum() :]
    return Expected(
        logged=known,
        target=told,
        brier=brier(known, rewards),
        base_brier=brier(np.full(len(rewards), rewards.mean()), rewards),
        calibration_error=expected_calibration_error(known, rewards),
        slope=calibration_line(known, rewards).slope,
    )


def _standardised(found: Overlap, features: pl.DataFrame) -> tuple[Values, Values]:
    """Features of logged and target entries, mean 0 and deviation 1 over the log."""
    names = [name for name in features.columns if name not in PAIR]
    if not names:
        message = "a reward model needs at least one feature beside learner_id and section_id"
        raise OffPolicyError(message)
    once = features.unique(PAIR, keep="first", maintain_order=True)
    logged, target = (
        entries.select(PAIR)
        .join(once, on=PAIR, how="left", maintain_order="left")
        .select(pl.col(names).cast(pl.Float64).fill_null(np.nan))
        .to_numpy()
        for entries in (found.logged, found.target)
    )
    there = np.isfinite(logged)
    counts = np.maximum(there.sum(axis=0), 1)
    centre = np.where(there, logged, 0.0).sum(axis=0) / counts
    spread = np.sqrt((np.where(there, logged - centre, 0.0) ** 2).sum(axis=0) / counts)
    scale = np.where(spread > 0, spread, 1.0)
    return _filled((logged - centre) / scale), _filled((target - centre) / scale)


def _filled(columns: Values) -> Values:
    return np.where(np.isfinite(columns), columns, 0.0)


def _fitted(features: Values, rewards: Values, asked: Values) -> Values:
    """Expected rewards of ``asked``; the mean rate where only one outcome was seen."""
    if len(asked) == 0 or rewards.min(initial=1.0) == rewards.max(initial=0.0):
        return np.full(len(asked), rewards.mean() if len(rewards) else 0.0)
    # imported late: few verbs need it, and it takes long to import
    from sklearn.linear_model import LogisticRegression

    # one thread: threads gain nothing on so few columns and would change the rounding
    with threadpool_limits(limits=1):
        model = LogisticRegression(max_iter=1000).fit(features, rewards)
    return np.asarray(model.predict_proba(asked)[:, 1], dtype=np.float64)
