"""Which sections are taught around a moment: what circles, networks and seats are counted by."""

from datetime import datetime, timedelta
from typing import Final

import polars as pl

from data.city import City
from data.vocab import ONLINE_MODES
from features.asof import city_day, in_utc
from features.section import section_features

NEVER_TAUGHT: Final = ("draft", "cancelled")


def taught_sections(city: City, moment: datetime, *, days: int = 0) -> pl.DataFrame:
    """The sections open or running at the moment, or ended within some days before it.

    A section is among them once its window for applications has opened, until its last day is
    over; drafts and cancelled ones never are. So a section announced for later isn't, and a
    later snapshot of the same city tells the same.

    Args:
        city: any snapshot.
        moment: the cut-off, with an offset from UTC.
        days: how long after its last day a section still counts.

    Returns:
        Rows and columns of ``features.section.section_features``.

    Raises:
        CutOffError: the cut-off has no offset from UTC.
    """
    since = city_day(moment) - timedelta(days=days)
    return section_features(city, moment).filter(
        pl.col("apply_opens_at") <= in_utc(moment),
        pl.col("ends_on") >= since,
        ~pl.col("state").cast(pl.String).is_in(NEVER_TAUGHT),
    )


def in_a_room() -> pl.Expr:
    """Whether a section is held in a room whose place is known; a dual one is."""
    online = pl.col("mode").cast(pl.String).is_in(ONLINE_MODES)
    return ~online & pl.col("lon").is_not_null()
