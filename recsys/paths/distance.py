"""The distance of a person to an occupation: the matching degree, and the gap skill by skill."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from recsys.paths.levels import Held, Wanted


@dataclass(frozen=True, slots=True)
class Gap:
    """One skill that is asked for.

    Attributes:
        wanted: the skill, its weight and level.
        held: what is known of the learner; None where no record says anything.
        missing: levels lacking; where nothing is known, all of them.
    """

    wanted: Wanted
    held: Held | None
    missing: int


@dataclass(frozen=True, slots=True)
class Distance:
    """How far somebody is from what is asked for.

    Attributes:
        degree: the matching degree, 0 to 1; None where nothing is asked for or no record says
            anything of any skill asked for. Skills of which nothing is known count as not
            held, so it is a lower bound where ``unknown`` isn't empty.
        gaps: every skill asked for, the heaviest first.
        unknown: skills asked for of which no record says anything.
    """

    degree: float | None
    gaps: tuple[Gap, ...]
    unknown: tuple[str, ...]


def distance(held: Mapping[str, Held], wanted: Sequence[Wanted]) -> Distance:
    """The distance of somebody to what is asked for.

    Args:
        held: by skill, what the learner holds.
        wanted: what is asked for.
    """
    gaps = tuple(_gap(held.get(each.skill_id), each) for each in sorted(wanted, key=_heaviest))
    levels = {skill: each.level for skill, each in held.items()}
    known = any(gap.held is not None for gap in gaps)
    return Distance(
        degree=degree(levels, wanted) if known else None,
        gaps=gaps,
        unknown=tuple(gap.wanted.skill_id for gap in gaps if gap.held is None),
    )


def degree(levels: Mapping[str, int], wanted: Sequence[Wanted]) -> float | None:
    """The matching degree of a person and a job: ``sum_k w_k min(l_k, j_k)/j_k / sum_k w_k``.

    w is the importance of skill k, j the level asked for, l the level held, 0 where a skill
    isn't among ``levels``. None where nothing weighs anything.

    >>> weld, read = Wanted("weld", 0.9, 3), Wanted("read", 0.3, 2)
    >>> degree({"weld": 1, "read": 5}, [weld, read])  # (0.9 * 1/3 + 0.3 * 1) / 1.2
    0.5
    """
    total = sum(each.importance for each in wanted)
    if not total:
        return None
    met = sum(
        each.importance * min(levels.get(each.skill_id, 0), each.level) / each.level
        for each in wanted
    )
    return round(met / total, 9)


def _gap(held: Held | None, wanted: Wanted) -> Gap:
    return Gap(wanted, held, max(0, wanted.level - (held.level if held else 0)))


def _heaviest(each: Wanted) -> tuple[float, str]:
    return -each.importance, each.skill_id
