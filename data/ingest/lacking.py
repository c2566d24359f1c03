"""What a snapshot lacks, and what that switches off further on."""

from dataclasses import dataclass
from typing import Final

import polars as pl

from data.city import City


@dataclass(frozen=True, slots=True)
class Lack:
    """Something a snapshot doesn't bring.

    Attributes:
        lacks: a table, or ``table.columns``.
        zh: what that means, in Chinese.
        en: what that means, in English.
    """

    lacks: str
    zh: str
    en: str


TABLES_MISSED: Final = (
    Lack(
        "divisions",
        "没有区划表：区域热度只按教学点与单位所在区统计",
        "no divisions: area popularity goes by the venue's or institution's district only",
    ),
    Lack(
        "institutions",
        "没有办学单位表：不判断共享范围，不显示单位名称",
        "no institutions: sharing scopes aren't judged and names aren't shown",
    ),
    Lack(
        "venues",
        "没有教学点表：按线上目录处理，通勤时间未知",
        "no venues: an online catalogue; travel minutes are unknown",
    ),
    Lack(
        "sections",
        "没有班次表：没有可推荐的班次",
        "no sections: there is nothing to recommend from",
    ),
    Lack(
        "skills",
        "没有技能表：使用内置技能词表",
        "no skills: the built-in vocabulary is used",
    ),
    Lack(
        "course_skills",
        "没有课程技能表：目标技能不参与排序",
        "no course_skills: goal skills can't rank courses",
    ),
    Lack(
        "learners",
        "没有学习者表：只有非个性化推荐",
        "no learners: lists are not personal",
    ),
    Lack(
        "events",
        "没有行为记录：无法学习偏好，按热度与内容推荐",
        "no events: no tastes to learn; content alone recommends",
    ),
)
"""Tables whose absence switches something off."""

HOMES: Final = Lack(
    "learners.home",
    "学习者没有居住地：通勤时间未知，不按学习圈筛选",
    "no learner's home is known: travel minutes are unknown and circles don't filter",
)

EVENT_SECTIONS: Final = Lack(
    "events.section_id",
    "行为记录没有班次：只在课程层面学习偏好",
    "no event names a section: tastes are learned by course only",
)


def features_lacking(city: City) -> tuple[Lack, ...]:
    """What the snapshot lacks, each with what that switches off."""
    missed = [lack for lack in TABLES_MISSED if not city.has(lack.lacks)]
    if city.has("learners") and not _any_given(city, "learners", "home_division_code", "home_lon"):
        missed.append(HOMES)
    if city.has("events") and not _any_given(city, "events", "section_id"):
        missed.append(EVENT_SECTIONS)
    return tuple(missed)


def _any_given(city: City, table: str, *columns: str) -> bool:
    """Whether any row knows any of the columns."""
    known = city.scan(table).select(pl.any_horizontal(pl.col(columns).is_not_null()).any())
    return bool(known.collect().item())
