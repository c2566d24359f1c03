"""What a caller may state with a query, and its border check."""

import math
import re
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final, TypedDict, cast

from data.vocab import ACCESS_NEEDS, DIVISION_CODE_PATTERN, PROGRAMMES, SLOT_PATTERN, TRAVEL_MODES
from recsys.errors import QueryError

N_MOST: Final = 1000
"""Longest list that may be asked for."""


class Limits(TypedDict, total=False):
    """What a caller may state; it replaces what the learner's own record says.

    ``None`` lifts a limit of the learner's. Needs are the exception: they add to the
    learner's own, since nobody may wish away somebody else's access need.
    """

    as_of: datetime
    age_low: int | None
    age_high: int | None
    district_code: str | None
    home_division_code: str | None
    home: tuple[float, float] | None
    travel_mode: str | None
    circle_min: float | None
    free_slots: Collection[str] | None
    needs: Collection[str]
    scope_institution_id: str | None
    include_ids: Collection[str] | None
    exclude_ids: Collection[str]
    on_other_shelves: Collection[str]
    elder: bool


def check_limits(limits: Limits) -> None:
    """Refuse what no learner could mean.

    Raises:
        QueryError: an unknown limit, or a value outside its range or vocabulary.
    """
    unknown = sorted(set(limits) - set(Limits.__annotations__))
    if unknown:
        message = f"unknown limits {unknown}; there are {sorted(Limits.__annotations__)}"
        raise QueryError(message)
    for name, value in limits.items():
        holds, expected = EXPECTED.get(name, ANYTHING)
        if value is not None and not holds(value):
            message = f"{name} is not {expected}"
            raise QueryError(message)


def check_size(n: int) -> None:
    """Refuse a list length that can't be meant.

    Raises:
        QueryError: not from 1 to ``N_MOST``.
    """
    if not 1 <= n <= N_MOST:
        message = f"n is not a whole number from 1 to {N_MOST}"
        raise QueryError(message)


def check_programme(programme: str | None) -> None:
    """Refuse a programme that the vocabulary doesn't hold.

    Raises:
        QueryError: unknown; lists the programmes.
    """
    if programme is not None and programme not in PROGRAMMES:
        message = f"programme is not one of {list(PROGRAMMES)}"
        raise QueryError(message)


def _minutes(value: object) -> bool:
    return isinstance(value, int | float) and math.isfinite(value) and value >= 0


def _years(value: object) -> bool:
    return isinstance(value, int) and 0 <= value <= 150


def _point(value: object) -> bool:
    match value:
        case (float() | int() as lon, float() | int() as lat):
            return abs(lon) <= 180 and abs(lat) <= 90
        case _:
            return False


def _code(value: object) -> bool:
    return isinstance(value, str) and re.fullmatch(DIVISION_CODE_PATTERN, value) is not None


def _slots(value: object) -> bool:
    items = _items(value)
    return items is not None and all(re.fullmatch(SLOT_PATTERN, slot) for slot in items)


def _texts(value: object) -> bool:
    return _items(value) is not None


def _needs(value: object) -> bool:
    items = _items(value)
    return items is not None and set(items) <= set(ACCESS_NEEDS)


def _items(value: object) -> list[str] | None:
    """The texts of a list or set; None when it is neither, or holds anything else."""
    if not isinstance(value, list | tuple | set | frozenset):
        return None
    items = cast("Collection[object]", value)
    texts = [item for item in items if isinstance(item, str)]
    return texts if len(texts) == len(items) else None


def _aware(value: object) -> bool:
    return isinstance(value, datetime) and value.utcoffset() is not None


Check = Callable[[object], bool]

ANYTHING: Final[tuple[Check, str]] = (lambda _: True, "anything")
EXPECTED: Final[Mapping[str, tuple[Check, str]]] = MappingProxyType(
    {
        "as_of": (_aware, "an instant with an offset from UTC"),
        "age_low": (_years, "an age in full years"),
        "age_high": (_years, "an age in full years"),
        "district_code": (_code, "a 12-digit division code"),
        "home_division_code": (_code, "a 12-digit division code"),
        "home": (_point, "a longitude and a latitude in degrees"),
        "travel_mode": (lambda value: value in TRAVEL_MODES, f"one of {list(TRAVEL_MODES)}"),
        "circle_min": (_minutes, "a number of minutes, 0 or more"),
        "free_slots": (_slots, "a list of slots such as 3E (Wednesday evening)"),
        "needs": (_needs, f"a list of {list(ACCESS_NEEDS)}"),
        "include_ids": (_texts, "a list of section ids"),
        "exclude_ids": (_texts, "a list of section ids"),
        "on_other_shelves": (_texts, "a list of section ids"),
    }
)
"""What each limit has to be, and how a refusal says it (never with the bad value in it)."""
