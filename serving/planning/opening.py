"""Plans and site advice on request, one search at a time."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import Any, Final

import numpy as np
import polars as pl

from data.city import City
from features.errors import FeatureError
from recsys.planning.needs import NO_GAPS
from recsys.planning.opening.city.build import Ask, Setting, setting_of
from recsys.planning.opening.city.room import NEW_ROOM, room_at
from recsys.planning.opening.errors import PlanningError
from recsys.planning.opening.floors import floor_prices
from recsys.planning.opening.report import plan_table, summary
from recsys.planning.opening.solve import Plan, solve
from recsys.planning.siting.advice import site_advice
from recsys.planning.siting.micro import micro_spaces
from serving.catalogue import iso
from serving.errors import BusyError, NoPlanError, NoTableError
from serving.schemas.opening import PlanAnswer, PlanRequest, SiteAnswer, SiteRequest

SEED: Final = 0
"""The same question gets the same plan, as far as time allows."""

FLOOR_SHARE: Final = 0.25
"""Share of the search's time for each plan without a floor."""

Table = Callable[[str], pl.DataFrame]


@dataclass(frozen=True, slots=True)
class Planning:
    """Answers what to open where, from one snapshot at one moment.

    Attributes:
        city: the snapshot.
        moment: by when everything is known.
        table: a kept table by name: ``gaps`` and ``wants``.
    """

    city: City
    moment: datetime
    table: Table
    _searching: Lock = field(default_factory=Lock)

    def plan(self, request: PlanRequest) -> PlanAnswer:
        """The best plan that time allows.

        Raises:
            BusyError: another search is under way.
            NoPlanError: nothing can be planned, or the floors can't be met.
            TableNotReadyError: the needs are still being worked out.
        """
        needs = self._gaps(), self.table("wants")
        if not self._searching.acquire(blocking=False):
            message = "another plan is being searched for; ask again when it is done"
            raise BusyError(message)
        try:
            return self._planned(request, *needs)
        except (PlanningError, FeatureError) as error:
            raise NoPlanError(str(error)) from error
        finally:
            self._searching.release()

    def advice(self, request: SiteRequest) -> SiteAnswer:
        """Courses for a room, or places for micro-spaces.

        Raises:
            NoPlanError: there is no such room, or it is never free.
            TableNotReadyError: the needs are still being worked out.
        """
        try:
            if request.venue_id is None and request.room is None:
                spaces = micro_spaces(self.city, self.moment, request.limit)
                return SiteAnswer.model_validate(self._told(courses=[], spaces=spaces.to_dicts()))
            courses = self._for_room(request).to_dicts()
        except (PlanningError, FeatureError) as error:
            raise NoPlanError(str(error)) from error
        return SiteAnswer.model_validate(self._told(courses=courses, spaces=[]))

    def _for_room(self, request: SiteRequest) -> pl.DataFrame:
        room, at = None, request.room
        if request.venue_id is None and at is not None:
            room = room_at(self.city, self.moment, at.lon, at.lat, at.seats, slots=request.slots)
        needs = self._gaps(), self.table("wants")
        setting = setting_of(self.city, self.moment, Ask(0.0), *needs, room, alone=True)
        venue = NEW_ROOM if request.venue_id is None else request.venue_id
        return site_advice(setting, venue, request.slots, request.limit)

    def _planned(self, request: PlanRequest, gaps: pl.DataFrame, wants: pl.DataFrame) -> PlanAnswer:
        ask = Ask(
            request.budget_yuan, request.rural_share, request.teachers_cap, request.town_floor
        )
        setting = setting_of(self.city, self.moment, ask, gaps, wants)
        found = solve(
            setting.problem,
            clock=time.monotonic,
            seconds=request.max_seconds,
            rng=np.random.default_rng(SEED),
        )
        told = summary(setting, found)
        answer = {name: value for name, value in told.items() if name in PlanAnswer.model_fields}
        floors = _floors(setting, found, request) if request.floor_prices else []
        lines = plan_table(setting, found.draft).to_dicts()
        return PlanAnswer.model_validate(self._told(**answer, lines=lines, floors=floors))

    def _gaps(self) -> pl.DataFrame:
        """The gaps; none are known where postings tell no demand."""
        try:
            return self.table("gaps")
        except NoTableError:
            return NO_GAPS.to_frame()

    def _told(self, **answer: Any) -> dict[str, Any]:
        return {"as_of": iso(self.moment), **answer}


def _floors(setting: Setting, found: Plan, request: PlanRequest) -> list[dict[str, Any]]:
    prices = floor_prices(
        setting.problem,
        found,
        clock=time.monotonic,
        seconds=FLOOR_SHARE * request.max_seconds,
        rng=np.random.default_rng(SEED),
    )
    return [{"floor": it.floor, "lost": round(it.lost, 4)} for it in prices]
