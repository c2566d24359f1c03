"""What learners were shown, and what they did about it: the log a ranker learns from."""

from datetime import datetime
from typing import Final

import polars as pl

from data.city import City
from features.asof import known

PASSED: Final = 0
LOOKED: Final = 1
ASKED: Final = 2
"""What became of a section that was shown: nothing, a look at it, a request for a seat."""

DEGREES: Final = {
    "impression": PASSED,
    "view": LOOKED,
    "favourite": LOOKED,
    "apply": ASKED,
    "waitlist": ASKED,
    "enrol": ASKED,
}
"""The outcome that each type of event stands for."""


def shown_pairs(city: City, as_of: datetime) -> pl.DataFrame:
    """Each learner and section that was shown to the learner, once.

    A section counts as shown where an impression says so; what was found without a list tells
    nothing about what lists are passed over.

    Args:
        city: any snapshot.
        as_of: the cut-off, with an offset from UTC.

    Returns:
        learner_id, section_id, outcome (Int8, the most the learner did), by learner and section.

    Raises:
        CutOffError: the cut-off has no offset from UTC.
    """
    events = known(city, "events", as_of).filter(
        pl.col("section_id").is_not_null(), pl.col("type").is_in(list(DEGREES))
    )
    degree = pl.col("type").cast(pl.String).replace_strict(DEGREES, return_dtype=pl.Int8)
    pairs = (
        events.select("learner_id", "section_id", degree=degree)
        .group_by("learner_id", "section_id")
        .agg(outcome=pl.col("degree").max(), shown=(pl.col("degree") == PASSED).any())
    )
    seen = pairs.filter("shown").drop("shown").collect(engine="streaming")
    return seen.sort("learner_id", "section_id")
