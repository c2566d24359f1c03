"""What each learner was shown or did, as far as the snapshot knows."""

from datetime import datetime
from typing import Final, Self

import polars as pl

from data.city import City
from features.asof import known

SEEN: Final = ("course_id", "section_id")


class Past:
    """The courses and sections of each learner's events, found by binary search."""

    def __init__(self, events: pl.DataFrame) -> None:
        """Take learner_id, course_id and section_id (null where an event names none)."""
        ordered = events.select("learner_id", *SEEN).unique().sort("learner_id")
        self._learners = ordered["learner_id"]
        self._events = ordered.select(SEEN)

    @classmethod
    def of_city(cls, city: City, as_of: datetime) -> Self:
        """The events that a city knew at an instant."""
        return cls(known(city, "events", as_of).select("learner_id", *SEEN).collect())

    def of(self, learner_id: str) -> pl.DataFrame:
        """One learner's course_id and section_id, each pair once; empty for a stranger."""
        first = int(self._learners.search_sorted(learner_id, side="left"))
        after = int(self._learners.search_sorted(learner_id, side="right"))
        return self._events.slice(first, after - first)
