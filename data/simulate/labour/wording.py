"""Texts of advertisements: titles, descriptions and tags, many at a time.

A description is a duty, the list of skills wanted, now and then a skill that is not asked for
or only mentioned, and prose of the company:

    岗位职责：1、负责{lead}…；2、熟练掌握{lead}、{other}；3、不要求会{stranger}。公司主营{stranger}…
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from data.simulate.labour.phrases import (
    BOILERPLATE,
    DUTIES,
    HEADINGS,
    JOINERS,
    MENTIONS,
    NEGATIONS,
    NUMBERINGS,
    PLAIN_DUTIES,
    TITLE_FORMS,
    WANTS,
    WELFARE,
)
from data.simulate.labour.ties import ties
from data.simulate.params import SimulationParams
from data.simulate.topics import skills
from data.vocabulary import builtin

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

NAME_SHARE: Final = 0.5
"""Share of skill words that are the skill's name, where it has other words; a guess."""

PLAIN_DUTY_SHARE: Final = 0.3
"""Share of duties that name no skill; a guess."""

TAG_SHARE: Final = 0.4
"""Share of texts with their leading skill among the tags; a guess."""


@dataclass(frozen=True, slots=True)
class Words:
    """The words for each skill, one after another; K skills.

    Attributes:
        texts: every word: of each skill the name, its aliases, its English name.
        start: the words of skill k are ``texts[start[k]:start[k + 1]]``.
        aliases: how many aliases each skill has, length K.
        drifted: the one word a skill is called by once it has drifted, index into ``texts``.
    """

    texts: pl.Series
    start: Ints
    aliases: Ints
    drifted: Ints

    def choose(
        self, params: SimulationParams, skill: Ints, drifted: Bools, rng: np.random.Generator
    ) -> Ints:
        """A word for each skill, index into ``texts``; the drifted word where it has drifted."""
        kind, which = rng.random((2, len(skill)))
        count = self.aliases[skill]
        alias = 1 + np.floor(which * count).astype(np.int64)
        english = kind < params.english_share
        plain = (count == 0) | (kind < params.english_share + NAME_SHARE)
        offset = np.where(english, count + 1, np.where(plain, 0, alias))
        return np.where(drifted, self.drifted[skill], self.start[skill] + offset)


@cache
def words() -> Words:
    """The built-in vocabulary's words; a skill without an English name repeats its name.

    A drifting skill is called by its last alias or, without one and for every third skill, by
    its English name.
    """
    rows = builtin("skills").filter(pl.col("kind") != "group")
    english = dict(rows.select("skill_id", "name_en").iter_rows())
    own = [(*skill.words, english[skill.skill_id] or skill.words[0]) for skill in skills()]
    size = np.array([len(texts) for texts in own])
    start = np.concatenate([[0], np.cumsum(size)])
    foreign = (np.arange(len(own)) % 3 == 0) | (size == 2)
    last = np.where(foreign, size - 1, size - 2)
    flat = [text for texts in own for text in texts]
    return Words(pl.Series(flat), start, size - 2, start[:-1] + last)


@dataclass(frozen=True, slots=True)
class Subject:
    """What texts speak of: the first three with one entry per text.

    Attributes:
        occupation: index into ``ties().codes``.
        lead: index into ``skills()``.
        named: bits of the skills wanted, as in ``Openings``.
        drifted: whether each skill has drifted by now, length K.
    """

    occupation: Ints
    lead: Ints
    named: Ints
    drifted: Bools

    def __len__(self) -> int:
        return len(self.occupation)


def write_texts(params: SimulationParams, about: Subject, rng: np.random.Generator) -> pl.DataFrame:
    """Title, description and tags of each text."""
    n = len(about)
    lead = _spoken(params, about, about.lead, rng)
    parts = {
        "duty": _duty(lead, rng),
        "wants": _around(WANTS, _list(params, about, rng), rng),
        "negation": _aside(params, about, NEGATIONS, params.negation_share, rng),
        "mention": _aside(params, about, MENTIONS, params.mention_share, rng),
        "boast": _aside(params, about, BOILERPLATE, params.boilerplate_share, rng),
        "heading": _one(HEADINGS, n, rng),
    }
    numbering = rng.integers(0, len(NUMBERINGS), n)
    marks = {
        f"mark{line}": pl.Series([marks[line] for marks in NUMBERINGS]).gather(numbering)
        for line in range(4)
    }
    frame = pl.DataFrame(parts | marks, nan_to_null=False)
    return frame.select(_titles(about, rng), _description().alias("description"), _tags(lead, rng))


def _description() -> pl.Expr:
    """The parts in order; absent ones leave no trace, and the numbers follow on."""
    second = pl.coalesce("negation", "mention")
    third = pl.when(pl.col("negation").is_not_null()).then(pl.col("mention"))
    return pl.concat_str(
        pl.col("heading"),
        pl.col("mark0") + pl.col("duty"),
        pl.lit("；") + pl.col("mark1") + pl.col("wants"),
        pl.lit("；") + pl.col("mark2") + second,
        pl.lit("；") + pl.col("mark3") + third,
        pl.lit("。"),
        pl.col("boast"),
        ignore_nulls=True,
    )


def _spoken(
    params: SimulationParams, about: Subject, skill: Ints, rng: np.random.Generator
) -> pl.Series:
    """A word for each skill."""
    return words().texts.gather(words().choose(params, skill, about.drifted[skill], rng))


def _list(params: SimulationParams, about: Subject, rng: np.random.Generator) -> pl.Series:
    """The skills wanted, at least one, by a word each, joined in one of many ways."""
    known = ties().skill[about.occupation]
    bits: Ints = np.left_shift(1, np.arange(known.shape[1], dtype=np.int64))
    row, column = np.nonzero(np.bitwise_and(about.named[:, None], bits))
    word = _spoken(params, about, known[row, column], rng)
    frame = pl.DataFrame({"row": row, "word": word})
    lists = frame.group_by("row", maintain_order=True).agg("word")["word"]
    joined = pl.DataFrame({"word": lists, "joiner": _one(JOINERS, len(about), rng)})
    return joined.select(pl.col("word").list.join(pl.col("joiner"))).to_series()


def _duty(lead: pl.Series, rng: np.random.Generator) -> pl.Series:
    plain = rng.random(len(lead)) < PLAIN_DUTY_SHARE
    spoken = _around(DUTIES, lead, rng)
    return spoken.zip_with(pl.Series(~plain), _one(PLAIN_DUTIES, len(lead), rng))


def _aside(
    params: SimulationParams,
    about: Subject,
    phrases: Sequence[tuple[str, str]],
    share: float,
    rng: np.random.Generator,
) -> pl.Series:
    """A sentence about a skill of other occupations, for a share of the texts; else null."""
    stranger = rng.integers(0, len(skills()), len(about))
    own = (ties().skill[about.occupation] == stranger[:, None]).any(axis=1)
    said = (rng.random(len(about)) < share) & ~own
    return _where(said, _around(phrases, _spoken(params, about, stranger, rng), rng))


def _titles(about: Subject, rng: np.random.Generator) -> pl.Series:
    """The occupation's name or an alias, sometimes with a call around it."""
    texts, start = _title_words()
    count = np.diff(start)[about.occupation]
    which = np.floor(rng.random(len(about)) * count).astype(np.int64)
    return _around(TITLE_FORMS, texts.gather(start[about.occupation] + which), rng).alias("title")


@cache
def _title_words() -> tuple[pl.Series, Ints]:
    """What occupations are called in titles, one after another, and where each begins."""
    rows = builtin("occupations").select("name", "aliases").iter_rows()
    called = [tuple(aliases) or (name,) for name, aliases in rows]
    sizes = np.array([len(texts) for texts in called])
    flat = [text for texts in called for text in texts]
    return pl.Series(flat), np.concatenate([[0], np.cumsum(sizes)])


def _tags(lead: pl.Series, rng: np.random.Generator) -> pl.Series:
    """Up to three kinds of welfare, and now and then the leading skill."""
    n = len(lead)
    first, count = rng.integers(0, len(WELFARE), n), rng.integers(0, 4, n)
    welfare = [
        _where(count > number, pl.Series(WELFARE).gather((first + 3 * number) % len(WELFARE)))
        for number in range(3)
    ]
    shown = [*welfare, _where(rng.random(n) < TAG_SHARE, lead)]
    frame = pl.DataFrame([tag.alias(f"tag{number}") for number, tag in enumerate(shown)])
    return frame.select(pl.concat_list(pl.all()).list.drop_nulls().alias("tags")).to_series()


def _around(
    phrases: Sequence[tuple[str, str]], word: pl.Series, rng: np.random.Generator
) -> pl.Series:
    """Each word inside one of the phrases."""
    index = rng.integers(0, len(phrases), len(word))
    before = pl.Series([phrase[0] for phrase in phrases]).gather(index)
    after = pl.Series([phrase[1] for phrase in phrases]).gather(index)
    return before + word + after


def _one(choices: Sequence[str], n: int, rng: np.random.Generator) -> pl.Series:
    return pl.Series(choices).gather(rng.integers(0, len(choices), n))


def _where(kept: Bools, text: pl.Series) -> pl.Series:
    """The texts that are kept, null elsewhere."""
    return text.zip_with(pl.Series(kept), pl.Series([None], dtype=pl.String))
