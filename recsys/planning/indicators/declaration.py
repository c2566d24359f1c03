"""The ``@indicator`` decorator: a function becomes a measure of the plan with its definition."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from recsys.errors import IndicatorError
from recsys.planning.indicators.grounds import Grounds
from recsys.sentences import both_sentences

DEFINITION_VERSION: Final = "2025-1"
"""The plan 2025-2027 as it was issued; the definitions below are those of this version."""

PER_UNIT: Final = {"%": 100.0, "per_10000": 10_000.0}
"""Units that are a ratio, and what one whole is in them; all others are counts."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What an indicator counted.

    Attributes:
        numerator: what was counted.
        denominator: out of how many; None where nothing is divided.
    """

    numerator: float
    denominator: float | None = None


@dataclass(frozen=True, slots=True)
class Missing:
    """Why an indicator can't be told: what the tables lack, in both languages."""

    text_zh: str
    text_en: str


Measure = Callable[[Grounds], Measured | Missing]


@dataclass(frozen=True, slots=True)
class Indicator:
    """A measure of the plan.

    Attributes:
        name: as targets name it.
        text_en: its definition.
        text_zh: the same in Chinese.
        unit: ``%``, ``per_10000`` or what is counted.
        measure: counts it.
        version: of the definition.
        at_most: whether the target is a ceiling, not a goal.
        persons: whether the numerator counts people who are registered.
    """

    name: str
    text_en: str
    text_zh: str
    unit: str
    measure: Measure
    version: str = DEFINITION_VERSION
    at_most: bool = False
    persons: bool = False

    def value(self, measured: Measured) -> float | None:
        """The measure in its unit; None where there is nothing to divide by."""
        whole = PER_UNIT.get(self.unit)
        if whole is None:
            return measured.numerator
        return whole * measured.numerator / measured.denominator if measured.denominator else None


def indicator(
    *, unit: str, at_most: bool = False, persons: bool = False
) -> Callable[[Measure], Indicator]:
    """Declare a function of what is known as an indicator of the plan.

    The function's name is the indicator's. The first line of its docstring is the definition
    shown in English, the next non-empty line the same in Chinese.

    Args:
        unit: ``%``, ``per_10000`` or what is counted.
        at_most: whether the target is a ceiling.
        persons: whether the numerator counts registered people.

    Raises:
        IndicatorError: a sentence or the unit is missing.
    """
    if not unit:
        message = "an indicator needs a unit, such as % or villages"
        raise IndicatorError(message)

    def declare(measure: Measure) -> Indicator:
        text_en, text_zh = both_sentences(measure, "indicator", IndicatorError)
        name = getattr(measure, "__name__", "")
        return Indicator(name, text_en, text_zh, unit, measure, at_most=at_most, persons=persons)

    return declare
