"""What the figures of a pilot say in words, and what they can't say."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from recsys.planning.pilots.inference import LEVEL
from recsys.planning.pilots.outcomes import Outcome

UNLIKE: Final = 0.1
"""Trends before the start are called unlike from this p-value down: missing a difference costs more
here than seeing one that isn't."""

Row = Mapping[str, Any]


def sentences_of(row: Row, outcome: Outcome, left_out: Sequence[str]) -> tuple[str, str]:
    """One outcome in Chinese and English.

    Args:
        row: of `study.EFFECTS`.
        outcome: what it is called and how it is read.
        left_out: names of districts that don't tell of every term.
    """
    parts = [_said(row, outcome), _trend(row, outcome), _left_out(left_out)]
    told = [part for part in parts if part is not None]
    return "".join(zh for zh, _ in told), " ".join(en for _, en in told)


def _said(row: Row, outcome: Outcome) -> tuple[str, str]:
    if not row["pilots"]:
        return (
            "没有一个试点区县在各学期都有可公布的数字，无法比较。",
            "No pilot district has a figure that may be told for every term: nothing to compare.",
        )
    if not row["terms_before"] or not row["terms_after"]:
        return (
            f"试点开始前有 {row['terms_before']} 个、开始后有 {row['terms_after']} 个已结束的学期，"
            "两边都有才能比较。",
            f"{row['terms_before']} finished terms before the start and {row['terms_after']} "
            "after it: both are needed to compare.",
        )
    if not row["comparisons"]:
        return _alone(row, outcome)
    return _unsure(row, outcome) if row["confidence"] is None else _effect(row, outcome)


def _alone(row: Row, outcome: Outcome) -> tuple[str, str]:
    change = row["pilots_after"] - row["pilots_before"]
    zh, en = _amount(change, outcome)
    return (
        f"没有可作对照的区县，只能看前后：试点区县平均变化 {zh}。"
        "这可能来自试点，也可能来自同期的其他变化，这些数据分不开。",
        f"No district to compare with, so before and after only: the pilots changed by {en} on "
        "average. The pilot or anything else of the time may have done it; these data can't tell.",
    )


def _unsure(row: Row, outcome: Outcome) -> tuple[str, str]:
    zh, en = _amount(row["effect"], outcome)
    least = 1 / row["sets"]
    return (
        f"试点区县比对照多变化 {zh}；但 {row['pilots']} 个试点、{row['comparisons']} 个对照只有 "
        f"{row['sets']} 种分法，p 值最小也有 {least:.2f}，区县太少，给不出区间，也说明不了作用。",
        f"The pilots changed by {en} more than their comparison; but {row['pilots']} pilots and "
        f"{row['comparisons']} others can be chosen in {row['sets']} ways only, no p-value can "
        f"fall below {least:.2f}: too few districts for an interval, or to tell anything.",
    )


def _effect(row: Row, outcome: Outcome) -> tuple[str, str]:
    zh, en = _amount(row["effect"], outcome)
    (low_zh, low), (high_zh, high) = (_amount(row[end], outcome) for end in ("low", "high"))
    level = row["confidence"]
    fewer = "" if level >= LEVEL else "区县太少，够不到 95%。"
    fewer_en = "" if level >= LEVEL else " Too few districts for 95 %."
    said = (
        f"试点区县比对照多变化 {zh}（{level:.0%} 区间 {low_zh} 至 {high_zh}，p = "
        f"{row['p_value']:.3f}）。{fewer}",
        f"The pilots changed by {en} more than their comparison ({level:.0%} interval {low} to "
        f"{high}, p = {row['p_value']:.3f}).{fewer_en}",
    )
    zh_seen, en_seen = _seen(row, outcome)
    return said[0] + zh_seen, f"{said[1]} {en_seen}"


def _seen(row: Row, outcome: Outcome) -> tuple[str, str]:
    """Whether there is an effect, or how large one would have to be to be seen."""
    if row["low"] > 0 or row["high"] < 0:
        many, many_en = "", ""
        if row["p_family"] is not None and row["p_family"] > 1 - row["confidence"]:
            many = f"但一并看了多项指标，计入这一点后 p = {row['p_family']:.3f}，不足为凭。"
            many_en = (
                f" But several outcomes were looked at; heeding that, p = {row['p_family']:.3f}, "
                "which is no proof."
            )
        return f"区间不含零。{many}", f"The interval excludes zero.{many_en}"
    reach = max(row["high"] - row["effect"], row["effect"] - row["low"])
    zh, en = _amount(reach, outcome, signed=False)
    return (
        f"区间含零，看不出试点的作用；小于约 {zh} 的作用，用这些数据本来就看不出来。",
        f"The interval holds zero: no effect is seen, and one under about {en} can't be seen with "
        "these data.",
    )


def _trend(row: Row, outcome: Outcome) -> tuple[str, str] | None:
    """Whether pilots and comparison went alike before the start."""
    if row["effect"] is None:
        return None
    if row["trend"] is None:
        return (
            "开始前只有一个学期，试点与对照此前是否同步无从检验。",
            "One term before the start: whether both went alike before can't be checked.",
        )
    zh, en = _amount(row["drift"], outcome)
    if row["trend_p"] <= UNLIKE:
        return (
            f"开始前两边的走势已经不同（p = {row['trend_p']:.3f}），"
            f"照此延续就有 {zh}，差别不能都算作试点的作用。",
            f"They went differently before the start (p = {row['trend_p']:.3f}); going on like "
            f"that would make {en}, so the difference isn't all the pilot's doing.",
        )
    return (
        f"开始前的走势未见不同（p = {row['trend_p']:.3f}），"
        f"但学期少，未见不等于没有；若延续，会带来 {zh}。",
        f"No different course is seen before the start (p = {row['trend_p']:.3f}), which in so few "
        f"terms is no proof of none; going on, it would make {en}.",
    )


def _left_out(districts: Sequence[str]) -> tuple[str, str] | None:
    if not districts:
        return None
    listed = "、".join(districts)
    return (
        f"未计入（有学期无数据或数字不公布）：{listed}。",
        f"Left out, as a term's figure is unknown or held back: {', '.join(districts)}.",
    )


def _amount(value: float, outcome: Outcome, *, signed: bool = True) -> tuple[str, str]:
    """A difference with its unit: percentage points for shares, else the outcome's own."""
    sign = "+" if signed else ""
    if outcome.share:
        return f"{value * 100:{sign}.1f} 个百分点", f"{value * 100:{sign}.1f} points"
    return f"{value:{sign}.3g}", f"{value:{sign}.3g}"
