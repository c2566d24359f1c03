"""What of a title or text remains when its dress is taken off: the form in which two compare."""

from typing import Final

import polars as pl

CALLS: Final = (
    "急聘|急招|诚聘|高薪|直招|招聘|热招|代招|名企|五险一金|双休|包吃住|包吃|包住|应届生|多名|若干名"
)
"""What recruiters put around a title to be seen; it doesn't tell what the work is."""

_IN_BRACKETS: Final = r"[(\[【<][^)\]】>]*[)\]】>]"
_SIGNS: Final = r"[^\p{L}\p{N}+#]+"


def plain_text(column: str) -> pl.Expr:
    r"""A text's letters and digits alone, in one width and case; boards differ in the rest.

    >>> pl.DataFrame({"text": ["1、熟悉Ｅxcel；\n"]}).select(plain_text("text")).item()
    '1熟悉excel'
    """
    return _one_width(column).str.replace_all(_SIGNS, "")


def plain_title(column: str) -> pl.Expr:
    """A title without brackets, calls and what follows a dash; whole where nothing else is left.

    >>> titles = ["【直招】电工（包吃住）", "高薪诚聘Java工程师-五险一金", "招焊工多名", "（急招）"]
    >>> pl.DataFrame({"title": titles}).select(plain_title("title")).to_series().to_list()
    ['电工', 'java工程师', '焊工', '急招']
    """
    bare = (
        _one_width(column)
        .str.replace_all(_IN_BRACKETS, "")
        .str.replace(r"\s*[-—_|/·].*$", "")
        .str.replace_all(CALLS, "")
        .str.replace_all(_SIGNS, "")
        .str.replace(r"^招(.)", "$1")
    )
    return pl.when(bare.str.len_chars() > 0).then(bare).otherwise(plain_text(column))


def _one_width(column: str) -> pl.Expr:
    return pl.col(column).str.normalize("NFKC").str.to_lowercase()
