"""What job postings name, counted plainly."""

import re
from collections.abc import Iterable

import polars as pl


def skill_mentions(postings: pl.LazyFrame, skills: pl.DataFrame) -> pl.DataFrame:
    """How many postings name each skill, by its name or an alias, in title, tags or text.

    A plain count: a name counts wherever it stands, negated or not, and a posting counts once
    a skill however often it names it. Names in Latin letters count as whole words only, so that
    ``Go`` isn't found in ``Google``; of one letter (``C``, ``R``) they count as tags only.

    Args:
        postings: the contract's ``postings``.
        skills: the contract's ``skills``; rows of kind ``group`` are no skills and left out.

    Returns:
        skill_id, name, postings (number > 0), most named first, then by skill_id.
    """
    texts = postings.select(
        "posting_id",
        text=pl.concat_str("title", pl.col("description").fill_null(""), separator="\n"),
        tags=pl.col("tags").list.eval(pl.element().str.to_lowercase()),
    ).collect()
    named = [
        (skill_id, name, _named_in(texts, [name, *aliases]))
        for skill_id, name, aliases in skills.filter(pl.col("kind").ne_missing("group"))
        .select("skill_id", "name", "aliases")
        .iter_rows()
    ]
    counts = pl.DataFrame(
        named,
        schema={"skill_id": pl.String, "name": pl.String, "postings": pl.Int64},
        orient="row",
    )
    return counts.filter(pl.col("postings") > 0).sort(
        ["postings", "skill_id"], descending=[True, False]
    )


def _named_in(texts: pl.DataFrame, names: list[str]) -> int:
    """Number of rows that carry one of the names."""
    words = [name.lower() for name in names]
    tagged = pl.any_horizontal(pl.col("tags").list.contains(word) for word in words)
    pattern = _pattern(words)
    written = pl.col("text").str.contains(pattern) if pattern else pl.lit(value=False)
    return int(texts.select((tagged | written).sum()).item())


def _pattern(words: Iterable[str]) -> str:
    """A pattern for any of the words; Latin ones only between other characters."""
    parts = [_whole_word(word) for word in words if len(word) > 1]
    return "(?i)" + "|".join(parts) if parts else ""


def _whole_word(word: str) -> str:
    before = r"(?:^|[^a-z0-9])" if word[0].isascii() and word[0].isalnum() else ""
    after = r"(?:$|[^a-z0-9+#])" if word[-1].isascii() and word[-1].isalnum() else ""
    return f"{before}{re.escape(word)}{after}"
