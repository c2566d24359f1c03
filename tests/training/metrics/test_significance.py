import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import bootstrap as reference_bootstrap
from scipy.stats import permutation_test

from training.errors import EvaluationError
from training.metrics.significance import (
    EXACT_UP_TO,
    compare,
    compare_all,
    holm,
    paired_bootstrap,
    sign_flip_test,
)


def pair(seed: int, n: int, gain: float) -> tuple[np.ndarray, np.ndarray]:
    """Skewed values of two models; a is better by ``gain`` on average."""
    rng = np.random.default_rng(seed)
    b = rng.beta(0.5, 3.0, n)
    return b + gain + rng.exponential(0.2, n) - 0.2, b


def test_intervals_agree_with_scipy() -> None:
    a, b = pair(0, 60, 0.1)
    told = paired_bootstrap(a, b, seed=1, draws=100_000)
    for method, low, high in (
        ("percentile", told.low, told.high),
        ("BCa", told.bca_low, told.bca_high),
    ):
        rng = np.random.default_rng(2)
        known = reference_bootstrap(
            (a - b,), np.mean, n_resamples=100_000, method=method, rng=rng
        ).confidence_interval
        assert low == pytest.approx(known.low, abs=0.003)
        assert high == pytest.approx(known.high, abs=0.003)
    assert told.bca_high > told.high


@pytest.mark.parametrize("kind", ["percentile", "bca"])
def test_intervals_hold_the_true_difference_as_often_as_they_say(kind: str) -> None:
    held = 0
    for seed in range(300):
        told = paired_bootstrap(*pair(seed, 50, 0.1), seed=seed, draws=400)
        ends = (told.low, told.high) if kind == "percentile" else (told.bca_low, told.bca_high)
        held += ends[0] <= 0.1 <= ends[1]
    assert 0.89 <= held / 300 <= 0.985


@pytest.mark.parametrize("n", [3, 6, 10])
def test_the_exact_test_agrees_with_scipy(n: int) -> None:
    a, b = pair(n, n, 0.1)
    known = permutation_test(
        (a, b), lambda x, y: np.mean(x - y), permutation_type="samples", n_resamples=np.inf
    )
    assert sign_flip_test(a, b, seed=0) == pytest.approx(known.pvalue)


def test_the_sampled_test_is_near_the_exact_one() -> None:
    """Sixteen differences are listed in full; a seventeenth, all but 0, makes it a sample."""
    a, b = pair(5, EXACT_UP_TO, 0.0)
    exact = sign_flip_test(a, b, seed=0)
    sampled = sign_flip_test(np.append(a, 1e-9), np.append(b, 0.0), seed=0)
    assert 0.02 < exact < 0.9
    assert sampled == pytest.approx(exact, abs=0.02)


def test_learners_without_a_difference_say_nothing() -> None:
    a, b = pair(1, 8, 0.1)
    same = np.full(1000, 0.4)
    longer = np.concatenate([a, same]), np.concatenate([b, same])
    assert sign_flip_test(*longer, seed=0) == sign_flip_test(a, b, seed=0)
    assert sign_flip_test(same, same, seed=0) == 1.0


def test_the_sampled_p_is_never_zero() -> None:
    assert sign_flip_test(np.ones(40), np.zeros(40), seed=0, flips=99) == pytest.approx(0.01)


@pytest.mark.parametrize("n", [8, 40])
def test_alike_models_are_told_apart_no_oftener_than_the_level(n: int) -> None:
    rng = np.random.default_rng(0)
    found = [
        sign_flip_test(*rng.normal(size=(2, n)), seed=seed, flips=400) < 0.05 for seed in range(400)
    ]
    assert np.mean(found) < 0.085


@given(st.lists(st.floats(1e-6, 1.0), min_size=1, max_size=12))
def test_holm_only_raises_keeps_the_order_and_is_gentler_than_bonferroni(ps: list[float]) -> None:
    given_ps = np.array(ps)
    adjusted = holm(given_ps)
    assert (adjusted >= given_ps - 1e-12).all()
    assert (adjusted <= np.minimum(given_ps * len(ps), 1.0) + 1e-12).all()
    order = np.argsort(given_ps, kind="stable")
    assert (np.diff(adjusted[order]) >= 0).all()


def test_holm_of_a_textbook_case() -> None:
    assert holm(np.array([0.01, 0.04, 0.03, 0.005])) == pytest.approx([0.03, 0.06, 0.06, 0.02])


def test_a_clear_gain_is_better_and_the_other_way_round_worse() -> None:
    a, b = pair(3, 200, 0.1)
    told, turned = compare(a, b, seed=0), compare(b, a, seed=0)
    assert (told.better, turned.better) == (True, False)
    assert told.p == turned.p < 0.01
    assert told.difference.mean == pytest.approx(-turned.difference.mean)


def test_noise_is_neither_better_nor_worse() -> None:
    a, b = pair(3, 200, 0.0)
    told = compare(a, b, seed=0)
    assert told.better is None
    assert told.difference.low < 0 < told.difference.high


def test_an_interval_alone_is_not_enough() -> None:
    """Five learners all gain: the interval lies above 0, the exact test can't go below 2 / 32."""
    told = compare(np.arange(1.0, 6.0), np.zeros(5), seed=0)
    assert told.difference.bca_low > 0
    assert told.p == 0.0625
    assert told.better is None


def test_many_comparisons_take_more_proof() -> None:
    """The same pair is better alone, and not among forty of noise."""
    rng = np.random.default_rng(0)
    a = rng.normal(0.0, 1.0, 60)
    near = a - rng.normal(0.5, 1.5, 60)
    alone = compare(a, near, seed=0)
    others = {f"noise {n}": a + rng.normal(size=60) for n in range(40)}
    among = compare_all(a, {"near": near, **others}, seed=0)
    assert alone.better is True
    assert among["near"].p == alone.p
    assert among["near"].p_adjusted > alone.p_adjusted
    assert among["near"].better is None
    assert all(told.better is None for told in among.values())


def test_nothing_to_compare_is_an_empty_table() -> None:
    assert compare_all(np.ones(3), {}, seed=0) == {}


@pytest.mark.parametrize("lengths", [(0, 0), (3, 4)])
def test_other_learners_or_none_are_refused(lengths: tuple[int, int]) -> None:
    a, b = (np.zeros(n) for n in lengths)
    for judge in (paired_bootstrap, sign_flip_test, compare):
        with pytest.raises(EvaluationError, match="the same learners, at least one"):
            judge(a, b, seed=0)
