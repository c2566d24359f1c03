"""The enrolment window and the seats."""

import polars as pl

from data.vocab import OPEN_STATES
from recsys.rules.declaration import rule
from recsys.types import LearnerQuery


@rule(on_null="drop")
def window(query: LearnerQuery) -> pl.Expr:
    """It is not open for applications now.

    这个班现在不在报名时间内。

    The window is half-open: open at ``apply_opens_at``, closed at ``apply_closes_at``.
    """
    is_open = pl.col("state").is_in(OPEN_STATES)
    begun = pl.col("apply_opens_at") <= query.as_of
    return is_open & begun & (pl.col("apply_closes_at") > query.as_of)


@rule(on_null="drop")
def seats(query: LearnerQuery) -> pl.Expr:
    """It has no seat left.

    这个班已经满员。

    A lottery that is taking applications has a seat for whoever wins one.
    """
    drawing = (pl.col("rule") == "lottery") & (pl.col("state") == "applying")
    return drawing | (pl.col("enrolled") < pl.col("capacity"))
