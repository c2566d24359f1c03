"""Small worlds north of one teaching point: villages are told by their kilometres from it."""

from collections.abc import Callable
from typing import Any

import pytest

from data.city import City

EAST, NORTH = 120.12, 30.27
DEGREES_A_KM = 1 / 111.195
VILLAGE = "330106109001"

Worlds = Callable[..., City]


@pytest.fixture(scope="session")
def world(make_city: Callable[..., City]) -> Worlds:
    """A city of villages at some kilometres from venue-1, where sections are given."""

    def build(
        villages: dict[str, dict[str, Any]],
        sections: list[dict[str, Any]] | None = None,
        courses: list[dict[str, Any]] | None = None,
        **tables: Any,
    ) -> City:
        divisions = [
            {"division_code": "330100000000", "level": "city", "name": "市"},
            {"division_code": "330106000000", "level": "district", "lon": EAST, "lat": NORTH},
            *(village(code, **facts) for code, facts in villages.items()),
        ]
        return make_city(
            **{
                "divisions": divisions,
                "institutions": [{}],
                "venues": [{"lon": EAST, "lat": NORTH}],
                "courses": courses or [{"course_id": "course-1"}],
                "sections": sections or [{"section_id": "section-1"}],
                **tables,
            }
        )

    return build


def village(code: str, *, km: float | None = None, **facts: Any) -> dict[str, Any]:
    """A village some kilometres north of venue-1, with 1,000 residents."""
    point = {} if km is None else {"lon": EAST, "lat": NORTH + km * DEGREES_A_KM}
    return {
        "division_code": code,
        "level": "village",
        "name": "村",
        "population": 1000,
        "population_60plus": 200,
        **point,
        **facts,
    }
