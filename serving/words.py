"""Slots, prices and modes in words, Chinese and English."""

from collections.abc import Mapping, Sequence
from typing import Final

from serving.schemas.fields import Locale

WEEKDAYS: Final[Mapping[Locale, tuple[str, ...]]] = {
    "zh": ("周一", "周二", "周三", "周四", "周五", "周六", "周日"),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}
DAY_PARTS: Final[Mapping[Locale, Mapping[str, str]]] = {
    "zh": {"M": "上午", "A": "下午", "E": "晚"},
    "en": {"M": " morning", "A": " afternoon", "E": " evening"},
}
ANY_TIME: Final[Mapping[Locale, str]] = {"zh": "随时", "en": "any time"}
FREE: Final[Mapping[Locale, str]] = {"zh": "免费", "en": "free"}
ONLINE: Final[Mapping[Locale, str]] = {"zh": "线上", "en": "online"}


def slots_in_words(slots: Sequence[str], locale: Locale) -> str:
    """Weekly slots in words.

    >>> slots_in_words(["3E", "6A"], "zh")
    '周三晚、周六下午'
    >>> slots_in_words([], "en")
    'any time'
    """
    if not slots:
        return ANY_TIME[locale]
    words = [WEEKDAYS[locale][int(slot[0]) - 1] + DAY_PARTS[locale][slot[1]] for slot in slots]
    return ("、" if locale == "zh" else ", ").join(words)


def price_in_words(price_fen: int, locale: Locale) -> str:
    """A price in yuan.

    >>> price_in_words(20050, "zh"), price_in_words(0, "zh")
    ('200.5 元', '免费')
    """
    if price_fen == 0:
        return FREE[locale]
    yuan = f"{price_fen / 100:.2f}".rstrip("0").rstrip(".")
    return f"{yuan} 元" if locale == "zh" else f"¥{yuan}"


def minutes_in_words(travel_min: float | None, mode: str, locale: Locale) -> str:
    """The journey one way; nothing when it is unknown.

    >>> minutes_in_words(17.6, "offline", "zh"), minutes_in_words(0.0, "online_live", "en")
    ('18 分钟', 'online')
    """
    if mode.startswith("online"):
        return ONLINE[locale]
    if travel_min is None:
        return ""
    return f"{travel_min:.0f} 分钟" if locale == "zh" else f"{travel_min:.0f} min"
