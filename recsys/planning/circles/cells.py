"""Place by place: how many persons of each kind, and how far their nearest section is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import product
from typing import Final

import numpy as np
import polars as pl

from data.city import City
from features.asof import known
from recsys.planning.circles.circle import ALL, BANDS, Band, Circle
from recsys.planning.circles.nearest import Journeys
from recsys.planning.circles.people import NeedShares, need_shares, whole_residents, with_whole
from recsys.planning.circles.sites import Sites, sites_in_use

COUNTS: Final = ("persons", "covered", "weight", "weight_covered")


@dataclass(frozen=True, slots=True)
class Ground:
    """What every segment of a table is counted on.

    Attributes:
        places: ``people.whole_residents``, then towns seen from their centres, without people.
        homes: how many of the places people live in; they come first.
        sites: the teaching points in use.
        journeys: minutes at the usual pace (False) and at an elder's (True).
        shares: how common access needs are.
    """

    places: pl.DataFrame
    homes: int
    sites: Sites
    journeys: Mapping[bool, Journeys]
    shares: NeedShares


def ground_of(city: City, moment: datetime, travel_mode: str | None = None) -> Ground:
    """The places, sites and minutes of a city at a moment.

    Raises:
        CutOffError: the cut-off has no offset from UTC.
        PlaceError: people live in divisions none of which has a point.
    """
    homes = whole_residents(city, moment)
    places = pl.concat([homes, _centres(city, moment, homes)], how="diagonal")
    sites = sites_in_use(city, moment)
    measured = known(city, "travel_times", moment).collect()
    journeys = {
        elder: Journeys(
            places, sites.points, travel_mode=travel_mode, elder=elder, measured=measured
        )
        for elder in (False, True)
    }
    return Ground(places, homes.height, sites, journeys, need_shares(city, moment))


def cells_of(ground: Ground, circles: Sequence[Circle], needs: Sequence[str]) -> pl.DataFrame:
    """Each place by circle, age band (``all`` too) and need.

    Returns:
        division_code, urban, estimated, home (whether people live there; else it's the centre of
        a town), circle, band, need, ``COUNTS`` (persons; ``weight`` is ``persons`` where known,
        else the residents), nearest_venue, nearest_min, within (whether that is in the circle).
    """
    peopled = [band for band in BANDS if ground.places[band.name].sum() > 0] or BANDS[:1]
    bands = pl.concat(
        _segment(ground, circle, band, need)
        for circle, band, need in product(circles, peopled, needs)
    )
    return pl.concat([_all_bands(bands), bands])


def _centres(city: City, moment: datetime, homes: pl.DataFrame) -> pl.DataFrame:
    """Towns with a point of their own whose people are counted in the divisions in them."""
    above = homes.filter(pl.col("town_code") != pl.col("division_code"))
    towns = above.select(pl.col("town_code").alias("division_code"), "town_code", "district_code")
    points = known(city, "divisions", moment).select("division_code", "lon", "lat").collect()
    return towns.unique().join(points.drop_nulls(), on="division_code").sort("division_code")


def _segment(ground: Ground, circle: Circle, band: Band, need: str) -> pl.DataFrame:
    """One kind of person in each place."""
    suitable = ground.sites.suitable(circle, band, need)
    nearest = ground.journeys[band.elder].nearest(suitable)
    share = ground.shares.of(need, band.name)
    index = pl.Series(nearest.site, dtype=pl.Int64)
    found = index.is_not_null() & (index >= 0)
    venues = ground.sites.points["venue_id"]
    within = pl.Series("within", nearest.minutes <= circle.minutes)
    counted = ground.places.select(
        "division_code",
        "urban",
        pl.lit(need != ALL).or_(pl.col("shared").fill_null(value=False)).alias("estimated"),
        (pl.int_range(pl.len()) < ground.homes).alias("home"),
        pl.lit(circle.name).alias("circle"),
        pl.lit(band.name).alias("band"),
        pl.lit(need).alias("need"),
        _persons(ground.places, band, share),
        pl.col(band.name).fill_null(0).alias("residents"),
        within,
        venues.gather(index.set(~found, None)).alias("nearest_venue"),
        pl.Series("nearest_min", np.round(nearest.minutes, 1)).fill_nan(None),
    )
    inside, weight = pl.col("within").cast(pl.Int64), pl.coalesce("persons", "residents")
    return counted.with_columns(
        covered=pl.col("persons") * inside, weight=weight, weight_covered=weight * inside
    ).drop("residents")


def _persons(places: pl.DataFrame, band: Band, share: float | None) -> pl.Series:
    """Whole persons of the band with the need; null where nobody knows how many have it."""
    if share is None:
        return pl.repeat(None, places.height, dtype=pl.Int64, eager=True).alias("persons")
    exact = places.select("district_code", persons=pl.col(band.name).fill_null(0) * share)
    return with_whole(exact, "persons")["persons"]


def _all_bands(bands: pl.DataFrame) -> pl.DataFrame:
    """The bands of each place added up; the nearest point is that of who has farther to go."""
    key = ["circle", "need", "home", "division_code"]
    told = pl.col("persons").is_not_null().all()
    farthest = pl.col("nearest_min").fill_null(float("inf")).arg_max()
    return (
        bands.group_by(key, maintain_order=True)
        .agg(
            pl.col("urban").first(),
            pl.col("estimated").any(),
            *(pl.when(told).then(pl.col(name).sum()).alias(name) for name in COUNTS[:2]),
            *(pl.col(name).sum() for name in COUNTS[2:]),
            *(pl.col(name).get(farthest) for name in ("nearest_venue", "nearest_min")),
            pl.col("within").all(),
            band=pl.lit(ALL),
        )
        .select(bands.columns)
    )
