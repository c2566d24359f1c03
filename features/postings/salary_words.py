"""The words pay is written with, and the cutting of a text into them.

Everything a board may write stands in one table, ``_WORDS``; what isn't there becomes ``other``
and costs its clause, so that a reward of 500 yuan for a referral is never read as pay.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from types import MappingProxyType
from typing import Final, NamedTuple


class Kind(Enum):
    """What a word does in a statement of pay."""

    NUMBER = "number"
    SCALE = "scale"
    CURRENCY = "currency"
    FOREIGN = "foreign"
    PER = "per"
    PERIOD = "period"
    SETTLED = "settled"
    LONE = "lone"
    RANGE = "range"
    LEAST = "least"
    MOST = "most"
    TOTAL = "total"
    BASE = "base"
    TRIAL = "trial"
    BONUS = "bonus"
    NEGOTIABLE = "negotiable"
    NOISE = "noise"
    CUT = "cut"
    OTHER = "other"


class Word(NamedTuple):
    """One word of a text.

    Attributes:
        kind: what it does.
        value: of a number its value, of a scale its factor.
        unit: of a period month, year, week, day, hour or piece.
    """

    kind: Kind
    value: float = 0.0
    unit: str = ""


_UNITS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "month": "个月 月 month months mth mo m",
        "year": "年 year years yr annum",
        "week": "周 星期 礼拜 week weeks wk",
        "day": "天 日 工作日 day days d",
        "hour": "小时 个小时 钟头 时 hour hours hr hrs h",
        "piece": (
            "次 单 件 节 节课 课时 课 场 趟 篇 台 套 张 个 吨 公里 平米 平方米 平方 平 m2 千字 字 "
            "票 户 局 班 例 首 幅 条 桌 车 辆 米 斤 公斤 杯 份 页 期 人次 人 位 客 单量 百字 "
            "piece pieces item task order visit class session word article"
        ),
    }
)
"""What pay is counted by, after a slash or 每."""

_WORDS: Final[Mapping[tuple[Kind, str], str]] = MappingProxyType(
    {
        (Kind.PERIOD, "month"): "月薪 月收入 月工资 月均 每月 monthly p.m. pm",
        (Kind.PERIOD, "year"): "年薪 年收入 年包 总包 annual annually yearly p.a. pa",
        (Kind.PERIOD, "week"): "周薪 weekly",
        (Kind.PERIOD, "day"): "日薪 daily",
        (Kind.PERIOD, "hour"): "时薪 小时工资 小时工 hourly",
        (Kind.PERIOD, "piece"): "计件 按件 按单 计件工资 piecework",
        (Kind.SETTLED, "day"): "日结 天结",
        (Kind.LONE, "month"): "月",
        (Kind.LONE, "year"): "年",
        (Kind.LONE, "day"): "天 日",
        (Kind.LONE, "hour"): "小时 时",
        (Kind.NOISE, ""): (
            "周结 月结 现结 税前 税后 税 薪资 薪酬 薪水 薪 工资 待遇 收入 范围 区间 标准 约 大约 "
            "大概 左右 近 为 是 可达 能拿 税前薪资 人均 平均 固定 pay salary wage about "
            "approx before after tax gross net paid 兼职 全职 长白班 白班 夜班 两班倒 工价 单价 "
            ": ' \" 【 】 [ ] ! ? * 。 ."
        ),
        (Kind.CURRENCY, ""): "元 块 块钱 圆 元人民币 人民币 rmb cny yuan ¥ ￥ y",
        (Kind.FOREIGN, ""): (
            "美元 美金 刀 usd us$ $ 港币 港元 hkd hk$ 欧元 eur € 英镑 gbp £ 日元 jpy 日币 新币 sgd "
            "澳元 aud 加元 cad 韩元 台币 泰铢 卢布 马币 dollars dollar euro euros"
        ),
        (Kind.RANGE, ""): "- -- ~ ~~ 到 至 to and",
        (Kind.LEAST, ""): (
            "以上 及以上 起 起步 起薪 至少 不低于 不少于 最低 大于 高于 超过 过 上不封顶 不封顶 "
            "保底 > >= ≥ from min minimum above over atleast plus up"
        ),
        (Kind.MOST, ""): (
            "以下 及以下 以内 之内 内 不超过 不高于 最高 高达 最多 低于 少于 小于 封顶 "
            "< <= ≤ max maximum under below upto"
        ),
        (
            Kind.TOTAL,
            "",
        ): "月入 年入 综合 综合薪资 综合工资 综合收入 到手 总收入 转正 转正后 正式 total",
        (Kind.BASE, ""): "底薪 无责底薪 无责 无责任底薪 基本工资 基本薪资 基础工资 基薪 base basic",
        (Kind.TRIAL, ""): "试用期 试用期间 试用 实习期 实习 培训期 probation trial",
        (Kind.BONUS, ""): (
            "提成 高提成 奖金 绩效 绩效奖金 绩效工资 年终奖 年终 年终奖金 年底双薪 年终双薪 双薪 "
            "补贴 补助 餐补 饭补 房补 车补 话补 住房补贴 全勤 全勤奖 分红 期权 股票 加班费 佣金 "
            "小费 奖励 五险一金 五险 六险一金 五险二金 六险二金 社保 公积金 包吃住 包吃 包住 双休 "
            "bonus commission"
        ),
        (Kind.NEGOTIABLE, ""): (
            "面议 面谈 面洽 详谈 另议 再议 协商 可谈 可议 可面议 从优 优厚 待议 待定 商议 电议 "
            "negotiable competitive tbd doe"
        ),
        (Kind.CUT, ""): ", ; 、 ( ) | + & \n · • ・ ∙ ●",
    }
)
"""Every word but numbers, scales and units after a slash, by what it does."""

_SCALES: Final[Mapping[str, float]] = MappingProxyType(
    {"百": 100.0, "千": 1000.0, "k": 1000.0, "万": 10_000.0, "w": 10_000.0, "萬": 10_000.0}
)
_DIGITS: Final[Mapping[str, int]] = MappingProxyType(
    {digit: value for value, digit in enumerate("零一二三四五六七八九")}
    | {"〇": 0, "两": 2, "俩": 2}
)


def spelled_alike(text: str) -> str:
    """Half width, small letters, one kind of dash; runs of letters that mean one thing joined.

    >>> spelled_alike("８Ｋ—１２Ｋ·13薪")
    '8k-12k·13薪'
    """
    plain = _SPACES.sub(" ", unicodedata.normalize("NFKC", text).lower())
    plain = _OPEN.sub("以上", _DASHES.sub("-", plain))
    plain = _BESIDE_PAY.sub("", _TALKED_OVER.sub(",", plain))
    plain = _PASSED.sub("1", plain)
    return _PHRASES.sub(lambda found: found[0].replace(" ", ""), plain).strip()


def words_of(text: str) -> Iterator[Word]:
    """The words of a text ``spelled_alike``; white space goes."""
    for found in _WORD.finditer(text):
        group = found.lastgroup or ""
        if group != "space":
            yield from _READERS[group](found[0])


def _arabic(text: str) -> Iterator[Word]:
    yield Word(Kind.NUMBER, float(re.sub(r"[, ]", "", text)))


def _chinese(text: str) -> Iterator[Word]:
    """A number below a hundred; two digits in a row (三四千) are a range."""
    digits = [_DIGITS[sign] for sign in text if sign != "十"]
    if "十" in text:
        tens, _, ones = text.partition("十")
        yield Word(Kind.NUMBER, 10 * (_DIGITS.get(tens, 1)) + _DIGITS.get(ones, 0))
    elif len(digits) == 2 and digits[1] == digits[0] + 1:
        yield Word(Kind.NUMBER, digits[0])
        yield Word(Kind.RANGE)
        yield Word(Kind.NUMBER, digits[1])
    elif len(digits) == 1:
        yield Word(Kind.NUMBER, digits[0])
    else:
        yield Word(Kind.OTHER)


def _per(text: str) -> Iterator[Word]:
    yield Word(Kind.PER, unit=_UNIT_OF[_PER_SIGN.sub("", text, count=1)])


def _scale(text: str) -> Iterator[Word]:
    yield Word(Kind.SCALE, _SCALES[text])


def _known(text: str) -> Iterator[Word]:
    kind, unit = _MEANING[text]
    yield Word(kind, unit=unit)


def _other(_: str) -> Iterator[Word]:
    yield Word(Kind.OTHER)


def _spelled(words: Iterable[str]) -> str:
    """A pattern for any of the words, longest first; Latin ones only whole."""
    longest = sorted(set(words), key=len, reverse=True)
    return "|".join(
        # The letter before may be k or w: 8krmb is written without a space.
        rf"(?<![a-jl-vx-z]){re.escape(word)}(?![a-z])"
        if word.isascii() and word.isalpha()
        else re.escape(word)
        for word in longest
    )


_SPACES: Final = re.compile(r"[^\S\n]+|_x000d_")
_DASHES: Final = re.compile(
    r"[‐‑‒–—―−﹣－]+|(?<=[0-9kw万千百元])\s*一+\s*(?=[0-9])|-{2,}|~{2,}|～+|〜+"
)
"""Long dashes, doubled ones, and the Chinese one (一) written for a dash between figures."""

_OPEN: Final = re.compile(r"(?<=[0-9kw万千元])\s*\+(?=\s*(?:$|[/,;()]))")
"""The plus of 8K+ and 8K+/月, but not that of 3K+提成."""

_PHRASES: Final = re.compile(r"up to|at least|hk \$|us \$")

_TALKED_OVER: Final = re.compile(r"/(?=面议|面谈|可谈)|(?<=面议)/|(?<=面谈)/")
"""The slash of 8-12K/面议, which joins no unit."""

_BESIDE_PAY: Final = re.compile(r"\b\d(?:-\d)? ?天/周|/人(?=/)|(?<=[月天日年时])/人")
"""Days of work a week, and that each person gets as much."""

_PASSED: Final = re.compile(r"(?<=过)(?=[万千])")
"""Where 过万 leaves its one unsaid."""

_UNIT_OF: Final = {word: unit for unit, words in _UNITS.items() for word in words.split()}
_MEANING: Final = {
    word: meaning for meaning, words in _WORDS.items() for word in words.split(" ") if word
}
_PER_SIGN: Final = re.compile(r"(?:/|每个?|per|an|a|一个?(?=[天日年周月小星])|按)\s*")
_NUMBER: Final = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?(?!\d)|\d{1,2} 000(?!\d)|\d+(?:\.\d+)?"
_WORD: Final = re.compile(
    "|".join(
        (
            rf"(?P<per>(?:/|每个?|(?<![a-z])per\s|(?<![a-z])an?\s|一个?(?=[天日年周月小星])|按)\s*"
            rf"(?:{_spelled(_UNIT_OF)}))",
            rf"(?P<arabic>{_NUMBER})",
            rf"(?P<known>{_spelled(_MEANING)})",
            r"(?P<scale>[百千万萬]|[kw](?![a-z])|k(?=rmb|cny|yuan))",
            r"(?P<chinese>[零〇一二两三四五六七八九十]+)",
            r"(?P<space>\s+)",
            r"(?P<other>.)",
        )
    ),
    re.DOTALL,
)
_READERS: Final = {
    "per": _per,
    "arabic": _arabic,
    "known": _known,
    "scale": _scale,
    "chinese": _chinese,
    "other": _other,
}
