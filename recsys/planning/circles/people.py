"""Whole persons by place, age band and access need; estimates add up to what they come from."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import polars as pl

from data.city import City
from data.vocab import ACCESS_NEEDS, ELDER_BANDS
from features.asof import known
from features.places import residents
from recsys.planning.circles.circle import ALL, NO_NEED

FEWEST: Final = 10
"""Registered learners behind a share; fewer would tell of persons."""


@dataclass(frozen=True, slots=True)
class NeedShares:
    """Shares of residents with an access need, estimated from registered learners.

    Attributes:
        shares: by need and age band, 0 to 1; None where fewer than ``FEWEST`` learners tell.
    """

    shares: Mapping[tuple[str, str], float | None]

    def of(self, need: str, band: str) -> float | None:
        """The share of a band's residents with the need; 1 for all residents."""
        return 1.0 if need == ALL else self.shares.get((need, band))


def whole_residents(city: City, moment: datetime) -> pl.DataFrame:
    """The places where people live, and how many by age band, in whole persons.

    Fractions are rounded so that a district's persons stay what they were (largest remainders).
    A place that doesn't tell who is 60 or older has everybody in ``age_unknown``.

    Returns:
        Columns of ``features.places.residents``, and under_60, 60plus, age_unknown (Int64).
    """
    places = residents(city, moment)
    elders = pl.col("population_60plus")
    untold = elders.is_null()
    younger = (pl.col("population") - elders).clip(lower_bound=0.0)
    split = {
        "under_60": younger,
        "60plus": elders,
        "age_unknown": pl.when(untold).then("population"),
    }
    for name, persons in split.items():
        places = with_whole(places.with_columns(persons.fill_null(0.0).alias(name)), name)
    return places


def with_whole(places: pl.DataFrame, column: str) -> pl.DataFrame:
    """The column in whole numbers whose sum in each district is the rounded sum.

    Everybody keeps the whole part; the largest remainders get one more, the first place first
    among equal ones. Places above the districts are a group of their own.
    """
    district = pl.col("district_code").fill_null("")
    exact = pl.col(column)
    whole = exact.floor()
    missing = (exact.sum().round() - whole.sum()).over(district)
    turn = (exact - whole).rank("ordinal", descending=True).over(district)
    return places.with_columns((whole + (turn <= missing)).cast(pl.Int64).alias(column))


def need_shares(city: City, moment: datetime) -> NeedShares:
    """How common each access need is among the registered learners, by age band.

    A band's own share needs ``FEWEST`` learners with the need in both bands; else both take the
    share of all ages, which needs as many; else nothing is told.
    """
    elder = pl.col("age_band").cast(pl.String).is_in(ELDER_BANDS)
    counts = (
        known(city, "learners", moment)
        .group_by(pl.when(elder).then(pl.lit("60plus")).otherwise(pl.lit("under_60")).alias("band"))
        .agg(
            pl.len().alias(ALL),
            (pl.col("needs").list.len() == 0).sum().alias(NO_NEED),
            *(pl.col("needs").list.contains(need).sum().alias(need) for need in ACCESS_NEEDS),
        )
        .collect()
    )
    by_band = {row["band"]: row for row in counts.iter_rows(named=True)}
    shares: dict[tuple[str, str], float | None] = {}
    for need in (NO_NEED, *ACCESS_NEEDS):
        shares |= {(need, band): share for band, share in _shares(by_band, need).items()}
    return NeedShares(shares)


def _shares(by_band: Mapping[str, Mapping[str, int]], need: str) -> dict[str, float | None]:
    """The share of each band; of places that tell no ages, that of all learners."""
    having = {band: row[need] for band, row in by_band.items()}
    learners = {band: row[ALL] for band, row in by_band.items()}
    # Those without a need tell of those with one just as well.
    telling = {
        band: min(having[band], learners[band] - having[band]) if need == NO_NEED else having[band]
        for band in having
    }
    enough = sum(telling.values()) >= FEWEST
    pooled = sum(having.values()) / sum(learners.values()) if enough else None
    own = len(telling) == 2 and min(telling.values()) >= FEWEST
    bands = {band: having[band] / learners[band] if own else pooled for band in having}
    return {"under_60": pooled, "60plus": pooled, "age_unknown": pooled} | bands
