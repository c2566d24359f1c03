"""Labour markets without the rest of the city: a whole region, and one district.

The region has little text, so that it is quick; its planted cells are all there.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray

from data.simulate.labour.advertisements import posting_rows
from data.simulate.labour.market import Labour, make_labour
from data.simulate.labour.planted import NEIGHBOUR, SERVED, Planted, plant
from data.simulate.labour.reach import reachable_seats
from data.simulate.labour.truth import gap_rows
from data.simulate.params import SimulationParams
from data.simulate.place.districts import DISTRICTS
from data.simulate.place.places import Map, make_map
from data.simulate.streams import Streams
from data.simulate.topics import skills

SEED = 11


@dataclass(frozen=True, slots=True)
class Market:
    """A labour market with all it was made from."""

    params: SimulationParams
    streams: Streams
    city: Map
    planted: Planted
    labour: Labour

    def postings(self) -> pl.DataFrame:
        """Its advertisements."""
        return posting_rows(self.params, self.labour, self.city, self.streams)


def market_of(params: SimulationParams, seed: int = SEED) -> Market:
    """The labour market of these parameters."""
    streams = Streams(seed)
    city = make_map(params, streams.of("places"))
    planted = plant(params, city, streams.of("planted"))
    return Market(params, streams, city, planted, make_labour(params, city, planted, streams))


@pytest.fixture(scope="session")
def region() -> Market:
    """All thirteen districts."""
    params = SimulationParams(districts=tuple(DISTRICTS), postings=150_000, labour_months=12)
    return market_of(params)


@pytest.fixture(scope="session")
def postings(region: Market) -> pl.DataFrame:
    """The region's advertisements."""
    return region.postings()


@pytest.fixture(scope="session")
def seats(region: Market) -> NDArray[np.float64]:
    """Completers a month: courses wherever a planted cell is to be taught, by the vacancies."""
    towns, planted = region.city.towns, region.planted
    rows = np.flatnonzero(np.isin(planted.kind, (SERVED, NEIGHBOUR)))
    wanted = region.labour.vacancies.mean(axis=0)[planted.district[rows], planted.skill[rows]]
    seat = [int(np.flatnonzero(towns.district == home)[0]) for home in planted.district[rows]]
    near = np.where(planted.near[rows] >= 0, planted.near[rows], seat)
    taught = np.column_stack([planted.skill[rows], np.full((len(rows), 2), -1)])
    return reachable_seats(region.city, towns.lon[near], towns.lat[near], 3 * wanted, taught)


@pytest.fixture(scope="session")
def gaps(region: Market, seats: NDArray[np.float64]) -> pl.DataFrame:
    """The region's truth."""
    return gap_rows(region.labour, region.planted, seats, region.city)


@pytest.fixture(scope="session")
def skill_names() -> pl.Series:
    """Skill ids by index."""
    return pl.Series([skill.skill_id for skill in skills()])
