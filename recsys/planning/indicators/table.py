"""The table of targets: each with its value, what it is made of, and how it stands."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any, Final

import polars as pl

from data.city import City
from data.tables import TABLES
from data.vocab import CITY_TIME
from features.asof import city_day, in_utc
from recsys.planning.indicators import Indicator, Measured, Missing, all_indicators
from recsys.planning.indicators.grounds import YEAR_DAYS, Coverage, Grounds
from recsys.planning.indicators.path import standing

PLAN_YEARS: Final = 3
"""A plan's path begins no more years than this before its due date."""

HALF_YEAR_DAYS: Final = 183
"""History below which an earlier value isn't told: it would hold a part of a term."""

SCHEMA: Final = {
    "as_of": pl.Date,
    "target_id": pl.String,
    "indicator": pl.String,
    "division_code": pl.String,
    "clause": pl.String,
    "definition": pl.String,
    "definition_en": pl.String,
    "definition_version": pl.String,
    "unit": pl.String,
    "value": pl.Float64,
    "numerator": pl.Float64,
    "denominator": pl.Float64,
    "target": pl.Float64,
    "due_on": pl.Date,
    "first_value": pl.Float64,
    "first_on": pl.Date,
    "expected": pl.Float64,
    "year_before": pl.Float64,
    "change": pl.Float64,
    "reached": pl.Boolean,
    "status": pl.String,
    "missing": pl.String,
    "missing_en": pl.String,
    "persons": pl.Int64,
}

UNKNOWN_INDICATOR: Final = Missing("没有该指标的计算方法", "no function counts this indicator")
NOTHING_TO_DIVIDE_BY: Final = Missing("分母为零", "there is nothing to divide by")
NO_PATH: Final = Missing(
    "没有更早的数值，无法判断进度", "there is no earlier value to judge the progress from"
)


def targets_table(city: City, moment: datetime, coverage: Coverage) -> pl.DataFrame:
    """Every row of the contract table ``targets`` with its value at the moment.

    Args:
        city: any snapshot.
        moment: the cut-off, with an offset from UTC.
        coverage: tells who is within the circles at a moment.

    Returns:
        ``SCHEMA``, by target_id. ``value`` is in ``unit``; it is null, never zero, where the
        tables can't tell it, and ``missing`` says what they lack. ``year_before`` is the value a
        year earlier, ``first_value`` that of the first 1 January of the plan's term with half a
        year of sections behind it, from which ``expected`` runs straight to the target.
        ``persons`` are the registered people whom the numerator counts.

    Raises:
        CutOffError: the cut-off has no offset from UTC.
    """
    book = Book(city, in_utc(moment), coverage)
    rows = [book.row(target) for target in _targets(city).iter_rows(named=True)]
    # Counts of registered people under ten are withheld by the indicators; where targets of many
    # divisions count people, suppression belongs here.
    return pl.DataFrame(rows, schema=SCHEMA)


class Book:
    """The measures of one city at a moment; what is known at each moment is gathered once.

    Args:
        city: any snapshot.
        moment: in UTC.
        coverage: tells who is within the circles at a moment.
    """

    def __init__(self, city: City, moment: datetime, coverage: Coverage) -> None:
        self._moment = moment
        self._known: dict[tuple[datetime, str | None], Grounds] = {}
        self._city, self._coverage = city, coverage

    def row(self, target: dict[str, Any]) -> dict[str, Any]:
        """One target as the table tells it."""
        asked = _asked(target)
        if isinstance(asked, Missing):
            return self._facts(target) | self._stand(target, None, None) | _gap(asked)
        found = self._measured(asked, target, self._moment)
        facts = self._facts(target) | {"definition": asked.text_zh, "definition_en": asked.text_en}
        if isinstance(found, Missing):
            return facts | self._stand(target, asked, None) | _gap(found)
        value = asked.value(found)
        stand = self._stand(target, asked, value)
        counted = {
            "value": value,
            "numerator": found.numerator,
            "denominator": found.denominator,
            "persons": int(found.numerator) if asked.persons else None,
        }
        return facts | counted | stand | (_gap(NO_PATH) if stand["status"] == "unknown" else {})

    def _facts(self, target: dict[str, Any]) -> dict[str, Any]:
        """What the target itself says."""
        same = ("target_id", "indicator", "division_code", "clause", "unit", "due_on")
        row = dict.fromkeys(SCHEMA) | {name: target[name] for name in same}
        return row | {
            "as_of": city_day(self._moment),
            "target": target["value"],
            "definition_version": target["definition_version"],
        }

    def _stand(
        self, target: dict[str, Any], asked: Indicator | None, value: float | None
    ) -> dict[str, Any]:
        """How the value stands, and the earlier ones it is held against."""
        due_on = target["due_on"]
        before = first = None
        if asked is not None and value is not None:
            before = self._past(asked, target, self._moment - timedelta(days=YEAR_DAYS))
            first = self._first(asked, target)
        at_most = asked is not None and asked.at_most
        held = standing(
            value, target["value"], city_day(self._moment), due_on, first, at_most=at_most
        )
        return {
            "first_on": first and first[0],
            "first_value": None if first is None else first[1],
            "expected": held.expected,
            "year_before": before,
            "change": None if value is None or before is None else value - before,
            "reached": held.reached,
            "status": held.status,
        }

    def _first(self, asked: Indicator, target: dict[str, Any]) -> tuple[date, float] | None:
        """The first known value of the plan's term, and its day."""
        for start in _new_years(target["due_on"], self._moment):
            value = self._past(asked, target, start)
            if value is not None:
                return city_day(start), value
        return None

    def _past(self, asked: Indicator, target: dict[str, Any], moment: datetime) -> float | None:
        """The value at an earlier moment; None where too little is known of it."""
        if self._at(moment, target).history_days < HALF_YEAR_DAYS:
            return None
        found = self._measured(asked, target, moment)
        return None if isinstance(found, Missing) else asked.value(found)

    def _measured(
        self, asked: Indicator, target: dict[str, Any], moment: datetime
    ) -> Measured | Missing:
        found = asked.measure(self._at(moment, target))
        if isinstance(found, Measured) and asked.value(found) is None:
            return NOTHING_TO_DIVIDE_BY
        return found

    def _at(self, moment: datetime, target: dict[str, Any]) -> Grounds:
        key = (moment, target["division_code"])
        if key not in self._known:
            self._known[key] = Grounds(self._city, moment, self._coverage, key[1])
        return self._known[key]


def _targets(city: City) -> pl.DataFrame:
    columns = TABLES["targets"].column_names()
    return city.scan("targets").select(columns).sort("target_id").collect()


def _asked(target: dict[str, Any]) -> Indicator | Missing:
    """The indicator a target asks for, if its definition is the one that is counted here."""
    found = all_indicators().get(target["indicator"])
    if found is None:
        return UNKNOWN_INDICATOR
    if (found.version, found.unit) == (target["definition_version"], target["unit"]):
        return found
    asked, counted = (
        f"{target['definition_version']}, {target['unit']}",
        f"{found.version}, {found.unit}",
    )
    return Missing(
        f"目标按定义 {asked}，系统计算的是 {counted}",
        f"the target goes by definition {asked}; what is counted is {counted}",
    )


def _gap(found: Missing) -> dict[str, Any]:
    return {"missing": found.text_zh, "missing_en": found.text_en}


def _new_years(due_on: date, moment: datetime) -> Iterator[datetime]:
    """The first instants of the years of a plan's term that lie before the moment."""
    for year in range(due_on.year - PLAN_YEARS + 1, due_on.year + 1):
        start = in_utc(datetime.combine(date(year, 1, 1), time(), CITY_TIME))
        if start < moment:
            yield start
