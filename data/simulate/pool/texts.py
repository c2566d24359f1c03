"""Titles and descriptions of courses in natural Chinese, from the words of the vocabulary.

A course's wording is a row of whole numbers, one for each choice among the phrases; who has
the same row and the same skills reads the same. A reissue takes its original's row with a few
choices drawn anew, and an edition that changes the title.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum, auto
from functools import cache
from typing import Final, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from data.simulate.pool import phrases
from data.simulate.topics import skills

T = TypeVar("T")

TITLE_ALIAS: Final = 20
"""Titles in a hundred that name the main skill by an alias."""

TEXT_ALIAS: Final = 40
"""Mentions in a hundred that name a skill by an alias."""

BOOK_MARKS: Final = 15
"""Titles in a hundred within 《》."""

NEGATED: Final = 18
"""Descriptions in a hundred that say what is not taught or not needed."""

ELSEWHERE: Final = 12
"""Descriptions in a hundred that advertise other courses of the institution."""


class Draw(IntEnum):
    """The choices of a wording, by column."""

    TITLE = 0
    TITLE_WORD = auto()
    BRACKETS = auto()
    OPENING = auto()
    AUDIENCE = auto()
    LIST = auto()
    METHOD = auto()
    PRACTICE = auto()
    SURNAME = auto()
    CAREER = auto()
    YEARS = auto()
    OUTCOME = auto()
    HOURS = auto()
    SUPPLIES = auto()
    NEGATION = auto()
    NEGATED_WORD = auto()
    ELSEWHERE = auto()
    ELSEWHERE_WORD = auto()
    REMARK = auto()
    ORDER = auto()
    FIRST_WORD = auto()
    SECOND_WORD = auto()
    THIRD_WORD = auto()


DRAWS: Final = len(Draw)
"""Choices of one course's wording."""

REDRAWN: Final = (Draw.REMARK, Draw.SUPPLIES, Draw.LIST)
"""Choices that a reissue makes anew."""


class Edition(NamedTuple):
    """How a reissue's title differs from its original's."""

    mark: str
    brackets: bool = False
    alias: bool = False


EDITIONS: Final = (
    Edition(""),
    Edition("（新版）"),
    Edition("第二期"),
    Edition("（春）", brackets=True),
    Edition("（秋季班）"),
    Edition("·升级版", alias=True),
    Edition("", brackets=True, alias=True),
    Edition(" (二期)"),
    Edition("【焕新】", alias=True),
)
"""The first leaves the title as it is."""


@dataclass(frozen=True, slots=True)
class Wording:
    """What the texts of one course are made from.

    Attributes:
        programme: closed vocabulary.
        layer: intro, advanced or premium.
        skills: name and aliases of each skill taught, the main one first.
        siblings: name and aliases of skills of the topic that aren't taught.
        hours: class hours.
        draws: the choices, by ``Draw``.
        edition: index into ``EDITIONS``.
    """

    programme: str
    layer: str
    skills: Sequence[tuple[str, ...]]
    siblings: Sequence[tuple[str, ...]]
    hours: int
    draws: Sequence[int]
    edition: int


def reworded(form: NDArray[np.int64], words: np.random.Generator) -> NDArray[np.int64]:
    """The rows of choices with those of ``REDRAWN`` made anew."""
    result = form.copy()
    result[:, list(REDRAWN)] = words.integers(0, 1 << 30, (len(form), len(REDRAWN)))
    return result


def title(wording: Wording) -> str:
    """A course title such as 零基础学手冲咖啡, 《行书精品班》 or 《行书精品班》（春）."""
    draws, edition = wording.draws, EDITIONS[wording.edition]
    spoken = _spoken(wording.skills[0], draws[Draw.TITLE_WORD], TITLE_ALIAS, other=edition.alias)
    stem = spoken.removesuffix("入门").removesuffix("基础")
    text = _one(phrases.TITLES[wording.programme, wording.layer], draws[Draw.TITLE]).format(s=stem)
    marked = _happens(draws[Draw.BRACKETS], BOOK_MARKS) != edition.brackets
    return f"《{text}》{edition.mark}" if marked else f"{text}{edition.mark}"


def description(wording: Wording) -> str:
    """Some sentences that name every skill once, partly by alias."""
    draws = wording.draws
    words = [
        _spoken(spoken, draws[column], TEXT_ALIAS)
        for spoken, column in zip(wording.skills, _WORD_COLUMNS, strict=False)
    ]
    middle = [_lecturer(draws), _method(draws), _outcome(wording), _negation(wording)]
    order = _one(phrases.ORDERS, draws[Draw.ORDER])
    sentences = [
        _opening(wording, words),
        *(middle[index] for index in order),
        _hours(wording),
        _elsewhere(wording),
        _one(phrases.REMARKS, draws[Draw.REMARK]),
    ]
    return "".join(sentences)


_WORD_COLUMNS: Final = (Draw.FIRST_WORD, Draw.SECOND_WORD, Draw.THIRD_WORD)


def _opening(wording: Wording, words: list[str]) -> str:
    draws = wording.draws
    audience = _one(phrases.AUDIENCES[wording.programme], draws[Draw.AUDIENCE])
    text = _one(phrases.OPENINGS, draws[Draw.OPENING]).format(audience=audience, a=words[0])
    if len(words) > 1:
        text += _one(phrases.LISTS, draws[Draw.LIST]).format(rest="、".join(words[1:]))
    return f"{text}。"


def _lecturer(draws: Sequence[int]) -> str:
    surname = _one(phrases.SURNAMES, draws[Draw.SURNAME])
    career = _one(phrases.CAREERS, draws[Draw.CAREER])
    return career.format(surname=surname, years=3 + draws[Draw.YEARS] % 28)


def _method(draws: Sequence[int]) -> str:
    method, practice = draws[Draw.METHOD], draws[Draw.PRACTICE]
    return f"{_one(phrases.METHODS, method)}，{_one(phrases.PRACTICES, practice)}。"


def _outcome(wording: Wording) -> str:
    return _one(phrases.OUTCOMES[wording.programme], wording.draws[Draw.OUTCOME])


def _hours(wording: Wording) -> str:
    hours = _one(phrases.HOURS, wording.draws[Draw.HOURS]).format(hours=wording.hours)
    return f"{hours}，{_one(phrases.SUPPLIES, wording.draws[Draw.SUPPLIES])}。"


def _negation(wording: Wording) -> str:
    """Now and then: what isn't taught or needed, by the name of a sibling skill."""
    draw = wording.draws[Draw.NEGATION]
    if not wording.siblings or not _happens(draw, NEGATED):
        return ""
    words = _one(wording.siblings, wording.draws[Draw.NEGATED_WORD])
    return _one(phrases.NEGATIONS, draw // 100).format(x=words[0])


def _elsewhere(wording: Wording) -> str:
    """Now and then: what else the institution offers, whoever teaches it."""
    draw, word = wording.draws[Draw.ELSEWHERE], wording.draws[Draw.ELSEWHERE_WORD]
    if not _happens(draw, ELSEWHERE):
        return ""
    x, y = _one(_names(), word), _one(_names(), word // 1000)
    return _one(phrases.ELSEWHERE, draw // 100).format(x=x, y=y)


@cache
def _names() -> tuple[str, ...]:
    return tuple(skill.words[0] for skill in skills())


def _spoken(words: Sequence[str], draw: int, alias_share: int, *, other: bool = False) -> str:
    """The skill's name, or now and then an alias; ``other`` takes the next word instead."""
    alias = len(words) > 1 and _happens(draw, alias_share)
    at = 1 + draw // 100 % (len(words) - 1) if alias else 0
    return words[(at + other) % len(words)]


def _happens(draw: int, percent: int) -> bool:
    return draw % 100 < percent


def _one(choices: Sequence[T], draw: int) -> T:
    return choices[draw % len(choices)]
