"""How many persons an advertisement seeks, from the words it says it with."""

import re
from typing import Final

import polars as pl

_FIGURE: Final = r"[0-9]{1,4}|[一二两三四五六七八九十]{1,3}"
_UNTIL: Final = rf"(?:\s*[-~—–至到]\s*(?:{_FIGURE}))?"
_PERSONS: Final = r"\s*(?:多|余|几)?[人名位个]"

_STATED: Final = re.compile(
    rf"^[^0-9]*?({_FIGURE}){_UNTIL}(?:{_PERSONS})?\s*(?:以上|左右|及以上|\+)?\s*$"
)
_CALLED: Final = (
    rf"(?:招聘?|急招|诚聘|急聘|诚招|聘|招募|招收)\s*(?:{_FIGURE}){_UNTIL}{_PERSONS}"
    rf"|[(（【\[]\s*(?:{_FIGURE}){_UNTIL}\s*[人名位]\s*[)）】\]]"
    rf"|(?:招聘?|需求|所需)人数\s*[:：]?\s*(?:{_FIGURE}){_UNTIL}"
)
_LISTED: Final = rf"(?:招聘?|需求|所需)(?:人数|名额)\s*[:：]\s*(?:{_FIGURE}){_UNTIL}"
_CHINESE: Final = {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {"两": 2}


def read_headcount(text: str) -> int | None:
    """Persons sought; null for 若干, 多名 and whatever isn't a number.

    A range counts by its lower end, so that no demand is claimed that the text doesn't.

    Example:
        >>> [read_headcount(text) for text in ("招3人", "2-3人", "招聘 5 名", "若干", "十二名")]
        [3, 2, 5, None, 12]
    """
    found = _STATED.match(text.strip(" \t()（）【】[]"))
    return (_number(found[1]) or None) if found else None


def headcount_in_text(title: pl.Expr, description: pl.Expr) -> pl.Expr:
    """The part of an advertisement that says how many are sought, for ``read_headcount``.

    A title may say it in any way (招3人, (5名)); a description counts only where it lists the
    number under its name (招聘人数：3), since teams and shifts have numbers too.

    Returns:
        Text; null where neither says it.
    """
    return pl.coalesce(title.str.extract(f"({_CALLED})"), description.str.extract(f"({_LISTED})"))


def _number(figure: str) -> int:
    """Digits, or Chinese numerals up to 99."""
    if figure.isdigit():
        return int(figure)
    tens, ten, ones = figure.rpartition("十")
    if not ten:
        return _CHINESE.get(figure, 0)
    return 10 * _CHINESE.get(tens, 1) + _CHINESE.get(ones, 0)
