"""A row of the gaps table in a sentence or two, Chinese and English."""

from collections.abc import Mapping
from typing import Final

import polars as pl

from recsys.planning.gaps.causes import CAUSES, SHORT, UNCLEAR

BLIND: Final = 1.5
"""A shortage of fewer times the supply can't be seen where a level is known no better."""

LEAST_MONTHS: Final = 3
"""Months of postings below which a ranking says little (experiment 003)."""

CAUSE_ZH: Final[Mapping[str, str]] = {
    "training": "可及范围内没有人学完这项技能的课程：可以开班。",
    "pay": "有求职者，但工资低于同行业或在下降：人往别处去了。",
    "place": "全市学得到，但从这里难以到达：可在附近开班。",
    "extraction_doubt": "广告太少、来源或雇主单一、多为重复或只在一个月出现：请先看原始岗位。",
    UNCLEAR: "可及范围内有课程，人仍不够：可能要加名额，或另有表中看不到的原因。",
}

UNCLEAR_EN: Final = (
    "Classes are within reach, and yet people are too few: more seats, or something these tables "
    "don't show."
)

LEVEL_ZH: Final[Mapping[str, str]] = {
    "group/district": "本区同组技能",
    "skill/city": "全市本技能",
    "group/city": "全市同组技能",
    "trade/city": "全市同行业技能",
}

LEVEL_EN: Final[Mapping[str, str]] = {
    "group/district": "the group of skills in this district",
    "skill/city": "this skill in the whole city",
    "group/city": "the group of skills in the whole city",
    "trade/city": "the trade in the whole city",
}


def notes(months: int, *, read: bool) -> tuple[pl.Expr, pl.Expr]:
    """The sentences of each row: ``note`` in Chinese, ``note_en`` in English.

    Args:
        months: months of postings that the demand table knows.
        read: whether postings were read for signals.
    """
    few = months < LEAST_MONTHS
    chinese = [
        _verdict("短缺", "可能短缺", "看不出短缺", "：每月约缺 ", " 人，把握 ", "。"),
        pl.col("cause").replace_strict(CAUSE_ZH, default=None, return_dtype=pl.String),
        _when(pl.col("seekers").is_null(), "求职者少于 10 人或须一并隐去，按更大范围的合计推算。"),
        _rolled(LEVEL_ZH, "本区本技能的广告太少，工资取自", "。"),
        _when(_blind(), f"以现有数据看不出 {BLIND:g} 倍以下的短缺。"),
        _said(f"招聘数据不足 {LEAST_MONTHS} 个月，排序不可靠。", said=few),
        _said("未读取招聘广告：挂出天数和重复率未知。", said=not read),
    ]
    english = [
        _verdict(
            "Short",
            "Perhaps short",
            "No shortage to be seen",
            ": about ",
            " persons a month, P ",
            ". ",
        ),
        pl.col("cause").replace_strict(_cause_en(), default=None, return_dtype=pl.String),
        _when(
            pl.col("seekers").is_null(),
            "Jobseekers are fewer than 10 or hidden with such; estimated from wider totals. ",
        ),
        _rolled(LEVEL_EN, "Too few advertisements for this skill here; pay is that of ", ". "),
        _when(_blind(), f"A shortage under x{BLIND:g} can't be seen with this data. "),
        _said(f"Fewer than {LEAST_MONTHS} months of postings: the order says little. ", said=few),
        _said("Postings weren't read: days open and copies are unknown. ", said=not read),
    ]
    return (
        pl.concat_str(chinese, ignore_nulls=True).alias("note"),
        pl.concat_str(english, ignore_nulls=True).str.strip_chars_end().alias("note_en"),
    )


def _verdict(sure: str, perhaps: str, none: str, about: str, chance: str, end: str) -> pl.Expr:
    share = (pl.col("probability") * 100).round(0).cast(pl.Int64).cast(pl.String) + "%"
    size = pl.lit(about) + pl.col("gap").round(1).cast(pl.String) + chance + share + end
    return (
        pl.when("found")
        .then(pl.lit(sure) + size)
        .when(pl.col("probability") >= SHORT)
        .then(pl.lit(perhaps) + size)
        .otherwise(pl.lit(none + end))
    )


def _blind() -> pl.Expr:
    """Whether the level's interval is wider than a shortage of ``BLIND`` times."""
    return pl.col("own_high") > BLIND**2 * pl.col("own_low")


def _rolled(names: Mapping[str, str], before: str, after: str) -> pl.Expr:
    name = pl.col("level").replace_strict(names, default=None, return_dtype=pl.String)
    return pl.lit(before) + name + after


def _when(condition: pl.Expr, text: str) -> pl.Expr:
    return pl.when(condition).then(pl.lit(text))


def _said(text: str, *, said: bool) -> pl.Expr:
    return pl.lit(text if said else None, pl.String)


def _cause_en() -> dict[str, str]:
    """The rules' own sentences."""
    told = {name: f"{(rule.__doc__ or name).strip()} " for name, rule in CAUSES.items()}
    return {**told, UNCLEAR: f"{UNCLEAR_EN} "}
