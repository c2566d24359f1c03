"""Skills that postings name, by plain words: a stand-in for extraction in context.

Every name and alias counts wherever it stands, the longest first; negations aren't seen. Latin
words of one or two letters are left out, for they stand in other words.
"""

from typing import Final

import polars as pl

SHORTEST_LATIN: Final = 3


def plain_mentions(parsed: pl.DataFrame, vocabulary: pl.DataFrame) -> pl.DataFrame:
    """One row per posting and skill named in its title, tags or text.

    Args:
        parsed: posting_id, title, description, tags.
        vocabulary: the contract table ``skills``; groups are no skills.

    Returns:
        posting_id, skill_id, score (1: nothing is doubted).
    """
    words = _words(vocabulary)
    text = pl.concat_str(
        "title",
        pl.col("description").fill_null(""),
        pl.col("tags").list.join(" ").fill_null(""),
        separator="\n",
    )
    found = parsed.select(
        "posting_id",
        text.str.to_lowercase()
        .str.extract_many(words["word"].to_list(), leftmost=True)
        .alias("word"),
    )
    return (
        found.explode("word", empty_as_null=False)
        .join(words, on="word")
        .select("posting_id", "skill_id", pl.lit(1.0).alias("score"))
        .unique()
        .sort("posting_id", "skill_id")
    )


def _words(vocabulary: pl.DataFrame) -> pl.DataFrame:
    """Words and their skill_id, the longest first; a word of two skills is the first one's."""
    leaves = vocabulary.filter(pl.col("kind").ne_missing("group"))
    every = pl.concat_list(pl.col("name"), pl.col("aliases"), pl.col("name_en")).list.drop_nulls()
    latin = pl.col("word").str.contains(r"^[\x00-\x7f]+$")
    return (
        leaves.select("skill_id", every.alias("word"))
        .explode("word", empty_as_null=False)
        .with_columns(pl.col("word").str.to_lowercase())
        .filter((pl.col("word").str.len_chars() >= SHORTEST_LATIN) | ~latin)
        .filter(pl.col("word").str.len_chars() > 1)
        .sort("skill_id")
        .unique("word", keep="first", maintain_order=True)
        .sort(pl.col("word").str.len_chars(), "word", descending=[True, False])
    )
