"""What answers tell the caller besides the list, in both languages."""

from collections.abc import Mapping
from typing import Final

from serving.schemas.fields import Locale

_NOTICES: Final[Mapping[str, Mapping[Locale, str]]] = {
    "clock_stands": {
        "zh": "这座城市的数据不在当前时间：推荐按 {moment} 这一刻作出。",
        "en": "This city's data is not of the present: the list is made as of {moment}.",
    },
    "ledger_unread": {
        "zh": "暂时读不到最近的学习行为，列表只依据快照中的数据。",
        "en": "Recent events can't be read at the moment; the list rests on the snapshot alone.",
    },
    "unknown_include_ids": {
        "zh": "include_ids 中有 {count} 个不是本快照的班次。",
        "en": "{count} of the include_ids are not sections of this snapshot.",
    },
    "seen_not_used": {
        "zh": "没有可用的个人记录（未知学习者或已关闭个性化推荐），exclude_seen 未起作用。",
        "en": "No personal record may be used here, so exclude_seen has no effect.",
    },
    "record_unread": {
        "zh": "未读取学习记录（未登录，或未同意个性化推荐）：只按本次填写的内容计算。",
        "en": "The learning record was not read: only what this request states counts.",
    },
    "no_goal": {
        "zh": "没有目标：请给出职业或技能。",
        "en": "Nothing is asked for: name an occupation or a skill.",
    },
    "no_skills_of_occupation": {
        "zh": "该职业尚无技能要求的资料，无法计算差距。",
        "en": "No skills are on record for this occupation, so no distance can be told.",
    },
    "filter_leaves_nothing": {
        "zh": "筛选条件之下没有班次；条件未被放宽。",
        "en": "The filter leaves no section; it was not widened.",
    },
}


def notice(name: str, locale: Locale, **facts: str | int) -> str:
    """A notice in the language asked for, with its facts filled in."""
    return _NOTICES[name][locale].format(**facts)
