"""Inclusion estimators of a policy's value: IPS, SNIPS, doubly robust.

Symbols: learner u of n, visits of u averaged; ``p_s`` the logged probability that section s was
in the shown list; ``pi_s`` the probability that the target shows s within k; ``r_s`` the reward;
``w_s = min(pi_s / p_s, M)``, M the clipping level; ``F = mean_u (1/k) sum_s pi_s``, the share of
the k places that the target fills (1 for full lists). Sums run over logged entries but where
they say otherwise.

The estimand: ``V = mean_u (1/k) sum_{s of the target} pi_s P(r_s = 1 | s is seen)``.
"""

from collections.abc import Callable
from dataclasses import dataclass
from statistics import NormalDist
from typing import Final

import numpy as np
from numpy.typing import NDArray

from training.metrics.intervals import resampled_means
from training.offpolicy.overlap import Overlap

Values = NDArray[np.float64]

DRAWS: Final = 1_000
NORMAL: Final = NormalDist()


@dataclass(frozen=True, slots=True)
class Settings:
    """How estimates are made.

    Attributes:
        clip: highest weight M; None clips nothing.
        confidence: probability the intervals are made for.
        seed: of the bootstrap.
        draws: resamples of learners.
    """

    clip: float | None = None
    confidence: float = 0.95
    seed: int = 0
    draws: int = DRAWS


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value at k with two intervals.

    Attributes:
        method: ips, snips, doubly_robust, or what else was estimated.
        value: reward per place.
        low: lower end, percentile bootstrap over learners.
        high: upper end of the same.
        asymptotic_low: lower end of the normal interval with learners as clusters.
        asymptotic_high: upper end of the same.
        n: learners.
    """

    method: str
    value: float
    low: float
    high: float
    asymptotic_low: float
    asymptotic_high: float
    n: int


def weights(found: Overlap, clip: float | None = None) -> Values:
    """``w_s`` of each logged entry, 0 where the target doesn't show it; shape (entries,)."""
    raw = found.column("shown") / found.column("propensity")
    return raw if clip is None else np.minimum(raw, clip)


def ips(found: Overlap, settings: Settings) -> Estimate:
    """Inverse propensity scoring [horvitz1952generalization].

    ``V = mean_u (1/k) sum_s w_s r_s``. Unbiased without clipping where every section of the
    target has a positive, rightly logged propensity; a wrong one moves it.
    """
    rewarded = found.per_learner(weights(found, settings.clip) * found.column("reward"))
    return _of_means("ips", rewarded[:, None], _first, rewarded, settings)


def snips(found: Overlap, settings: Settings) -> Estimate:
    """Self-normalised inverse propensity scoring [swaminathan2015snips].

    ``V = F sum_u sum_s w_s r_s / sum_u sum_s w_s``. Biased by the order of 1/n, steadier than
    IPS, never out of the range of the rewards, and unmoved by a factor common to all
    propensities.
    """
    weight = weights(found, settings.clip)
    rewarded = found.per_learner(weight * found.column("reward"))
    columns = np.column_stack([rewarded, found.per_learner(weight), filled(found)])
    a, b, f = columns.mean(axis=0)
    value = f * a / b if b else np.nan
    # what each learner adds to the linearised ratio
    influence = (f * columns[:, 0] - value * columns[:, 1] + a * columns[:, 2]) / (b or np.nan)
    return _of_means("snips", columns, _ratio, influence, settings)


def doubly_robust(
    found: Overlap, expected: Values, expected_of_target: Values, settings: Settings
) -> Estimate:
    """The reward model's value, corrected where the log contradicts it [dudik2011doubly].

    ``V = mean_u (1/k) (sum_{s of the target} pi_s q_s + sum_s w_s (r_s - q_s))``. Right when
    either the propensities or the model q are; narrower than IPS the better the model.

    Args:
        found: log and target.
        expected: ``q_s`` of each logged entry, from a model that didn't see that learner; shape
            (logged entries,).
        expected_of_target: ``q_s`` of each target entry; shape (target entries,).
        settings: clipping, confidence, seed.
    """
    surprise = found.column("reward") - expected
    corrected = found.per_learner(weights(found, settings.clip) * surprise)
    direct = found.per_learner_of_target(found.target["shown"].to_numpy() * expected_of_target)
    total = direct + corrected
    return _of_means("doubly_robust", total[:, None], _first, total, settings)


def observed_rate(found: Overlap, settings: Settings) -> Estimate:
    """What the logged lists themselves earned: rewards per shown section, all entries alike."""
    # per_learner scales by the visits, which a plain rate must not
    scale = found.column("scale")
    columns = np.column_stack(
        [
            found.per_learner(found.column("reward") / scale),
            found.per_learner(1.0 / scale),
            np.ones(found.learners),
        ]
    )
    a, b, _ = columns.mean(axis=0)
    influence = (columns[:, 0] - a / b * columns[:, 1]) / b + a / b
    return _of_means("observed", columns, _ratio, influence, settings)


def filled(found: Overlap) -> Values:
    """Share of the k places that the target fills for each learner; shape (learners,)."""
    return found.per_learner_of_target(found.target["shown"].to_numpy())


def interval_of(
    columns: Values, statistic: Callable[[Values], Values], settings: Settings
) -> tuple[float, float]:
    """Percentile interval of a statistic of means over learners.

    Args:
        columns: one row per learner; shape (learners, columns).
        statistic: from means, shape (draws, columns), to values, shape (draws,).
        settings: confidence, seed and draws.
    """
    means = resampled_means(columns, seed=settings.seed, draws=settings.draws)
    tail = (1 - settings.confidence) / 2
    low, high = np.quantile(statistic(means), [tail, 1 - tail])
    return float(low), float(high)


def _of_means(
    method: str,
    columns: Values,
    statistic: Callable[[Values], Values],
    influence: Values,
    settings: Settings,
) -> Estimate:
    """A statistic of means over learners, with both intervals."""
    value = float(statistic(columns.mean(axis=0, keepdims=True))[0])
    low, high = interval_of(columns, statistic, settings)
    n = len(influence)
    error = float(influence.std(ddof=1)) / n**0.5 if n > 1 else float("nan")
    reach = NORMAL.inv_cdf((1 + settings.confidence) / 2) * error
    return Estimate(method, value, low, high, value - reach, value + reach, n)


def _first(means: Values) -> Values:
    return means[:, 0]


def _ratio(means: Values) -> Values:
    """The third mean times the first over the second; NaN where nothing weighs anything."""
    parts = np.full(len(means), np.nan)
    np.divide(means[:, 2] * means[:, 0], means[:, 1], out=parts, where=means[:, 1] > 0)
    return parts
