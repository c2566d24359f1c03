import numpy as np
import pytest

from data.simulate.labour.demand import seats_needed
from data.simulate.labour.planted import KINDS, plant
from data.simulate.labour.reach import CIRCLE_MINUTES, reachable_seats, town_minutes
from data.simulate.params import SimulationParams
from data.simulate.place.places import make_map
from data.simulate.streams import Streams
from data.simulate.topics import skills
from tests.data.simulate.labour.conftest import Market


def counts_of(params: SimulationParams) -> dict[str, int]:
    """Planted cells of each kind."""
    streams = Streams(5)
    planted = plant(params, make_map(params, streams.of("places")), streams.of("planted"))
    counts = np.bincount(planted.kind, minlength=len(KINDS))
    return dict(zip(KINDS, counts.tolist(), strict=True))


def test_a_region_holds_every_kind_in_full(region: Market) -> None:
    counts = np.bincount(region.planted.kind, minlength=len(KINDS))
    wanted = (20, 12, 12, 12, 6, 4)
    assert counts.tolist() == list(wanted)


def test_planted_skills_are_vocational_and_used_once(region: Market) -> None:
    planted = region.planted.skill
    assert len(np.unique(planted)) == len(planted)
    assert all(skills()[index].vocational for index in planted.tolist())


def test_districts_out_of_each_others_reach_have_no_neighbour_cells() -> None:
    pilot = counts_of(SimulationParams(districts=("330113", "330114", "330111")))
    assert pilot["neighbour"] == 0
    assert pilot["gap"] == 20


def test_all_kinds_shrink_alike_where_skills_are_too_few() -> None:
    few = counts_of(SimulationParams(planted_most=0.02))
    assert 1 <= few["gap"] < 20
    assert few["served"] == pytest.approx(0.6 * few["gap"], abs=1)
    assert sum(few.values()) <= 0.02 * len(skills())


def test_a_gap_is_taught_neither_there_nor_within_reach(region: Market) -> None:
    planted, barred = region.planted, region.planted.barred(13)
    towns = region.city.towns
    minutes = town_minutes(region.city, towns.lon, towns.lat)
    for home, skill in zip(*(axis.tolist() for axis in planted.cells("gap")), strict=True):
        near = minutes[:, towns.district == home].min(axis=1) < CIRCLE_MINUTES
        assert barred[home, skill]
        assert barred[np.unique(towns.district[near]), skill].all()
        assert not barred[:, skill].all()


def test_what_must_be_taught_is_never_barred(region: Market) -> None:
    barred = region.planted.barred(13)
    favoured = region.planted.favoured()
    assert len(favoured) == 12 + 4
    assert not any(barred[district, skill] for district, skill, _ in favoured)


def test_a_neighbour_is_barred_at_home_and_taught_in_reach_across_the_border(
    region: Market,
) -> None:
    city, planted = region.city, region.planted
    towns = city.towns
    across = [entry for entry in planted.favoured() if entry[2] >= 0]
    homes, taught = planted.cells("neighbour")
    assert len(across) == len(homes) >= 3
    for home, skill, (beside, same, town) in zip(
        homes.tolist(), taught.tolist(), across, strict=True
    ):
        assert skill == same
        assert beside == towns.district[town] != home
        minutes = town_minutes(city, towns.lon[[town]], towns.lat[[town]])[0]
        assert minutes[towns.district == home].min() < CIRCLE_MINUTES
        assert planted.barred(13)[home, skill]


def test_a_spikes_month_stands_out_by_its_factor(region: Market) -> None:
    labour, planted = region.labour, region.planted
    spikes = np.flatnonzero(planted.month >= 0)
    cells = labour.vacancies[:, planted.district[spikes], planted.skill[spikes]]
    peak = cells[planted.month[spikes], np.arange(len(spikes))]
    usual = (cells.sum(axis=0) - peak) / (len(labour.months) - 1)
    assert peak.mean() / usual.mean() == pytest.approx(12, rel=0.4)
    assert (cells.argmax(axis=0) == planted.month[spikes]).all()


def test_half_of_the_spikes_fall_in_the_last_month(region: Market) -> None:
    months = region.planted.month[region.planted.month >= 0]
    assert (months == len(region.labour.months) - 1).sum() >= 3


def test_a_city_may_plant_nothing() -> None:
    none = {f"planted_{name}": 0 for name in ("gaps", "served", "low", "spam", "spikes")}
    assert sum(counts_of(SimulationParams(**none)).values()) == 0  # type: ignore[arg-type]  # whole numbers


def test_the_seats_needed_close_what_jobseekers_leave_open(region: Market) -> None:
    city, planted, params = region.city, region.planted, region.params
    needed = np.array(seats_needed(params, city, planted, region.streams))
    favoured = np.array(planted.favoured())
    border = favoured[:, 2] >= 0
    town, skill = favoured[border, 2], favoured[border, 1]
    taught = np.column_stack([skill, np.full((len(skill), 2), -1)])
    lon, lat = city.towns.lon[town], city.towns.lat[town]
    reached = reachable_seats(city, lon, lat, needed[border], taught)
    home, same = planted.cells("neighbour")
    unmet = (region.labour.vacancies - region.labour.seekers).mean(axis=0)[home, same]
    assert reached[home, same].sum() == pytest.approx(unmet.sum(), rel=0.25)
    assert (needed > 0).all()
