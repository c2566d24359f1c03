"""The words of reasons: one sentence per factor in Chinese, English and plain Chinese."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

Evidence = Mapping[str, str | float | int]

PLAIN_LENGTH: Final = 20
"""Most characters of a reason in elder mode."""

WEEKDAYS_ZH: Final = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
WEEKDAYS_EN: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
TIMES_ZH: Final = MappingProxyType({"M": "上午", "A": "下午", "E": "晚上"})
TIMES_EN: Final = MappingProxyType({"M": "morning", "A": "afternoon", "E": "evening"})


@dataclass(frozen=True, slots=True)
class Sentence:
    """How a factor is said; braces name evidence.

    Attributes:
        zh: in Chinese.
        en: in English.
        plain: in elder mode: at most 20 characters, whatever the evidence.
    """

    zh: str
    en: str
    plain: str


SENTENCES: Final[Mapping[str, Sentence]] = MappingProxyType(
    {
        "near": Sentence(
            "从家出发约 {minutes} 分钟，比可选班次的平均路程短",
            "About {minutes} minutes from home, shorter than the average way to what is open",
            "离家约 {minutes} 分钟",
        ),
        "free_slot": Sentence(
            "上课时段（{slots_zh}）都在您的空闲时间内",
            "All its classes ({slots_en}) fall in your free time",
            "都在您有空的时候上课",
        ),
        "daytime": Sentence("都在白天上课", "All its classes are in the daytime", "都在白天上课"),
        "free_of_charge": Sentence("免费", "Free of charge", "不收费"),
        "price": Sentence(
            "自付 {yuan} 元，低于可选班次的平均价格",
            "You pay {yuan} yuan, less than the average of what is open to you",
            "自己只付 {yuan} 元",
        ),
        "age_fit": Sentence(
            "这类课程适合您的年龄段",
            "This kind of course suits your age group",
            "适合您的年龄",
        ),
        "popular_age": Sentence(
            "与您同龄的学员中有 {people} 人报名过这门课程",
            "{people} people of your age group have applied for this course",
            "{people} 位同龄人报过名",
        ),
        "popular_here": Sentence(
            "您所在的区有 {people} 人报名过这门课程",
            "{people} people of your district have applied for this course",
            "本区 {people} 人报过名",
        ),
        "popular": Sentence(
            "受欢迎程度高于可选课程的平均水平",
            "More popular than the average of what is open to you",
            "比一般的课更受欢迎",
        ),
        "revisited": Sentence(
            "您关注过这门课程",
            "You have shown interest in this course",
            "您关注过这门课",
        ),
        "taste_course": Sentence(
            "与您关注过的《{title}》相近",
            "Close to “{title}”, in which you showed interest",
            "和您关注过的课相近",
        ),
        "taste": Sentence(
            "与您关注过的课程相近",
            "Close to courses in which you showed interest",
            "和您关注过的课相近",
        ),
        "profile": Sentence(
            "与您情况相近的学员更常选这门课程",
            "Learners in a situation like yours choose it more often",
            "和您相近的人常选它",
        ),
        "goal_skill": Sentence(
            "教授您想学的技能：{skills}",
            "Teaches skills you want: {skills}",
            "教您想学的技能",
        ),
        "goal_occupation": Sentence(
            "教授“{occupation}”需要的技能：{skills}",
            "Teaches skills that “{occupation}” asks for: {skills}",
            "教您想从事的职业技能",
        ),
    }
)
"""Every kind of reason. A sentence claims no more than its factor proves."""


def texts(kind: str, evidence: Evidence, *, elder: bool) -> tuple[str, str]:
    """The sentence of a factor in Chinese (plain in elder mode) and in English."""
    sentence = SENTENCES[kind]
    chinese = sentence.plain if elder else sentence.zh
    return chinese.format(**evidence), sentence.en.format(**evidence)


def slots_zh(slots: Iterable[str]) -> str:
    """Slots in Chinese: ``3E`` is 周三晚上."""
    return "、".join(f"{WEEKDAYS_ZH[int(slot[0]) - 1]}{TIMES_ZH[slot[1]]}" for slot in slots)


def slots_en(slots: Iterable[str]) -> str:
    """Slots in English: ``3E`` is Wed evening."""
    return ", ".join(f"{WEEKDAYS_EN[int(slot[0]) - 1]} {TIMES_EN[slot[1]]}" for slot in slots)
