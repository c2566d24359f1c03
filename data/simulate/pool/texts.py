"""Titles and descriptions of courses in natural Chinese, from the words of the vocabulary."""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

TITLES: Final[Mapping[tuple[str, str], tuple[str, ...]]] = {
    ("night_school", "intro"): ("{s}入门", "零基础学{s}", "{s}体验课", "下班学{s}", "{s}小白班"),
    ("night_school", "advanced"): ("{s}提高班", "{s}进阶", "{s}实战"),
    ("night_school", "premium"): ("{s}精品班", "{s}大师课"),
    ("vocational", "intro"): ("{s}（初级）", "{s}岗前培训", "{s}基础"),
    ("vocational", "advanced"): ("{s}（中级）", "{s}技能提升培训", "{s}实务"),
    ("vocational", "premium"): ("{s}（高级）", "{s}高技能研修"),
    ("senior", "intro"): ("{s}基础班", "银龄{s}", "长者{s}课堂"),
    ("senior", "advanced"): ("{s}提高班", "{s}进修班"),
    ("senior", "premium"): ("{s}精品班", "{s}研习社"),
    ("community", "intro"): ("{s}公益课", "社区{s}体验", "{s}便民课堂"),
    ("community", "advanced"): ("{s}兴趣小组", "{s}提高课"),
    ("community", "premium"): ("{s}工作坊",),
    ("family", "intro"): ("{s}家长课堂", "{s}公益讲座"),
    ("family", "advanced"): ("{s}家长沙龙", "{s}成长营"),
    ("family", "premium"): ("{s}工作坊",),
}
"""By programme and layer; {s} is the skill's name or an alias."""

OPENINGS: Final = (
    "本课程面向{audience}，从{a}讲起",
    "从零开始认识{a}，适合{audience}",
    "由一线老师带教{a}，面向{audience}",
    "小班教学，手把手教会{a}，适合{audience}",
)
MIDDLES: Final = (
    "，带你逐步掌握{rest}",
    "，内容包括{rest}",
    "，兼顾{rest}，讲练结合",
)
CLOSINGS: Final[Mapping[str, tuple[str, ...]]] = {
    "night_school": ("共{hours}课时，工具现场提供。", "共{hours}课时，结课有作品展示。"),
    "vocational": (
        "共{hours}课时，实训占一半，可参加技能等级评价。",
        "共{hours}课时，结业后推荐岗位。",
    ),
    "senior": ("共{hours}课时，进度从容，不赶时间。", "共{hours}课时，白天上课，中间有休息。"),
    "community": ("共{hours}课时，免费参加，就在家门口。", "共{hours}课时，不需要任何基础。"),
    "family": ("共{hours}课时，欢迎祖辈一起来。", "共{hours}课时，课后有家庭任务单。"),
}
REMARKS: Final = (
    "",
    "",
    "请自备笔记本。",
    "教室有电梯。",
    "名额有限，报名后请按时到课。",
    "缺课三次视为自动退课。",
)


def title(programme: str, layer: str, words: Sequence[str], rng: np.random.Generator) -> str:
    """A course title such as 零基础学手冲咖啡 or 《行书精品班》.

    Args:
        programme: closed vocabulary.
        layer: intro, advanced or premium.
        words: the main skill's name and aliases; an alias is used now and then.
        rng: draws the form.
    """
    skill = _spoken(words, 0.2, rng)
    stem = skill.removesuffix("入门").removesuffix("基础")
    text = _one(TITLES[programme, layer], rng).format(s=stem)
    return f"《{text}》" if rng.random() < 0.15 else text


def description(
    programme: str,
    audience: str,
    skills: Sequence[Sequence[str]],
    hours: int,
    rng: np.random.Generator,
) -> str:
    """Two or three sentences that name every skill once, partly by alias.

    Args:
        programme: closed vocabulary.
        audience: whom the course addresses.
        skills: words of each skill taught, the main one first.
        hours: class hours.
        rng: draws the form.
    """
    main, *rest = [_spoken(words, 0.4, rng) for words in skills]
    opening = _one(OPENINGS, rng).format(audience=audience, a=main)
    middle = _one(MIDDLES, rng).format(rest="、".join(rest)) if rest else ""
    closing = _one(CLOSINGS[programme], rng).format(hours=hours)
    return f"{opening}{middle}。{closing}{_one(REMARKS, rng)}"


def _spoken(words: Sequence[str], alias_share: float, rng: np.random.Generator) -> str:
    """The skill's name, or with alias_share one of its aliases."""
    if len(words) > 1 and rng.random() < alias_share:
        return words[int(rng.integers(1, len(words)))]
    return words[0]


def _one(choices: Sequence[str], rng: np.random.Generator) -> str:
    return choices[int(rng.integers(0, len(choices)))]
