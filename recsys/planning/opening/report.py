"""A plan in rows and figures that a planner can read and question."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from features.slots import DAYS, HALVES
from features.travel import great_circle_km
from recsys.planning.opening.city.build import Setting
from recsys.planning.opening.city.needs import JOB
from recsys.planning.opening.draft import Draft, Line
from recsys.planning.opening.problem import HIRE, WINDOWS
from recsys.planning.opening.relaxation import Relaxed
from recsys.planning.opening.rows import Prices
from recsys.planning.opening.solve import Plan

RIVAL_KM: Final = 3.0
"""A section of the like this near is a rival."""

NAMES: Final = tuple(f"{day + 1}{half}" for day in range(DAYS) for half in HALVES)
"""Names of the weekly slots by number."""

SHOWN_CELLS: Final = 3
"""Cells named for each line, those that it closes most of."""

MOST_BINDING: Final = 20
"""Limits told as binding, the dearest first."""

DIGITS: Final = 4

COLUMNS: Final = (
    "line",
    "course_id",
    "title",
    "category",
    "venue_id",
    "venue_name",
    "district_code",
    "town_code",
    "rural",
    "slots",
    "teacher_source",
    "teacher_id",
    "capacity",
    "applicants",
    "applicants_low",
    "applicants_high",
    "completers",
    "gap_closed",
    "closes",
    "cost",
    "unit_cost",
    "residents_in_circle",
    "rivals_3km",
)
"""Columns of a plan's table; docs/plan.md says what each is."""


@dataclass(frozen=True, slots=True)
class Binding:
    """A limit that holds the plan back.

    Attributes:
        limit: budget, rooms, staff, hires, rural or town.
        where: venue, district or town; empty for the whole.
        price: what one unit more would be worth, by the relaxation.
        unit: of the limit.
    """

    limit: str
    where: str
    price: float
    unit: str


def plan_table(setting: Setting, draft: Draft) -> pl.DataFrame:
    """One row for each section to open, the one that closes most for its cost first.

    ``gap_closed`` is what the plan would lose without the line: persons a term whose gap of jobs
    closes, and seats wanted, by their declared worth. Lines that cover the same cells share them,
    so the column adds up to less than the plan is worth.
    """
    numbers = sorted(draft.lines)
    lines = [draft.lines[number] for number in numbers]
    lost = draft.losses(numbers)
    rivals = rivals_of(setting, [_place(setting, line) for line in lines])
    residents = setting.ground.residents
    rows = [
        _row(setting, draft, line, float(worth), near, residents)
        for line, worth, near in zip(lines, lost, rivals, strict=True)
    ]
    if not rows:
        return pl.DataFrame(schema=dict.fromkeys(COLUMNS, pl.Null))
    ranked = sorted(rows, key=lambda row: (-row["gap_closed"] / max(row["cost"], 1.0), *_key(row)))
    return pl.DataFrame(
        [{"line": place, **row} for place, row in enumerate(ranked, start=1)],
        infer_schema_length=None,
    ).select(COLUMNS)


def _key(row: Mapping[str, Any]) -> tuple[str, str, str]:
    return row["course_id"], row["venue_id"], row["slots"]


def _place(setting: Setting, line: Line) -> tuple[int, int]:
    offers = setting.problem.offers
    return int(offers.course[line.offer]), int(offers.site[line.offer])


def _row(
    setting: Setting,
    draft: Draft,
    line: Line,
    worth: float,
    rivals: int,
    residents: NDArray[np.float64],
) -> dict[str, Any]:
    problem, (course, site) = setting.problem, _place(setting, line)
    offers = problem.offers
    template = setting.pool.courses.row(course, named=True)
    venue = setting.ground.venues.row(site, named=True)
    source = problem.staff.sources[line.source]
    cost = draft.tables.cost[line.offer][line.source]
    completers = float(offers.completers[line.offer])
    return {
        "course_id": template["course_id"],
        "title": template["title"],
        "category": template["category"],
        "venue_id": venue["venue_id"],
        "venue_name": venue["name"],
        "district_code": venue["district_code"],
        "town_code": venue["town_code"],
        "rural": venue["rural"],
        "slots": ",".join(NAMES[slot] for slot in line.slots),
        "teacher_source": source,
        "teacher_id": None if source == HIRE else problem.staff.pool_id[line.pool],
        "capacity": int(problem.sites.seats[site]),
        "applicants": round(float(offers.applicants[line.offer]), DIGITS),
        "applicants_low": float(offers.low[line.offer]),
        "applicants_high": float(offers.high[line.offer]),
        "completers": round(completers, DIGITS),
        "gap_closed": round(worth, DIGITS),
        "closes": _closes(setting, draft, line),
        "cost": round(cost, 2),
        "unit_cost": round(cost / completers, 2),
        "residents_in_circle": round(float(residents[site])),
        "rivals_3km": rivals,
    }


def _closes(setting: Setting, draft: Draft, line: Line) -> str:
    """The cells that a line closes most of, as topic@division."""
    total = draft.tables.total
    parts = [
        (
            min(draft.covered[cell], total[cell])
            - min(max(draft.covered[cell] - part, 0), total[cell]),
            cell,
        )
        for cell, part in draft.tables.cover[line.offer]
    ]
    best = sorted(parts, key=lambda it: (-it[0], it[1]))[:SHOWN_CELLS]
    names = setting.problem.cells
    return "; ".join(
        f"{names.topic[cell]}@{names.division[cell]}" for part, cell in best if part > 0
    )


def rivals_of(setting: Setting, places: Sequence[tuple[int, int]]) -> list[int]:
    """Running sections of the like within ``RIVAL_KM`` of courses at sites, other rooms' alone.

    Of the like: of the same category, and sharing a skill where the course teaches any.

    Args:
        setting: the city.
        places: rows of the pool's courses and of the venues.
    """
    running = setting.ground.running.filter(pl.col("lon").is_not_null())
    lon, lat = (running[axis].to_numpy() for axis in ("lon", "lat"))
    category = running["category"].cast(pl.String).to_numpy()
    venue = running["venue_id"].to_numpy()
    skills = [set(row or ()) for row in running["teaches_skill_ids"].to_list()]
    own: dict[int, set[str]] = {}
    for course, skill in setting.pool.ties.select("course", "skill_id").iter_rows():
        own.setdefault(course, set()).add(skill)
    near: dict[int, NDArray[np.int64]] = {}
    found: list[int] = []
    for course, site in places:
        at = setting.ground.venues.row(site, named=True)
        if site not in near:
            away = great_circle_km((at["lon"], at["lat"]), lon, lat) <= RIVAL_KM
            near[site] = np.flatnonzero(away & (venue != at["venue_id"]))
        kind, taught = setting.pool.courses["category"][course], own.get(course, set())
        around: list[int] = near[site].tolist()
        like = [n for n in around if category[n] == kind]
        found.append(sum(not taught or bool(taught & skills[n]) for n in like))
    return found


def summary(setting: Setting, plan: Plan) -> dict[str, Any]:
    """The plan in a few figures: worth, bound, cost, coverage by kind, what binds."""
    problem, draft = setting.problem, plan.draft
    covered = np.array(draft.covered)
    jobs = (setting.cells["kind"] == JOB).to_numpy()
    worth, all_worth = (
        problem.worth(covered),
        (problem.cells.width * problem.cells.value).sum(axis=1),
    )
    return {
        "sections": len(draft.lines),
        "cost": round(draft.spent, 2),
        "budget": problem.limits.budget,
        "worth": round(plan.value, DIGITS),
        "bound": round(plan.bound, DIGITS),
        "of_bound": round(plan.value / plan.bound, DIGITS) if plan.bound > 0 else 1.0,
        "proven": plan.proven,
        "stopped": plan.stopped,
        "jobs": _share(worth, all_worth, jobs),
        "wants": _share(worth, all_worth, ~jobs),
        "completers": round(_completers(draft), DIGITS),
        "cost_per_completer": round(draft.spent / max(_completers(draft), 1e-9), 2),
        "rural_share": _rural_share(draft),
        "towns_at_floor": int((np.array(draft.towns) >= problem.limits.floor).sum()),
        "towns_out_of_reach": list(setting.out_of_reach),
        "binding": [_told(it) for it in binding(setting, plan.relaxed)],
    }


def _share(
    worth: NDArray[np.float64], total: NDArray[np.float64], chosen: NDArray[np.bool_]
) -> dict[str, Any]:
    all_of = float(total[chosen].sum())
    closed = float(worth[chosen].sum())
    share = round(closed / all_of, DIGITS) if all_of > 0 else None
    return {"needed": round(all_of, DIGITS), "closed": round(closed, DIGITS), "share": share}


def _completers(draft: Draft) -> float:
    done = draft.problem.offers.completers
    return float(sum(done[line.offer] for line in draft.lines.values()))


def _rural_share(draft: Draft) -> float | None:
    offers, sites = draft.problem.offers, draft.problem.sites
    chosen = [line.offer for line in draft.lines.values()]
    seats = offers.seats[chosen]
    if not chosen:
        return None
    return round(float(seats[sites.rural[offers.site[chosen]]].sum() / seats.sum()), DIGITS)


def binding(setting: Setting, relaxed: Relaxed | None) -> list[Binding]:
    """The limits that a better plan would need more of, the dearest first."""
    if relaxed is None:
        return []
    prices, least = relaxed.prices, 1e-6
    found = [
        Binding("budget", "", prices.yuan * 10_000, "10,000 yuan"),
        Binding("rural", "", prices.rural, "seat"),
        *_rooms(setting, prices),
        *_hires(setting, prices),
        *(
            Binding("town", town, float(price), "section")
            for town, price in zip(setting.problem.limits.town, prices.town, strict=True)
        ),
    ]
    dear = sorted((it for it in found if it.price > least), key=lambda it: (-it.price, it.where))
    return dear[:MOST_BINDING]


def _rooms(setting: Setting, prices: Prices) -> list[Binding]:
    site, window = np.nonzero(prices.room)
    names = setting.problem.sites.site_id
    return [
        Binding("rooms", f"{names[s]} {WINDOWS[w]}", float(prices.room[s, w]), "meeting")
        for s, w in zip(site.tolist(), window.tolist(), strict=True)
    ]


def _hires(setting: Setting, prices: Prices) -> list[Binding]:
    return [
        Binding("hires", str(code), float(price), "teacher")
        for code, price in zip(setting.ground.districts, prices.hire, strict=True)
    ]


def _told(it: Binding) -> dict[str, Any]:
    price = round(it.price, DIGITS)
    return {"limit": it.limit, "where": it.where, "price": price, "unit": it.unit}
