"""The week: what the learner is committed to, and when the learner is free."""

from collections.abc import Mapping
from datetime import date

import polars as pl

from recsys.rules.declaration import rule
from recsys.types import LearnerQuery

Period = tuple[date, date]
"""First and last day, both included."""


@rule(on_null="keep")
def timetable_clash(query: LearnerQuery) -> pl.Expr:
    """You are in this section already, or it clashes with one you are in.

    您已报名这个班，或它与您已报的班时间冲突。

    Two sections clash when they share a weekly slot while their dates overlap. Recorded
    sections are watched at any time and clash with nothing.
    """
    joined = pl.col("section_id").is_in(sorted(query.enrolled_sections))
    clashes = [_clash(period, slots) for period, slots in _by_period(query).items()]
    clash = pl.any_horizontal(pl.lit(value=False), *clashes)
    return ~joined & ((pl.col("mode") == "online_recorded") | ~clash)


@rule(on_null="drop")
def free_slots(query: LearnerQuery) -> pl.Expr:
    """It meets at a time outside the slots you said are free.

    这个班的上课时段不在您选定的空闲时段内。

    Applies only where slots were given; a section without slots fits any week.
    """
    if query.free_slots is None:
        return pl.lit(value=True)
    return _in_slots(query.free_slots).list.all()


def _by_period(query: LearnerQuery) -> Mapping[Period, frozenset[str]]:
    """Slots taken in each period; most commitments of a term share one, which saves work."""
    taken: dict[Period, frozenset[str]] = {}
    for held in query.commitments:
        period = (held.starts_on, held.ends_on)
        taken[period] = taken.get(period, frozenset()) | held.slots
    return taken


def _clash(period: Period, slots: frozenset[str]) -> pl.Expr:
    first, last = period
    overlap = (pl.col("starts_on") <= last) & (pl.col("ends_on") >= first)
    return overlap & _in_slots(slots).list.any()


def _in_slots(slots: frozenset[str]) -> pl.Expr:
    return pl.col("slots").list.eval(pl.element().is_in(sorted(slots)))
