import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from scipy.sparse import csr_array

from features.catchment import CITIZEN_MIN, VOCATIONAL_MIN, Catchment, catchment, decay
from features.errors import SupplyError

Floats = NDArray[np.float64]


def _minutes(rows: list[list[float]]) -> csr_array:
    return csr_array(np.array(rows, dtype=np.float32))


def _table(values: Floats | csr_array) -> Floats:
    return values.toarray() if isinstance(values, csr_array) else values


def test_two_towns_share_a_school_by_people_and_the_will_to_travel() -> None:
    """100 people at the door, 300 at 15 minutes, counted by hand: f = 1 and .70086..."""
    will = (np.exp(-0.125) - np.exp(-0.5)) / (1 - np.exp(-0.5))
    found = catchment(_minutes([[1e-6], [15.0]]), np.array([100.0, 300.0]), VOCATIONAL_MIN)
    ratio = 40.0 / (100 + 300 * will)
    access = _table(found.access(np.array([40.0])))
    assert access == pytest.approx([ratio, will * ratio])
    assert _table(found.spread(np.array([40.0]))) == pytest.approx(
        [100 * ratio, 300 * will * ratio]
    )


@pytest.mark.parametrize("cut", [CITIZEN_MIN, VOCATIONAL_MIN])
def test_the_will_to_travel_falls_from_one_at_the_door_to_nothing_at_the_cut(cut: float) -> None:
    will = decay(np.linspace(0, cut * 1.2, 50), cut)
    assert will[0] == 1.0
    assert (np.diff(will) <= 0).all()
    assert decay(np.array([cut * (1 - 1e-9), cut, cut * 2]), cut) == pytest.approx(
        [0, 0, 0], abs=1e-8
    )


SIZES = st.tuples(st.integers(1, 7), st.integers(1, 6), st.integers(1, 4))


@st.composite
def worlds(draw: st.DrawFn) -> tuple[Catchment, Floats, NDArray[np.bool_]]:
    """A catchment, its seats and the sites that somebody reaches, people and sites at random."""
    places, sites, kinds = draw(SIZES)
    stored = draw(arrays(np.float64, (places, sites), elements=st.floats(0, 40)))
    people = draw(arrays(np.float64, places, elements=st.sampled_from([0.0, 1.0, 350.5, 1e6])))
    seats = draw(arrays(np.float64, (sites, kinds), elements=st.floats(0, 1e4)))
    given_to = draw(st.booleans())
    nearest = np.argmax(people) * np.ones(sites, dtype=np.int64) if given_to else None
    found = catchment(csr_array(stored), people, VOCATIONAL_MIN, nearest)
    return found, seats, found.served


@given(world=worlds())
def test_no_seat_is_lost_and_none_is_made(
    world: tuple[Catchment, Floats, NDArray[np.bool_]],
) -> None:
    """sum_j A_jk D_j = the seats that anybody reaches, kind by kind, to 1e-9."""
    found, seats, served = world
    there = seats[served].sum(axis=0)
    assert found.people @ found.access(seats) == pytest.approx(there, rel=1e-9, abs=1e-9)
    assert found.spread(seats).sum(axis=0) == pytest.approx(there, rel=1e-9, abs=1e-9)
    sparse = found.access(csr_array(seats))
    assert _table(sparse) == pytest.approx(found.access(seats), rel=1e-9)


@given(world=worlds(), more=st.floats(0, 100))
def test_more_seats_never_leave_anybody_with_less(
    world: tuple[Catchment, Floats, NDArray[np.bool_]], more: float
) -> None:
    found, seats, _ = world
    assert (found.access(seats + more) >= found.access(seats) - 1e-9).all()


def test_a_site_that_nobody_reaches_falls_to_its_nearest_place_and_is_named() -> None:
    minutes, people = _minutes([[10.0, 0.0], [0.0, 0.0]]), np.array([50.0, 20.0])
    lost = catchment(minutes, people, VOCATIONAL_MIN)
    assert lost.stranded.tolist() == [False, True]
    assert lost.served.tolist() == [True, False]
    found = catchment(minutes, people, VOCATIONAL_MIN, np.array([0, 1]))
    assert found.stranded.tolist() == [False, True]
    assert _table(found.spread(np.array([7.0, 3.0]))) == pytest.approx([7.0, 3.0])
    assert found.shares().toarray().sum(axis=0) == pytest.approx([1.0, 1.0])


def test_places_without_people_take_no_seat_but_have_access() -> None:
    found = catchment(_minutes([[5.0], [5.0]]), np.array([0.0, 10.0]), VOCATIONAL_MIN)
    assert _table(found.spread(np.array([4.0]))) == pytest.approx([0.0, 4.0])
    access = _table(found.access(np.array([4.0])))
    assert access[0] == access[1] > 0


@pytest.mark.parametrize("people", [[1.0], [1.0, -1.0], [1.0, float("nan")]])
def test_people_must_fit_the_places(people: list[float]) -> None:
    with pytest.raises(SupplyError, match="expected one"):
        catchment(_minutes([[5.0], [5.0]]), np.array(people), VOCATIONAL_MIN)


def test_seats_must_fit_the_sites() -> None:
    found = catchment(_minutes([[5.0, 5.0]]), np.ones(1), VOCATIONAL_MIN)
    with pytest.raises(SupplyError, match="for 2 sites"):
        found.access(np.ones(3))
