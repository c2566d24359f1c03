"""Plain facts of learner and section for a reward model: place, age, programme, price, demand."""

from datetime import datetime
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from data.city import City
from data.vocab import ONLINE_MODES, PROGRAMMES
from features.interactions import course_interactions
from features.learner import learner_features
from features.section import section_features
from features.travel import km_apart, unit_vectors

AGE_STEPS: Final = (25, 45, 60)
"""Youngest ages of the age groups after the first; each programme has a rate in each group."""


def pair_facts(city: City, as_of: datetime, pairs: pl.DataFrame) -> pl.DataFrame:
    """Features of pairs, from what was known at the cut-off.

    Args:
        city: any snapshot.
        as_of: the cut-off; the first moment of the judged log keeps its rewards out.
        pairs: learner_id, section_id.

    Returns:
        The pairs, each once, with kilometres from home (their logarithm), same district, net
        price, online, past takers of the course (their logarithm), teaches a goal skill, and
        programme by age group. What isn't known is null.
    """
    once = pairs.select("learner_id", "section_id").unique().sort("learner_id", "section_id")
    joined = (
        once.join(_learners(city, as_of), on="learner_id", how="left", maintain_order="left")
        .join(_sections(city, as_of), on="section_id", how="left", maintain_order="left")
        .with_columns(pl.Series("km", _kilometres(once, city, as_of)).fill_nan(None))
    )
    return joined.select(
        "learner_id",
        "section_id",
        pl.when(pl.col("online")).then(0.0).otherwise(pl.col("km").log1p()).alias("log_km"),
        (pl.col("home") == pl.col("place")).alias("same_district"),
        pl.col("yuan").log1p().alias("log_yuan"),
        "online",
        pl.col("takers").log1p().alias("log_takers"),
        pl.col("goal_skills").list.set_intersection("skills").list.len().gt(0).alias("goal"),
        *_programme_by_age(),
    )


def _learners(city: City, as_of: datetime) -> pl.DataFrame:
    group = pl.sum_horizontal((pl.col("age_low") >= age).cast(pl.Int64) for age in AGE_STEPS)
    return learner_features(city, as_of).select(
        "learner_id",
        pl.when("personalised").then("goal_skills"),
        pl.col("district_code").alias("home"),
        pl.when(pl.col("age_low").is_not_null()).then(group).alias("age_group"),
    )


def _sections(city: City, as_of: datetime) -> pl.DataFrame:
    takers = course_interactions(city, as_of).group_by("course_id").agg(takers=pl.len())
    return (
        section_features(city, as_of)
        .join(takers, on="course_id", how="left", maintain_order="left")
        .select(
            "section_id",
            pl.col("programme").cast(pl.String),
            pl.col("institution_district_code").alias("place"),
            (pl.col("price_net_fen") / 100).alias("yuan"),
            pl.col("mode").cast(pl.String).is_in(ONLINE_MODES).alias("online"),
            pl.col("takers").fill_null(0),
            pl.col("teaches_skill_ids").alias("skills"),
        )
    )


def _kilometres(pairs: pl.DataFrame, city: City, as_of: datetime) -> NDArray[np.float64]:
    """Straight kilometres from home to venue; NaN where a place is unknown."""
    homes = learner_features(city, as_of).select("learner_id", "home_lon", "home_lat")
    venues = section_features(city, as_of).select("section_id", "lon", "lat")
    placed = pairs.join(homes, on="learner_id", how="left", maintain_order="left").join(
        venues, on="section_id", how="left", maintain_order="left"
    )
    home_lon, home_lat, lon, lat = (
        placed[name].cast(pl.Float64).fill_null(np.nan).to_numpy()
        for name in ("home_lon", "home_lat", "lon", "lat")
    )
    return km_apart(unit_vectors(home_lon, home_lat), unit_vectors(lon, lat))


def _programme_by_age() -> list[pl.Expr]:
    return [
        ((pl.col("programme") == name) & (pl.col("age_group") == group)).alias(f"{name}_{group}")
        for name in PROGRAMMES
        for group in range(len(AGE_STEPS) + 1)
    ]
