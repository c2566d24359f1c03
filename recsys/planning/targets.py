"""The city plan's targets, with the circles they ask for: the one place that joins the two."""

from datetime import datetime
from functools import cache

import polars as pl

from data.city import City
from recsys.planning.circles import ALL, coverage
from recsys.planning.indicators.table import targets_table


def targets_of_city(city: City, moment: datetime) -> pl.DataFrame:
    """Each target with value, definition, trend and status (``indicators.table.targets_table``).

    Args:
        city: any snapshot.
        moment: the cut-off, with an offset from UTC; a past one tells what it told then.

    Raises:
        CutOffError: the cut-off has no offset from UTC.
        PlaceError: people live in divisions none of which has a point.
    """

    @cache
    def reached(at: datetime) -> pl.DataFrame:
        return coverage(city, at, needs=[ALL])

    return targets_table(city, moment, reached)
