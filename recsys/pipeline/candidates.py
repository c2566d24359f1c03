"""The sections on offer: prepared once for an instant, paired with each learner."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

import polars as pl

from data.city import City
from features.pairs import pair_features
from features.section import section_features
from recsys.types import Candidates, LearnerQuery

NEVER_SHOWN: Final = ("draft",)
"""States nobody outside the institution may learn of."""
OVER: Final = ("cancelled", "finished")
"""States in which a section is no longer a candidate, though one may ask why not."""


class Pool:
    """The sections of a city at one instant.

    Rows are ordered by section_id, so that a stable sort by score breaks ties by it.
    """

    def __init__(self, sections: pl.DataFrame, travel_times: pl.DataFrame | None = None) -> None:
        """Split the candidates by programme.

        Args:
            sections: ``features.section.section_features``.
            travel_times: rows of that contract, which override the travel model.
        """
        state = pl.col("state").cast(pl.String)
        self._known = sections.filter(~state.is_in(NEVER_SHOWN)).sort("section_id")
        self._offered = self._known.filter(~state.is_in(OVER))
        self._travel_times = travel_times
        self._by_programme = _split(self._offered)

    @classmethod
    def of(cls, city: City, as_of: datetime) -> "Pool":
        """The pool of a city at an instant."""
        travel = city.read("travel_times") if city.has("travel_times") else None
        return cls(section_features(city, as_of), travel)

    def candidates(self, query: LearnerQuery) -> Candidates:
        """The sections of the query's programme that the caller did not rule out."""
        rows = self._offered
        if query.programme is not None:
            rows = self._by_programme.get(query.programme, rows.clear())
        if query.include_ids is not None:
            rows = rows.filter(pl.col("section_id").is_in(sorted(query.include_ids)))
        if query.exclude_ids:
            rows = rows.filter(~pl.col("section_id").is_in(sorted(query.exclude_ids)))
        return self._paired(query, rows)

    def single(self, query: LearnerQuery, section_id: str) -> Candidates:
        """One section, on offer or over; empty when nobody may know of it."""
        return self._paired(query, self._known.filter(pl.col("section_id") == section_id))

    def _paired(self, query: LearnerQuery, rows: pl.DataFrame) -> Candidates:
        pairs = pairs_of(query, rows, self._travel_times)
        return Candidates(rows.hstack(pairs.drop("section_id")))


def pairs_of(
    query: LearnerQuery, sections: pl.DataFrame, travel_times: pl.DataFrame | None
) -> pl.DataFrame:
    """``features.pairs.pair_features`` of who asks and these sections, in their order."""
    return pair_features(
        sections,
        home=query.home,
        home_division_code=query.home_division_code,
        travel_mode=query.travel_mode,
        free_slots=query.free_slots,
        age_low=query.age_low,
        age_high=query.age_high,
        travel_times=travel_times,
    )


def _split(sections: pl.DataFrame) -> Mapping[str, pl.DataFrame]:
    parts = sections.partition_by("programme", as_dict=True, maintain_order=True)
    return {str(programme): rows for (programme,), rows in parts.items()}
