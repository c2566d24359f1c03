"""What a path may be made of: courses, each at a time, and what comes before what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from recsys.paths.levels import Lift


@dataclass(frozen=True, slots=True)
class Step:
    """A course as a step.

    Attributes:
        course_id: the course.
        hours: class hours of 45 minutes.
        lifts: what it does for which skill.
        prerequisites: courses to complete before it, those already completed left out.
        credits: None where unknown.
    """

    course_id: str
    hours: float
    lifts: tuple[Lift, ...]
    prerequisites: frozenset[str] = frozenset()
    credits: float | None = None


@dataclass(frozen=True, slots=True)
class Option:
    """A course at a time: one of its sections, or some later term while none is on offer.

    Attributes:
        step: the course.
        section_id: None while no section is on offer.
        term: the term it falls in.
        starts_on: first day; None while there is no section.
        ends_on: last day; None while there is no section.
        slots: weekly slots as bits, 0 for what is watched at any time or has no slots yet.
        price_fen: None while there is no section.
        later: 0 for a section, else the number of the later term, from 1.
    """

    step: Step
    section_id: str | None
    term: str
    starts_on: date | None = None
    ends_on: date | None = None
    slots: int = 0
    price_fen: int | None = None
    later: int = 0

    @property
    def key(self) -> tuple[str, str, int]:
        """What options are ordered by."""
        return self.step.course_id, self.section_id or "", self.later


@dataclass(frozen=True, slots=True)
class Budget:
    """How much a path may take; None is no limit.

    Attributes:
        max_hours: class hours in all.
        max_terms: terms in which something is taken.
        budget_fen: fees in all. What isn't on offer has no price, and no promise to fit.
    """

    max_hours: float | None = None
    max_terms: int | None = None
    budget_fen: int | None = None


def before(first: Option, then: Option) -> bool:
    """Whether an option is over when another begins; later terms follow all sections."""
    if first.later or then.later:
        return first.later < then.later
    if first.ends_on is None or then.starts_on is None:
        return False
    return first.ends_on < then.starts_on


def clash(one: Option, other: Option) -> bool:
    """Whether two sections share a weekly slot while their dates overlap."""
    shared = one.slots & other.slots
    return bool(shared) and not (before(one, other) or before(other, one))


def in_order(options: Sequence[Option]) -> tuple[Option, ...]:
    """Options by time, then by id."""
    first = date.min
    return tuple(sorted(options, key=lambda it: (it.later, it.starts_on or first, it.key)))


def climbed(
    chosen: Sequence[Option], held: Mapping[str, int]
) -> list[tuple[Option, Mapping[str, tuple[int, int]]]]:
    """What each of some options lifts, in the order of time.

    A course lifts a skill only from the level it begins at, so what comes before counts; what
    runs beside it doesn't.

    Args:
        chosen: a path.
        held: levels at the outset.

    Returns:
        Each option with the skills it lifts: the level before and the level after it.
    """
    levels = dict(held)
    told: list[tuple[Option, Mapping[str, tuple[int, int]]]] = []
    reached: list[tuple[Option, Lift]] = []
    for option in in_order(chosen):
        at_start = dict(held)
        for earlier, lift in reached:
            if before(earlier, option):
                at_start[lift.skill_id] = max(at_start.get(lift.skill_id, 0), lift.level_to)
        works = [it for it in option.step.lifts if at_start.get(it.skill_id, 0) >= it.level_from]
        reached += [(option, lift) for lift in works]
        rises = {
            it.skill_id: (levels.get(it.skill_id, 0), it.level_to)
            for it in works
            if it.level_to > levels.get(it.skill_id, 0)
        }
        levels |= {skill: after for skill, (_, after) in rises.items()}
        told.append((option, rises))
    return told
