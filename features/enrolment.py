"""Who holds a seat, by the events alone: the last of enrol and drop decides."""

import polars as pl


def last_time(event_type: str) -> pl.Expr:
    """Within a group: when an event of the type last happened; null when it never did."""
    # when/then keeps the aggregation streaming; a filter inside the group would not.
    happened = pl.when(pl.col("type") == event_type).then(pl.col("occurred_at"))
    return happened.max().alias(event_type)


def stands(event_type: str, undone_by: str) -> pl.Expr:
    """Whether the last event of a type came after the last of the type that undoes it.

    At the same instant the undoing wins. Reads the columns made by ``last_time``.
    """
    undone = (pl.col(undone_by) >= pl.col(event_type)).fill_null(value=False)
    return pl.col(event_type).is_not_null() & ~undone


def enrolled_pairs(events: pl.LazyFrame) -> pl.LazyFrame:
    """One row per learner and section in which that learner holds a seat.

    Args:
        events: rows of the ``events`` contract, already cut off.

    Returns:
        learner_id, section_id; in no particular order.
    """
    seats = events.filter(
        pl.col("section_id").is_not_null(), pl.col("type").is_in(["enrol", "drop"])
    )
    latest = seats.group_by("learner_id", "section_id").agg(last_time("enrol"), last_time("drop"))
    return latest.filter(stands("enrol", undone_by="drop")).select("learner_id", "section_id")
