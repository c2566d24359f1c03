"""Where sections are taught, and whom each of them suits."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from data.city import City
from data.vocab import ACCESS_NEEDS
from features.taught import in_a_room, taught_sections
from recsys.planning.circles.circle import ALL, NO_NEED, Band, Circle

HALF_YEAR_DAYS: Final = 183

BASES: Final = ("open or running", "ended within the half-year before")
"""What the sections counted are: the second only between terms, when none is open or running."""

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Sites:
    """The teaching points in use, each once for everybody and once for each district it's kept to.

    Attributes:
        points: venue_id, home (12-digit district whose residents alone may come; null: anybody),
            lon, lat (WGS84 degrees); by venue and home.
        offers: what is taught there: site (index into points), programme, age_min, age_max and a
            column of each access need (null unknown).
        basis: one of ``BASES``.
        sections: how many sections are counted, online ones too.
    """

    points: pl.DataFrame
    offers: pl.DataFrame
    basis: str
    sections: int

    def suitable(self, circle: Circle, band: Band, need: str) -> Mask:
        """Which sites hold a section of the circle that a resident of the band may visit.

        As the hard rules have it: age limits refuse where they share no year with the band, an
        access need is met by a confirmed true alone.
        """
        chosen = self.offers.filter(
            pl.col("programme").is_in(circle.programmes),
            pl.col("age_min").fill_null(0) <= band.oldest,
            pl.col("age_max").fill_null(band.oldest) >= band.youngest,
            pl.lit(value=True) if need in (ALL, NO_NEED) else pl.col(need).fill_null(value=False),
        )
        mask = np.zeros(self.points.height, dtype=np.bool_)
        mask[chosen["site"].to_numpy()] = True
        return mask


def sites_in_use(city: City, moment: datetime) -> Sites:
    """The teaching points of the sections open or running; between terms, of the last ones.

    Institutions' own sections are for their own people and count for no resident. Those kept to
    a district whose code isn't known count for none either.
    """
    rows, basis = _counted(city, moment)
    sharing = pl.col("sharing").cast(pl.String).fill_null("city")
    local = sharing == "district"
    held = rows.filter(
        in_a_room(),
        sharing != "own",
        ~local | pl.col("institution_district_code").is_not_null(),
    ).with_columns(
        pl.when(local).then("institution_district_code").alias("home"),
        pl.col("programme").cast(pl.String),
    )
    key = ["venue_id", "home"]
    points = held.select(*key, "lon", "lat").unique(key).sort(key, nulls_last=False)
    numbered = points.select(*key, pl.int_range(pl.len()).alias("site"))
    offers = (
        held.join(numbered, on=key, nulls_equal=True)
        .select("site", "programme", "age_min", "age_max", *ACCESS_NEEDS)
        .unique()
        .sort("site", "programme", *ACCESS_NEEDS, "age_min", "age_max")
    )
    return Sites(points, offers, basis, rows.height)


def _counted(city: City, moment: datetime) -> tuple[pl.DataFrame, str]:
    """The sections that count, and which they are."""
    rows = taught_sections(city, moment)
    if rows.height:
        return rows, BASES[0]
    return taught_sections(city, moment, days=HALF_YEAR_DAYS), BASES[1]
