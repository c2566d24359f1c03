"""What is popular here, now, among people of one's age."""

from datetime import UTC, datetime
from typing import Any

import numpy as np
import polars as pl
import pytest

from data.vocab import AGE_BAND_YEARS, AGE_BANDS
from recsys.scorers.popularity import ANY, Popularity, PopularityConfig, band_of
from recsys.scorers.returning import Returning, ReturningConfig
from recsys.types import LearnerQuery, TrainingSet

AS_OF = datetime(2025, 9, 1, 4, 0, tzinfo=UTC)
XIHU, BINJIANG = "330106000000", "330108000000"


def world(*taken: tuple[str, str, float]) -> TrainingSet:
    """Who (band/district, - unknown) took what, how many days ago."""
    people = {f"{who}-{n}": who for n, (who, _, _) in enumerate(taken)}
    known = [
        {"learner_id": learner, "age_band": who.split("/")[0], "district_code": who.split("/")[1]}
        for learner, who in people.items()
        if who != "-"
    ]
    rows = [
        {"learner_id": learner, "course_id": course, "weight": 1.0, "age_days": days}
        for learner, (_, course, days) in zip(people, taken, strict=True)
    ]
    schema = {"learner_id": pl.String, "age_band": pl.String, "district_code": pl.String}
    return TrainingSet(
        pl.DataFrame(rows), pl.DataFrame(known, schema=schema), pl.DataFrame(), AS_OF
    )


def scores(scorer: Popularity, **facts: Any) -> dict[str, float]:
    row = scorer.course_scores([LearnerQuery(as_of=AS_OF, **facts)])[0]
    return dict(zip(scorer.fitted_courses().tolist(), row.tolist(), strict=True))


def test_a_course_taken_last_week_beats_one_taken_as_often_last_year() -> None:
    found = scores(Popularity().fit(world(("-", "old", 365.0), ("-", "new", 7.0))))
    assert found["new"] > found["old"]


def test_after_one_half_life_an_interaction_counts_half() -> None:
    config = PopularityConfig(half_life_days=30.0)
    found = scores(
        Popularity(config).fit(world(("-", "now", 0.0), ("-", "then", 30.0), ("-", "then", 30.0)))
    )
    assert found["now"] == pytest.approx(found["then"])


def test_elders_and_the_young_get_their_own_favourites() -> None:
    rows = [(f"60-69/{XIHU}", "八段锦", 1.0)] * 50 + [(f"25-34/{XIHU}", "编程", 1.0)] * 80
    scorer = Popularity(PopularityConfig(shrinkage=20.0)).fit(world(*rows))
    elder = scores(scorer, age_low=60, age_high=69, district_code=XIHU)
    assert elder["八段锦"] > elder["编程"]
    unknown_age = scores(scorer, district_code=XIHU)
    assert unknown_age["编程"] > unknown_age["八段锦"]


def test_a_handful_of_people_does_not_outweigh_the_city() -> None:
    rows = [(f"25-34/{XIHU}", "popular", 1.0)] * 500 + [(f"60-69/{BINJIANG}", "odd", 1.0)] * 2
    scorer = Popularity().fit(world(*rows))
    found = scores(scorer, age_low=60, age_high=69, district_code=BINJIANG)
    assert found["popular"] > found["odd"]


def test_an_unknown_district_gets_the_age_bands_favourites_across_the_city() -> None:
    rows = [(f"60-69/{XIHU}", "八段锦", 1.0), (f"25-34/{XIHU}", "编程", 1.0)]
    scorer = Popularity().fit(world(*rows))
    nowhere = scores(scorer, age_low=60, age_high=69)
    elsewhere = scores(scorer, age_low=60, age_high=69, district_code="330199000000")
    assert nowhere == elsewhere


def test_shares_of_every_group_add_up_to_one() -> None:
    rows = [(f"60-69/{XIHU}", "a", 9.0), (f"25-34/{BINJIANG}", "b", 1.0), ("-", "c", 3.0)]
    scorer = Popularity().fit(world(*rows))
    shares = np.exp(scorer.arrays()["log_shares"]).sum(axis=-1)
    np.testing.assert_allclose(shares, 1.0, rtol=1e-5)


@pytest.mark.parametrize("band", AGE_BANDS)
def test_each_band_is_found_by_its_years(band: str) -> None:
    assert AGE_BANDS[band_of(*AGE_BAND_YEARS[band])] == band


@pytest.mark.parametrize("ages", [(None, None), (60, None), (20, 70)])
def test_unknown_or_mixed_ages_are_everyone(ages: tuple[int | None, int | None]) -> None:
    assert band_of(*ages) == ANY


def test_who_comes_back_is_told_apart_from_newcomers() -> None:
    """Everybody begins with ``first``; those who stay go on to ``then``."""
    rows = [(f"u{n}", "first", 100.0) for n in range(9)] + [
        (f"u{n}", "then", 50.0) for n in range(3)
    ]
    interactions = pl.DataFrame(
        [(learner, course, 1.0, age) for learner, course, age in rows],
        schema=["learner_id", "course_id", "weight", "age_days"],
        orient="row",
    )
    training = TrainingSet(interactions, pl.DataFrame(), pl.DataFrame(), AS_OF)
    assert Returning(ReturningConfig()).fit(training).fitted_courses().tolist() == ["then"]
    every = Returning(ReturningConfig(settled_days=60.0)).fit(training)
    assert every.fitted_courses().tolist() == []
