"""No count under ten leaves the register, alone, in a sum or by subtraction."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from recsys.planning.gaps.pools import LEAST_PERSONS, NO_POOL, pools

PATHS = [(f"g{number // 4}", f"t{number // 8}") for number in range(16)]
COUNTS = st.lists(
    st.lists(st.integers(0, 30), min_size=16, max_size=16), min_size=1, max_size=3
).map(lambda rows: np.array(rows, dtype=np.int64))


@given(COUNTS)
def test_every_pool_holds_ten_persons_in_every_month_and_no_hidden_cell_is_alone(
    counts: np.ndarray,
) -> None:
    pool = pools(counts, PATHS)
    for number in range(int(pool.max(initial=NO_POOL)) + 1):
        inside = pool == number
        assert counts[:, inside].sum(axis=1).min() >= LEAST_PERSONS
        if inside.sum() == 1:
            assert counts[:, inside].min() >= LEAST_PERSONS


@given(COUNTS)
def test_without_a_pool_are_only_cells_of_an_area_that_has_none(counts: np.ndarray) -> None:
    pool = pools(counts, PATHS)
    if (pool == NO_POOL).any():
        assert (pool == NO_POOL).all()


def test_the_last_hidden_cell_of_a_group_takes_the_smallest_open_one_with_it() -> None:
    pool = pools(np.array([[40, 12, 25, 3]]), [("g", "t")] * 4)
    assert pool[1] == pool[3]
    assert len({pool[0], pool[1], pool[2]}) == 3


def test_small_groups_are_told_together() -> None:
    pool = pools(np.array([[2, 3, 4, 5, 30, 40]]), [(f"g{n // 2}", "t") for n in range(6)])
    assert len(set(pool[:4].tolist())) == 1
    assert len(set(pool.tolist())) == 3


def test_a_cell_under_ten_in_one_month_is_hidden_in_all() -> None:
    assert pools(np.array([[15], [9]]), [("g", "t")]).tolist() == [NO_POOL]
    assert pools(np.zeros((0, 1), dtype=np.int64), [("g", "t")]).tolist() == [NO_POOL]
