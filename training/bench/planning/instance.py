"""A planning problem of a given size: towns on a map, sites by people, needs skewed by skill."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from recsys.planning.opening.problem import (
    HIRE,
    SLOTS,
    Cells,
    Limits,
    Offers,
    Problem,
    Sites,
    Staff,
    Templates,
    cut_to_need,
)

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Rng = np.random.Generator

CIRCLE_KM: Final = 6.0
"""How far people come; beyond that nobody does."""

GROUP: Final = 5
"""Skills of one trade: who can teach one of them can teach them all."""

TAKEN: Final = 0.3
"""Share of rooms and slots taken by what runs already; on the simulated pilot it is .05."""

LEFT_TO_HIRE: Final = 1.15
"""Teachers for 10,000 residents that the cap of 2 leaves; on the simulated pilot .85 are there."""

EDGE: Final = float(np.exp(-0.5))


@dataclass(frozen=True, slots=True)
class Size:
    """How large a made problem is.

    Attributes:
        towns: areas of the cells.
        sites: venues.
        skills: topics; one course each, and a course with a second skill for every other.
        districts: areas of teachers.
        budget_share: share of what all offers of the largest plan would cost.
        floor: sections for each town, at least.
        rural_share: of learners' seats.
    """

    towns: int = 84
    sites: int = 500
    skills: int = 60
    districts: int = 13
    budget_share: float = 0.5
    floor: int = 1
    rural_share: float = 0.2


def made(size: Size, seed: int) -> Problem:
    """A problem of a size; the same seed gives the same.

    People live in towns of log-normal size, rural ones smaller; sites follow people. Needs are
    Gamma by skill and town, so that few cells hold most. A section's completers spread over the
    towns in reach by people and a Gaussian decay, as completer seats do.
    """
    rng = np.random.default_rng(seed)
    towns, people, rural, district = _towns(size, rng)
    site_town = rng.choice(size.towns, size.sites, p=people / people.sum())
    at = towns[site_town] + rng.normal(0, 1.5, (size.sites, 2))
    share = _shares(at, towns, people)
    cells = _cells(size, people, rng)
    templates, teaches = _templates(size, rng)
    sites = Sites(
        site_id=tuple(f"site-{n:04d}" for n in range(size.sites)),
        district=district[site_town],
        rural=rural[site_town],
        seats=rng.choice([20, 30, 40], size.sites),
        free=_free(size, rng),
    )
    offers = _offers(sites, templates, teaches, share, cells, rng)
    staff = _staff(size, people, district, rng)
    return Problem(
        cells,
        sites,
        templates,
        staff,
        offers,
        _limits(size, cells, offers, templates, staff, site_town),
    )


def _towns(size: Size, rng: Rng) -> tuple[Floats, Floats, NDArray[np.bool_], Ints]:
    centres = rng.uniform(0, 90, (size.districts, 2))
    district = np.sort(rng.integers(0, size.districts, size.towns))
    towns = centres[district] + rng.normal(0, 6, (size.towns, 2))
    rural = rng.random(size.towns) < 0.4
    people = np.exp(rng.normal(11, 0.5, size.towns)) * np.where(rural, 0.35, 1.0)
    return towns, people, rural, district


def _shares(at: Floats, towns: Floats, people: Floats) -> Floats:
    """(sites, towns) how a section's completers fall to the towns; each row adds up to 1."""
    km = np.linalg.norm(at[:, None] - towns, axis=2)
    decay = np.where(km < CIRCLE_KM, (np.exp(-0.5 * (km / CIRCLE_KM) ** 2) - EDGE) / (1 - EDGE), 0)
    weight = decay * people
    alone = weight.sum(axis=1) == 0
    weight[alone, np.argmin(km[alone], axis=1)] = 1.0
    return np.asarray(weight / weight.sum(axis=1, keepdims=True))


def _cells(size: Size, people: Floats, rng: Rng) -> Cells:
    skill = rng.gamma(0.8, 1.0, size.skills)
    mean: Floats = people[:, None] / people.mean() * skill * 12
    scatter: Floats = rng.gamma(2.0, 0.5, (size.towns, size.skills))
    need: Floats = rng.poisson(mean * scatter).astype(np.float64)
    width = need.reshape(-1, 1)
    value = np.repeat(np.exp(rng.normal(0, 0.25, size.skills))[None, :], size.towns, axis=0)
    return Cells(
        tuple(f"town-{t:03d}" for t in range(size.towns) for _ in range(size.skills)),
        tuple(f"skill-{s:03d}" for _ in range(size.towns) for s in range(size.skills)),
        width,
        value.reshape(-1, 1),
    )


def _templates(size: Size, rng: Rng) -> tuple[Templates, list[tuple[int, ...]]]:
    second = rng.integers(0, size.skills, size.skills)
    with_second = np.arange(size.skills) % 2 == 0
    teaches: list[tuple[int, ...]] = [
        (skill, int(other)) if both and other != skill else (skill,)
        for skill, other, both in zip(range(size.skills), second, with_second, strict=True)
    ]
    hours = rng.choice([24.0, 32.0, 48.0, 64.0], size.skills)
    return Templates(
        tuple(f"course-{s:03d}" for s in range(size.skills)),
        hours,
        np.where(hours > 32, 2, 1),
        np.where(hours > 32, 4.0, 2.0),
        np.arange(size.skills) // GROUP,
    ), teaches


def _free(size: Size, rng: Rng) -> Ints:
    rooms = rng.integers(1, 4, size.sites)
    taken = rng.binomial(rooms[:, None], TAKEN, (size.sites, SLOTS))
    return rooms[:, None] - taken


def _offers(
    sites: Sites,
    templates: Templates,
    teaches: Sequence[tuple[int, ...]],
    share: Floats,
    cells: Cells,
    rng: Rng,
) -> Offers:
    n_sites, n_courses = len(sites.site_id), len(templates.course_id)
    site, course, window = (axis.ravel() for axis in np.indices((n_sites, n_courses, 3)))
    appeal = rng.gamma(4, 6, (n_sites, n_courses)).clip(8, 80)
    applicants = appeal[site, course] * np.array([0.6, 1.0, 0.9])[window]
    seats = np.minimum(applicants, sites.seats[site])
    completers = seats * rng.uniform(0.6, 0.9, n_courses)[course]
    rows, columns, values = list[Ints](), list[Ints](), list[Floats]()
    near: list[Ints] = [np.flatnonzero(share[s]) for s in range(n_sites)]
    for row, (s, c, done) in enumerate(
        zip(site.tolist(), course.tolist(), completers.tolist(), strict=True)
    ):
        for skill in teaches[int(c)]:
            here = near[int(s)]
            rows.append(np.full(len(here), row))
            columns.append(here * n_courses + skill)
            values.append(float(done) * share[int(s), here])
    cover = csr_array(
        (np.concatenate(values), (np.concatenate(rows), np.concatenate(columns))),
        shape=(len(site), len(cells.division)),
    )
    hours = templates.hours[course]
    return Offers(
        course, site, window, seats, applicants * 0.6, applicants * 1.5, applicants,
        np.full(len(site), 3), 80.0 * hours + 60.0 * seats, completers,
        cut_to_need(cover, cells.total),
    )  # fmt: skip


def _staff(size: Size, people: Floats, district: Ints, rng: Rng) -> Staff:
    per = 8
    pools = size.districts * per
    of = np.repeat(np.arange(size.districts), per)
    trades = -(-size.skills // GROUP)
    knows = [rng.choice(trades, min(2, trades), replace=False) for _ in range(pools)]
    each = [len(row) for row in knows]
    teaches = csr_array(
        (np.ones(sum(each)), (np.repeat(np.arange(pools), each), np.concatenate(knows))),
        shape=(pools, trades),
    )
    residents = np.bincount(district, weights=people, minlength=size.districts)
    return Staff(
        tuple(f"teacher-{p:04d}" for p in range(pools)),
        of,
        rng.integers(0, 2, pools),
        rng.choice([4.0, 8.0, 12.0], pools),
        np.ones(pools, dtype=np.int64),
        teaches,
        ("full_time", "part_time", HIRE),
        np.array([120.0, 200.0, 260.0]),
        np.floor(residents * LEFT_TO_HIRE / 10_000).astype(np.int64),
        8.0,
    )


def _limits(
    size: Size,
    cells: Cells,
    offers: Offers,
    templates: Templates,
    staff: Staff,
    site_town: Ints,
) -> Limits:
    cost = offers.cost + templates.hours[offers.course] * staff.rate.mean()
    per_person = float((cost / np.maximum(offers.completers, 1)).mean())
    serves = csr_array(
        (np.ones(size.sites), (site_town, np.arange(size.sites))), shape=(size.towns, size.sites)
    )
    held = np.diff(serves.indptr) > 0
    return Limits(
        budget=size.budget_share * per_person * float(cells.total.sum()),
        rural_share=size.rural_share,
        floor=np.where(held, size.floor, 0),
        town=tuple(f"town-{t:03d}" for t in range(size.towns)),
        serves=serves,
    )
