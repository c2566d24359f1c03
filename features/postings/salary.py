"""Pay as written, read as yuan a month.

    text ─▶ one spelling ─▶ months' pay a year taken out ─▶ words ─▶ clauses ─▶ one statement

A clause is what stands between commas, brackets and plus signs. A clause that speaks of money
and can't be read leaves the whole text unread: better unknown than a bonus read as pay.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from math import prod
from types import MappingProxyType
from typing import Final, NamedTuple

from features.postings.salary_words import Kind, Word, spelled_alike, words_of

DAYS_A_MONTH: Final = 21.75
"""Paid days of a month (Ministry of Human Resources, notice 2008 no. 3)."""

HOURS_A_DAY: Final = 8.0

MONTHLY: Final[Mapping[str, float]] = MappingProxyType(
    {
        "month": 1.0,
        "year": 1 / 12,
        "week": 52 / 12,
        "day": DAYS_A_MONTH,
        "hour": DAYS_A_MONTH * HOURS_A_DAY,
    }
)
"""Months' pay that one unit's pay makes; pay by the piece makes none that is known."""

PLAUSIBLE: Final = (100.0, 2_000_000.0)
"""Yuan a month outside of which a text is taken for a slip of the pen."""

MONTHS_PAID: Final = range(12, 37)
"""Months' pay a year that are believed."""

A_YEAR_FROM: Final = 100_000.0
"""Yuan from which an amount without a period is a year's: nobody writes 20万 for a month."""

LONGEST_TEXT: Final = 200
"""Characters above which a text is a description and no statement of pay."""

_LEAST_BARE: Final = 1000.0
"""Yuan below which a figure without scale and period says nothing."""

_SLIP: Final = 5.0
"""Times by which the ends of a reversed pair may differ before 8-1.2万 can't be told."""


class Salary(NamedTuple):
    """What a text says of pay.

    Attributes:
        low: yuan a month, a year's pay spread over 12 months; null unknown or without limit.
        high: the same for the upper end.
        months: months' pay a year where stated (13薪), the lower of two; null unknown.
        unit: month, year, week, day, hour, piece or negotiable; null unread.
    """

    low: float | None
    high: float | None
    months: int | None
    unit: str | None


UNREAD: Final = Salary(None, None, None, None)


class _BrokenError(ValueError):
    """A clause speaks of money and can't be read."""


class _Amount(NamedTuple):
    """A figure; ``scale`` is 1 where neither 千 nor 万 stands with it."""

    yuan: float
    scale: float


class _Statement(NamedTuple):
    """What one clause says; ``ends`` is empty where it names no amount."""

    ends: tuple[float | None, float | None] | None
    unit: str
    rank: int
    scale: float


_RANKS: Final = MappingProxyType({Kind.TOTAL: 3, Kind.BASE: 1, Kind.TRIAL: 0})
"""What is paid in all goes before what is paid for a start; unmarked pay is between."""
_PLAIN_RANK: Final = 2


def read_salary(text: str) -> Salary:
    """Read one text of pay.

    An amount without a period is a month's, or a year's from 100,000 yuan on; between the two
    it is unknown, but figures in K or 千 are a month's as long as the lower is below 100K. Days
    count 21.75 and hours 174 to the month. What is paid before tax, after it or for a start
    only is taken as written.

    Args:
        text: as the board has it.

    Returns:
        ``UNREAD`` for what can't be told; see ``Salary``.

    Example:
        >>> read_salary("8-12K·13薪")
        Salary(low=8666.67, high=13000.0, months=13, unit='month')
        >>> read_salary("面议")
        Salary(low=None, high=None, months=None, unit='negotiable')
    """
    if len(text) > LONGEST_TEXT:
        return UNREAD
    plain, months = _without_months(spelled_alike(text))
    words = list(words_of(plain))
    unbelieved = any(count not in MONTHS_PAID for count in months)
    if unbelieved or any(word.kind is Kind.FOREIGN for word in words):
        return UNREAD
    try:
        statement = _agreed([_statement(clause) for clause in _clauses(words)])
    except _BrokenError:
        return UNREAD
    if statement is not None:
        return _a_month(statement, months)
    negotiable = any(word.kind is Kind.NEGOTIABLE for word in words)
    return UNREAD._replace(unit="negotiable") if negotiable else UNREAD


def _without_months(text: str) -> tuple[str, tuple[int, ...]]:
    """The text without its 13薪, and the months' pay a year (one figure, or two ends)."""
    for pattern in _MONTHS:
        found = pattern.search(text)
        if found is not None:
            figures = tuple(_count(figure) for figure in found.groups() if figure)
            return f"{text[: found.start()]} {text[found.end() :]}", figures
    return text, ()


def _count(figure: str) -> int:
    if figure.isdigit():
        return int(figure)
    return next((int(word.value) for word in words_of(figure) if word.kind is Kind.NUMBER), 0)


def _clauses(words: Sequence[Word]) -> Iterator[list[Word]]:
    """Runs of words between cuts; what is paid for a start, or in all, opens a new one."""
    clause: list[Word] = []
    for word in words:
        opens = word.kind in _RANKS and any(each.kind is Kind.NUMBER for each in clause)
        if word.kind is Kind.CUT or opens:
            yield clause
            clause = []
        if word.kind is not Kind.CUT:
            clause.append(word)
    yield clause


def _statement(clause: Sequence[Word]) -> _Statement:
    """What one clause says.

    Raises:
        _BrokenError: it names money in a way that isn't understood.
    """
    kinds = {word.kind for word in clause}
    unit = _unit(clause)
    rank = min((_RANKS[kind] for kind in kinds if kind in _RANKS), default=_PLAIN_RANK)
    silent = _Statement(None, unit, rank, 1.0)
    if not kinds & {Kind.NUMBER, Kind.SCALE} or _of_a_bonus(clause):
        return silent
    speaks = bool(kinds & _MONEY)
    if Kind.OTHER in kinds:
        if speaks:
            raise _BrokenError
        return silent
    if not speaks and max(word.value for word in clause) < _LEAST_BARE:
        return silent
    amounts = list(_amounts(clause))
    scale = max(amount.scale for amount in amounts)
    return _Statement(_ends(amounts, kinds), unit, rank, scale)


_MONEY: Final = frozenset(
    {
        Kind.SCALE,
        Kind.CURRENCY,
        Kind.PER,
        Kind.PERIOD,
        Kind.SETTLED,
        Kind.BASE,
        Kind.TOTAL,
    }
)
"""Words that make a figure an amount of money."""


def _unit(clause: Sequence[Word]) -> str:
    """What pay is counted by; empty where the clause doesn't say."""
    told = {word.unit for word in clause if word.kind in (Kind.PER, Kind.PERIOD)}
    weak = {word.unit for word in clause if word.kind in (Kind.SETTLED, Kind.LONE)}
    units = told or weak
    if len(units) > 1:
        raise _BrokenError
    return next(iter(units), "")


def _of_a_bonus(clause: Sequence[Word]) -> bool:
    """Whether the clause's first figure comes after a word for a bonus, and none is for pay."""
    if any(word.kind in _RANKS for word in clause):
        return False
    return next(w.kind for w in clause if w.kind in (Kind.BONUS, *_FIGURES)) is Kind.BONUS


_FIGURES: Final = (Kind.NUMBER, Kind.SCALE)


def _amounts(clause: Sequence[Word]) -> Iterator[_Amount]:
    """The one or two figures of a clause.

    Raises:
        _BrokenError: there are more, or a dash joins nothing.
    """
    runs: list[list[Word]] = [[]]
    dashes = 0
    for word in clause:
        if word.kind in _FIGURES:
            runs[-1].append(word)
        elif word.kind in (Kind.RANGE, Kind.LEAST, Kind.MOST):
            dashes += word.kind is Kind.RANGE
            runs.append([])
    figures = [run for run in runs if run]
    if len(figures) > 2 or dashes > len(figures) - 1:
        raise _BrokenError
    return (_amount(run) for run in figures)


def _amount(run: Sequence[Word]) -> _Amount:
    """One figure: 1.2万, 1万2千, 1万2 (a tenth of the scale before), 2百万, 百万.

    Raises:
        _BrokenError: the words make no number.
    """
    total, scales = 0.0, [float("inf")]
    rest = list(run)
    if len(rest) == 1 and rest[0].kind is Kind.SCALE:
        raise _BrokenError
    while rest:
        number = rest.pop(0).value if rest[0].kind is Kind.NUMBER else 1.0
        factors: list[float] = []
        while rest and rest[0].kind is Kind.SCALE:
            factors.append(rest.pop(0).value)
        scale = prod(factors)
        if not factors and scales[1:]:
            scale = _tenth(number, scales[-1], last=not rest)
        if scale >= scales[-1]:
            raise _BrokenError
        scales.append(scale)
        total += number * scale
    return _Amount(total, scales[1])


def _tenth(number: float, scale: float, *, last: bool) -> float:
    """The scale of the 2 in 1万2."""
    if not last or number not in range(1, 10):
        raise _BrokenError
    return scale / 10


def _ends(amounts: Sequence[_Amount], kinds: set[Kind]) -> tuple[float | None, float | None]:
    """Lower and upper end; one of them is open after 以上, 以下 or a mere 底薪."""
    if len(amounts) == 2:
        low, high = _one_scale(*amounts)
        return (low or None, high)
    yuan = amounts[0].yuan
    least, most = bool(kinds & {Kind.LEAST, Kind.BASE}), Kind.MOST in kinds
    if (least and most) or not yuan:
        raise _BrokenError
    return (None if most else yuan, None if least else yuan)


def _one_scale(first: _Amount, second: _Amount) -> tuple[float, float]:
    """Two figures in order, where one may have lent its scale to the other.

    Raises:
        _BrokenError: the lent scale leaves ends that can't be told (8-1.2万).
    """
    low, high = first.yuan, second.yuan
    if first.scale == 1 < second.scale and low < _LEAST_BARE:
        low *= second.scale
        if low > _SLIP * high:
            raise _BrokenError
    elif second.scale == 1 < first.scale and high < _LEAST_BARE:
        high *= first.scale
        if high < low:
            raise _BrokenError
    elif first.scale == second.scale == 1 and low < high / 1000 and high % 1000 == 0:
        low *= 1000  # 3-5000元: three to five thousand
    return min(low, high), max(low, high)


def _agreed(statements: Sequence[_Statement]) -> _Statement | None:
    """The one statement of the highest rank; null where none names an amount or a unit.

    Raises:
        _BrokenError: two of the same rank say different things.
    """
    named = [each for each in statements if each.ends is not None]
    units = {each.unit for each in statements if each.unit and each.ends is None}
    if not named:
        return _Statement(None, "piece", 0, 1.0) if units == {"piece"} else None
    rank = max(each.rank for each in named)
    best = {each for each in named if each.rank == rank}
    if len(best) > 1:
        raise _BrokenError
    statement = best.pop()
    if not statement.unit and len(units) == 1:
        return statement._replace(unit=units.pop())
    return statement


def _a_month(statement: _Statement, months: Sequence[int]) -> Salary:
    """The statement in yuan a month."""
    least = min(months) if months else None
    unit = statement.unit or _usual_unit(statement)
    if unit == "piece" or statement.ends is None:
        return Salary(None, None, least, "piece")
    if not unit:
        return UNREAD
    paid = (min(months), max(months)) if months and unit != "year" else (12, 12)
    low, high = (
        None if end is None else round(end * MONTHLY[unit] * count / 12, 2)
        for end, count in zip(statement.ends, paid, strict=True)
    )
    slip = any(end is not None and not _plausible(end) for end in (low, high))
    return UNREAD if slip else Salary(low, high, least, unit)


def _usual_unit(statement: _Statement) -> str:
    """The period of an amount that names none, by its size; empty where that can't be told."""
    known = [end for end in statement.ends or () if end is not None]
    if min(known) >= A_YEAR_FROM:
        return "year"
    least = 0 if statement.scale > 1 else _LEAST_BARE
    thousands = statement.scale == 1000.0
    return "month" if min(known) >= least and (thousands or max(known) < A_YEAR_FROM) else ""


def _plausible(yuan: float) -> bool:
    lowest, highest = PLAUSIBLE
    return lowest <= yuan <= highest


_FIGURE: Final = r"(\d{1,2}|十[二三四五六七八九]?|二十[一二三四]?)"
_MONTHS: Final = (
    re.compile(
        r"(?:[·•・∙.*×x/+,|]|(?<=[a-z\u4e00-\u9fff])-)?\s*(?:一年|每年|年发|全年|共|发)?\s*"
        rf"(?<!\d)(?<!\d\.){_FIGURE}(?:\s*[-~至到]\s*{_FIGURE})?\s*"
        r"(?:薪(?![资酬水])|(?<=\d\d)(?:个月(?:薪|工资)?|\s*months?))(?:/年)?"
    ),
    re.compile(rf"\s*(?<![a-jl-vx-z])[*×x]\s*{_FIGURE}(?![\d.一-鿿])(?:/年)?"),
    re.compile(rf"[·•・∙]\s*{_FIGURE}$"),
)
"""How the months' pay of a year is written: 13薪, 14-16薪, 十三薪, ×13, ·13."""
