"""Who can teach: teachers with hours left, and hires that the cap allows."""

from datetime import datetime
from typing import Final

import numpy as np
import polars as pl
from scipy.sparse import csr_array

from data.city import City
from data.vocab import TEACHER_ROLES
from features.asof import in_utc, known
from features.divisions import district_of
from recsys.planning.opening.city.ground import Ground
from recsys.planning.opening.city.pool import Pool
from recsys.planning.opening.costs import Costs
from recsys.planning.opening.problem import HIRE, Staff

SOURCES: Final = (*TEACHER_ROLES, HIRE)
"""Where a teacher comes from: by role, else somebody new."""


def staff_of(
    city: City, moment: datetime, ground: Ground, pool: Pool, costs: Costs, cap: float | None
) -> tuple[Staff, tuple[str, ...]]:
    """Teachers and hires, and the qualifications in the order of their numbers.

    A teacher gives, in the district of the register, the hours a week that the sections of the
    last half-year leave, and can teach every group of skills of which one skill is known.

    Args:
        city: any snapshot.
        moment: the cut-off, with an offset from UTC.
        ground: the sites.
        pool: the courses.
        costs: declared figures.
        cap: teachers for 10,000 residents; None for the declared one.
    """
    names = tuple(pool.courses["qualification"].unique().sort())
    number = {name: place for place, name in enumerate(names)}
    districts = {code: place for place, code in enumerate(ground.districts)}
    rows = _teachers(city, moment, ground, costs).filter(pl.col("district").is_in(list(districts)))
    known_groups = [
        sorted({number[g] for g in map(pool.group_of.get, skills or ()) if g in number})
        for skills in rows["skills"].to_list()
    ]
    sizes = [len(groups) for groups in known_groups]
    pairs = np.concatenate([np.array(groups, dtype=np.int64) for groups in known_groups] or
                           [np.zeros(0, dtype=np.int64)])  # fmt: skip
    teaches = csr_array(
        (np.ones(len(pairs)), (np.repeat(np.arange(rows.height), sizes), pairs)),
        shape=(rows.height, len(names)),
    )
    source = {role: place for place, role in enumerate(SOURCES)}
    rate = costs.rate.model_dump()
    most = costs.teaching.educators_per_10000 if cap is None else cap
    return Staff(
        pool_id=tuple(rows["teacher_id"]),
        district=np.array([districts[code] for code in rows["district"]], dtype=np.int64),
        source=np.array([source[role] for role in rows["role"]], dtype=np.int64),
        hours=rows["left"].to_numpy().astype(np.float64),
        heads=np.ones(rows.height, dtype=np.int64),
        teaches=teaches,
        sources=SOURCES,
        rate=np.array([rate[name] for name in SOURCES]),
        hires_left=_hires(ground, rows, most),
        hire_hours=costs.teaching.hire_hours,
    ), names


def _teachers(city: City, moment: datetime, ground: Ground, costs: Costs) -> pl.DataFrame:
    """Teachers with the hours a week that their sections leave."""
    busy = (
        ground.running.filter(pl.col("teacher_id").is_not_null())
        .group_by("teacher_id")
        .agg(taught=pl.col("hours").sum() / costs.teaching.weeks)
    )
    return (
        known(city, "teachers", in_utc(moment))
        .select("teacher_id", "skills", pl.col("role").cast(pl.String), "max_hours_week",
                district=district_of("division_code"))
        .collect()
        .join(busy, on="teacher_id", how="left")
        .with_columns(
            left=(pl.col("max_hours_week") - pl.col("taught").fill_null(0.0)).clip(lower_bound=0)
        )
        .sort("teacher_id")
    )  # fmt: skip


def _hires(
    ground: Ground, teachers: pl.DataFrame, cap: float
) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Teachers that each district may still hire."""
    people = dict(
        ground.people.group_by("district_code").agg(pl.col("population").sum()).iter_rows()
    )
    there = dict(teachers.group_by("district").len().iter_rows())
    left = [
        int(people[code] * cap / 10_000 + 1e-9) - there.get(code, 0) for code in ground.districts
    ]
    return np.array(left, dtype=np.int64).clip(min=0)
