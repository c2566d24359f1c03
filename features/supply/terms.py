"""Which sections count as the supply of today: those of the last finished term.

Terms are free text, and schools write them in their own ways, so a term is known by its days: it
starts at the median first day of its sections. Terms that start within one half-year and are over
count together.
"""

from datetime import date, timedelta
from typing import Final

import polars as pl

TERM_MONTHS: Final = 6
"""Months for which the completers of one half-year stand."""

SAME_HALF_YEAR: Final = timedelta(days=150)
"""Terms that start less than this apart belong to one half-year: spring and summer, not autumn."""

OVER_SHARE: Final = 0.9
"""A term is over when this share of its sections has ended; the rest is late, not running."""

STALE: Final = timedelta(days=365)
"""A term that ended longer ago than this says nothing about today."""

IDLE: Final = ("draft", "cancelled")
"""States in which nobody is taught."""


def counted_sections(sections: pl.DataFrame, day: date) -> pl.DataFrame:
    """The sections of the last finished half-year; before any is over, those that have begun.

    Args:
        sections: term, state, starts_on and ends_on, and whatever else.
        day: the day looked from; what ends on it isn't over.

    Returns:
        Rows of ``sections`` in their order, without drafts and cancelled ones.
    """
    taught = sections.filter(~pl.col("state").cast(pl.String).is_in(IDLE))
    terms = taught.group_by("term").agg(
        start=pl.col("starts_on").median().cast(pl.Date),
        end=pl.col("ends_on").median().cast(pl.Date),
        over=(pl.col("ends_on") < day).mean(),
    )
    recent = terms.filter(pl.col("end") >= day - STALE)
    finished = _last_half_year(recent.filter(pl.col("over") >= OVER_SHARE))
    if finished.height:
        return taught.join(finished, on="term", how="semi", maintain_order="left")
    begun = taught.filter(pl.col("starts_on") <= day)
    running = _last_half_year(recent.join(begun, on="term", how="semi"))
    return begun.join(running, on="term", how="semi", maintain_order="left")


def _last_half_year(terms: pl.DataFrame) -> pl.DataFrame:
    return terms.filter(pl.col("start") > pl.col("start").max() - SAME_HALF_YEAR)
