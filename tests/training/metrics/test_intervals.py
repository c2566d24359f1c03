import math

import numpy as np
import pytest

from training.metrics.intervals import bootstrap, resampled_means


def test_intervals_hold_the_truth_about_as_often_as_they_say() -> None:
    rng = np.random.default_rng(3)
    samples = rng.beta(0.3, 1.2, size=(200, 80))
    held = [
        found.low <= 0.2 <= found.high
        for sample in samples
        for found in bootstrap(sample[:, None], seed=5, draws=300)
    ]
    assert 0.86 <= np.mean(held) <= 0.99


def test_the_same_seed_gives_the_same_interval_and_another_does_not() -> None:
    values = np.random.default_rng(0).random((50, 1))
    assert bootstrap(values, seed=1) == bootstrap(values, seed=1)
    assert bootstrap(values, seed=1) != bootstrap(values, seed=2)


def test_the_interval_of_a_constant_gap_has_no_width() -> None:
    """Both models are drawn on the same learners, so what they share cancels."""
    values = np.random.default_rng(0).random((50, 1))
    (gap,) = bootstrap((values + 0.1) - values, seed=1)
    assert gap.low == pytest.approx(gap.high) == pytest.approx(0.1)


def test_more_learners_make_narrower_intervals() -> None:
    values = np.random.default_rng(0).random((4000, 1))
    (few,), (many,) = bootstrap(values[:100], seed=1), bootstrap(values, seed=1)
    assert many.high - many.low < (few.high - few.low) / 3


def test_nobody_judged_is_unknown_not_zero() -> None:
    (none,) = bootstrap(np.zeros((0, 1)), seed=0)
    assert none.n == 0
    assert math.isnan(none.mean)


def test_drawing_in_chunks_gives_as_many_means(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("training.metrics.intervals.CHUNK_CELLS", 30)
    means = resampled_means(np.arange(10.0)[:, None], seed=0, draws=25)
    assert means.shape == (25, 1)
    assert means.mean() == pytest.approx(4.5, abs=0.7)
