"""What the model learns from: labelled postings, and names that pretend to be titles.

A labelled set covers a few trades; names cover all. A name that is hidden from the linker and then
read as a title shows how it does on titles nobody listed.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from features.occupations.evidence import (
    FEATURES,
    TEXT_FEATURES,
    skill_evidence,
    title_evidence,
    told_evidence,
)
from features.occupations.names import Names

FOLDS: Final = 5
"""Parts in which names are hidden in turn."""

HIDDEN: Final = 600
"""Names of each part that are read as titles."""


@dataclass(frozen=True, slots=True)
class Examples:
    """Candidates of titles with their evidence.

    Attributes:
        candidates: title (index), code (text), one column per feature, right (any accepted code),
            best (the best one); ordered by title.
        weight: how much each title counts.
    """

    candidates: pl.DataFrame
    weight: np.ndarray[tuple[int], np.dtype[np.float64]]


def posting_examples(
    postings: pl.DataFrame, labels: pl.DataFrame, names: Names, vocabulary: dict[str, pl.DataFrame]
) -> Examples:
    """Candidates of labelled postings.

    Args:
        postings: posting_id, title, description.
        labels: best and accepted of each, in the same order.
        names: what occupations are called.
        vocabulary: contract tables ``skills`` and ``occupation_skills``.
    """
    shown = title_evidence(postings["title"].to_list(), names)
    mentions = named_skills(postings["description"], vocabulary["skills"])
    beside = {
        "told": told_evidence(postings["description"], names),
        "skills": skill_evidence(mentions, vocabulary["occupation_skills"], names),
    }
    for evidence in beside.values():
        shown = shown.join(evidence.rename({"row": "title"}), on=["title", "code"], how="left")
    return _labelled(shown, labels, names)


def name_examples(occupations: pl.DataFrame, seed: int) -> Iterator[Examples]:
    """Candidates of names that are hidden from the linker, a part at a time.

    Args:
        occupations: contract table ``occupations``.
        seed: decides which names are read.
    """
    whole = Names.of(occupations)
    order: list[int] = np.random.default_rng(seed).permutation(len(whole.texts)).tolist()
    for fold in range(FOLDS):
        hidden = order[fold::FOLDS]
        words = {"".join(whole.texts[at]) for at in hidden}
        read = hidden[:HIDDEN]
        names = Names.of(occupations, without=words)
        titles = ["".join(whole.texts[at]) for at in read]
        own = whole.codes.gather(whole.owner[read].tolist())
        labels = pl.DataFrame({"best": own, "accepted": own.reshape((-1, 1)).arr.to_list()})
        yield _labelled(title_evidence(titles, names), labels, names)


def _labelled(shown: pl.DataFrame, labels: pl.DataFrame, names: Names) -> Examples:
    """Evidence beside what is right; features without evidence are 0."""
    missing = [pl.lit(0.0).alias(name) for name in TEXT_FEATURES if name not in shown.columns]
    known = pl.DataFrame({"code": range(len(names.codes)), "occupation_code": names.codes})
    truth = labels.select("best", "accepted").with_row_index("title").cast({"title": pl.Int64})
    candidates = (
        shown.with_columns(*missing)
        .with_columns(pl.col(*TEXT_FEATURES).fill_null(0.0))
        .join(known, on="code")
        .join(truth, on="title")
        .sort("title", "code")
        .select(
            "title",
            pl.col("occupation_code").alias("code"),
            *FEATURES,
            right=pl.col("occupation_code").is_in(pl.col("accepted")),
            best=pl.col("occupation_code").eq_missing(pl.col("best")),
        )
    )
    return Examples(candidates, np.ones(len(labels)))


def named_skills(texts: pl.Series, skills: pl.DataFrame) -> pl.DataFrame:
    """Skills that texts name, plainly: row, skill_id.

    Stands in for the extraction of skills while the weights are fitted. Latin words count as
    whole words only.
    """
    words = (
        skills.filter(pl.col("kind").ne_missing("group"))
        .select("skill_id", word=pl.concat_list(pl.col("name"), pl.col("aliases")))
        .explode("word")
        .with_columns(pl.col("word").str.to_lowercase())
        .filter(pl.col("word").str.len_chars() > 1)
    )
    found = {
        skill: re.compile("|".join(_whole(word) for word in group))
        for skill, group in words.group_by("skill_id", maintain_order=True).agg("word").iter_rows()
    }
    rows = [
        (row, skill)
        for row, text in enumerate(texts.fill_null("").str.to_lowercase())
        for skill, pattern in found.items()
        if pattern.search(text)
    ]
    return pl.DataFrame(rows, schema={"row": pl.Int64, "skill_id": pl.String}, orient="row")


def _whole(word: str) -> str:
    """A pattern for a word; Latin letters don't go on before or after it."""
    before = "(?<![a-z0-9])" if word[0].isascii() else ""
    after = "(?![a-z0-9+#])" if word[-1].isascii() else ""
    return before + re.escape(word) + after
