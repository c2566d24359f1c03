"""Skill levels: what a learner holds and how that is known, what is wanted, what courses lift.

Levels go from 1 (entry) to 5 (master). A tie without a level says that the skill is there, not
how well: it counts as the lowest level, and ``level_known`` is false. No tie at all is unknown,
which is another thing than level 0.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

LOWEST: Final = 1
"""The level of a skill that is there, nobody says how well."""

Origin = Literal["stated", "course", "occupation"]
"""How it is known that a learner holds a skill."""

SUREST: Final[Mapping[Origin, int]] = {"stated": 0, "course": 1, "occupation": 2}
"""Order of origins that give one level: the surest first."""

OPEN_TO_BEGINNERS: Final = "intro"
"""The layer of courses that presuppose nothing."""


@dataclass(frozen=True, slots=True)
class Held:
    """A skill that a learner holds.

    Attributes:
        skill_id: the skill.
        level: 1 to 5.
        level_known: whether anybody gave the level; else it is the lowest.
        origin: how it is known: stated now, taught by a completed course, or presumed of
            whoever works in an occupation.
        source: the course or the occupation; None where stated.
    """

    skill_id: str
    level: int
    level_known: bool
    origin: Origin
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """A skill that is asked for.

    Attributes:
        skill_id: the skill.
        importance: its weight, 0 to 1.
        level: 1 to 5.
        level_known: whether anybody gave the level; else it is the lowest.
    """

    skill_id: str
    importance: float
    level: int
    level_known: bool = True


@dataclass(frozen=True, slots=True)
class Lift:
    """What a course does for a skill: from at least one level to another.

    Attributes:
        skill_id: the skill.
        level_from: the level to bring, 0 for none.
        level_to: the level reached.
        level_known: whether anybody gave the level reached.
        weight: how much of the course is about it, 0 to 1.
    """

    skill_id: str
    level_from: int
    level_to: int
    level_known: bool
    weight: float


def lifts_of(course: Mapping[str, Any]) -> tuple[Lift, ...]:
    """What a course lifts, by skill.

    The level reached is the tie's ``level_to``, else the course's ``skill_level``, else the
    lowest. Courses say where they lead, not where they begin: one is taken to begin a level
    below, and one of the layer ``intro`` at nothing. A tie of weight 0 lifts nothing.

    Args:
        course: a row of ``features.steps.course_steps``.
    """
    told = (
        (tie, tie["level_to"] if tie["level_to"] is not None else course["skill_level"])
        for tie in course["skills"]
        if tie["weight"] > 0
    )
    return tuple(
        Lift(
            skill_id=tie["skill_id"],
            level_from=0 if course["layer"] == OPEN_TO_BEGINNERS else (level or LOWEST) - 1,
            level_to=level or LOWEST,
            level_known=level is not None,
            weight=tie["weight"],
        )
        for tie, level in told
    )


def wanted_of(skills: Iterable[Mapping[str, Any]]) -> tuple[Wanted, ...]:
    """What an occupation asks for, by skill id.

    Args:
        skills: rows of the ``occupation_skills`` contract of one occupation.
    """
    asked = [
        Wanted(row["skill_id"], row["importance"], row["level"] or LOWEST, row["level"] is not None)
        for row in skills
    ]
    return tuple(sorted(asked, key=lambda each: each.skill_id))


def taught(course_id: str, lifts: Iterable[Lift]) -> list[Held]:
    """The skills of whoever completed a course."""
    return [Held(it.skill_id, it.level_to, it.level_known, "course", course_id) for it in lifts]


def presumed(occupation_code: str, skills: Iterable[Wanted]) -> list[Held]:
    """The skills of whoever works in an occupation, as far as it asks for them."""
    return [
        Held(it.skill_id, it.level, it.level_known, "occupation", occupation_code) for it in skills
    ]


def best_held(evidence: Iterable[Held]) -> Mapping[str, Held]:
    """For each skill the evidence of the highest level; of equals the surest."""
    found: dict[str, Held] = {}
    for each in sorted(evidence, key=_strength):
        found.setdefault(each.skill_id, each)
    return dict(sorted(found.items()))


def _strength(each: Held) -> tuple[str, int, bool, int, str]:
    """Orders evidence: by skill, then the strongest first."""
    surest = SUREST[each.origin]
    return (each.skill_id, -each.level, not each.level_known, surest, each.source or "")


def joined(wanted: Iterable[Wanted], more: Sequence[Wanted]) -> tuple[Wanted, ...]:
    """What is asked for with more skills; one named in both keeps the later entry."""
    both = {each.skill_id: each for each in (*wanted, *more)}
    return tuple(both[skill] for skill in sorted(both))
