"""Terms of a simulated city: when enrolment opens, when classes run."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from data.simulate.params import SimulationParams
from data.vocab import CITY_TIME

OPENING_HOUR: Final = 10
"""Enrolment opens at this hour of city time."""

WINDOW_DAYS: Final = 14
"""Applications close this many days after they open, at the earliest."""


@dataclass(frozen=True, slots=True)
class Term:
    """One term.

    Attributes:
        name: year and season, such as ``2025秋``.
        opens_at: when applications open, UTC.
        starts_on: Monday of the first week of classes.
        weeks: weeks of classes, at most.
    """

    name: str
    opens_at: datetime
    starts_on: date
    weeks: int = 14


def terms(params: SimulationParams) -> tuple[Term, ...]:
    """History terms, oldest first, the open term, and the terms a model drives after it."""
    year, autumn = int(params.open_term[:4]), params.open_term.endswith("秋")
    now = 2 * year + int(autumn)
    first, last = now - params.history_terms, now + params.driven_terms
    return tuple(_term(index) for index in range(first, last + 1))


def open_term(params: SimulationParams) -> Term:
    """The last term whose lists are the old page's."""
    return terms(params)[params.history_terms]


def cut_off(params: SimulationParams) -> datetime:
    """The instant at which the city's tables end and lists are made, in the last term, UTC."""
    return terms(params)[-1].opens_at + timedelta(hours=params.as_of_hours)


def _term(index: int) -> Term:
    """The term with this half-year number (twice the year, plus one in autumn)."""
    year, autumn = divmod(index, 2)
    opens = date(year, 8, 27) if autumn else date(year, 2, 24)
    start = opens + timedelta(days=19)
    monday = start + timedelta(days=-start.weekday() % 7)
    local = datetime(opens.year, opens.month, opens.day, OPENING_HOUR, tzinfo=CITY_TIME)
    return Term(f"{year}{'秋' if autumn else '春'}", local.astimezone(UTC), monday)
