"""What learners are shown: the old page, and a little uniformly random traffic."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from data.simulate.people.people import microseconds
from data.simulate.pool.sections import DAY_US, Sections
from data.simulate.terms.choice import World

OLD_PAGE, UNIFORM = "old-page-1", "uniform-1"
MAX_SHOWN: Final = 40
"""Sections in one list, at most."""

BLOCK: Final = 8_192
"""Learners ranked at a time, so that memory stays flat."""


@dataclass(frozen=True, slots=True)
class Lists:
    """Lists of one term: one pair per shown section, ordered by list and position.

    Attributes:
        learner: whose list it is.
        section: index into the term's sections.
        position: 1 for the top.
        length: how many sections the list holds.
        uniform: whether the list is random traffic.
        seen_at: microseconds since 1970.
        listed: how many sections could be shown.
    """

    learner: NDArray[np.int64]
    section: NDArray[np.int64]
    position: NDArray[np.int64]
    length: NDArray[np.int64]
    uniform: NDArray[np.bool_]
    seen_at: NDArray[np.int64]
    listed: int


def show(
    world: World,
    sections: Sections,
    past: NDArray[np.int64],
    until: int,
    rng: np.random.Generator,
) -> Lists:
    """One list per learner who comes before ``until``.

    Args:
        world: people and parameters.
        sections: the term's sections; only listed ones are shown.
        past: past enrolments of each course.
        until: lists later than this aren't shown, microseconds since 1970.
        rng: draws arrivals, lengths, random traffic and the page's noise.
    """
    params, people = world.params, world.people
    candidates = np.flatnonzero(sections.listed)
    n = len(people)
    seen_at = _arrivals(world, sections, rng)
    length = np.clip(rng.poisson(people.seen), 1, min(MAX_SHOWN, len(candidates)))
    uniform = rng.random(n) < params.random_traffic
    here = np.flatnonzero((people.registered <= seen_at) & (seen_at <= until))
    appeal = _appeal(params.rank_exponent, past[sections.course[candidates]])
    ranked = [
        _rank(world, sections, candidates, appeal, uniform, block, int(length.max()), rng)
        for block in np.array_split(here, max(1, -(-len(here) // BLOCK)))
    ]
    order = np.concatenate(ranked)
    places = np.arange(order.shape[1], dtype=np.int64)
    shown: NDArray[np.bool_] = places[None, :] < length[here][:, None]
    row, column = np.nonzero(shown)
    learner = here[row]
    return Lists(
        learner,
        candidates[order[row, column]],
        column + 1,
        length[learner],
        uniform[learner],
        seen_at[learner],
        len(candidates),
    )


def _appeal(exponent: float, past: NDArray[np.int64]) -> NDArray[np.float64]:
    """-exponent * ln(rank of past enrolments); equals share the better rank."""
    ordered = np.sort(-past)
    rank = 1 + np.searchsorted(ordered, -past, side="left")
    return -exponent * np.log(rank)


def _rank(
    world: World,
    sections: Sections,
    candidates: NDArray[np.int64],
    appeal: NDArray[np.float64],
    uniform: NDArray[np.bool_],
    block: NDArray[np.int64],
    depth: int,
    rng: np.random.Generator,
) -> NDArray[np.int64]:
    """The page's first ``depth`` candidates for each learner of the block, best first."""
    score = rng.gumbel(size=(len(block), len(candidates))).astype(np.float32)
    page = ~uniform[block][:, None]
    district = _districts(world, sections, candidates)
    same = district == world.people.district[block][:, None]
    score += page * (appeal + world.params.same_district_bonus * same).astype(np.float32)
    top = np.argpartition(-score, depth - 1, axis=1)[:, :depth]
    inner = np.argsort(-np.take_along_axis(score, top, axis=1), axis=1, kind="stable")
    return np.take_along_axis(top, inner, axis=1)


def _districts(
    world: World, sections: Sections, candidates: NDArray[np.int64]
) -> NDArray[np.int64]:
    """District of each candidate's institution."""
    institution = world.courses.institution[sections.course[candidates]]
    return world.venues.institution_district[institution]


def _arrivals(world: World, sections: Sections, rng: np.random.Generator) -> NDArray[np.int64]:
    """When each learner comes: a pile in the first hours, the rest over the window."""
    params, n = world.params, len(world.people)
    rush = rng.exponential(params.first_hours_mean * 3600e6, n)
    window = float(sections.closes[sections.listed].min() - microseconds(sections.term.opens_at))
    spread = rng.uniform(0, 0.98 * window, n)
    late = np.where(rng.random(n) < params.first_hours_share, rush, spread)
    return microseconds(sections.term.opens_at) + np.minimum(late, window - DAY_US / 24).astype(
        np.int64
    )
