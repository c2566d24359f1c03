"""Small labour markets written as frames: demand, seats, jobseekers and advertisements."""

from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
import polars as pl
import pytest

from features.demand.grid import after
from recsys.planning.gaps.ads import ADS
from recsys.planning.gaps.seekers import Register
from recsys.planning.gaps.table import Gaps, Sources, gaps_from

MONTH = date(2025, 8, 1)
WEST, EAST = "330106000000", "330113000000"
SKILLS = tuple(f"k{number}" for number in range(8))


def demand_rows(months: int = 12, **levels: float) -> pl.DataFrame:
    """A demand table: each skill wants four persons a month, or what is told of it."""
    return pl.DataFrame(
        [
            {
                "month": after(MONTH, -back),
                "division_code": district,
                "skill_id": skill,
                "vacancies": level,
                "low": max(0.0, level - 2 * level**0.5),
                "high": level + 2 * level**0.5,
                "own_low": 0.75 * level,
                "own_high": 1.25 * level,
                "level": "skill/district",
                "salary_q50": 6_000.0,
            }
            for back in range(months)
            for district in (WEST, EAST)
            for skill in SKILLS
            for level in (levels.get(skill, 4.0),)
        ]
    )


def register_rows(**seekers: int) -> Register:
    """Four jobseekers a skill and district, or as many as told, for six months."""
    rows = [
        (after(MONTH, -back), district, skill, seekers.get(skill, 4))
        for back in range(6)
        for district in (WEST, EAST)
        for skill in SKILLS
    ]
    names = ["month", "division_code", "code", "seekers"]
    return Register(pl.DataFrame(rows, schema=names, orient="row"), "skill_id")


def ad_rows(hard: str | None = None, factor: float = 1.6, seed: int = 0) -> pl.DataFrame:
    """Forty advertisements a skill and district; those of the hard skill in the west stay open.

    Every other one asks for the next skill as well.
    """
    rng = np.random.default_rng(seed)
    rows: list[dict[str, Any]] = []
    for district in (WEST, EAST):
        for place, skill in enumerate(SKILLS):
            for number in range(40):
                slow = factor if (skill, district) == (hard, WEST) else 1.0
                posting = f"{district}-{skill}-{number:02}"
                beside = [SKILLS[(place + 1) % len(SKILLS)]] if number % 2 else []
                rows += [
                    {
                        "posting_id": posting,
                        "vacancy_id": posting,
                        "month": after(MONTH, -(number % 12)),
                        "division_code": district,
                        "skill_id": asked,
                        "counted": True,
                        "source": f"board-{number % 3}",
                        "employer": f"employer-{number}",
                        "days": int(slow * rng.integers(20, 60)),
                    }
                    for asked in [skill, *beside]
                ]
    return pl.DataFrame(rows, schema=ADS)


def supply_rows(**seats: float) -> pl.DataFrame:
    """Completers taught in the district itself."""
    rows = [
        (district, skill, persons, 0.0, 0.0, persons, persons / 10)
        for district in (WEST, EAST)
        for skill, persons in seats.items()
    ]
    names = ["division_code", "skill_id", "own", "reachable", "online", "supply", "supply_var"]
    kinds = [pl.String] * 2 + [pl.Float64] * 5
    return pl.DataFrame(rows, schema=dict(zip(names, kinds, strict=True)), orient="row")


def told(
    *,
    demand: pl.DataFrame | None = None,
    register: Register | None = None,
    supply: pl.DataFrame | None = None,
    ads: pl.DataFrame | None = None,
    ties: pl.DataFrame | None = None,
) -> Gaps:
    """The gaps of such a market."""
    skills = [*((skill, f"g{number // 4}") for number, skill in enumerate(SKILLS))]
    none = {"occupation_code": pl.String, "skill_id": pl.String, "importance": pl.Float64}
    sources = Sources(
        demand=demand_rows() if demand is None else demand,
        supply=supply_rows() if supply is None else supply,
        register=register_rows() if register is None else register,
        skills=pl.DataFrame(skills, schema=["skill_id", "parent_id"], orient="row"),
        ties=pl.DataFrame(schema=none) if ties is None else ties,
        ads=ad_rows() if ads is None else ads,
    )
    return gaps_from(sources, MONTH, np.random.default_rng(1))


@pytest.fixture(scope="session")
def market() -> Callable[..., Gaps]:
    """Gaps of a small market: ``market(demand=..., register=..., supply=..., ads=...)``."""
    return told
