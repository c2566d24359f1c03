from collections.abc import Callable
from datetime import datetime

import pytest

from data.city import City
from data.vocab import AGE_BAND_YEARS
from features.learner import COLUMNS, learner_features

MakeCity = Callable[..., City]
CELL = {"home_lon": 120.3, "home_lat": 30.3}


@pytest.mark.parametrize("band", AGE_BAND_YEARS)
def test_only_the_bands_ages_are_known(make_city: MakeCity, as_of: datetime, band: str) -> None:
    city = make_city(learners=[{"learner_id": "l", "age_band": band}])
    learner = learner_features(city, as_of).row(0, named=True)
    assert (learner["age_low"], learner["age_high"]) == AGE_BAND_YEARS[band]


@pytest.mark.parametrize(
    ("band", "own", "guardian", "allowed"),
    [
        ("25-34", True, None, True),
        ("25-34", False, True, False),
        ("<14", True, True, True),
        ("<14", True, False, False),
        ("<14", True, None, False),
        ("<14", False, True, False),
        ("14-17", True, None, True),
    ],
)
def test_a_child_is_personalised_only_with_both_consents(
    make_city: MakeCity, as_of: datetime, band: str, own: bool, guardian: bool | None, allowed: bool
) -> None:
    consents = {"consent_personalisation": own, "consent_guardian": guardian}
    city = make_city(learners=[{"learner_id": "l", "age_band": band, **consents}])
    assert learner_features(city, as_of)["personalised"].to_list() == [allowed]


@pytest.mark.parametrize(
    ("facts", "home"),
    [
        ({"home_division_code": "330106109005", **CELL}, (120.3, 30.3)),
        ({"home_division_code": "330106109005"}, (120.1, 30.25)),
        ({"home_division_code": "330106002000"}, (120.084, 30.201)),
        ({"home_division_code": "330127000000"}, (None, None)),
        ({}, (None, None)),
        (CELL, (120.3, 30.3)),
    ],
)
def test_home_is_the_own_cell_or_the_centre_of_the_deepest_known_division(
    make_city: MakeCity,
    as_of: datetime,
    facts: dict[str, object],
    home: tuple[float | None, float | None],
) -> None:
    city = make_city(
        learners=[{"learner_id": "l", **facts}],
        divisions=[
            {"division_code": "330106000000", "lon": 120.084, "lat": 30.201},
            {"division_code": "330106109000", "level": "town", "lon": 120.1, "lat": 30.25},
            {"division_code": "330100000000", "level": "city", "lon": 120.2, "lat": 30.2},
        ],
    )
    learner = learner_features(city, as_of).row(0, named=True)
    assert (learner["home_lon"], learner["home_lat"]) == home


def test_the_district_is_told_by_the_home_division(make_city: MakeCity, as_of: datetime) -> None:
    homes = {"a": "330106109005", "b": "330100000000", "c": None}
    rows = [{"learner_id": i, "home_division_code": code} for i, code in homes.items()]
    learners = learner_features(make_city(learners=rows), as_of)
    assert learners["district_code"].to_list() == ["330106000000", None, None]


def test_what_a_learner_has_not_told_stays_unknown(make_city: MakeCity, as_of: datetime) -> None:
    learner = learner_features(make_city(learners=[{"learner_id": "l"}]), as_of).row(0, named=True)
    for name in ("gender", "free_slots", "travel_mode", "max_travel_min", "digital_level"):
        assert learner[name] is None
    assert (learner["needs"], learner["goal_skills"]) == ([], [])


def test_learners_come_by_id(make_city: MakeCity, as_of: datetime) -> None:
    learners = learner_features(make_city(learners=[{"learner_id": i} for i in "bca"]), as_of)
    assert learners["learner_id"].to_list() == ["a", "b", "c"]
    assert tuple(learners.columns) == COLUMNS
