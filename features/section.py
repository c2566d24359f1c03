"""One row per section: what is on offer, where, when, for whom and at what price."""

from datetime import datetime
from typing import Final

import numpy as np
import polars as pl

from data.city import City
from data.vocab import COORDINATE_SYSTEMS, ONLINE_MODES
from features.asof import known
from features.coordinates import to_wgs84
from features.course import taught_skills
from features.divisions import district_of

COLUMNS: Final = (
    "section_id",
    "course_id",
    "institution_id",
    "venue_id",
    "title",
    "programme",
    "category",
    "layer",
    "language",
    "hours",
    "age_min",
    "age_max",
    "prerequisites",
    "mode",
    "slots",
    "term",
    "starts_on",
    "ends_on",
    "capacity",
    "enrolled",
    "seats_left",
    "min_to_open",
    "rule",
    "price_net_fen",
    "apply_opens_at",
    "apply_closes_at",
    "state",
    "tier",
    "sharing",
    "institution_name",
    "venue_name",
    "institution_district_code",
    "district_code",
    "division_code",
    "lon",
    "lat",
    "scene",
    "step_free",
    "accessible_toilet",
    "hearing_loop",
    "captions",
    "sign_language",
    "screen_reader",
    "teaches_skill_ids",
)


def section_features(city: City, as_of: datetime) -> pl.DataFrame:
    """Every section as it stood just before the cut-off, by section_id.

    All states are in it, cancelled ones too; which are on offer is a rule's decision. Columns
    are in docs/features.md. A table that the city lacks leaves its columns null.

    Raises:
        CutOffError: the cut-off has no offset from UTC.
    """
    joined = (
        known(city, "sections", as_of)
        .join(_courses(city, as_of), on="course_id", how="left")
        .join(_institutions(city, as_of), on="institution_id", how="left")
        .join(_venues(city, as_of), on="venue_id", how="left")
    )
    features = joined.with_columns(*_offer(), *_place())
    return features.select(COLUMNS).sort("section_id").collect()


def _courses(city: City, as_of: datetime) -> pl.LazyFrame:
    """What a section takes from its course."""
    columns = ("course_id", "title", "programme", "category", "layer", "language", "hours")
    limits = ("institution_id", "age_min", "age_max", "prerequisites")
    skills = taught_skills(city, as_of).select("course_id", teaches_skill_ids="skill_ids")
    courses = known(city, "courses", as_of).select(*columns, *limits)
    taught = courses.join(skills, on="course_id", how="left")
    return taught.with_columns(pl.col("teaches_skill_ids").fill_null([]))


def _institutions(city: City, as_of: datetime) -> pl.LazyFrame:
    """Who gives the course, and where that is."""
    return known(city, "institutions", as_of).select(
        "institution_id",
        "tier",
        "sharing",
        institution_name="name",
        institution_division_code="division_code",
    )


def _venues(city: City, as_of: datetime) -> pl.LazyFrame:
    """Where it takes place, on WGS84, and what is confirmed about access."""
    venues = known(city, "venues", as_of).select(
        "venue_id",
        "lon",
        "lat",
        "crs",
        "scene",
        "step_free",
        "accessible_toilet",
        "hearing_loop",
        venue_name="name",
        venue_division_code="division_code",
    )
    return on_wgs84(venues.collect()).lazy()


def on_wgs84(places: pl.DataFrame) -> pl.DataFrame:
    """Rows with lon, lat and crs, moved to WGS84; crs is dropped."""
    lon, lat = places["lon"].to_numpy().copy(), places["lat"].to_numpy().copy()
    systems = places["crs"].cast(pl.String).to_numpy()
    for crs in COORDINATE_SYSTEMS:
        rows = np.flatnonzero(systems == crs)
        lon[rows], lat[rows] = to_wgs84(lon[rows], lat[rows], crs)
    return places.drop("crs").with_columns(pl.Series("lon", lon), pl.Series("lat", lat))


def _offer() -> list[pl.Expr]:
    """Seats and price as the learner meets them."""
    left = (pl.col("capacity") - pl.col("enrolled")).clip(lower_bound=0)
    # No recorded subsidy: the learner pays at most the full price, so that is what is said.
    net = pl.col("price_fen") - pl.col("subsidy_fen").fill_null(0)
    return [left.alias("seats_left"), net.alias("price_net_fen")]


def _place() -> list[pl.Expr]:
    """The divisions a section belongs to, and its point unless it is online."""
    online = pl.col("mode").cast(pl.String).is_in(ONLINE_MODES)
    institution = district_of("institution_division_code")
    return [
        institution.alias("institution_district_code"),
        pl.coalesce(district_of("venue_division_code"), institution).alias("district_code"),
        pl.coalesce("venue_division_code", "institution_division_code").alias("division_code"),
        pl.when(~online).then(pl.col("lon")).alias("lon"),
        pl.when(~online).then(pl.col("lat")).alias("lat"),
    ]
