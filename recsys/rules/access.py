"""Access needs."""

from typing import Final

import polars as pl

from data.vocab import ONLINE_MODES
from recsys.rules.declaration import rule
from recsys.types import LearnerQuery

OF_THE_BUILDING: Final = frozenset({"step_free", "accessible_toilet"})
"""Needs that only a building can fail: a purely online section has no door and no toilet.

A hearing loop is not among them. It is about hearing the class, which is online no surer
than in a room, so it has to be confirmed everywhere, as captions have to be.
"""


@rule(on_null="drop")
def access(query: LearnerQuery) -> pl.Expr:
    """An access need of yours is not confirmed for this section.

    这个班未确认能满足您的无障碍需求。

    Only a confirmed ``true`` meets a need, in every mode. A dual section counts as a room,
    and a step-free entrance says nothing about the toilet.
    """
    online = pl.col("mode").is_in(ONLINE_MODES)
    confirmed = [
        (pl.col(need) | online) if need in OF_THE_BUILDING else pl.col(need)
        for need in sorted(query.needs)
    ]
    return pl.all_horizontal(pl.lit(value=True), *confirmed)
