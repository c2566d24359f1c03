"""Why a section isn't in somebody's list, and the least that would change it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from recsys.errors import QueryError
from recsys.offer import Candidates
from recsys.pipeline.candidates import OVER
from recsys.pipeline.eligibility import all_refusals
from recsys.pipeline.relaxations import Gain, Relaxation, relaxations
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
        rank: its place in the list, or by score alone among all eligible sections when it
            isn't listed; None when it was refused.
        listed: whether it is in the list itself.
        text_zh: the answer in Chinese.
        text_en: the answer in English.
        relaxations: changes that together would make it eligible; empty when no change of
            the learner's own limits would.
        rank_by_score: its place by score alone among all eligible sections; None when refused.
        moved_by: the reranker that took it out of the list, or brought it in; None when none.
        behind: the section of its course that is listed instead of it; None when none is.
        gains: what relaxing one limit would bring to the whole list.
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
    rank_by_score: int | None = None
    moved_by: str | None = None
    behind: str | None = None
    gains: tuple[Gain, ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """All eligible sections of one query in their order, step by step.

    Attributes:
        courses: course of each eligible section, by section id.
        by_score: all section ids, best score first.
        after: by reranker in the policy's order, the section ids of the list once it has run.
        size: items of the list.
    """

    courses: Mapping[str, str]
    by_score: Sequence[str]
    after: Mapping[str, Sequence[str]]
    size: int

    @property
    def listed(self) -> Sequence[str]:
        """The sections of the list."""
        orders = [self.by_score, *self.after.values()]
        return orders[-1][: self.size]

    def moved_by(self, section_id: str) -> str | None:
        """The last reranker that took a section out of the list by score, or brought it in."""
        mover, inside = None, section_id in self.by_score[: self.size]
        before = inside
        for name, order in self.after.items():
            now = section_id in order[: self.size]
            if now != inside:
                mover, inside = name, now
        return mover if inside != before else None


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


def place(section: Candidates, standing: Standing) -> WhyNot:
    """The place of an eligible section.

    Args:
        section: the one section.
        standing: of all eligible ones.
    """
    row = section.frame.row(0, named=True)
    section_id, listed = row["section_id"], standing.listed
    by_score = standing.by_score.index(section_id) + 1
    found: dict[str, Any] = {
        "rank_by_score": by_score,
        "moved_by": standing.moved_by(section_id),
        "listed": section_id in listed,
    }
    if section_id in listed:
        rank = listed.index(section_id) + 1
        return _answer(row, *_in_words(rank, standing, **found), rank=rank, **found)
    course = row["course_id"]
    behind = next((each for each in listed if standing.courses[each] == course), None)
    words = _in_words(by_score, standing, behind=behind, **found)
    return _answer(row, *words, rank=by_score, behind=behind, **found)


def _in_words(
    rank: int,
    standing: Standing,
    *,
    rank_by_score: int,
    moved_by: str | None,
    listed: bool,
    behind: str | None = None,
) -> tuple[str, str]:
    """Where a section stands and what moved it, in Chinese and in English."""
    if listed:
        zh, en = f"它在列表中，排第 {rank} 位", f"It is in the list, at place {rank}"
        if moved_by is None:
            return f"{zh}。", f"{en}."
        return (
            f"{zh}；按得分排第 {rank_by_score} 位，由 {moved_by} 提前。",
            f"{en}; by score it is at {rank_by_score}, and {moved_by} moved it up.",
        )
    of, size = len(standing.by_score), standing.size
    zh = f"它符合条件，按得分在 {of} 个班中排第 {rank} 位"
    en = f"It is eligible, by score at place {rank} of {of}"
    if moved_by is not None and behind is None:
        return (
            f"{zh}；{moved_by} 让其他班排到了它前面，列表只列 {size} 个。",
            f"{en}; {moved_by} put others before it, and the list shows {size}.",
        )
    if behind is not None:
        return (
            f"{zh}；列表中已有同一门课程的另一个班 {behind}。",
            f"{en}; another section of its course, {behind}, is in the list.",
        )
    return f"{zh}，列表只列 {size} 个。", f"{en}; the list shows {size}."


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
