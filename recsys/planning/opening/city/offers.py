"""Offers: every course at every site in every part of the week that could be worth its rooms."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array

from features.applicants import WINDOWS, Applicants
from recsys.planning.opening.city.ground import Ground
from recsys.planning.opening.city.needs import ANY, JOB, PEOPLE
from recsys.planning.opening.city.pool import Pool, serves_people
from recsys.planning.opening.costs import Costs
from recsys.planning.opening.problem import Offers, cut_to_need

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

PER_SITE: Final = 60
"""Courses considered at one site, those that could cover most of what is needed there."""

ALONE: Final = 1e-6
"""What a learner counts where nothing is needed, beside one whose gap closes."""

MOST: Final = 3
"""Sections of one offer, at most: more would fish in the same pond."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """Courses at sites in parts of the week, with who comes.

    Attributes:
        course: row of the pool's courses.
        site: row of the venues.
        window: index into ``WINDOWS``.
        applicants: expected.
        low: 5 % end.
        high: 95 % end.
        seats: learners of a section: applicants, not over the room's seats.
    """

    course: Ints
    site: Ints
    window: Ints
    applicants: Floats
    low: Floats
    high: Floats
    seats: Floats

    def only(self, chosen: Ints) -> "Candidates":
        """Some of them, in the order given."""
        return Candidates(*(getattr(self, name)[chosen] for name in self.__slots__))


def offers_of(
    ground: Ground,
    pool: Pool,
    cells: pl.DataFrame,
    applicants: Applicants,
    costs: Costs,
    keep: Collection[tuple[str, str]] = (),
    *,
    alone: bool = False,
) -> Offers:
    """The offers of a city, with what they cost and whom they cover.

    Left out are courses that their owner doesn't share with the site, sections for which fewer
    applicants are expected than it takes to open them, and all but the ``PER_SITE`` courses that
    could cover most at each site; ``keep`` are courses and venues that stay whatever is expected.
    Where courses stand alone, those that cover nothing are ranked by the learners expected.
    """
    kept_pairs = _numbered(ground, pool, keep)
    found = _candidates(ground, pool, applicants, kept_pairs)
    cover = cover_of(found, ground, pool, cells)
    worth = np.asarray(cut_to_need(cover, _total(cells)) @ _value(cells))
    if alone:
        worth = worth + ALONE * found.seats
    kept = _best(found, np.where(kept_pairs[found.course, found.site], np.inf, worth))
    found, cover = found.only(kept), cover[kept]
    hours = pool.courses["hours"].to_numpy()[found.course]
    section = costs.section
    rooms = ground.venues["seats"].to_numpy()[found.site]
    return Offers(
        course=found.course,
        site=found.site,
        window=found.window,
        seats=found.seats,
        low=found.low,
        high=found.high,
        applicants=found.applicants,
        most=np.clip(found.applicants // rooms, 1, MOST).astype(np.int64),
        cost=section.room_hour * hours + section.materials * found.seats + section.opening,
        completers=found.seats * pool.courses["completion"].to_numpy()[found.course],
        cover=cut_to_need(cover, _total(cells)),
    )


def _candidates(
    ground: Ground, pool: Pool, applicants: Applicants, keep: NDArray[np.bool_]
) -> Candidates:
    """All courses at all usable sites that may hold them and that enough people come to."""
    allowed = (_allowed(ground, pool) & (ground.free.sum(axis=1) > 0)) | keep
    course, site = np.nonzero(allowed)
    mean, low, high = _expected(ground, pool, applicants)
    district = _district(ground)[site]
    parts: list[Candidates] = []
    rooms = ground.venues["seats"].to_numpy().astype(np.float64)
    minimum = pool.courses["minimum"].to_numpy()
    for window in range(len(WINDOWS)):
        come = mean[course, window, district]
        ends = low[course, window, district], high[course, window, district]
        seats = np.minimum(come, rooms[site])
        opens = np.flatnonzero((seats >= minimum[course]) | keep[course, site])
        part = Candidates(course, site, np.full(len(site), window), come, *ends, seats)
        parts.append(part.only(opens))
    return Candidates(
        *(np.concatenate([getattr(p, n) for p in parts]) for n in Candidates.__slots__)
    )


def _numbered(ground: Ground, pool: Pool, keep: Collection[tuple[str, str]]) -> NDArray[np.bool_]:
    """Pairs of course and venue as a mask, shape (courses, sites)."""
    found = np.zeros((pool.courses.height, ground.venues.height), dtype=np.bool_)
    if keep:
        course = {name: row for row, name in enumerate(pool.courses["course_id"])}
        site = {name: row for row, name in enumerate(ground.venues["venue_id"])}
        for one, other in keep:
            if one in course and other in site:
                found[course[one], site[other]] = True
    return found


def _allowed(ground: Ground, pool: Pool) -> NDArray[np.bool_]:
    """Whether a course may be held at a site, shape (courses, sites)."""
    courses, venues = pool.courses, ground.venues
    local = (courses["sharing"] == "district").fill_null(value=False).to_numpy()
    home = courses["institution_district"].fill_null("").to_numpy()
    same = home[:, None] == venues["district_code"].fill_null("").to_numpy()
    return np.asarray(~local[:, None] | same)


def _district(ground: Ground) -> Ints:
    number = {code: place for place, code in enumerate(ground.districts)}
    return np.array([number.get(code, 0) for code in ground.venues["district_code"]], np.int64)


def _expected(ground: Ground, pool: Pool, applicants: Applicants) -> tuple[Floats, Floats, Floats]:
    """Applicants and their interval by course, window and district."""
    names = ("programme", "category", "course_id")
    keys = (
        pool.courses.select(names)
        .join(pl.DataFrame({"window": WINDOWS}), how="cross")
        .join(pl.DataFrame({"district_code": ground.districts}), how="cross")
    )
    shape = pool.courses.height, len(WINDOWS), len(ground.districts)
    told = applicants.expected(keys)
    mean, low, high = (told[name].to_numpy().reshape(shape) for name in told.columns)
    return mean, low, high


def cover_of(found: Candidates, ground: Ground, pool: Pool, cells: pl.DataFrame) -> csr_array:
    """Persons of each cell that a section reaches, shape (candidates, cells).

    Completers with a skill fall to the districts as completer seats do; seats of a class fall to
    the towns, and in a town to those who want such a class, as they are many.
    """
    entries = [*_jobs(found, ground, pool, cells), *_wants(found, ground, pool, cells)]
    rows, columns, values = (
        np.concatenate([entry[part] for entry in entries]) if entries else np.zeros(0)
        for part in range(3)
    )
    at = (rows.astype(np.int64), columns.astype(np.int64))
    return csr_array(coo_array((values, at), shape=(len(found.course), cells.height)).tocsr())


def _jobs(
    found: Candidates, ground: Ground, pool: Pool, cells: pl.DataFrame
) -> list[tuple[Ints, Ints, Floats]]:
    numbered = cells.with_row_index("cell").filter(pl.col("kind") == JOB)
    by_skill: dict[str, list[tuple[int, int]]] = {}
    district = {code: place for place, code in enumerate(ground.districts)}
    for cell, code, skill in numbered.select("cell", "division_code", "topic").iter_rows():
        if code in district:
            by_skill.setdefault(skill, []).append((cell, district[code]))
    of_course: list[Ints] = _grouped(found.course, pool.courses.height)
    completion = pool.courses["completion"].to_numpy()
    done = found.seats * completion[found.course]
    entries: list[tuple[Ints, Ints, Floats]] = []
    ties = zip(*(pool.ties[name].to_list() for name in pool.ties.columns), strict=True)
    for course, skill, attainment in ties:
        rows: Ints = of_course[int(course)]
        for cell, place in by_skill.get(str(skill), ()):
            share = ground.by_district[place, found.site[rows]]
            here = share > 0
            part: Floats = done[rows[here]] * float(attainment) * share[here]
            entries.append((rows[here], np.full(len(part), cell), part))
    return entries


def _wants(
    found: Candidates, ground: Ground, pool: Pool, cells: pl.DataFrame
) -> list[tuple[Ints, Ints, Floats]]:
    wants = cells.with_row_index("cell").filter(pl.col("kind") != JOB)
    town = {code: place for place, code in enumerate(ground.towns)}
    people = dict(zip(PEOPLE, serves_people(pool.courses).T, strict=True))
    people[ANY] = np.ones(pool.courses.height, dtype=np.bool_)
    category = pool.courses["category"].to_numpy()
    windows = np.array(WINDOWS)
    entries: list[tuple[Ints, Ints, Floats]] = []
    for (code,), rows in wants.partition_by("division_code", as_dict=True).items():
        if code not in town:
            continue
        share = ground.by_town[town[str(code)], found.site]
        near = np.flatnonzero(share > 0)
        wanted = np.zeros((len(near), rows.height))
        for place, (topic, size) in enumerate(zip(rows["topic"], _total(rows), strict=True)):
            kind, window, who = str(topic).split("/")
            course = found.course[near]
            fits = (category[course] == kind) & people[who][course]
            if window != ANY:
                fits &= windows[found.window[near]] == window
            wanted[:, place] = fits * size
        total = wanted.sum(axis=1, keepdims=True)
        part = wanted / np.maximum(total, 1e-12) * (found.seats[near] * share[near])[:, None]
        at, which = np.nonzero(part)
        entries.append((near[at], rows["cell"].to_numpy()[which].astype(np.int64), part[at, which]))
    return entries


def _grouped(values: Ints, size: int) -> list[Ints]:
    """Positions of each value from 0 on."""
    order = np.argsort(values, kind="stable")
    ends = np.searchsorted(values[order], np.arange(size + 1))
    return [order[ends[n] : ends[n + 1]] for n in range(size)]


def _total(cells: pl.DataFrame) -> Floats:
    return np.asarray(cells["width"].to_numpy().sum(axis=1))


def _value(cells: pl.DataFrame) -> Floats:
    return np.asarray(cells["value"].to_numpy().max(axis=1))


def _best(found: Candidates, worth: Floats) -> Ints:
    """The candidates of the courses that could cover most at each site, in their order."""
    pairs = pl.DataFrame(
        {"course": found.course, "site": found.site, "worth": worth}
    ).with_row_index()
    useful = pairs.filter(pl.col("worth") > 1e-9)
    ranked = useful.group_by("site", "course").agg(pl.col("worth").max())
    place = pl.col("worth").rank("ordinal", descending=True).over("site")
    best = ranked.sort("site", "course").filter(place <= PER_SITE).select("site", "course")
    kept = useful.join(best, on=["site", "course"], how="semi").sort("index")["index"]
    return kept.to_numpy().astype(np.int64)
