"""The planners' tables of one snapshot at one moment, as they may be released."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property, partial
from typing import Self

import numpy as np
import polars as pl

from data.city import City
from data.vocab import CITY_TIME
from features.demand.build import Demand, demand_of_city, end_of
from recsys.planning.circles import coverage
from recsys.planning.gaps.table import SEED, Gaps, gaps_of_city
from recsys.planning.interest.wants import wants
from recsys.planning.targets import targets_of_city
from serving.planning.kept import Kept
from serving.planning.opening import Planning


@dataclass(frozen=True, slots=True)
class PlannerTables:
    """Tables by name, each made when first asked for.

    Attributes:
        snapshot_id: the tables they are made of.
        month: first day of the last month that was over.
        moment: by when everything was known: the month's end.
        kept: demand, gaps and their evidence, coverage, targets and wants.
        planning: what to open where, on the kept gaps and wants.
    """

    snapshot_id: str
    month: date
    moment: datetime
    kept: Kept[pl.DataFrame]
    planning: Planning

    @classmethod
    def of_city(cls, city: City, as_of: datetime) -> Self:
        """Those of the last month that was over by a moment.

        Args:
            city: the snapshot.
            as_of: the moment, with an offset from UTC.
        """
        month = last_month_over(as_of)
        moment, postings = end_of(month), _Postings(city, month)
        makers: dict[str, Callable[[], pl.DataFrame]] = {
            "demand": postings.demand,
            "gaps": lambda: postings.found.table,
            "evidence": lambda: postings.found.evidence,
            "coverage": partial(coverage, city, moment),
            "wants": partial(wants, city, moment),
            "targets": lambda: targets_of_city(city, moment).drop("persons"),
        }
        kept = Kept(makers)
        return cls(city.snapshot_id, month, moment, kept, Planning(city, moment, kept.of))


class _Postings:
    """What is made of postings, which are read once; used by one thread."""

    def __init__(self, city: City, month: date) -> None:
        self._city = city
        self._month = month

    @cached_property
    def _read(self) -> Demand:
        return demand_of_city(self._city, self._month, lambda _step: None)

    def demand(self) -> pl.DataFrame:
        return self._read.table()

    @cached_property
    def found(self) -> Gaps:
        rng = np.random.default_rng(SEED)
        return gaps_of_city(self._city, self._month, lambda _step: None, rng, self._read)


def last_month_over(moment: datetime) -> date:
    """First day of the last month that was over by a moment, in the city's time."""
    first = moment.astimezone(CITY_TIME).date().replace(day=1)
    return (first - timedelta(days=1)).replace(day=1)
