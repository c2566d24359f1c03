"""What was asked for and not found, on its way from an answer into the unmet-demand ledger.

The request's own thread only puts an ``Ask`` into a queue; a background task adds the asks up and
commits them every ``FLUSH_S`` seconds and when the service stops. A process that is killed loses
the asks of the last ``FLUSH_S`` seconds, and the one commit under way. While the ledger can't be
written, asks wait; beyond ``MOST_WAITING`` of them, further ones are left uncounted, and a log
line says how many. Nothing of this ever fails or delays an answer.

What is written is what the request itself states. The learner's registered town and age band stand
in for a home and an age that the request leaves out only where the learner lets the profile be used
(and, under 14, a guardian does); access needs are never written at all.
"""

import secrets
from collections import deque
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import blake2b
from math import cos
from threading import Lock
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from data.city import City
from data.errors import LedgerError
from data.tally import Ask, Tally
from data.unmet import UnmetLedger
from data.vocab import AGE_BAND_YEARS
from features.asof import city_day, known
from features.divisions import town_of
from features.travel import EARTH_RADIUS_KM, unit_vector, unit_vectors
from recsys.types import LearnerQuery
from serving.logs import log
from serving.schemas.recommend import RecommendAnswer, RecommendRequest

FLUSH_S: Final = 2.0
"""How often the counts are committed, seconds."""

MOST_WAITING: Final = 50_000
"""Asks that wait for the ledger at most."""

MOST_CELLS: Final = 200_000
"""Cells added up in memory at most; further asks wait in the queue."""

FARTHEST_KM: Final = 30.0
"""A point farther from every town's centre lies outside the city."""

_COSINE_FARTHEST: Final = cos(FARTHEST_KM / EARTH_RADIUS_KM)
_BAND_OF: Final = {years: band for band, years in AGE_BAND_YEARS.items()}


@dataclass(frozen=True, slots=True)
class Towns:
    """The centres of the city's towns; of its districts where no town has one.

    Attributes:
        codes: 12-digit division codes.
        centres: ``unit_vectors`` of them, shape (3, n).
    """

    codes: tuple[str, ...]
    centres: NDArray[np.float64]

    @classmethod
    def of_city(cls, city: City, moment: datetime) -> "Towns":
        """The towns in force at a moment."""
        rows = known(city, "divisions", moment).drop_nulls(["lon", "lat"]).collect()
        level = pl.col("level").cast(pl.String)
        towns = rows.filter(level == "town")
        found = (towns if towns.height else rows.filter(level == "district")).sort("division_code")
        centres = unit_vectors(found["lon"].to_numpy(), found["lat"].to_numpy())
        return cls(tuple(found["division_code"]), centres)

    def nearest(self, point: tuple[float, float]) -> str | None:
        """The town whose centre is nearest to a point; None outside the city."""
        if not self.codes:
            return None
        cosines = unit_vector(*point) @ self.centres
        place = int(cosines.argmax())
        return self.codes[place] if cosines[place] >= _COSINE_FARTHEST else None


class Notebook:
    """Collects asks in memory and writes them, counted, from time to time."""

    def __init__(self, ledger: UnmetLedger, towns: Towns) -> None:
        """Write into a ledger, telling places by the nearest town."""
        self._ledger = ledger
        self._towns = towns
        self._waiting: deque[Ask] = deque()
        self._tally = Tally()
        self._lock = Lock()
        self._lost = 0
        # drawn anew by each process and never written: who asks can't be told from the counts
        self._salt = secrets.token_bytes(16)

    def note(self, request: RecommendRequest, query: LearnerQuery, answer: RecommendAnswer) -> None:
        """Remember what a request asked for and what it got; never fails."""
        try:
            if request.include_ids is not None:
                return  # a page that orders sections it has chosen says nothing of what is lacking
            if len(self._waiting) >= MOST_WAITING:
                self._lost += 1
                return
            self._waiting.append(self._ask(request, query, answer))
        except Exception as error:
            log.error("ask_uncounted", kind=type(error).__name__)

    def flush(self) -> None:
        """Count what waits and commit it; what can't be written yet stays for the next time."""
        with self._lock:
            while self._waiting and len(self._tally) < MOST_CELLS:
                self._tally.add(self._waiting.popleft())
            try:
                self._ledger.add(self._tally)
            except LedgerError as error:
                log.error("unmet_unwritten", error=str(error), waiting=len(self._waiting))
            if self._lost:
                log.error("asks_lost", asks=self._lost)
                self._lost = 0

    def close(self) -> None:
        """Write what is left and let go of the file."""
        self.flush()
        self._ledger.close()

    def _ask(self, request: RecommendRequest, query: LearnerQuery, answer: RecommendAnswer) -> Ask:
        day, context = city_day(query.as_of), request.context
        return Ask(
            day=day,
            programme=request.programme,
            division_code=self._asked_from(request, query),
            categories=request.filter.categories or (),
            slots=context.free_slots or (),
            age_band=context.age_band or _registered_band(query),
            excluded=tuple(answer.excluded.items()),
            empty=not answer.items,
            caller=self._stand_in(day, request.learner_id or request.session),
        )

    def _asked_from(self, request: RecommendRequest, query: LearnerQuery) -> str | None:
        """Town or district: stated as a home, else registered, else where the search looks."""
        home, looks_in = request.context.home, request.filter.district_codes or ()
        if home is not None:
            return self._towns.nearest((home.lon, home.lat))
        if query.personalised and query.home_division_code is not None:
            return town_of(query.home_division_code)
        return looks_in[0] if len(looks_in) == 1 else None

    def _stand_in(self, day: date, identifier: str | None) -> int | None:
        """A number for who asks, the same for a day of this process and meaningless outside it."""
        if identifier is None:
            return None
        text = f"{day.isoformat()} {identifier}".encode()
        return int.from_bytes(blake2b(text, key=self._salt, digest_size=7).digest())


def _registered_band(query: LearnerQuery) -> str | None:
    """The age band of a learner who lets the profile be used; None of anybody else."""
    if not query.personalised or query.age_low is None or query.age_high is None:
        return None
    return _BAND_OF.get((query.age_low, query.age_high))
