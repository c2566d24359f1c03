import numpy as np
import pytest

from data.simulate.labour.reach import (
    decay,
    district_shares,
    population_shares,
    reachable_seats,
)
from data.simulate.place.journeys import transit_minutes
from data.simulate.topics import skills
from tests.data.simulate.labour.conftest import Market


def test_the_will_to_travel_falls_from_one_to_nothing_at_thirty_minutes() -> None:
    assert decay(np.array([0.0, 29.999, 30.0, 45.0])) == pytest.approx([1, 0, 0, 0], abs=1e-4)
    assert (np.diff(decay(np.linspace(0, 30, 50))) < 0).all()


def test_a_journey_takes_twelve_minutes_and_four_for_each_kilometre() -> None:
    assert transit_minutes(np.array([0.0, 1.0, 20.0])) == pytest.approx([12, 16.05, 93])


def test_no_seat_is_lost_or_won(region: Market) -> None:
    rng = np.random.default_rng(0)
    towns, n = region.city.towns, 500
    town = rng.integers(0, len(towns.codes), n)
    lon = towns.lon[town] + rng.normal(0, 0.05, n)
    lat = towns.lat[town] + rng.normal(0, 0.05, n)
    lon[::7] = lat[::7] = np.nan
    seats = rng.gamma(2.0, 10.0, n)
    taught = rng.integers(-1, len(skills()), (n, 3))
    reached = reachable_seats(region.city, lon, lat, seats, taught)
    assert reached.shape == (13, len(skills()))
    assert reached.sum() == pytest.approx((seats * (taught >= 0).sum(axis=1)).sum(), rel=1e-12)
    for skill in (0, 17, len(skills()) - 1):
        count = (taught == skill).sum(axis=1)
        assert reached[:, skill].sum() == pytest.approx((seats * count).sum(), abs=1e-9)


def test_seats_online_reach_everyone_by_population(region: Market) -> None:
    nowhere = np.array([np.nan])
    taught = np.array([[3, -1, -1]])
    reached = reachable_seats(region.city, nowhere, nowhere, np.array([100.0]), taught)
    assert reached[:, 3] == pytest.approx(100 * population_shares(region.city))
    assert reached[:, 4].sum() == 0


def test_seats_in_a_county_seat_stay_in_the_county(region: Market) -> None:
    towns = region.city.towns
    county = [row.name for row in region.city.districts].index("淳安县")
    seat = np.flatnonzero(towns.district == county)[:1]
    share = district_shares(region.city, towns.lon[seat], towns.lat[seat])
    assert share[0, county] == 1.0


def test_a_venue_out_of_all_towns_reach_serves_the_nearest(region: Market) -> None:
    share = district_shares(region.city, np.array([118.40]), np.array([29.25]))
    assert share.sum() == pytest.approx(1)
    assert np.count_nonzero(share) == 1


def test_no_sections_leave_no_seats(region: Market) -> None:
    nothing = np.empty(0)
    reached = reachable_seats(region.city, nothing, nothing, nothing, np.empty((0, 3), np.int64))
    assert reached.sum() == 0
