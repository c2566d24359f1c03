"""The nearest suitable site of each place, however far it is."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.sparse import csr_array

from features.reach import reach
from recsys.planning.circles.circle import LONGEST_MIN

AROUND_MIN: Final = LONGEST_MIN
"""Within so many minutes all pairs are looked at once; farther ones only where none is nearer."""

FARTHEST_MIN: Final = 24 * 60.0
"""Nobody is said to be farther away than a day."""

Minutes = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Nearest:
    """The nearest site of each place.

    Attributes:
        site: index of the site, -1 where there is none; shape (places,).
        minutes: one way, NaN where there is none; shape (places,).
    """

    site: Ints
    minutes: Minutes


class Journeys:
    """Minutes from places to sites at one pace, searched by widening circles.

    Args:
        places: division_code, district_code, lon, lat.
        sites: venue_id, home, lon, lat (``sites.Sites.points``).
        travel_mode: one of ``data.vocab.TRAVEL_MODES``; None: on foot or by transit.
        elder: whether the travellers are 60 or older.
        measured: rows of ``travel_times``; they replace the model's minutes up to
            ``AROUND_MIN``, beyond which a precise figure decides nothing.
    """

    def __init__(
        self,
        places: pl.DataFrame,
        sites: pl.DataFrame,
        *,
        travel_mode: str | None = None,
        elder: bool = False,
        measured: pl.DataFrame | None = None,
    ) -> None:
        self._places, self._sites = places, sites
        self._mode, self._elder = travel_mode, elder
        self._district = places["district_code"].fill_null("").to_numpy().astype(np.str_)
        self._home = sites["home"].fill_null("").to_numpy().astype(np.str_)
        self._around = self._within(
            np.arange(places.height), np.arange(sites.height), AROUND_MIN, measured
        )

    def nearest(self, suitable: Mask) -> Nearest:
        """The nearest site among the suitable ones that residents of each place may visit.

        Args:
            suitable: shape (sites,).
        """
        site, minutes = _least(self._around, suitable)
        far, sites = np.flatnonzero(site < 0), np.flatnonzero(suitable)
        cut = 2 * AROUND_MIN
        while len(far) and len(sites) and cut <= FARTHEST_MIN:
            found, took = _least(self._within(far, sites, cut), np.ones(len(sites), dtype=bool))
            there = found >= 0
            site[far[there]] = sites[found[there]]
            # what was measured to be this far is not near because the model thinks so
            minutes[far[there]] = np.maximum(took[there], AROUND_MIN)
            far, cut = far[~there], 2 * cut
        return Nearest(site, minutes)

    def _within(
        self, places: Ints, sites: Ints, cut: float, measured: pl.DataFrame | None = None
    ) -> csr_array:
        """Minutes below the cut, of the pairs whose resident may come to the site."""
        matrix = reach(
            self._places[places],
            self._sites[sites],
            cut_min=cut,
            travel_mode=self._mode,
            elder=self._elder,
            measured=measured,
        )
        row = np.repeat(places, np.diff(matrix.indptr))
        home = self._home[sites][matrix.indices]
        matrix.data[(home != "") & (home != self._district[row])] = np.inf
        return matrix


def _least(matrix: csr_array, suitable: Mask) -> tuple[Ints, Minutes]:
    """The column of the least stored minutes in each row, -1 and NaN where there is none.

    Of equally near sites the first is taken.
    """
    rows = matrix.shape[0]
    site, least = np.full(rows, -1), np.full(rows, np.nan)
    row = np.repeat(np.arange(rows), np.diff(matrix.indptr))
    open_to = np.flatnonzero(suitable[matrix.indices] & np.isfinite(matrix.data))
    if not len(open_to):
        return site, least
    row, column, minutes = row[open_to], matrix.indices[open_to], matrix.data[open_to]
    first = np.flatnonzero(np.r_[True, np.diff(row) > 0])
    lowest = np.minimum.reduceat(minutes, first)
    width = np.diff(np.r_[first, len(row)])
    at = np.flatnonzero(minutes == np.repeat(lowest, width))
    at = at[np.r_[True, np.diff(row[at]) > 0]]
    site[row[at]], least[row[at]] = column[at], minutes[at].astype(np.float64)
    return site, least
