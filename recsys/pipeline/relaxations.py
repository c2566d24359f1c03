"""The least change to a limit of the learner's that would lift a refusal."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from data.vocab import CITY_TIME, OPEN_STATES
from recsys.explainers.words import slots_en, slots_zh
from recsys.types import LearnerQuery

Row = Mapping[str, Any]
"""One section paired with the learner."""


@dataclass(frozen=True, slots=True)
class Relaxation:
    """The least change that lifts one refusal.

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


def relaxations(query: LearnerQuery, row: Row, refused: Sequence[str]) -> tuple[Relaxation, ...]:
    """Changes that together make a refused section eligible; empty when none would.

    A change is offered only where it is enough: a longer way doesn't help against a full
    class, and no relaxation touches age, access or consent.
    """
    found = [RELAXED[rule](query, row) for rule in refused if rule in RELAXED]
    helpful = tuple(relaxation for relaxation in found if relaxation is not None)
    return helpful if len(helpful) == len(refused) else ()


def _further(query: LearnerQuery, row: Row) -> Relaxation | None:
    minutes = row["travel_min"]
    if minutes is None or query.circle_min is None:
        return None
    more = math.ceil(minutes - query.circle_min)
    return Relaxation(
        "within_circle",
        float(query.circle_min + more),
        f"路程再多 {more} 分钟就可以选这个班。",
        f"{more} more minutes of travel would include it.",
    )


def _more_slots(query: LearnerQuery, row: Row) -> Relaxation:
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
    local = opens_at.astimezone(CITY_TIME)
    return Relaxation(
        "window",
        local.isoformat(),
        f"{local:%Y年%m月%d日 %H:%M} 开始报名。",
        f"Applications open at {local:%Y-%m-%d %H:%M}, Hangzhou time.",
    )


RELAXED: Final[Mapping[str, Callable[[LearnerQuery, Row], Relaxation | None]]] = MappingProxyType(
    {"within_circle": _further, "free_slots": _more_slots, "window": _wait}
)
"""Rules that a learner can do something about, and what."""
