"""Who reaches what: minutes from places to sites within a cut, as a sparse matrix.

A city has thousands of places and sites, and nearly all pairs are out of reach. Points of the
unit sphere in a k-d tree find those within it; the cut in minutes becomes one in kilometres by
the travel model, which never falls with distance. Measured times replace the model's, as they do
for learners (``features.pairs``): a village without its own takes its town's.
"""

from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array
from scipy.spatial import KDTree

from features.divisions import ancestors
from features.travel import DEFAULT_MODE, EARTH_RADIUS_KM, km_within, model_minutes, unit_vectors

AT_THE_DOOR: Final = 1e-6
"""Minutes stored for none at all: a sparse matrix doesn't keep a zero."""

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


def reach(
    places: pl.DataFrame,
    sites: pl.DataFrame,
    *,
    cut_min: float,
    travel_mode: str | None = None,
    elder: bool = False,
    measured: pl.DataFrame | None = None,
) -> csr_array:
    """Minutes one way from every place to every site less than the cut away.

    Args:
        places: lon and lat (WGS84 degrees); with ``measured``, division_code too.
        sites: lon and lat, null for a site without a point; with ``measured``, venue_id too.
        cut_min: minutes that nobody travels any more.
        travel_mode: one of ``data.vocab.TRAVEL_MODES``; unknown is taken as transit.
        elder: whether the travellers are 60 or older.
        measured: rows of the contract table ``travel_times``; those of the mode replace the
            model's minutes, the deepest division's first.

    Returns:
        float32 minutes of shape (places, sites), indices sorted; what isn't stored is the cut or
        more away, or unknown. No minutes at all are stored as ``AT_THE_DOOR``.
    """
    place, site, minutes = _modelled(places, sites, cut_min, travel_mode, elder=elder)
    if measured is not None and measured.height:
        told = _told(places, sites, measured, travel_mode or DEFAULT_MODE)
        place, site, minutes = _replaced((place, site, minutes), told, sites.height)
    stored = np.maximum(minutes, AT_THE_DOOR).astype(np.float32)
    near = stored < cut_min
    shape = (places.height, sites.height)
    matrix = coo_array((stored[near], (place[near], site[near])), shape=shape).tocsr()
    matrix.sort_indices()
    return matrix


def nearest_place(places: pl.DataFrame, sites: pl.DataFrame) -> Ints:
    """Index of the place next to each site in a straight line; -1 for a site without a point.

    Args:
        places: lon and lat (WGS84 degrees); none gives -1 everywhere.
        sites: lon and lat, null where unknown.
    """
    found = np.full(sites.height, -1)
    _, homes = _points(places)
    known, at = _points(sites)
    if len(homes) and len(at):
        found[known] = KDTree(homes).query(at)[1]
    return found


def _modelled(
    places: pl.DataFrame, sites: pl.DataFrame, cut_min: float, mode: str | None, *, elder: bool
) -> tuple[Ints, Ints, Floats]:
    """Place, site and minutes of the pairs within the cut, by the travel model."""
    (home, homes), (known, at) = _points(places), _points(sites)
    if not len(homes) or not len(at):
        none = np.zeros(0, dtype=np.int64)
        return none, none, np.zeros(0)
    half = km_within(cut_min, mode, elder=elder) / (2 * EARTH_RADIUS_KM)
    chord = 2 * np.sin(min(half, np.pi / 2))
    pairs = KDTree(homes).sparse_distance_matrix(KDTree(at), chord, output_type="ndarray")
    km = 2 * EARTH_RADIUS_KM * np.arcsin(np.minimum(pairs["v"] / 2, 1.0))
    return home[pairs["i"]], known[pairs["j"]], model_minutes(km, mode, elder=elder)


def _points(frame: pl.DataFrame) -> tuple[Ints, Floats]:
    """Rows that have a point, and their unit vectors, shape (rows, 3)."""
    lon, lat = (
        frame[axis].cast(pl.Float64).fill_null(np.nan).to_numpy() for axis in ("lon", "lat")
    )
    known = np.flatnonzero(~(np.isnan(lon) | np.isnan(lat)))
    return known, unit_vectors(lon[known], lat[known]).T


def _told(
    places: pl.DataFrame, sites: pl.DataFrame, measured: pl.DataFrame, mode: str
) -> tuple[Ints, Ints, Floats]:
    """Place, site and measured minutes, of the deepest division that has them."""
    chains = [
        (row, division, depth)
        for row, code in enumerate(places["division_code"])
        for depth, division in enumerate(ancestors(code))
    ]
    around = pl.DataFrame(
        chains,
        schema={"place": pl.Int64, "from_division_code": pl.String, "depth": pl.Int64},
        orient="row",
    )
    at = sites.select("venue_id").with_row_index("site").drop_nulls()
    rows = (
        measured.lazy()
        .filter(pl.col("mode").cast(pl.String) == mode)
        .select("from_division_code", "venue_id", "minutes")
        .join(around.lazy(), on="from_division_code")
        .join(at.lazy(), on="venue_id")
        .group_by("place", "site")
        .agg(pl.col("minutes").min_by("depth"))
        .sort("place", "site")
        .collect()
    )
    place, site = (rows[name].cast(pl.Int64).to_numpy() for name in ("place", "site"))
    return place, site, rows["minutes"].cast(pl.Float64).to_numpy()


def _replaced(
    modelled: tuple[Ints, Ints, Floats], told: tuple[Ints, Ints, Floats], sites: int
) -> tuple[Ints, Ints, Floats]:
    """Modelled pairs, but for those with measured minutes, which take theirs."""
    keys = [pairs[0] * sites + pairs[1] for pairs in (modelled, told)]
    free = ~np.isin(keys[0], keys[1])
    return (
        np.concatenate([modelled[0][free], told[0]]),
        np.concatenate([modelled[1][free], told[1]]),
        np.concatenate([modelled[2][free], told[2]]),
    )
