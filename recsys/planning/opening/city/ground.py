"""Where sections can be held: venues with rooms free, and who lives around them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.sparse import csr_array

from data.city import City
from features.applicants import past_sections
from features.asof import city_day, in_utc, known
from features.catchment import VOCATIONAL_MIN
from features.divisions import CODE_DIGITS, district_of
from features.reach import reach
from features.section import on_wgs84, section_features
from features.slots import DAYS, HALVES
from features.supply.table import served_residents, site_shares
from features.supply.terms import counted_sections

Floats = NDArray[np.float64]

SLOT: Final = {
    f"{d + 1}{half}": d * len(HALVES) + h for d in range(DAYS) for h, half in enumerate(HALVES)
}
"""Number of each weekly slot."""


@dataclass(frozen=True, slots=True)
class Ground:
    """Venues, the people around them and what runs there already.

    Attributes:
        venues: venue_id, name, institution_id, institution_district, sharing, division_code,
            district_code, town_code, lon, lat (WGS84), rooms, seats (of one room), rural; a row
            for each site, by venue_id.
        people: rows of ``features.places.residents``.
        districts: codes with people, sorted.
        towns: codes with people, sorted.
        minutes: from places to sites within the circle, shape (places, sites).
        by_district: share of a site's seats that falls to each district, shape (districts, sites).
        by_town: the same by town.
        free: rooms free, shape (sites, slots).
        past: sections that have been held (``features.applicants.past_sections``).
        running: sections that are taken to run again: those of the last half-year.
    """

    venues: pl.DataFrame
    people: pl.DataFrame
    districts: pl.Series
    towns: pl.Series
    minutes: csr_array
    by_district: Floats
    by_town: Floats
    free: NDArray[np.int64]
    past: pl.DataFrame
    running: pl.DataFrame

    @property
    def residents(self) -> Floats:
        """People within the circle of each site."""
        here = csr_array((np.ones(self.minutes.nnz), self.minutes.indices, self.minutes.indptr),
                         shape=self.minutes.shape)  # fmt: skip
        return np.asarray(self.people["population"].to_numpy() @ here)


def ground_of(city: City, moment: datetime, extra: pl.DataFrame | None = None) -> Ground:
    """Sites of a city at a moment.

    Args:
        city: any snapshot.
        moment: the cut-off, with an offset from UTC.
        extra: rooms that aren't in the snapshot: rows of the contract table ``venues``.

    Raises:
        CutOffError: the moment has no offset from UTC.
        PlaceError: people live in divisions none of which has a point.
    """
    cut = in_utc(moment)
    people = served_residents(city, cut)
    venues = _venues(city, cut, people, extra)
    measured = known(city, "travel_times", cut).collect()
    sites = venues.select(
        "venue_id", "lon", "lat", "district_code",
        online=pl.lit(value=False),
        only_district=pl.when(pl.col("sharing") == "district").then("institution_district"),
    )  # fmt: skip
    districts = people["district_code"].drop_nulls().unique().sort()
    by_district, _ = site_shares(sites, people, districts, VOCATIONAL_MIN, measured)
    of_town = people.filter(pl.col("town_code").is_not_null())
    towns = of_town["town_code"].unique().sort()
    by_town, _ = site_shares(
        sites.with_columns(only_district=pl.lit(None, pl.String)),
        of_town.with_columns(district_code="town_code"),
        towns,
        VOCATIONAL_MIN,
        measured,
    )
    running = counted_sections(section_with_teacher(city, cut), city_day(moment))
    return Ground(
        venues=venues,
        people=people,
        districts=districts,
        towns=towns,
        minutes=reach(people, sites, cut_min=VOCATIONAL_MIN, measured=measured),
        by_district=by_district,
        by_town=by_town,
        free=_free(venues, running),
        past=past_sections(city, cut),
        running=running,
    )


def section_with_teacher(city: City, cut: datetime) -> pl.DataFrame:
    """Rows of ``features.section`` with who teaches them."""
    teachers = known(city, "sections", cut).select("section_id", "teacher_id").collect()
    return section_features(city, cut).join(
        teachers, on="section_id", how="left", maintain_order="left"
    )


def _venues(
    city: City, cut: datetime, people: pl.DataFrame, extra: pl.DataFrame | None
) -> pl.DataFrame:
    """Venues with a room, each with its owner's terms and whether it's in the country."""
    owners = known(city, "institutions", cut).select(
        "institution_id",
        institution_district=district_of("division_code"),
        sharing=pl.col("sharing").cast(pl.String),
    )
    rows = known(city, "venues", cut).collect()
    if extra is not None:
        known_ids = set(rows["venue_id"])
        rows = pl.concat(
            [rows.filter(~pl.col("venue_id").is_in(extra["venue_id"].to_list())), extra]
        ) if known_ids else extra  # fmt: skip
    usable = on_wgs84(rows.filter(pl.col("rooms") > 0, pl.col("seats") > 0))
    town = pl.col("division_code").str.slice(0, 9).str.pad_end(CODE_DIGITS, "0")
    joined = usable.lazy().join(owners, on="institution_id", how="left").collect()
    return joined.select(
        "venue_id", "name", "institution_id", "institution_district",
        pl.col("sharing").fill_null("city"), "division_code",
        "lon", "lat", "rooms", "open_slots",
        district_code=district_of("division_code"),
        town_code=pl.when(pl.col("division_code").str.slice(6, 3) != "000").then(town),
        seats=(pl.col("seats") // pl.col("rooms")).clip(lower_bound=1),
        scene=pl.col("scene").cast(pl.String),
    ).join(_rural(people), on="town_code", how="left").with_columns(
        pl.col("rural").fill_null(value=False)
    ).sort("venue_id")  # fmt: skip


def _rural(people: pl.DataFrame) -> pl.DataFrame:
    """Towns most of whose people live in places told not to be urban."""
    country = pl.when(~pl.col("urban")).then("population").otherwise(0.0)
    return (
        people.filter(pl.col("town_code").is_not_null())
        .group_by("town_code")
        .agg(rural=country.sum() > 0.5 * pl.col("population").sum())
    )


def _free(venues: pl.DataFrame, running: pl.DataFrame) -> NDArray[np.int64]:
    """Rooms of each site and slot that are open and not in use by what runs already."""
    free = np.zeros((venues.height, len(SLOT)), dtype=np.int64)
    row = {venue: number for number, venue in enumerate(venues["venue_id"])}
    for number, (slots, rooms) in enumerate(venues.select("open_slots", "rooms").iter_rows()):
        free[number, [SLOT[slot] for slot in slots or () if slot in SLOT]] = rooms
    for venue, slots in running.select("venue_id", "slots").iter_rows():
        if venue in row:
            free[row[venue], [SLOT[slot] for slot in slots or () if slot in SLOT]] -= 1
    return free.clip(min=0)
