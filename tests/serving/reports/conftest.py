"""A city of four districts and four terms, one of them a pilot, whose names mean mischief.

Eighty learners a district; in every term each district holds a vocational and a night class of
thirty seats; of a fifth district nothing is known. The pilot's vocational class takes more
learners from the third term on.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from data.city import City
from data.store import write_snapshot

DISTRICTS = {
    "330113000000": "临平区",
    "330102000000": "=1+2 上城区",
    "330105000000": "<script>拱墅区",
    "330106000000": "西湖区",
}
PILOT = "330113000000"
SILENT = "330108000000"
"""A district of whose classes the snapshot knows nothing."""
TERMS = ("2023秋", "2024春", "2024秋", "2025春")
FIRST = date(2023, 9, 11)


def _begins(number: int) -> date:
    return FIRST + timedelta(days=182 * number)


def _sections() -> Iterator[dict[str, Any]]:
    for number, term in enumerate(TERMS):
        begins = _begins(number)
        opens = datetime(begins.year, begins.month, begins.day, tzinfo=UTC) - timedelta(days=20)
        for code in DISTRICTS:
            for course in ("trade", "night"):
                yield {
                    "section_id": f"{course}-{number}-{code[:6]}",
                    "course_id": course,
                    "venue_id": code[:6],
                    "term": term,
                    "capacity": 30,
                    "starts_on": begins,
                    "ends_on": begins + timedelta(days=80),
                    "apply_opens_at": opens,
                    "apply_closes_at": opens + timedelta(days=10),
                    "state": "finished",
                }


def _taken(code: str, number: int) -> int:
    """How many take the vocational class."""
    return 16 + int(code[4:6]) % 3 + (8 if code == PILOT and number >= 2 else 0)


def _events() -> Iterator[dict[str, Any]]:
    for section in _sections():
        course, number, district = section["section_id"].split("-")
        many = _taken(f"{district}000000", int(number)) if course == "trade" else 25
        opened = section["apply_opens_at"]
        for place in range(many):
            done = ("apply", "enrol", *(["complete"] if place < many - 11 else []))
            for day, kind in enumerate(done):
                yield {
                    "event_id": f"{section['section_id']}-{place}-{kind}",
                    "learner_id": f"{district}-{place}",
                    "section_id": section["section_id"],
                    "course_id": course,
                    "type": kind,
                    "occurred_at": opened + timedelta(days=1 + 30 * day if day > 1 else 1 + day),
                }


@pytest.fixture(scope="session")
def planned(make_city: Callable[..., City]) -> City:
    """The city, made once."""
    target = {"value": 1.0, "unit": "pilot", "clause": "试点", "definition_version": "1"}
    return make_city(
        divisions=[
            {"division_code": "330100000000", "name": "杭州市", "level": "city"},
            {"division_code": SILENT, "name": "滨江区", "population": 40_000},
            *(
                {
                    "division_code": code,
                    "name": name,
                    "population": 40_000,
                    "lon": 120.1 + place / 10,
                    "lat": 30.3,
                }
                for place, (code, name) in enumerate(DISTRICTS.items())
            ),
        ],
        institutions=[{}],
        venues=[
            {"venue_id": code[:6], "division_code": code, "lon": 120.1 + place / 10, "lat": 30.3}
            for place, code in enumerate(DISTRICTS)
        ],
        courses=[
            {"course_id": "trade", "programme": "vocational", "category": "vocational_skills"},
            {"course_id": "night"},
        ],
        sections=list(_sections()),
        learners=[
            {"learner_id": f"{code[:6]}-{place}", "home_division_code": code}
            for code in DISTRICTS
            for place in range(80)
        ],
        events=list(_events()),
        targets=[
            {
                **target,
                "target_id": "t",
                "indicator": "upskilling_pilot",
                "division_code": PILOT,
                "due_on": date(2027, 12, 31),
            }
        ],
    )


@pytest.fixture(scope="session")
def planned_snapshot(planned: City, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same on disk."""
    folder = tmp_path_factory.mktemp("planned") / "snapshot"
    tables = {name: frame.collect() for name, frame in planned.tables.items()}
    write_snapshot(folder, tables, now=datetime(2025, 9, 1, tzinfo=UTC))
    return folder
