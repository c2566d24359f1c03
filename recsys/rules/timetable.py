"""The week: what the learner is committed to, and when the learner is free."""

from collections.abc import Mapping
from datetime import date
from typing import Final

import numpy as np

from features.slots import bits_of
from recsys.columns import Mask
from recsys.offer import Candidates
from recsys.rules.declaration import Verdict, rule
from recsys.types import LearnerQuery

Period = tuple[date, date]
"""First and last day, both included."""

EPOCH: Final = date(1970, 1, 1)


@rule(on_null="keep")
def timetable_clash(query: LearnerQuery, sections: Candidates) -> Verdict:
    """You are in this section already, or it clashes with one you are in.

    您已报名这个班，或它与您已报的班时间冲突。

    Two sections clash when they share a weekly slot while their dates overlap. Recorded
    sections are watched at any time and clash with nothing.
    """
    if not query.enrolled_sections and not query.commitments:
        return None
    clash = np.zeros(len(sections), dtype=np.bool_)
    for period, slots in _by_period(query).items():
        clash |= _clash(sections, period, slots)
    clash &= ~sections.among("mode", ["online_recorded"])
    return ~(sections.named("section_id", query.enrolled_sections) | clash)


@rule(on_null="drop")
def free_slots(query: LearnerQuery, sections: Candidates) -> Verdict:
    """It meets at a time outside the slots you said are free.

    这个班的上课时段不在您选定的空闲时段内。

    Applies only where slots were given; a section without slots fits any week.
    """
    if query.free_slots is None:
        return None
    taken = sections.pick(sections.offer.slots) & ~np.int32(bits_of(query.free_slots))
    return np.where(sections.among_known("slots"), (taken == 0).astype(np.float64), np.nan)


def _by_period(query: LearnerQuery) -> Mapping[Period, int]:
    """Slots taken in each period, as bits; most commitments of a term share one period."""
    taken: dict[Period, int] = {}
    for held in query.commitments:
        period = (held.starts_on, held.ends_on)
        taken[period] = taken.get(period, 0) | bits_of(held.slots)
    return taken


def _clash(sections: Candidates, period: Period, slots: int) -> Mask:
    """Sections that meet in one of the slots while their dates overlap the period."""
    first, last = ((day - EPOCH).days for day in period)
    overlap = (sections["starts_on"] <= last) & (sections["ends_on"] >= first)
    shared: Mask = (sections.pick(sections.offer.slots) & np.int32(slots)) != 0
    return overlap & shared
