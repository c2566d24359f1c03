"""What a learner could do about a refusal: the least change, and how much it would bring.

Only the learner's own limits (journey, free slots) and patience (a window that opens later)
are ever relaxed; access, age and consent never are.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any, Final

import numpy as np

from data.vocab import CITY_TIME, OPEN_STATES
from features.slots import BIT_OF, bits_of
from recsys.explainers.words import slots_en, slots_zh
from recsys.offer import Candidates
from recsys.pipeline.eligibility import Refusals
from recsys.rules import all_rules
from recsys.types import LearnerQuery

Row = Mapping[str, Any]
"""One section paired with the learner."""

STEPS: Final = (5, 10, 15, 20)
"""Minutes more of travel for which it is told how many sections they would bring."""

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Relaxation:
    """The least change that lifts one refusal of one section.

    Attributes:
        rule: the refusing rule.
        value: the new limit in minutes, the slots to add, or the instant to wait for.
        text_zh: what to do, in Chinese.
        text_en: the same in English.
    """

    rule: str
    value: float | str
    text_zh: str
    text_en: str


@dataclass(frozen=True, slots=True)
class Gain:
    """What relaxing one limit would bring to a list: sections that no other rule refuses.

    Attributes:
        rule: the rule that refuses them now.
        value: the new limit in minutes, the one slot to add, or the instant to wait for.
        sections: how many sections it would bring.
        steps: by minutes more of travel, how many sections they would bring; empty for other
            limits.
        text_zh: what to do, in Chinese.
        text_en: the same in English.
    """

    rule: str
    value: float | str
    sections: int
    text_zh: str
    text_en: str
    steps: Mapping[int, int]


def relaxations(query: LearnerQuery, row: Row, refused: Sequence[str]) -> tuple[Relaxation, ...]:
    """Changes that together make a refused section eligible; empty when none would.

    A change is offered only where it is enough: a longer way doesn't help against a full
    class, and no relaxation touches age, access or consent.
    """
    found = [RELAXED[rule](query, row) for rule in refused if rule in RELAXED]
    helpful = tuple(relaxation for relaxation in found if relaxation is not None)
    return helpful if len(helpful) == len(refused) else ()


def gains(query: LearnerQuery, refusals: Refusals) -> tuple[Gain, ...]:
    """For each limit that can be relaxed, the smallest change that brings a section.

    Args:
        query: who asks.
        refusals: of all rules, for the sections on offer.

    Returns:
        In the policy's order of the rules; a limit whose change would bring nothing is left out.
    """
    found = [
        GAINED[rule](query, only_refused_by(query, refusals, rule))
        for rule in refusals.rules
        if rule in GAINED
    ]
    return tuple(gain for gain in found if gain is not None)


def only_refused_by(query: LearnerQuery, refusals: Refusals, rule: str) -> Candidates:
    """The sections that one rule refuses and no other does."""
    place = refusals.rules.index(rule)
    sections = refusals.candidates.take(np.flatnonzero(refusals.first == place))
    for later in refusals.rules[place + 1 :]:
        keeps = all_rules()[later].keeps(query, sections)
        if keeps is not None:
            sections = sections.take(keeps)
    return sections


def _further(query: LearnerQuery, row: Row) -> Relaxation | None:
    minutes = row["travel_min"]
    if minutes is None or query.circle_min is None:
        return None
    more = _minutes_more(minutes, query.circle_min)
    return Relaxation(
        "within_circle",
        float(query.circle_min + more),
        f"路程再多 {more} 分钟就可以选这个班。",
        f"{_counted(more, 'more minute')} of travel would include it.",
    )


def _more_slots(query: LearnerQuery, row: Row) -> Relaxation | None:
    if row["slots"] is None:
        return None
    missing = sorted(set(row["slots"]) - (query.free_slots or frozenset()))
    return Relaxation(
        "free_slots",
        ",".join(missing),
        f"如果{slots_zh(missing)}也有空，就可以选这个班。",
        f"It would fit if you were free on {slots_en(missing)} too.",
    )


def _wait(query: LearnerQuery, row: Row) -> Relaxation | None:
    opens_at = row["apply_opens_at"]
    if row["state"] not in OPEN_STATES or opens_at <= query.as_of:
        return None
    zh, en, value = _moment(opens_at)
    return Relaxation("window", value, f"{zh} 开始报名。", f"Applications open at {en}.")


RELAXED: Final[Mapping[str, Callable[[LearnerQuery, Row], Relaxation | None]]] = MappingProxyType(
    {"within_circle": _further, "free_slots": _more_slots, "window": _wait}
)
"""Rules that a learner can do something about, and what."""


def _wider_circle(query: LearnerQuery, sections: Candidates) -> Gain | None:
    """The smallest number of whole minutes more that brings a section."""
    minutes = sections["travel_min"]
    known = np.sort(minutes[~np.isnan(minutes)])
    if not known.size or query.circle_min is None:
        return None
    circle = query.circle_min
    more = _minutes_more(float(known[0]), circle)

    def brought(extra: int) -> int:
        return int(np.searchsorted(known, circle + extra, side="right"))

    n = brought(more)
    return Gain(
        "within_circle",
        float(circle + more),
        n,
        f"再多 {more} 分钟可达 {n} 个班次。",
        f"{_counted(more, 'more minute')} would bring {_counted(n, 'more section')} within reach.",
        MappingProxyType({step: brought(step) for step in STEPS}),
    )


def _one_more_slot(query: LearnerQuery, sections: Candidates) -> Gain | None:
    """The one slot that brings most sections; of equals the first in the week."""
    free = bits_of(query.free_slots or ())
    held = sections.pick(sections.offer.slots)
    missing = held[sections.among_known("slots")] & ~np.int32(free)
    counts = {slot: int((missing == bit).sum()) for slot, bit in BIT_OF.items()}
    slot = max(counts, key=lambda slot: counts[slot])
    if not (n := counts[slot]):
        return None
    return Gain(
        "free_slots",
        slot,
        n,
        f"如果{slots_zh([slot])}也有空，可多选 {n} 个班次。",
        f"Being free on {slots_en([slot])} too would bring {_counted(n, 'more section')}.",
        MappingProxyType({}),
    )


def _next_opening(query: LearnerQuery, sections: Candidates) -> Gain | None:
    """The next moment at which applications open, and for how many sections they do."""
    now = (query.as_of - EPOCH) // timedelta(microseconds=1)
    opens = sections["apply_opens_at"][sections.among("state", OPEN_STATES)]
    later = opens[opens > now]
    if not later.size:
        return None
    first = float(later.min())
    n = int((later == first).sum())
    zh, en, value = _moment(EPOCH + timedelta(microseconds=int(first)))
    return Gain(
        "window",
        value,
        n,
        f"{zh} 起可多报名 {n} 个班次。",
        f"Applications for {_counted(n, 'more section')} open at {en}.",
        MappingProxyType({}),
    )


GAINED: Final[Mapping[str, Callable[[LearnerQuery, Candidates], Gain | None]]] = MappingProxyType(
    {"within_circle": _wider_circle, "free_slots": _one_more_slot, "window": _next_opening}
)
"""The same rules, for a whole list."""


def _minutes_more(minutes: float, circle: float) -> int:
    """Whole minutes that a circle has to grow by to hold a journey."""
    more = math.ceil(minutes - circle)
    # The difference was rounded; what counts is that the sum holds the journey.
    return more if circle + more >= minutes else more + 1


def _moment(instant: datetime) -> tuple[str, str, str]:
    """An instant in Chinese, in English and in ISO 8601, by the city's clock."""
    local = instant.astimezone(CITY_TIME)
    zh = f"{local:%Y年%m月%d日 %H:%M}"
    return zh, f"{local:%Y-%m-%d %H:%M}, Hangzhou time", local.isoformat()


def _counted(n: int, noun: str) -> str:
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"
