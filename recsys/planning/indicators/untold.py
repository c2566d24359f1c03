"""Targets of the plan that no table of the city can tell yet, and what would be needed."""

from recsys.planning.indicators.declaration import Measured, Missing, indicator
from recsys.planning.indicators.grounds import Grounds


def _no_table(what_zh: str, what_en: str) -> Missing:
    return Missing(f"没有{what_zh}的数据表", f"no table tells {what_en}")


@indicator(unit="communities")
def learning_communities(known: Grounds) -> Measured | Missing:
    """Communities recognised as learning communities.

    认定的学习型社区数量。
    """
    return _no_table("学习型社区认定结果", "which communities were recognised")


@indicator(unit="organisations")
def learning_organisations(known: Grounds) -> Measured | Missing:
    """Organisations recognised as learning organisations.

    认定的学习型组织数量。
    """
    return _no_table("学习型组织认定结果", "which organisations were recognised")


@indicator(unit="cases")
def showcase_cases(known: Grounds) -> Measured | Missing:
    """Cases chosen and published as showcases.

    评选发布的典型案例数量。
    """
    return _no_table("典型案例评选结果", "which cases were chosen")


@indicator(unit="teachers")
def lead_senior_teachers(known: Grounds) -> Measured | Missing:
    """Teachers appointed as leaders of senior education.

    选聘的老年教育领军教师数量。
    """
    return _no_table("领军教师选聘结果", "which teachers were appointed; roles don't say")


@indicator(unit="pilot")
def upskilling_pilot(known: Grounds) -> Measured | Missing:
    """Pilots of human-capital upskilling that were set up.

    设立的人力资本提升试点数量。
    """
    return _no_table("试点设立情况", "which pilots were set up")
