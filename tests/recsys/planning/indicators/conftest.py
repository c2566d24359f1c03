"""Two districts, three towns and six villages, in which tests say what is taught where."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from data.city import City

DUE = date(2027, 12, 31)
WEST, EAST = "330106000000", "330105000000"
TOWNS = ("330106001000", "330106002000", "330105001000")
VILLAGES = tuple(f"{town[:9]}00{number}" for town in TOWNS for number in (1, 2))

Towns = Callable[..., City]


@pytest.fixture(scope="session")
def town_city(make_city: Callable[..., City]) -> Towns:
    """A city in which each venue given lies at the village of its place in ``VILLAGES``."""

    def build(**tables: Any) -> City:
        return make_city(
            **{
                "divisions": [
                    {"division_code": "330100000000", "level": "city"},
                    *({"division_code": code} for code in (WEST, EAST)),
                    *({"division_code": code, "level": "town"} for code in TOWNS),
                    *(_village(number) for number in range(len(VILLAGES))),
                ],
                "institutions": [{"tier": "district", "division_code": WEST}],
                "venues": [{"venue_id": f"venue-{n}", **_at(n)} for n in range(len(VILLAGES))],
                "courses": [{"course_id": "course-1"}],
                **tables,
            }
        )

    return build


def _village(number: int) -> dict[str, Any]:
    return {
        "division_code": VILLAGES[number],
        "level": "village",
        "population": 10_000,
        "population_60plus": 2_000,
        "lon": 120.0 + number * 0.05,
        "lat": 30.2,
    }


def _at(number: int) -> dict[str, Any]:
    """A point in a village, under the code of its town."""
    return {
        "division_code": f"{VILLAGES[number][:9]}000",
        "lon": 120.001 + number * 0.05,
        "lat": 30.201,
    }


def section(number: int, venue: int, **facts: Any) -> dict[str, Any]:
    return {"section_id": f"section-{number}", "venue_id": f"venue-{venue}", **facts}


def target(indicator: str, value: float, unit: str, **facts: Any) -> dict[str, Any]:
    return {
        "target_id": indicator,
        "indicator": indicator,
        "value": value,
        "unit": unit,
        "due_on": DUE,
        "clause": "条款",
        "definition_version": "2025-1",
        **facts,
    }
