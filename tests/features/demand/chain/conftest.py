"""A year of postings of two districts, as a snapshot would bring them."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest

from data.city import City

Rows = list[dict[str, Any]]
WEST, EAST = "330106000000", "330113000000"
SKILLS: Sequence[tuple[str, str]] = (("welding", "焊接"), ("care", "护理"), ("coding", "编程"))
FIRST, DAYS = date(2024, 6, 1), 457
"""June 2024 to August 2025."""


def postings(seed: int = 1, count: int = 900) -> Rows:
    """Postings over the months, each naming a skill or two; some are reposted word for word."""
    rng = np.random.default_rng(seed)
    rows: Rows = []
    for number in range(count):
        posted = FIRST + timedelta(days=int(rng.integers(0, DAYS)))
        skill = SKILLS[int(rng.integers(0, len(SKILLS)))][1]
        text = f"{number} 号岗位，需要{skill}经验，做五休二，包午餐，有班车接送到 {number} 号门"
        row = {
            "posting_id": f"p{number:05}",
            "title": "招聘员工",
            "company": f"第{number}工坊",
            "agency": False,
            "description": text,
            "division_code": (WEST, EAST, None)[int(rng.choice(3, p=(0.6, 0.3, 0.1)))],
            "headcount": None if number % 4 == 0 else int(rng.integers(1, 4)),
            "posted_on": posted,
            "closed_on": posted + timedelta(days=int(rng.integers(10, 90))),
        }
        rows.append(row)
        if number % 5 == 0:
            rows.append({**row, "posting_id": f"p{number:05}-again", "source": "other"})
    return rows


def vocabulary() -> Rows:
    groups = [{"skill_id": "hands", "name": "动手", "kind": "group"}]
    return groups + [
        {"skill_id": skill, "name": name, "parent_id": "hands", "kind": "technique"}
        for skill, name in SKILLS
    ]


@pytest.fixture(scope="session")
def market(make_city: Callable[..., City]) -> Callable[[Rows], City]:
    """A city of these postings."""

    def build(rows: Sequence[Mapping[str, Any]]) -> City:
        return make_city(postings=rows, skills=vocabulary())

    return build


@pytest.fixture(scope="session")
def year_of_postings() -> Rows:
    return postings()
