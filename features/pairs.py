"""One learner and all sections on offer: minutes, slots, age.

Minutes are found place by place, and only then told to the sections held there: a city has far
fewer places than sections.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from data.vocab import ONLINE_MODES
from features.divisions import ancestors
from features.slots import bits_of, share_free, week_bits
from features.travel import (
    DEFAULT_MODE,
    ELDER_FROM,
    km_apart,
    model_minutes,
    unit_vector,
    unit_vectors,
)

SCHEMA = pl.Schema(
    {
        "section_id": pl.String(),
        "travel_min": pl.Float64(),
        "slot_fit": pl.Float64(),
        "age_overlap": pl.Boolean(),
    }
)

Minutes = NDArray[np.float64]
Measured = Mapping[tuple[str, str], tuple[NDArray[np.intp], Minutes]]
"""By home division and mode: the places that have a measured time, and the minutes."""

NO_TIMES: Final[Measured] = {}


@dataclass(frozen=True)
class Traveller:
    """Who travels, as far as minutes depend on it.

    Attributes:
        home: longitude and latitude (WGS84 degrees) of the home cell.
        home_division_code: deepest known home division, for measured times.
        travel_mode: one of ``data.vocab.TRAVEL_MODES``; unknown is taken as transit.
        elder: whether the traveller is 60 or older.
    """

    home: tuple[float, float] | None
    home_division_code: str | None
    travel_mode: str | None
    elder: bool


@dataclass(frozen=True)
class Places:
    """The distinct places of sections: a venue at a point, or nowhere when online.

    Attributes:
        venue_ids: venue of each place, null where unknown; length n.
        lon: longitude, WGS84 degrees, NaN where unknown; shape (n,).
        lat: latitude; shape (n,).
        online: whether it takes no way at all; shape (n,).
        of_section: the place of each section; shape (sections,).
        measured: measured times, see ``with_times``.
    """

    venue_ids: pl.Series
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    online: NDArray[np.bool_]
    of_section: NDArray[np.int32]
    measured: Measured

    @classmethod
    def of(cls, sections: pl.DataFrame, travel_times: pl.DataFrame | None = None) -> "Places":
        """The places of ``features.section.section_features``, with their measured times."""
        key = ("venue_id", "lon", "lat", "online")
        online = sections.select(
            pl.col("venue_id").cast(pl.String),
            pl.col("lon", "lat").cast(pl.Float64),
            online=pl.col("mode").cast(pl.String).is_in(list(ONLINE_MODES)).fill_null(value=False),
        )
        distinct = online.unique(maintain_order=True).with_row_index("place")
        at = online.join(distinct, on=key, how="left", nulls_equal=True, maintain_order="left")
        return cls(
            venue_ids=distinct["venue_id"],
            lon=distinct["lon"].fill_null(np.nan).to_numpy(),
            lat=distinct["lat"].fill_null(np.nan).to_numpy(),
            online=distinct["online"].to_numpy(),
            of_section=at["place"].to_numpy().astype(np.int32),
            measured=_measured(distinct["venue_id"], travel_times),
        )

    def __len__(self) -> int:
        """How many places there are."""
        return len(self.lon)

    @cached_property
    def _vectors(self) -> NDArray[np.float64]:
        return unit_vectors(self.lon, self.lat)

    def minutes(self, traveller: Traveller, only: NDArray[np.intp] | None = None) -> Minutes:
        """Minutes one way to each place, shape (n,); 0 online, NaN where unknown.

        Args:
            traveller: who travels.
            only: the places asked for, None for all; those of others may stay NaN.
        """
        if traveller.home is None:
            minutes = np.full(len(self), np.nan)
        else:
            there = self._vectors if only is None else self._vectors[:, only]
            km = km_apart(unit_vector(*traveller.home)[:, None], there)
            told = model_minutes(km, traveller.travel_mode, elder=traveller.elder)
            minutes = told if only is None else np.full(len(self), np.nan)
            if only is not None:
                minutes[only] = told
        if self.measured and traveller.home_division_code is not None:
            mode = traveller.travel_mode or DEFAULT_MODE
            # the widest division first, so that a deeper one's time replaces it
            for division in reversed(ancestors(traveller.home_division_code)):
                places, known = self.measured.get((division, mode), (None, None))
                if places is not None:
                    minutes[places] = known
        np.copyto(minutes, 0.0, where=self.online)
        return minutes

    def minutes_of_pairs(
        self, travellers: Sequence[Traveller], who: NDArray[np.intp], places: NDArray[np.intp]
    ) -> Minutes:
        """Minutes one way of many pairs of a traveller and a place; as ``minutes`` gives them.

        Args:
            travellers: who travels.
            who: the traveller of each pair, in rising order; shape (pairs,).
            places: the place of each pair; shape (pairs,).
        """
        homes = np.array([t.home or (np.nan, np.nan) for t in travellers]).reshape(-1, 2)
        km = km_apart(unit_vectors(*homes.T)[:, who], self._vectors[:, places])
        minutes = np.empty(len(who))
        paces = [(t.travel_mode, t.elder) for t in travellers]
        for mode, elder in dict.fromkeys(paces):
            alike = np.array([pace == (mode, elder) for pace in paces])[who]
            minutes[alike] = model_minutes(km[alike], mode, elder=elder)
        if self.measured:
            starts = np.searchsorted(who, np.arange(len(travellers) + 1))
            for traveller, (start, stop) in zip(travellers, pairwise(starts), strict=True):
                self._measure(traveller, places[start:stop], minutes[start:stop])
        minutes[self.online[places]] = 0.0
        return minutes

    def _measure(
        self, traveller: Traveller, at: NDArray[np.intp], minutes: NDArray[np.float64]
    ) -> None:
        """Write one traveller's measured times over those of the model, the deepest division's."""
        if traveller.home_division_code is None:
            return
        mode = traveller.travel_mode or DEFAULT_MODE
        for division in reversed(ancestors(traveller.home_division_code)):
            places, known = self.measured.get((division, mode), (None, None))
            if places is not None:
                times = np.full(len(self), np.nan)
                times[places] = known
                told = times[at]
                np.copyto(minutes, told, where=~np.isnan(told))


def _measured(venue_ids: pl.Series, travel_times: pl.DataFrame | None) -> Measured:
    """The times of ``travel_times`` that lead to one of the places."""
    if travel_times is None or travel_times.is_empty():
        return NO_TIMES
    places = pl.DataFrame({"venue_id": venue_ids}).with_row_index("place").drop_nulls()
    times = travel_times.with_columns(pl.col("mode").cast(pl.String)).join(places, on="venue_id")
    parts = times.partition_by("from_division_code", "mode", as_dict=True)
    return {
        (str(division), str(mode)): (
            rows["place"].to_numpy().astype(np.intp),
            rows["minutes"].cast(pl.Float64).to_numpy(),
        )
        for (division, mode), rows in parts.items()
    }


def pair_features(
    sections: pl.DataFrame,
    *,
    home: tuple[float, float] | None,
    home_division_code: str | None,
    travel_mode: str | None,
    free_slots: frozenset[str] | None,
    age_low: int | None,
    age_high: int | None,
    travel_times: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """How each section suits one learner; columns in docs/features.md.

    Args:
        sections: ``features.section.section_features``, or any of its rows.
        home: longitude and latitude (WGS84 degrees) of the home cell.
        home_division_code: deepest known home division, for measured times.
        travel_mode: one of ``data.vocab.TRAVEL_MODES``; unknown is taken as transit.
        free_slots: weekly slots in which the learner is free; None unknown.
        age_low: youngest age of the learner's band, full years.
        age_high: oldest age of the learner's band, full years.
        travel_times: rows of the ``travel_times`` contract; they override the model.

    Returns:
        One row per section, in the order given.
    """
    places = Places.of(sections, travel_times)
    elder = age_low is not None and age_low >= ELDER_FROM
    minutes = places.minutes(Traveller(home, home_division_code, travel_mode, elder))
    columns = [
        sections["section_id"],
        pl.Series("travel_min", minutes[places.of_section]).fill_nan(None),
        slot_fit(sections["slots"], free_slots),
        _age_overlap(sections, age_low, age_high),
    ]
    return pl.DataFrame(columns, schema=SCHEMA)


def slot_fit(slots: pl.Series, free_slots: frozenset[str] | None) -> pl.Series:
    """Share of each section's weekly slots that are free.

    Args:
        slots: List[String], one list per section.
        free_slots: slots in which the learner is free; None unknown.

    Returns:
        Float64 from 0 to 1; 1.0 for a section without slots, null where nothing is known.
    """
    if free_slots is None:
        return pl.Series("slot_fit", [None] * len(slots), dtype=pl.Float64)
    return pl.Series("slot_fit", share_free(week_bits(slots), bits_of(free_slots)))


def _age_overlap(sections: pl.DataFrame, low: int | None, high: int | None) -> pl.Series:
    """Whether the learner's band and the section's limits share an age; null when unknown."""
    if low is None or high is None:
        return pl.Series("age_overlap", [None] * sections.height, dtype=pl.Boolean)
    youngest, oldest = sections["age_min"].fill_null(0), sections["age_max"].fill_null(high)
    return ((youngest <= high) & (oldest >= low)).alias("age_overlap")
