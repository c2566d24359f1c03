"""Why a section isn't in somebody's list, and the least that would change it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from recsys.errors import QueryError
from recsys.offer import Candidates
from recsys.pipeline.candidates import OVER
from recsys.pipeline.eligibility import all_refusals
from recsys.pipeline.relaxations import Relaxation, relaxations
from recsys.rules import Rule
from recsys.types import LearnerQuery


@dataclass(frozen=True, slots=True)
class WhyNot:
    """What became of one section.

    Attributes:
        section_id: the section.
        course_id: what it teaches.
        title: the course's title.
        rule: the first rule that refused it, or one of ``NOT_ASKED``; None when none did.
        also: further rules that refuse it.
        rank: its place among all eligible sections; None when it was refused, or stands
            back behind another section of its course.
        listed: whether it is in the list itself.
        text_zh: the answer in Chinese.
        text_en: the answer in English.
        relaxations: changes that together would make it eligible; empty when no change of
            the learner's own limits would.
    """

    section_id: str
    course_id: str
    title: str
    rule: str | None
    also: tuple[str, ...]
    rank: int | None
    listed: bool
    text_zh: str
    text_en: str
    relaxations: tuple[Relaxation, ...] = ()


NOT_ASKED: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "programme": ("这个班不属于您查询的办学类型。", "It belongs to another programme."),
        "not_included": ("这次查询限定了其他班次。", "The request was limited to other sections."),
        "excluded": ("这次查询排除了这个班。", "The request left it out."),
        "over": ("这个班已经结束或取消。", "It is over or was cancelled."),
    }
)
"""Reasons that are no rule: the request itself, or the section's end, left it out."""


def refusal(query: LearnerQuery, section: Candidates, rules: Sequence[Rule]) -> WhyNot | None:
    """The refusal of a section by the request or the rules; None when nothing refuses it.

    Args:
        query: who asks.
        section: the one section, paired with the learner; empty when unknown.
        rules: in the policy's order.

    Raises:
        QueryError: no section.
    """
    if not len(section):
        message = "no section of this id is known; ids are those of the sections table"
        raise QueryError(message)
    row = section.frame.row(0, named=True)
    refused = all_refusals(query, section, rules)
    if (left_out := _not_asked(query, row, refused)) is not None:
        return _answer(row, *NOT_ASKED[left_out], rule=left_out, also=tuple(refused))
    if not refused:
        return None
    first = next(rule for rule in rules if rule.name == refused[0])
    return _answer(
        row,
        first.text_zh,
        first.text_en,
        rule=first.name,
        also=tuple(refused[1:]),
        relaxations=relaxations(query, row, refused),
    )


def place(section: Candidates, ordered: Sequence[str], size: int) -> WhyNot:
    """The place of an eligible section.

    Args:
        section: the one section.
        ordered: all section ids of the finished order, best first.
        size: items of the list.
    """
    row = section.frame.row(0, named=True)
    if row["section_id"] not in ordered:
        zh = "同一门课程的另一个班更适合您，列表中每门课程只列一个班。"
        return _answer(row, zh, "Another section of the same course suits you better.")
    rank, of = ordered.index(row["section_id"]) + 1, len(ordered)
    if rank <= size:
        zh, en = f"它在列表中，排第 {rank} 位。", f"It is in the list, at place {rank}."
    else:
        zh = f"它符合条件，在 {of} 个班中排第 {rank} 位，列表只列前 {size} 个。"
        en = f"It is eligible, at place {rank} of {of}; the list shows the first {size}."
    return _answer(row, zh, en, rank=rank, listed=rank <= size)


def _answer(row: Mapping[str, Any], text_zh: str, text_en: str, **more: Any) -> WhyNot:
    plain: dict[str, Any] = {"rule": None, "also": (), "rank": None, "listed": False}
    ids = {name: row[name] for name in ("section_id", "course_id", "title")}
    return WhyNot(**ids, text_zh=text_zh, text_en=text_en, **{**plain, **more})


def _not_asked(query: LearnerQuery, row: Mapping[str, Any], refused: Sequence[str]) -> str | None:
    section_id = row["section_id"]
    if query.programme is not None and row["programme"] != query.programme:
        return "programme"
    if query.include_ids is not None and section_id not in query.include_ids:
        return "not_included"
    if section_id in query.exclude_ids:
        return "excluded"
    return "over" if row["state"] in OVER and not refused else None
