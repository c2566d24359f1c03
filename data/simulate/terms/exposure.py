"""What learners are shown: by a page, and a little uniformly random traffic beside it."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from data.simulate.people.people import microseconds
from data.simulate.pool.programmes import PROGRAMME_INDEX
from data.simulate.pool.sections import DAY_US, Sections
from data.simulate.terms.choice import SIXTY, World
from data.simulate.terms.draws import drawn

UNIFORM: Final = "uniform-1"
OLD_PAGE: Final = "old-page-1"
MAX_SHOWN: Final = 40
"""Sections in one list, at most."""


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


class Page(ABC):
    """A policy that orders sections for learners."""

    name: str
    """What impressions carry as their policy."""

    @abstractmethod
    def ranked(
        self, learner: NDArray[np.int64], depth: int, rng: np.random.Generator
    ) -> NDArray[np.int64]:
        """The first sections for each learner, best first.

        Args:
            learner: whose lists.
            depth: sections wanted.
            rng: draws what the page leaves to chance.

        Returns:
            Indices into the term's sections, shape (learners, depth); -1 where a list is short.
        """


class OldPage(Page):
    """The page before any model: -exponent ln(rank of past enrolments) + same district + noise.

    Gumbel noise on log weights makes the order one of successive draws without replacement in
    proportion to the weights (Plackett-Luce), which is how it is drawn.
    """

    name = OLD_PAGE

    def __init__(self, world: World, sections: Sections, past: NDArray[np.int64]) -> None:
        self._world = world
        self._candidates = np.flatnonzero(sections.listed)
        course = sections.course[self._candidates]
        self._appeal = _appeal(world.params.rank_exponent, past[course])
        self._district = world.venues.institution_district[world.courses.institution[course]]
        self._senior = world.courses.programme[course] == PROGRAMME_INDEX["senior"]

    def ranked(
        self, learner: NDArray[np.int64], depth: int, rng: np.random.Generator
    ) -> NDArray[np.int64]:
        """Learners of one district and age group see by the same weights."""
        people = self._world.people
        elder = people.six[learner] >= SIXTY
        group = 2 * people.district[learner] + elder
        result = np.empty((len(learner), depth), dtype=np.int64)
        for number in np.unique(group):
            here = np.flatnonzero(group == number)
            weights = self._weights(int(number) // 2, elder=bool(number % 2))
            result[here] = self._candidates[drawn(weights, len(here), depth, rng)]
        return result

    def _weights(self, district: int, *, elder: bool) -> NDArray[np.float64]:
        """Exp of the page's score, for learners of a district, from 60 or younger."""
        params = self._world.params
        score = self._appeal + params.same_district_bonus * (self._district == district)
        if elder:
            score = score + params.senior_page_bonus * self._senior
        return np.asarray(np.exp(score), dtype=np.float64)


def show(
    world: World,
    sections: Sections,
    page: Page,
    learners: NDArray[np.int64],
    until: int,
    rng: np.random.Generator,
) -> Lists:
    """One list per learner who comes before ``until``.

    Args:
        world: people and parameters.
        sections: the term's sections; only listed ones are shown.
        page: orders them; a share of traffic is uniformly random instead.
        learners: who may come.
        until: lists later than this aren't shown, microseconds since 1970.
        rng: draws arrivals, lengths, random traffic and the page's noise.
    """
    params, people, n = world.params, world.people, len(learners)
    candidates = np.flatnonzero(sections.listed)
    seen_at = _arrivals(world, sections, n, rng)
    length = np.clip(rng.poisson(people.seen[learners]), 1, min(MAX_SHOWN, len(candidates)))
    uniform = rng.random(n) < params.random_traffic
    here = (people.registered[learners] <= seen_at) & (seen_at <= until)
    learner, length = learners[here], length[here]
    uniform, seen_at = uniform[here], seen_at[here]
    depth = int(length.max(initial=1))
    order = np.empty((len(learner), depth), dtype=np.int64)
    order[~uniform] = page.ranked(learner[~uniform], depth, rng)
    even = np.ones(len(candidates))
    order[uniform] = candidates[drawn(even, int(uniform.sum()), depth, rng)]
    length = np.minimum(length, (order >= 0).sum(axis=1))
    row, column = np.nonzero(np.arange(depth) < length[:, None])
    return Lists(
        learner[row],
        order[row, column],
        column + 1,
        length[row],
        uniform[row],
        seen_at[row],
        len(candidates),
    )


def _appeal(exponent: float, past: NDArray[np.int64]) -> NDArray[np.float64]:
    """-exponent * ln(rank of past enrolments); equals share the better rank."""
    ordered = np.sort(-past)
    rank = 1 + np.searchsorted(ordered, -past, side="left")
    return -exponent * np.log(rank)


def _arrivals(
    world: World, sections: Sections, n: int, rng: np.random.Generator
) -> NDArray[np.int64]:
    """When each learner comes: a pile in the first hours, the rest over the window."""
    params = world.params
    rush = rng.exponential(params.first_hours_mean * 3600e6, n)
    window = float(sections.closes[sections.listed].min() - microseconds(sections.term.opens_at))
    spread = rng.uniform(0, 0.98 * window, n)
    late = np.where(rng.random(n) < params.first_hours_share, rush, spread)
    return microseconds(sections.term.opens_at) + np.minimum(late, window - DAY_US / 24).astype(
        np.int64
    )
