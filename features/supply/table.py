"""Supply of each skill in each district: completers a month within its people's reach.

Seats in a room are spread over the people around them by the floating catchment
(``features.catchment``), those of a school for its own district over that district's people
alone. Seats online fall to everybody by residents. A venue whose point isn't known serves its
district; one that nobody reaches within the circle falls to its nearest place, and is named.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array

from data.city import City
from features.asof import known
from features.catchment import VOCATIONAL_MIN, catchment
from features.divisions import district_of
from features.places import residents
from features.reach import nearest_place, reach
from features.supply.seats import completer_seats
from features.supply.terms import TERM_MONTHS

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

KINDS: Final = ("own", "reachable", "online")
"""Where a district's supply comes from: venues in it, venues of others, and no venue at all."""

_SITE: Final = ("venue_id", "lon", "lat", "district_code", "only_district")


@dataclass(frozen=True, slots=True)
class Supply:
    """What is supplied, and where nobody comes.

    Attributes:
        table: division_code (district), skill_id, own, reachable, online and supply (completers
            a month) and supply_var, by district and skill; rows without any are left out.
        stranded: venue_ids with seats that nobody reaches within the circle, given to the
            nearest place.
    """

    table: pl.DataFrame
    stranded: tuple[str, ...]


def skill_supply(city: City, moment: datetime) -> pl.DataFrame:
    """Completers a month that each district's people reach, by skill: ``Supply.table``.

    Raises:
        CutOffError: the moment has no offset from UTC.
        PlaceError: people live in divisions none of which has a point.
    """
    return supply_of_city(city, moment).table


def supply_of_city(city: City, moment: datetime, cut_min: float = VOCATIONAL_MIN) -> Supply:
    """Spread the completer seats of a city over its districts.

    Args:
        city: any snapshot.
        moment: the cut-off, with an offset from UTC.
        cut_min: minutes by transit within which a venue is reached.

    Raises:
        CutOffError: the moment has no offset from UTC.
        PlaceError: people live in divisions none of which has a point.
    """
    seats = completer_seats(city, moment)
    people = served_residents(city, moment)
    measured = known(city, "travel_times", moment).collect()
    return spread_seats(seats, people, cut_min, measured)


def served_residents(city: City, moment: datetime) -> pl.DataFrame:
    """Rows of ``residents`` of the districts in which a school or a venue stands.

    A register of divisions is often wider than what a snapshot is about: districts that send
    nothing would take seats away from those that do. Where none is known to teach, all are.
    """
    named = [
        known(city, table, moment).select(district_code=district_of("division_code"))
        for table in ("institutions", "venues")
    ]
    served = pl.concat(named).drop_nulls().unique()
    people = residents(city, moment).filter(pl.col("district_code").is_not_null())
    found = people.join(served.collect(), on="district_code", how="semi", maintain_order="left")
    return found if found.height else people


def spread_seats(
    seats: pl.DataFrame,
    people: pl.DataFrame,
    cut_min: float = VOCATIONAL_MIN,
    measured: pl.DataFrame | None = None,
) -> Supply:
    """Completer seats by district and skill.

    Of a section's N completers a month with the skill a share q falls to a district. Each lives
    there or elsewhere, so that

        mean q N        variance q² Var(N) + q (1 - q) N / TERM_MONTHS

    and sections, taken as independent, add up.

    Args:
        seats: ``completer_seats``.
        people: rows of ``residents``, each with a district.
        cut_min: minutes by transit within which a venue is reached.
        measured: rows of ``travel_times``.
    """
    districts = people["district_code"].unique().sort()
    skills = seats["skill_id"].unique().sort()
    sites = seats.select("online", *_SITE).unique().sort("online", *_SITE).with_row_index("site")
    placed = seats.join(
        sites, on=("online", *_SITE), how="left", nulls_equal=True, maintain_order="left"
    )
    mean, var = (_by_site(placed, column, sites.height, skills) for column in _MOMENTS)
    shares, stranded = site_shares(sites, people, districts, cut_min, measured)
    kinds = [np.where(mask, shares, 0.0) @ mean for mask in _kinds(sites, districts)]
    chance = shares * (1 - shares) / TERM_MONTHS
    table = _rows(kinds, shares**2 @ var + chance @ mean, districts, skills)
    lost = sites.filter(pl.Series(stranded))["venue_id"].drop_nulls().unique().sort()
    return Supply(table, tuple(lost))


_MOMENTS: Final = ("seats", "seats_var")


def site_shares(
    sites: pl.DataFrame,
    people: pl.DataFrame,
    districts: pl.Series,
    cut_min: float,
    measured: pl.DataFrame | None,
) -> tuple[Floats, NDArray[np.bool_]]:
    """Share of each site's seats that falls to each district, and which sites nobody reaches.

    Args:
        sites: online, venue_id, lon, lat, district_code and only_district, a row each.
        people: rows of ``residents``.
        districts: codes, sorted.
        cut_min: minutes by transit.
        measured: rows of ``travel_times``.

    Returns:
        (districts, sites) shares, each column adding up to 1, or to 0 where nobody lives; and
        (sites,) whether a site in a room is stranded.
    """
    minutes = reach(people, sites, cut_min=cut_min, measured=measured)
    of_place = _index(people["district_code"], districts)
    only = _index(sites["only_district"], districts)
    minutes = _admitted(minutes, of_place, only)
    found = catchment(
        minutes, people["population"].to_numpy(), cut_min, _nearest(people, sites, of_place, only)
    )
    gather = coo_array(
        (np.ones(people.height), (of_place, np.arange(people.height))),
        shape=(len(districts), people.height),
    ).tocsr()
    shares = np.asarray((gather @ found.shares()).todense(), dtype=np.float64)
    nowhere = shares.sum(axis=0) == 0
    shares[:, nowhere] = _placeless(sites, gather @ people["population"].to_numpy(), districts)[
        :, nowhere
    ]
    in_room = sites["lon"].is_not_null().to_numpy()
    return shares, found.stranded & in_room


def _admitted(minutes: csr_array, of_place: Ints, only: Ints) -> csr_array:
    """Without pairs of a site for one district and a place of another."""
    pairs = minutes.tocoo()
    row, column = pairs.coords
    allowed = (only[column] < 0) | (only[column] == of_place[row])
    kept = (pairs.data[allowed], (row[allowed], column[allowed]))
    return coo_array(kept, shape=minutes.shape).tocsr()


def _nearest(people: pl.DataFrame, sites: pl.DataFrame, of_place: Ints, only: Ints) -> Ints:
    """The nearest place that a site admits; -1 without a point."""
    found = nearest_place(people, sites)
    for district in np.unique(only[only >= 0]):
        here, mine = np.flatnonzero(of_place == district), np.flatnonzero(only == district)
        near = nearest_place(people[here], sites[mine])
        found[mine] = np.where(near >= 0, here[near], -1)
    return found


def _placeless(sites: pl.DataFrame, people: Floats, districts: pl.Series) -> Floats:
    """(districts, sites) shares of sites without a point: one district's, or everybody's.

    Online everybody's, but for a school for its own district; a room without a point is its
    district's.
    """
    room = pl.when(~pl.col("online")).then("district_code")
    named = sites.select(pl.coalesce("only_district", room)).to_series()
    one = _index(named, districts)
    shares = np.tile((people / max(people.sum(), 1.0))[:, None], (1, sites.height))
    alone = np.flatnonzero(one >= 0)
    shares[:, alone] = 0.0
    shares[one[alone], alone] = 1.0
    return shares


def _index(codes: pl.Series, districts: pl.Series) -> Ints:
    """Index of each code among the districts, -1 where it is none of them."""
    places = dict(zip(districts, range(len(districts)), strict=True))
    return np.array([places.get(code, -1) for code in codes], dtype=np.int64)


def _by_site(placed: pl.DataFrame, column: str, sites: int, skills: pl.Series) -> csr_array:
    """(sites, skills) sums of a column."""
    skill = placed["skill_id"].replace_strict(skills, range(len(skills)), return_dtype=pl.Int64)
    at = (placed["site"].cast(pl.Int64).to_numpy(), skill.to_numpy())
    return coo_array((placed[column].to_numpy(), at), shape=(sites, len(skills))).tocsr()


def _kinds(sites: pl.DataFrame, districts: pl.Series) -> list[NDArray[np.bool_]]:
    """(districts, sites) masks in the order of ``KINDS``."""
    online = sites["online"].to_numpy()
    own = _index(sites["district_code"], districts) == np.arange(len(districts))[:, None]
    return [own & ~online, ~own & ~online, np.broadcast_to(online, own.shape)]


def _rows(
    kinds: Sequence[Floats], var: Floats, districts: pl.Series, skills: pl.Series
) -> pl.DataFrame:
    """The table of all cells with any supply."""
    district, skill = np.indices(var.shape).reshape(2, -1)
    figures = dict(zip(KINDS, (kind.ravel() for kind in kinds), strict=True))
    return pl.DataFrame(
        {
            "division_code": districts.gather(district),
            "skill_id": skills.gather(skill),
            **figures,
            "supply": sum(figures.values()),
            "supply_var": var.ravel(),
        }
    ).filter(pl.col("supply") > 0)
