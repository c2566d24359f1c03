"""What a posting shows for each occupation it may be, in named numbers.

titles --parts--> candidates --best per title--> title evidence; descriptions, skills --> beside it
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

import polars as pl

from features.occupations.candidates import candidates
from features.occupations.names import Names
from features.occupations.titles import Title, Tokens, read_title

TITLE_FEATURES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "same": "A part of the title is one of the occupation's names.",
        "first_same": "The first part is.",
        "share": "Share of a part that a name inside it covers.",
        "first_share": "The same of the first part.",
        "ending": "Share covered by a name that ends the part: the last noun decides.",
        "length": "Length of the longest name inside, up to 8 tokens, as a share of 8.",
        "head": "How far names with the part's last noun are the occupation's, on a log scale.",
        "first_head": "The same of the first part.",
        "tail": "Tokens at the end that a part and a name have in common, up to 4, as a share",
        "cosine": "Cosine of the runs of a part and a name.",
        "first_cosine": "The same of the first part.",
        "support": "Mean cosine of the three names most alike: several names speak for it.",
        "aside": "Cosine of what stands in brackets and a name.",
        "aside_share": "Share of what stands in brackets that a name inside it covers.",
        "agreeing": "Share of the parts in which the occupation is a candidate with half a cosine.",
        "local": "The contract's table lists the occupation.",
    }
)
"""What a title shows; each from 0 to 1, more speaks for the occupation."""

TEXT_FEATURES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "told": "The description's beginning names the occupation; shared among those it names.",
        "skills": "Share of the skills asked for, rare ones more, that the occupation needs.",
    }
)
"""What stands beside the title: supporting evidence, never the reason for a candidate."""

FEATURES: Final = (*TITLE_FEATURES, *TEXT_FEATURES)
"""All evidence, in the order of the model's weights."""

HEAD: Final = 200
"""Characters of a description in which its occupation is named, if at all."""

HALF: Final = 0.5
"""Cosine from which a part counts as agreeing."""

TOLD_LENGTH: Final = 3
"""Tokens of the shortest name that is looked for in descriptions: shorter ones stand anywhere."""


def title_evidence(titles: Sequence[str], names: Names) -> pl.DataFrame:
    """What each title shows for each occupation it may mean.

    Args:
        titles: distinct titles as printed.
        names: what occupations are called.

    Returns:
        title, code (indices) and ``TITLE_FEATURES``, ordered by title and code; a title that
        resembles no name has no row.
    """
    parts, uses = _uses([read_title(title) for title in titles])
    shown = uses.join(candidates(parts, names), on="part")
    local = pl.DataFrame({"code": range(len(names.codes)), "local": names.local})
    return (
        shown.group_by("title", "code")
        .agg(*_main(), *_beside())
        .join(local.cast({"local": pl.Float64}), on="code")
        .select("title", "code", *TITLE_FEATURES)
        .sort("title", "code")
    )


def _uses(titles: Sequence[Title]) -> tuple[list[Tokens], pl.DataFrame]:
    """Distinct parts, and where each stands: title, part, place (-1 in brackets), of (parts)."""
    number: dict[Tokens, int] = {}
    rows = [
        (at, number.setdefault(part, len(number)), place, len(title.parts))
        for at, title in enumerate(titles)
        for place, part in (
            *enumerate(title.parts),
            *((-1, part) for part in title.asides),
        )
    ]
    schema = {"title": pl.Int64, "part": pl.Int64, "place": pl.Int64, "of": pl.Int64}
    return list(number), pl.DataFrame(rows, schema=schema, orient="row")


def _main() -> list[pl.Expr]:
    """Evidence of the parts outside brackets."""
    outside, first = pl.col("place") >= 0, pl.col("place") == 0
    best = [
        _best(pl.col(name), outside).alias(name)
        for name in ("same", "share", "length", "head", "tail", "cosine", "support")
    ]
    of_first = [
        _best(pl.col(name), first).alias(f"first_{name}")
        for name in ("same", "share", "head", "cosine")
    ]
    agreeing = (outside & (pl.col("cosine") >= HALF)).sum() / pl.col("of").first()
    ending = _best(pl.col("share") * pl.col("last"), outside)
    return [*best, *of_first, ending.alias("ending"), agreeing.alias("agreeing")]


def _beside() -> list[pl.Expr]:
    """Evidence of what stands in brackets."""
    inside = pl.col("place") < 0
    return [
        _best(pl.col("cosine"), inside).alias("aside"),
        _best(pl.col("share"), inside).alias("aside_share"),
    ]


def _best(value: pl.Expr, where: pl.Expr) -> pl.Expr:
    """The largest value among rows of a group that fit; 0 without any."""
    return value.filter(where).max().fill_null(0.0)


def told_evidence(descriptions: pl.Series, names: Names) -> pl.DataFrame:
    """Which occupations the beginnings of descriptions name.

    Args:
        descriptions: free texts; null is unknown.
        names: what occupations are called.

    Returns:
        row (index), code (index), told: 1 / number of occupations named.
    """
    words = _words(names)
    heads = descriptions.str.slice(0, HEAD).str.to_lowercase().str.replace_all(r"\s", "")
    found = heads.str.extract_many(words["word"].unique().implode(), overlapping=True)
    named = (
        pl.DataFrame({"row": range(len(heads)), "word": found})
        .explode("word")
        .drop_nulls()
        .join(words, on="word")
        .unique(["row", "code"])
    )
    return named.select("row", "code", told=1 / pl.len().over("row"))


def _words(names: Names) -> pl.DataFrame:
    """Names to look for in free text: word, code."""
    kept = [
        ("".join(text), int(code))
        for text, code in zip(names.texts, names.owner, strict=True)
        if len(text) >= TOLD_LENGTH
    ]
    return pl.DataFrame(kept, schema={"word": pl.String, "code": pl.Int64}, orient="row").unique()


def skill_evidence(mentions: pl.DataFrame, ties: pl.DataFrame, names: Names) -> pl.DataFrame:
    """How far the skills that postings ask for are those of an occupation.

    sum of importance x rarity over skills tied / sum of rarity over all skills asked for, where
    rarity is log(occupations / occupations tied to the skill).

    Args:
        mentions: row, skill_id; other columns are left aside.
        ties: contract table ``occupation_skills``.
        names: what occupations are called.

    Returns:
        row, code (index), skills: 0 to 1.
    """
    codes = pl.DataFrame({"occupation_code": names.codes, "code": range(len(names.codes))})
    total = ties["occupation_code"].n_unique()
    rarity = (1 + total / pl.len().over("skill_id")).log()
    tied = ties.select("occupation_code", "skill_id", "importance", rarity=rarity).join(
        codes, on="occupation_code"
    )
    asked = (
        mentions.select("row", "skill_id")
        .unique()
        .join(tied.select("skill_id", "rarity").unique("skill_id"), on="skill_id")
        .with_columns(whole=pl.col("rarity").sum().over("row"))
    )
    return (
        asked.drop("rarity")
        .join(tied, on="skill_id")
        .group_by("row", "code")
        .agg(skills=(pl.col("importance") * pl.col("rarity")).sum() / pl.col("whole").first())
        .sort("row", "code")
    )
