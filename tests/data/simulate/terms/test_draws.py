import numpy as np
import pytest

from data.simulate.terms.draws import drawn

WEIGHTS = np.array([4.0, 2.0, 1.0, 1.0, 0.5])


@pytest.mark.parametrize("depth", [1, 3, 5])
def test_no_choice_is_drawn_twice_in_a_row(depth: int) -> None:
    rows = drawn(WEIGHTS, 500, depth, np.random.default_rng(1))
    assert rows.shape == (500, depth)
    assert all(len(set(row)) == depth for row in rows.tolist())
    assert rows.min() >= 0


def test_the_order_follows_the_law_of_log_weights_with_gumbel_noise() -> None:
    n = 100_000
    rows = drawn(WEIGHTS, n, 2, np.random.default_rng(2))
    share = WEIGHTS / WEIGHTS.sum()
    for first in range(len(WEIGHTS)):
        for second in range(len(WEIGHTS)):
            if first == second:
                continue
            expected = share[first] * share[second] / (1 - share[first])
            found = ((rows[:, 0] == first) & (rows[:, 1] == second)).mean()
            assert found == pytest.approx(expected, abs=4 * np.sqrt(expected / n))


def test_a_choice_of_overwhelming_weight_still_leaves_room_for_the_others() -> None:
    rows = drawn(np.array([1e6, 1.0, 1.0]), 200, 3, np.random.default_rng(3))
    assert (rows[:, 0] == 0).all()
    assert (np.sort(rows, axis=1) == np.arange(3)).all()


def test_the_same_stream_gives_the_same_draws() -> None:
    one, two = (drawn(WEIGHTS, 50, 4, np.random.default_rng(4)) for _ in range(2))
    assert (one == two).all()


def test_nobody_needs_no_draws() -> None:
    assert drawn(WEIGHTS, 0, 3, np.random.default_rng(5)).shape == (0, 3)
