"""Distance, and whom an institution's courses are for."""

import polars as pl

from recsys.rules.declaration import rule
from recsys.types import LearnerQuery


@rule(on_null="drop")
def within_circle(query: LearnerQuery) -> pl.Expr:
    """It is further away than the travel time you set.

    这个班超出了您设定的路程时间。

    Applies only where a travel time was set; online sections take no travel, and a section
    whose travel time is unknown is not promised to be near.
    """
    if query.circle_min is None:
        return pl.lit(value=True)
    return pl.col("travel_min") <= query.circle_min


@rule(on_null="drop")
def sharing(query: LearnerQuery) -> pl.Expr:
    """The institution offers it to another group of residents.

    这个班只面向办学单位规定范围内的居民。

    ``city`` is open to all; ``district`` to residents of the institution's district, an
    unknown home not among them; ``own`` to calls scoped to the institution. A catalogue
    without institutions restricts nobody.
    """
    scope = pl.col("sharing")
    district = pl.lit(query.district_code, dtype=pl.String)
    institution = pl.lit(query.scope_institution_id, dtype=pl.String)
    resident = (scope == "district") & (pl.col("institution_district_code") == district)
    own = (scope == "own") & (pl.col("institution_id") == institution)
    return scope.is_null() | (scope == "city") | resident | own
