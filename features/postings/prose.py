"""What an employer says in every advertisement: it tells the company, not the vacancy."""

from typing import Final

import polars as pl

_ENDS: Final = r"[。！!？?；;\r\n]+"
_SIGNS: Final = r"[^\p{L}\p{N}+#]+"


def without_prose(rows: pl.DataFrame, *, titles: int, letters: int) -> pl.Series:
    """Each text without the sentences that its employer used before under several titles.

    Only earlier rows count, so that later postings change nothing.

    Args:
        rows: employer_key (text, may be null), title (plain) and description, in order of time.
        titles: earlier titles from which on a sentence is the employer's prose.
        letters: shorter sentences are kept; many are no one's own.

    Returns:
        Letters and digits of what is left, in one width and case, joined; empty where nothing.
    """
    sentences = _sentences(rows, letters)
    often = sentences.group_by("employer_key", "sentence").len().filter(pl.col("len") > titles)
    usual = sentences.join(
        often, on=["employer_key", "sentence"], how="semi", maintain_order="left"
    )
    new = pl.struct("employer_key", "sentence", "title").is_first_distinct().cast(pl.Int64)
    counted = usual.with_columns(new.alias("new")).with_columns(
        before=pl.col("new").cum_sum().over("employer_key", "sentence") - pl.col("new")
    )
    prose = counted.filter(pl.col("before") >= titles).group_by("row").agg("sentence")
    return (
        _plain(rows)
        .with_row_index("row")
        .join(prose, on="row", how="left", maintain_order="left")
        .select(_cut(pl.col("text"), pl.col("sentence")).alias("text"))
        .to_series()
    )


def _plain(rows: pl.DataFrame) -> pl.DataFrame:
    """The texts, their sentences parted by a line's end and bare of all other signs."""
    text = pl.col("description").fill_null("").str.normalize("NFKC").str.to_lowercase()
    parted = text.str.replace_all(_ENDS, "\n").str.split("\n")
    bare = parted.list.eval(pl.element().str.replace_all(_SIGNS, ""))
    return rows.select(bare.alias("text"))


def _sentences(rows: pl.DataFrame, letters: int) -> pl.DataFrame:
    """row, employer_key, title and sentence, for employers that are known."""
    return (
        rows.select("employer_key", "title", _plain(rows)["text"].alias("sentence"))
        .with_row_index("row")
        .filter(pl.col("employer_key").is_not_null())
        .explode("sentence")
        .filter(pl.col("sentence").str.len_chars() >= letters)
    )


def _cut(sentences: pl.Expr, prose: pl.Expr) -> pl.Expr:
    left = pl.when(prose.is_null()).then(sentences).otherwise(sentences.list.set_difference(prose))
    return left.list.join("")
