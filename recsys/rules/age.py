"""Age limits."""

import polars as pl

from recsys.rules.declaration import rule
from recsys.types import LearnerQuery


@rule(on_null="keep")
def age(query: LearnerQuery) -> pl.Expr:
    """The section is for another age group.

    这个班面向其他年龄段。

    Only bands of age are known, so a section is refused only where band and limits have no
    year in common; an unknown age or limit refuses nothing.
    """
    old_enough = pl.col("age_min") <= pl.lit(query.age_high, dtype=pl.Int64)
    young_enough = pl.col("age_max") >= pl.lit(query.age_low, dtype=pl.Int64)
    return old_enough & young_enough
