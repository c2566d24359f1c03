"""Seat price: contested seats cost score, so that learners are spread over sections."""

from typing import ClassVar, Final

from pydantic import Field

from recsys.columns import Reals
from recsys.offer import Candidates
from recsys.stages import Reranker, StageConfig
from recsys.types import LearnerQuery

COLUMN: Final = "seat_price"
"""The price of each section's seats, in units of the score; never money shown to a learner."""


class SeatPriceConfig(StageConfig):
    """How much a price counts."""

    weight: float = Field(default=1.0, ge=0)
    """Score lost per unit of price; 1 takes the prices as they were worked out."""


class SeatPrice(Reranker):
    """Takes the price of its seats off each section's score.

    Prices are the dual of spreading learners over seats: they are known before the list is
    made, and a section without one costs nothing.
    """

    name: ClassVar[str] = "seat_price"
    config_type: ClassVar[type[StageConfig]] = SeatPriceConfig
    config: SeatPriceConfig

    def adjust(self, query: LearnerQuery, kept: Candidates) -> Reals | None:
        """Minus the weighted price; None without a table of prices."""
        return -self.config.weight * kept[COLUMN] if COLUMN in kept else None
