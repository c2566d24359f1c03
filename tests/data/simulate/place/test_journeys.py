import numpy as np
import polars as pl

from data.simulate.place.coordinates import distance_km
from data.simulate.place.journeys import NEAR_KM, transit_minutes, travel_time_rows
from tests.data.simulate.place.conftest import Staffed


def test_measured_journeys_take_at_least_the_usual_minutes(three: Staffed) -> None:
    city, venues = three.layout.city, three.layout.world.venues
    rows = travel_time_rows(city, venues, np.random.default_rng(1))
    town = {code: index for index, code in enumerate(city.towns.codes.tolist())}
    home = np.array([town[code] for code in rows["from_division_code"]])
    venue = rows["venue_id"].str.tail(5).cast(pl.Int64).to_numpy()
    km = distance_km(
        city.towns.lon[home], city.towns.lat[home], venues.lon[venue], venues.lat[venue]
    )
    assert rows.height > 100
    assert (km < NEAR_KM).all()
    assert (rows["minutes"].to_numpy() > transit_minutes(km) - 0.06).all()
