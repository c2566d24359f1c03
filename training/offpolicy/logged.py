"""From the event log to one row per shown section: its propensity, and what followed.

Only entries whose propensity is known are read: on a log of 50 million impressions the 5 % of
random traffic are what an unbiased estimate can use, and the rest never leaves the disk.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import polars as pl

from data.city import City
from training.offpolicy.errors import OffPolicyError

REWARDS: Final = ("apply", "view", "enrol")
"""Events that may count as the reward of an impression."""

LOGGED: Final = pl.Schema(
    {
        "learner_id": pl.String(),
        "list_id": pl.String(),
        "section_id": pl.String(),
        "position": pl.Int64(),
        "propensity": pl.Float64(),
        "policy": pl.String(),
        "reward": pl.Float64(),
    }
)
"""One row per section of a list; ``reward`` is 1 where the event followed, else 0."""

NOTHING_LOGGED: Final = (
    "no impression with a known propensity in this period; show a share of lists at random and "
    "log the propensity (docs/offpolicy.md), or widen the period"
)

_ENTRY: Final = ("learner_id", "list_id", "section_id")


@dataclass(frozen=True, slots=True)
class Window:
    """Which part of the log is read.

    Attributes:
        reward: one of ``REWARDS``.
        since: first moment of an impression, included; None from the start.
        until: last moment of an impression, excluded; None to the end. Rewards may come later.
        logged_by: only lists of this policy; None takes every list with a propensity.
    """

    reward: str = "apply"
    since: datetime | None = None
    until: datetime | None = None
    logged_by: str | None = None


def logged_lists(city: City, window: Window) -> pl.DataFrame:
    """Every shown section whose propensity is known, with its reward.

    A reward counts for the impression whose list it names, if it came after it. A reward without
    a ``list_id`` (a seat is given by the office, not on a page) counts for the latest impression
    of the same section to the same learner before it, whatever policy showed that.

    Args:
        city: any snapshot with events.
        window: which impressions, which reward.

    Returns:
        The columns of ``LOGGED``, one row per learner, list and section, in that order; a section
        logged twice in one list counts once, from its first impression.

    Raises:
        OffPolicyError: an unknown reward, no impression with a propensity, or a propensity out
            of (0, 1].
    """
    if window.reward not in REWARDS:
        message = f"{window.reward!r} is no reward; choose one of {', '.join(REWARDS)}"
        raise OffPolicyError(message)
    events = city.scan("events")
    shown = _shown(events, window)
    rewards = events.filter(pl.col("type").cast(pl.String) == window.reward)
    named = _rewarded_in_list(shown, rewards)
    unnamed = _rewarded_at_last(shown, events, rewards)
    rewarded = pl.concat([named, unnamed]).unique().with_columns(pl.lit(1.0).alias("reward"))
    logged = (
        shown.join(rewarded.lazy(), on=_ENTRY, how="left")
        .with_columns(pl.col("reward").fill_null(0.0))
        .select(LOGGED.names())
        .sort(_ENTRY)
        .collect()
    )
    return checked(logged)


def first_shown(city: City, window: Window) -> datetime:
    """The moment of the first impression that a window reads.

    Raises:
        OffPolicyError: it reads none.
    """
    first = _shown(city.scan("events"), window).select(pl.col("shown_at").min()).collect().item()
    if not isinstance(first, datetime):
        raise OffPolicyError(NOTHING_LOGGED)
    return first


def checked(logged: pl.DataFrame) -> pl.DataFrame:
    """The same rows, held to what an estimate needs.

    Raises:
        OffPolicyError: no row, or a propensity out of (0, 1].
    """
    if logged.is_empty():
        raise OffPolicyError(NOTHING_LOGGED)
    propensity = logged["propensity"].to_numpy()
    if not ((propensity > 0) & (propensity <= 1)).all():
        message = (
            "propensities should lie above 0 and at most at 1; the log holds "
            f"{propensity.min():g} to {propensity.max():g}"
        )
        raise OffPolicyError(message)
    return logged


def _shown(events: pl.LazyFrame, window: Window) -> pl.LazyFrame:
    """Impressions that can be used, each entry of a list once."""
    impressions = events.filter(
        pl.col("type").cast(pl.String) == "impression",
        pl.all_horizontal(pl.col(*_ENTRY, "propensity").is_not_null()),
    )
    if window.since is not None:
        impressions = impressions.filter(pl.col("occurred_at") >= window.since)
    if window.until is not None:
        impressions = impressions.filter(pl.col("occurred_at") < window.until)
    if window.logged_by is not None:
        impressions = impressions.filter(pl.col("policy").cast(pl.String) == window.logged_by)
    return (
        impressions.sort("occurred_at", "position", "event_id")
        .unique(_ENTRY, keep="first", maintain_order=True)
        .select(
            *_ENTRY,
            "position",
            "propensity",
            pl.col("policy").cast(pl.String),
            pl.col("occurred_at").alias("shown_at"),
        )
    )


def _rewarded_in_list(shown: pl.LazyFrame, rewards: pl.LazyFrame) -> pl.DataFrame:
    """Entries whose own list was named by a reward that came after."""
    named = rewards.filter(pl.col("list_id").is_not_null()).select(*_ENTRY, "occurred_at")
    found = shown.join(named, on=_ENTRY, how="inner")
    return found.filter(pl.col("occurred_at") >= pl.col("shown_at")).select(_ENTRY).collect()


def _rewarded_at_last(
    shown: pl.LazyFrame, events: pl.LazyFrame, rewards: pl.LazyFrame
) -> pl.DataFrame:
    """Entries that were the latest impression before a reward that names no list."""
    pair = ["learner_id", "section_id"]
    mine = shown.select(pair).unique()
    unnamed = rewards.filter(pl.col("list_id").is_null()).join(mine, on=pair, how="semi")
    impressions = events.filter(
        pl.col("type").cast(pl.String) == "impression", pl.col("list_id").is_not_null()
    ).join(mine, on=pair, how="semi")
    latest = (
        unnamed.select(*pair, "occurred_at")
        .join(impressions.select(*_ENTRY, shown_at="occurred_at"), on=pair, how="inner")
        .filter(pl.col("shown_at") <= pl.col("occurred_at"))
        .sort("shown_at", "list_id")
        .group_by(*pair, "occurred_at", maintain_order=True)
        .agg(pl.col("list_id").last())
    )
    return latest.select(_ENTRY).collect()
