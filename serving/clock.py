"""What time it is for a decision: the present, or the moment at which the city's data stands.

A simulated or archived city has no section whose application window is open in the present; at
the present moment every list would be empty. ``auto`` then lets the bundle's cut-off be the
clock, and every answer says so.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

import polars as pl

from data.city import City

ClockChoice = Literal["auto", "now", "data"]
Wall = Callable[[], datetime]
"""Gives the present moment, with offset."""


def system_wall() -> datetime:
    """The present moment, by the machine's clock."""
    return datetime.now(UTC)  # noqa: TID251 - the composition edge: all others are passed a clock


@dataclass(frozen=True, slots=True)
class Clock:
    """The moment of decisions.

    Attributes:
        wall: gives the present moment.
        standing: the moment of every decision; None when time goes on.
        announced: whether answers warn that the clock stands still.
    """

    wall: Wall
    standing: datetime | None = None
    announced: bool = True

    @property
    def kind(self) -> Literal["now", "data"]:
        """Which of the two clocks this is, as answers say it."""
        return "now" if self.standing is None else "data"

    def now(self) -> datetime:
        """The moment at which a decision made now is made."""
        return self.wall() if self.standing is None else self.standing

    def latest(self) -> datetime:
        """The latest moment that isn't the future, by this clock or the present."""
        return max(self.wall(), self.now())


def choose_clock(choice: ClockChoice, city: City, model_as_of: datetime, wall: Wall) -> Clock:
    """The clock for a city; see the module's docstring for ``auto``."""
    if choice == "now" or (choice == "auto" and _open_from(city, wall())):
        return Clock(wall)
    return Clock(wall, standing=model_as_of)


def _open_from(city: City, moment: datetime) -> bool:
    """Whether any section's application window is open at the moment or comes later."""
    open_later = city.scan("sections").filter(
        pl.col("apply_closes_at") > moment, pl.col("state") != "cancelled"
    )
    return not open_later.select("section_id").head(1).collect().is_empty()
