"""Sentences of answers that are about courses and areas, never about who asks."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from recsys.types import Reason

Figures = Mapping[str, str | float | int]


class Told(NamedTuple):
    """How a kind is said, in Chinese, in English and in plain Chinese; braces name figures."""

    zh: str
    en: str
    plain: str


IMPERSONAL: Final[Mapping[str, Told]] = MappingProxyType(
    {
        "same_skills": Told(
            "同样教授：{skills}",
            "Teaches the same skills: {skills}",
            "教同样的技能",
        ),
        "taken_together": Told(
            "报名过那门课程的学员中，有 {people} 人也报名过这门课程",
            "{people} people who applied for that course also applied for this one",
            "{people} 人两门课都报过",
        ),
        "same_text": Told(
            "课程介绍与那门课程相近",
            "Its description reads like that course's",
            "课程介绍很相近",
        ),
        "chosen_here": Told(
            "本区有 {people} 人报名过这门课程",
            "{people} people of the district have applied for this course",
            "本区 {people} 人报过名",
        ),
        "chosen_by_age": Told(
            "该年龄段有 {people} 人报名过这门课程",
            "{people} people of the age band have applied for this course",
            "{people} 位同龄人报过名",
        ),
    }
)
"""Every kind of impersonal reason. A sentence claims no more than its evidence proves."""


def impersonal(kind: str, evidence: Figures, weight: float, *, elder: bool = False) -> Reason:
    """A reason that says nothing of who asks.

    Args:
        kind: one of ``IMPERSONAL``.
        evidence: the figures that its sentence names.
        weight: its part of the score, from 0 to 1.
        elder: whether the Chinese sentence is the plain one.
    """
    sentence = IMPERSONAL[kind]
    chinese = sentence.plain if elder else sentence.zh
    return Reason(
        kind, chinese.format(**evidence), sentence.en.format(**evidence), evidence, weight
    )
