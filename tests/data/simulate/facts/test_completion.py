"""Who has paid completes, who lives far drops away: over quarters of the seats kept."""

import numpy as np
import pytest
from numpy.typing import NDArray

from data.simulate.terms.choice import pair_km
from tests.data.simulate.facts.conftest import Lived

Kept = tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]
"""Yuan paid, kilometres (nan online) and completion of each seat that was kept."""


def kept_seats(city: Lived) -> Kept:
    parts: list[Kept] = []
    for done in city.state.done[:-1]:
        seats, outcome = done.result.seats, done.result.outcome
        assert outcome is not None
        stayed = ~outcome.dropped
        learner, section = seats.learner[stayed], seats.section[stayed]
        km = pair_km(city.laid.world, done.sections, learner, section)
        online = done.sections.venue[section] < 0
        paid = done.sections.net_yuan[section]
        parts.append((paid, np.where(online, np.nan, km), outcome.completed[stayed]))
    yuan, far, completed = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    return yuan, far, completed


def by_quarter(amount: NDArray[np.float64], completed: NDArray[np.bool_]) -> list[float]:
    """Share completed in each quarter of the seats, by a rising amount."""
    known = np.isfinite(amount)
    edges = np.quantile(amount[known], [0.25, 0.5, 0.75])
    quarter = np.searchsorted(edges, amount[known])
    return [float(completed[known][quarter == number].mean()) for number in range(4)]


def test_in_one_city_the_far_complete_less_quarter_by_quarter_and_the_dearest_more(
    pilot: Lived,
) -> None:
    yuan, km, completed = kept_seats(pilot)
    far = by_quarter(km, completed)
    assert far == sorted(far, reverse=True)
    dear = by_quarter(yuan, completed)
    # quality differs by course too: in one city the quarters between may change places
    assert dear[-1] > dear[0] + 0.05


@pytest.mark.slow
def test_over_ten_cities_completion_rises_with_the_price_and_falls_with_distance(
    ten_pilots: list[Lived],
) -> None:
    yuan, km, completed = (
        np.concatenate(columns)
        for columns in zip(*(kept_seats(city) for city in ten_pilots), strict=True)
    )
    assert (np.diff(by_quarter(yuan, completed)) > 0).all()
    assert (np.diff(by_quarter(km, completed)) < 0).all()
