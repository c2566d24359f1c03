"""Whom the circles and the classes for elders reach, and how many teach."""

from typing import Final

from recsys.planning.indicators.declaration import Measured, Missing, indicator
from recsys.planning.indicators.grounds import Grounds
from recsys.planning.indicators.network import NO_SECTIONS

FEWEST: Final = 10
"""Registered learners below which no count is told."""

NO_RESIDENTS: Final = Missing("区划表没有常住人口", "the divisions table tells no residents")
NO_ELDERS: Final = Missing(
    "区划表没有60岁以上人口", "the divisions table doesn't tell everywhere who is 60 or older"
)
NO_ATTENDANCE: Final = Missing(
    "近一年没有到课或结业记录", "no attendance or completion is recorded in the year before"
)
TOO_FEW: Final = Missing(
    f"少于{FEWEST}人，不公布", f"fewer than {FEWEST} persons, which is not told"
)


@indicator(unit="%")
def citizen_circle_15min(known: Grounds) -> Measured | Missing:
    """Share of residents within 15 minutes of a section for citizens open or running.

    15分钟路程内有市民学习班次（报名或开班中）的常住人口占比。

    Night school, senior, community and family courses in a room, without regard to seats left;
    60 and older at an elder's pace.
    """
    return _circle(known, "citizen")


@indicator(unit="%")
def vocational_circle_30min(known: Grounds) -> Measured | Missing:
    """Share of residents within 30 minutes of a vocational section open or running.

    30分钟路程内有职业培训班次（报名或开班中）的常住人口占比。
    """
    return _circle(known, "vocational")


@indicator(unit="%", persons=True)
def participation_60plus(known: Grounds) -> Measured | Missing:
    """Share of residents from 60 who completed a section in the year or attend two thirds of one.

    近一年内结业或到课率达三分之二的60岁以上学习者占60岁以上常住人口的比例。
    """
    taken_part = _regular(known)
    if isinstance(taken_part, Missing):
        return taken_part
    elders = known.residents["population_60plus"]
    if elders.null_count() or not elders.sum():
        return NO_ELDERS
    return Measured(taken_part.numerator, round(elders.sum()))


@indicator(unit="persons", persons=True)
def participants_60plus(known: Grounds) -> Measured | Missing:
    """Learners from 60 who completed a section in the year or attend two thirds of one.

    近一年内结业或到课率达三分之二的60岁以上学习者人数。
    """
    return _regular(known)


@indicator(unit="per_10000", at_most=True)
def community_educators_per_10000(known: Grounds) -> Measured | Missing:
    """Teachers who taught a section in the year before, per 10,000 residents.

    近一年内任课的教师数，每万名常住人口。
    """
    if not known.tells_sections:
        return NO_SECTIONS
    if known.residents.is_empty():
        return NO_RESIDENTS
    return Measured(known.teachers, round(known.residents["population"].sum()))


def _circle(known: Grounds, name: str) -> Measured | Missing:
    if not known.tells_sections:
        return NO_SECTIONS
    found = known.circle(name)
    return NO_RESIDENTS if found is None else Measured(*found)


def _regular(known: Grounds) -> Measured | Missing:
    count = known.regular_elders
    if count is None:
        return NO_ATTENDANCE
    return TOO_FEW if count < FEWEST else Measured(count)
