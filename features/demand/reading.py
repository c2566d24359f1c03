"""The chain from contract tables to what advertisements ask for.

    postings ─▶ parsed ─▶ occupations ─▶ vacancies ─▶ stock
                     └──▶ mentions

The one place where the demand table meets the rooms that read postings.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Self

import polars as pl

from data.city import City
from features.occupations.link import link_occupations
from features.postings import parse_postings
from features.postings.duplicates import find_vacancies
from features.postings.stock import live_stock
from features.skills.extract import extract_skills
from features.vocabulary import vocabulary

Step = Callable[[str], None]
"""Told what begins."""

TAGGED: Final = "任职要求：熟悉"
"""How a board's tags are read: what somebody lists as a tag is asked for."""


@dataclass(frozen=True, slots=True)
class Words:
    """The tables that postings are read with; a city's own, else the product's.

    Attributes:
        skills: the contract table ``skills``.
        occupations: the contract table ``occupations``.
        divisions: the contract table ``divisions``; None where the city has none.
    """

    skills: pl.DataFrame
    occupations: pl.DataFrame
    divisions: pl.DataFrame | None = None

    @classmethod
    def of(cls, city: City, as_of: datetime) -> Self:
        """Those of a snapshot at a cut-off, with an offset from UTC."""
        skills, occupations = (
            vocabulary(city, table, as_of).collect() for table in ("skills", "occupations")
        )
        return cls(skills, occupations, city.read("divisions") if city.has("divisions") else None)


@dataclass(frozen=True, slots=True)
class Chain:
    """Frames of one reading; see docs/demand.md.

    Attributes:
        parsed: one row a posting of this city.
        vacancies: posting_id, vacancy_id, kind, weight.
        stock: vacancy_id, month, live.
        mentions: posting_id, skill_id, score.
        occupations: posting_id, occupation_code; None where occupations aren't told.
    """

    parsed: pl.DataFrame
    vacancies: pl.DataFrame
    stock: pl.DataFrame
    mentions: pl.DataFrame
    occupations: pl.DataFrame | None = None


def read_chain(postings: pl.LazyFrame, words: Words, as_of: datetime, step: Step) -> Chain:
    """Read postings that were known at a cut-off.

    Args:
        postings: the contract table, cut off.
        words: what they are read with.
        as_of: the cut-off, with an offset from UTC.
        step: told what begins.
    """
    step("parsing")
    parsed = parse_postings(postings, words.divisions)
    parsed = parsed.filter(pl.col("elsewhere").ne_missing(other=True)).sort("posting_id")
    step("finding occupations")
    linked = link_occupations(parsed.select("posting_id", "title"), words.occupations)
    occupations = linked.select("posting_id", "occupation_code")
    step("finding duplicates")
    groups = occupations.drop_nulls().rename({"occupation_code": "group"})
    vacancies = find_vacancies(parsed, groups=groups)
    step("finding skills")
    mentions = asked_skills(parsed, words.skills)
    return Chain(parsed, vacancies, live_stock(parsed, vacancies, as_of), mentions, occupations)


def asked_skills(parsed: pl.DataFrame, skills: pl.DataFrame) -> pl.DataFrame:
    """The skills that postings ask for, in title, text or tags; equal texts are read once.

    Args:
        parsed: posting_id, title, description, tags.
        skills: the contract table ``skills``.

    Returns:
        posting_id, skill_id, score (0 to 1), by posting.
    """
    tags = pl.concat_str(pl.lit(TAGGED), pl.col("tags").list.join("、"))
    told = pl.when(pl.col("tags").list.len() > 0).then(tags)
    text = pl.concat_str(pl.col("description"), told, separator="\n", ignore_nulls=True)
    texts = parsed.select("posting_id", "title", text.alias("text"))
    distinct = texts.select("title", "text").unique(maintain_order=True).with_row_index("row")
    found = extract_skills(distinct.select("title", "text"), skills)
    of_posting = texts.join(distinct, on=["title", "text"], nulls_equal=True, maintain_order="left")
    return (
        of_posting.select("posting_id", "row")
        .join(found.select("row", "skill_id", "score"), on="row", maintain_order="left")
        .select("posting_id", "skill_id", "score")
    )
