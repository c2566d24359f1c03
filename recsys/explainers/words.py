"""The words of reasons: one sentence per kind in Chinese, English and plain Chinese."""

import string
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Final

Evidence = Mapping[str, str | float | int]

PLAIN_LENGTH: Final = 20
"""Most characters of a reason in elder mode."""

CUT: Final = "…"
"""Stands for what was cut off."""

WEEKDAYS_ZH: Final = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
WEEKDAYS_EN: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
TIMES_ZH: Final = MappingProxyType({"M": "上午", "A": "下午", "E": "晚上"})
TIMES_EN: Final = MappingProxyType({"M": "morning", "A": "afternoon", "E": "evening"})


@dataclass(frozen=True, slots=True)
class Sentence:
    """How a factor is said; braces name evidence.

    Attributes:
        factor: whose contribution it tells, see ``recsys.explainers.claims.FACTOR``.
        zh: in Chinese.
        en: in English.
        plain: in elder mode: at most 20 characters with figures of usual length; a name in it
            is cut where it would be longer.
    """

    factor: str
    zh: str
    en: str
    plain: str


SENTENCES: Final[Mapping[str, Sentence]] = MappingProxyType(
    {
        "near": Sentence(
            "travel",
            "从家出发约 {minutes} 分钟，比可选班次的平均路程短",
            "About {minutes} minutes from home, shorter than the average way to what is open",
            "离家约 {minutes} 分钟",
        ),
        "no_travel": Sentence(
            "travel",
            "在线上课，不用出门",
            "Held online, without any travel",
            "在线上课，不用出门",
        ),
        "free_slot": Sentence(
            "slots",
            "上课时段（{slots_zh}）都在您的空闲时间内",
            "All its classes ({slots_en}) fall in your free time",
            "都在您有空的时候上课",
        ),
        "daytime": Sentence(
            "daytime", "都在白天上课", "All its classes are in the daytime", "都在白天上课"
        ),
        "free_of_charge": Sentence("price", "免费", "Free of charge", "不收费"),
        "price": Sentence(
            "price",
            "自付 {yuan} 元，低于可选班次的平均价格",
            "You pay {yuan} yuan, less than the average of what is open to you",
            "自己只付 {yuan} 元",
        ),
        "age_kind": Sentence(
            "age",
            "与您同龄的学员中有 {people} 人报名过“{kind_zh}”课程，所占比例高于全体学员",
            "{people} people of your age group have applied for courses of this kind"
            " ({kind_en}), a larger share than of all learners",
            "{people} 位同龄人选过这类课",
        ),
        "age_fit": Sentence(
            "age",
            "招生年龄包括您的整个年龄段",
            "Its age limits include all of your age group",
            "招生年龄适合您",
        ),
        "popular_age": Sentence(
            "popularity",
            "与您同龄的学员中有 {people} 人报名过这门课程",
            "{people} people of your age group have applied for this course",
            "{people} 位同龄人报过名",
        ),
        "popular_here": Sentence(
            "popularity",
            "您所在的区有 {people} 人报名过这门课程",
            "{people} people of your district have applied for this course",
            "本区 {people} 人报过名",
        ),
        "popular": Sentence(
            "popularity",
            "有 {people} 人报名过这门课程",
            "{people} people have applied for this course",
            "{people} 人报过名",
        ),
        "finished": Sentence(
            "quality",
            "以往报读这门课程的 {people} 人中，{percent}% 学完了课程",
            "Of {people} people who joined it before, {percent}% finished it",
            "以往学员 {percent}% 学完",
        ),
        "rated": Sentence(
            "quality",
            "{people} 位学员对这门课程的平均评分为 {mean}（满分 5 分）",
            "{people} learners rated it {mean} out of 5 on average",
            "学员平均评分 {mean} 分",
        ),
        "finished_here": Sentence(
            "institution",
            "{institution}以往的 {people} 位学员学完了所报课程的 {percent}%",
            "The {people} past learners of {institution} finished {percent}% of the courses"
            " they joined",
            "这里的课 {percent}% 有人学完",
        ),
        "revisited": Sentence(
            "taste",
            "您关注过这门课程",
            "You have shown interest in this course",
            "您关注过这门课",
        ),
        "taste_course": Sentence(
            "taste",
            "关注过《{title}》的学员更常选这门课程",
            "Learners with an interest in “{title}”, as you have, choose it more often",
            "选《{title}》的人常选它",
        ),
        "taste_content": Sentence(
            "taste",
            "内容与您关注过的《{title}》相近",
            "Teaches much the same as “{title}”, in which you showed interest",
            "与您关注的《{title}》相近",
        ),
        "taste": Sentence(
            "taste",
            "与您关注过的课程相近",
            "Close to courses in which you showed interest",
            "和您关注过的课相近",
        ),
        "profile_age": Sentence(
            "profile",
            "与您同龄的学员报名这门课程的比例高于全体学员",
            "People of your age group choose it more often than learners do on average",
            "您的同龄人更常选它",
        ),
        "profile_here": Sentence(
            "profile",
            "您所在区的学员报名这门课程的比例高于全体学员",
            "People of your district choose it more often than learners do on average",
            "本区学员更常选它",
        ),
        "goal_skill": Sentence(
            "goal",
            "教授您想学的技能：{skills}",
            "Teaches skills you want: {skills}",
            "教您想学的：{skills}",
        ),
        "goal_occupation": Sentence(
            "goal",
            "教授“{occupation}”需要的技能：{skills}",
            "Teaches skills that “{occupation}” asks for: {skills}",
            "教“{occupation}”的技能",
        ),
        "in_demand": Sentence(
            "demand",
            "近半年有 {adverts} 条招聘信息要求它教的技能：{skill}",
            "{adverts} job advertisements of the last half-year ask for {skill}, which it teaches",
            "用人单位在招：{skill}",
        ),
        "new": Sentence(
            "new", "首次开班的新课程", "A new course, held for the first time", "新课程"
        ),
    }
)
"""Every kind of reason. A sentence claims no more than its factor and the data prove."""


def texts(kind: str, evidence: Evidence, *, elder: bool) -> tuple[str, str]:
    """The sentence of a factor in Chinese (plain in elder mode) and in English."""
    return _said(kind, tuple(evidence.items()), elder)


@lru_cache(maxsize=2**14)
def _said(
    kind: str, evidence: tuple[tuple[str, str | float | int], ...], elder: bool
) -> tuple[str, str]:
    """The same; kept, as many sections of many lists are said the same of."""
    sentence, figures = SENTENCES[kind], dict(evidence)
    chinese = plain(sentence.plain, figures) if elder else sentence.zh.format_map(figures)
    return chinese, sentence.en.format_map(figures)


def plain(template: str, evidence: Evidence) -> str:
    """A plain sentence of at most ``PLAIN_LENGTH`` characters; the name in it is cut to fit.

    >>> plain("与您关注的《{title}》相近", {"title": "零基础中老年钢琴弹唱入门"})
    '与您关注的《零基础中老年钢琴弹…》相近'
    """
    whole = template.format_map(evidence)
    names = [name for name in _named(template) if isinstance(evidence[name], str)]
    if len(whole) <= PLAIN_LENGTH or not names:
        return whole
    name = max(names, key=lambda name: len(str(evidence[name])))
    text = str(evidence[name])
    room = len(text) - (len(whole) - PLAIN_LENGTH)
    return template.format(**{**evidence, name: shortened(text, room)})


def shortened(text: str, length: int) -> str:
    """A text of at most some characters, with an ellipsis where it was cut.

    Marks that belong to the character before them stay with it, or go with it.

    >>> shortened("太极拳入门", 4)
    '太极拳…'
    """
    if len(text) <= length:
        return text
    end = max(length - len(CUT), 0)
    while end > 0 and (_clings(text[end]) or text[end - 1] == JOINER):
        end -= 1
    return text[:end].rstrip() + CUT


JOINER: Final = "\u200d"
"""Joins the characters on both sides of it to one."""


def _clings(character: str) -> bool:
    """Whether a character is drawn as a part of the one before it."""
    skin_tone = "\U0001f3fb" <= character <= "\U0001f3ff"
    return character == JOINER or skin_tone or unicodedata.category(character).startswith("M")


def _named(template: str) -> list[str]:
    return [name for _, name, _, _ in string.Formatter().parse(template) if name]


def slots_zh(slots: Iterable[str]) -> str:
    """Slots in Chinese: ``3E`` is 周三晚上."""
    return "、".join(f"{WEEKDAYS_ZH[int(slot[0]) - 1]}{TIMES_ZH[slot[1]]}" for slot in slots)


def slots_en(slots: Iterable[str]) -> str:
    """Slots in English: ``3E`` is Wed evening."""
    return ", ".join(f"{WEEKDAYS_EN[int(slot[0]) - 1]} {TIMES_EN[slot[1]]}" for slot in slots)
