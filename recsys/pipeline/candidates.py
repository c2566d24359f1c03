"""The sections on offer: prepared once for an instant, paired with each learner."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

import numpy as np
import polars as pl

from data.city import City
from features.section import section_features
from recsys.columns import Index
from recsys.errors import QueryError
from recsys.offer import Candidates, Offer
from recsys.pairing import paired
from recsys.rerankers.seat_price import COLUMN
from recsys.types import LearnerQuery

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
        known = sections.filter(~state.is_in(NEVER_SHOWN)).sort("section_id")
        offered = known.filter(~state.is_in(OVER))
        self._travel_times = travel_times
        self._known = Offer(known, travel_times)
        self._offered = Offer(offered, travel_times)
        self._nothing = Offer(offered.clear(), travel_times)
        self._by_programme = _split(offered, travel_times)

    @classmethod
    def of(cls, city: City, as_of: datetime, prices: pl.DataFrame | None = None) -> "Pool":
        """The pool of a city at an instant, with the prices of contested seats where given."""
        travel = city.read("travel_times") if city.has("travel_times") else None
        sections = section_features(city, as_of)
        return cls(sections if prices is None else priced(sections, prices), travel)

    def offer(self, programme: str | None) -> Offer:
        """All sections on offer under a programme; None for all programmes."""
        if programme is None:
            return self._offered
        return self._by_programme.get(programme, self._nothing)

    @property
    def known(self) -> Offer:
        """All sections that anybody may learn of, those that are over too."""
        return self._known

    def candidates(self, query: LearnerQuery) -> Candidates:
        """The sections of the query's programme that the caller did not rule out."""
        offer = self.offer(query.programme)
        return paired(query, offer, _asked_for(query, offer))

    def single(self, query: LearnerQuery, section_id: str) -> Candidates:
        """One section, on offer or over; empty when nobody may know of it."""
        return paired(query, self._known, self._known.rows_of("section_id", [section_id]))

    def alone(self, section_id: str) -> Offer:
        """One section, on offer or over, as an offer of its own; empty when nobody may know it."""
        rows = self._known.rows_of("section_id", [section_id])
        return Offer(self._known.frame[rows], self._travel_times)


def priced(sections: pl.DataFrame, prices: pl.DataFrame) -> pl.DataFrame:
    """The sections with a column ``seat_price``, 0 where the table names none.

    Raises:
        QueryError: the table lacks section_id or price, names a section twice, or a price is
            negative or no number.
    """
    missing = sorted({"section_id", "price"} - set(prices.columns))
    if missing:
        message = f"the table of prices lacks {missing}; it has {prices.columns}"
        raise QueryError(message)
    table = prices.select(pl.col("section_id").cast(pl.String), pl.col("price").cast(pl.Float64))
    wrong = table.filter(~(pl.col("price") >= 0) | ~pl.col("price").is_finite())
    if wrong.height or table["price"].null_count():
        message = f"{wrong.height} prices are negative or no number; a price is 0 or more"
        raise QueryError(message)
    if table["section_id"].is_duplicated().any():
        message = "the table of prices names a section twice"
        raise QueryError(message)
    joined = sections.join(table, on="section_id", how="left", maintain_order="left")
    return joined.rename({"price": COLUMN}).with_columns(pl.col(COLUMN).fill_null(0.0))


def _asked_for(query: LearnerQuery, offer: Offer) -> Index | None:
    """The rows that the caller's own lists leave; None for all."""
    if query.include_ids is None and not query.exclude_ids:
        return None
    asked = np.full(len(offer), query.include_ids is None)
    asked[offer.rows_of("section_id", query.include_ids or ())] = True
    asked[offer.rows_of("section_id", query.exclude_ids)] = False
    return np.flatnonzero(asked)


def _split(sections: pl.DataFrame, travel_times: pl.DataFrame | None) -> Mapping[str, Offer]:
    parts = sections.partition_by("programme", as_dict=True, maintain_order=True)
    return {str(programme): Offer(rows, travel_times) for (programme,), rows in parts.items()}
