"""One row per learner: who asks, as far as the learner has told."""

from datetime import datetime
from typing import Final

import polars as pl

from data.city import City
from data.vocab import AGE_BAND_YEARS
from features.asof import known
from features.divisions import district_of, located

COLUMNS: Final = (
    "learner_id",
    "age_band",
    "age_low",
    "age_high",
    "gender",
    "education",
    "work_status",
    "occupation_code",
    "home_division_code",
    "district_code",
    "home_lon",
    "home_lat",
    "home_known",
    "work_lon",
    "work_lat",
    "travel_mode",
    "free_slots",
    "max_travel_min",
    "needs",
    "digital_level",
    "goal_skills",
    "goal_occupation_code",
    "personalised",
    "consent_labour_profile",
    "registered_at",
)


def learner_features(city: City, as_of: datetime) -> pl.DataFrame:
    """The learners registered before the cut-off, by learner_id; columns in docs/features.md.

    Raises:
        CutOffError: the cut-off has no offset from UTC.
    """
    learners = known(city, "learners", as_of)
    homes = learners.select(division_code="home_division_code").drop_nulls()
    centres = located(homes, known(city, "divisions", as_of))
    placed = learners.join(
        centres, left_on="home_division_code", right_on="division_code", how="left"
    )
    features = placed.with_columns(_home_known()).with_columns(
        pl.coalesce("home_lon", "lon").alias("home_lon"),
        pl.coalesce("home_lat", "lat").alias("home_lat"),
        district_of("home_division_code").alias("district_code"),
        personalised(),
        *_ages(),
    )
    return features.select(COLUMNS).sort("learner_id").collect()


def _home_known() -> pl.Expr:
    """How closely the home is known: a cell, else the deepest known division; null unknown."""
    code = pl.col("home_division_code")
    return (
        pl.when(pl.col("home_lon").is_not_null())
        .then(pl.lit("cell"))
        .when(code.is_null() | code.str.slice(4, 2).is_in(["00"]))
        .then(None)
        .when(code.str.slice(6) == "000000")
        .then(pl.lit("district"))
        .when(code.str.slice(9) == "000")
        .then(pl.lit("town"))
        .otherwise(pl.lit("village"))
        .alias("home_known")
    )


def personalised() -> pl.Expr:
    """Whether a learner's history and goals may be used: consent, under 14 also the guardian's."""
    child = pl.col("age_band") == "<14"
    guardian = pl.col("consent_guardian").fill_null(value=False)
    return (pl.col("consent_personalisation") & (~child | guardian)).alias("personalised")


def _ages() -> list[pl.Expr]:
    """Youngest and oldest age of the band, full years, both included."""
    band = pl.col("age_band").cast(pl.String)
    return [
        band.replace_strict(
            {name: years[end] for name, years in AGE_BAND_YEARS.items()}, return_dtype=pl.Int64
        ).alias(column)
        for end, column in enumerate(("age_low", "age_high"))
    ]
