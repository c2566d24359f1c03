"""Cells (district, skill) whose truth is planted: gaps to be found, and decoys to be left."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from data.simulate.gather import ints
from data.simulate.labour.reach import CIRCLE_MINUTES, decay, town_minutes
from data.simulate.labour.season import labour_months
from data.simulate.labour.ties import ties
from data.simulate.params import SimulationParams
from data.simulate.place.places import Map
from data.simulate.topics import skills

KINDS: Final = ("gap", "served", "low", "spam", "spike", "neighbour")
"""The kinds of planted cells; ``Planted.kind`` counts in this order."""

GAP, SERVED, LOW, SPAM, SPIKE, NEIGHBOUR = range(len(KINDS))

ADJOINING_MINUTES: Final = 1.5 * CIRCLE_MINUTES
"""Districts with towns this near adjoin: a venue may stand beside its town, not in it."""

LEAST_SHARE: Final = 0.15
"""A border town serves a neighbour that takes at least this share of the seats taught there."""


@dataclass(frozen=True, slots=True)
class Planted:
    """The planted cells, one entry each; no two share a skill.

    Attributes:
        kind: index into ``KINDS``.
        district: index of the simulated district.
        skill: index into ``skills()``.
        month: the month of a spike, index into the labour months; -1 for other kinds.
        beside: the district across the border that teaches a neighbour cell's skill; else -1.
        near: the town of ``beside`` nearest to the cell's district; else -1.
        adjoining: (districts, districts) whether two districts lie within reach; true with
            itself.
    """

    kind: NDArray[np.int64]
    district: NDArray[np.int64]
    skill: NDArray[np.int64]
    month: NDArray[np.int64]
    beside: NDArray[np.int64]
    near: NDArray[np.int64]
    adjoining: NDArray[np.bool_]

    def cells(self, kind: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Districts and skills of the cells of one kind."""
        chosen = self.kind == KINDS.index(kind)
        return self.district[chosen], self.skill[chosen]

    def barred(self, n_districts: int) -> NDArray[np.bool_]:
        """(districts, skills) where no institution may teach the skill.

        A gap or low cell is taught neither there nor in a district within reach; a neighbour
        cell is not taught there.
        """
        barred = np.zeros((n_districts, len(skills())), dtype=np.bool_)
        for kind in ("gap", "low"):
            district, skill = self.cells(kind)
            barred[:, skill] |= self.adjoining[:, district]
        barred[self.cells("neighbour")] = True
        return barred

    def favoured(self) -> list[tuple[int, int, int]]:
        """(district, skill, town) that must be amply taught; the town is -1 for anywhere there.

        A served cell is taught in its own district, a neighbour cell near the border town of
        the adjoining one.
        """
        chosen = np.isin(self.kind, (SERVED, NEIGHBOUR))
        district = np.where(self.kind == NEIGHBOUR, self.beside, self.district)[chosen]
        towns, taught = ints(self.near[chosen]), ints(self.skill[chosen])
        return list(zip(ints(district), taught, towns, strict=True))


def plant(params: SimulationParams, city: Map, rng: np.random.Generator) -> Planted:
    """Choose the planted cells.

    Skills are vocational, asked for by an occupation, and used once. Districts are drawn by
    population. Where ``planted_most`` of such skills are fewer than the cells wanted, all kinds
    shrink alike; where no town lies within reach of another district's, there are no
    neighbour cells.
    """
    borders = _borders(city)
    counts = _counts(params, has_borders=len(borders) > 0)
    kind = np.repeat(np.arange(len(KINDS)), counts)
    people = np.array([row.population for row in city.districts], dtype=np.float64)
    district = rng.choice(len(people), len(kind), p=people / people.sum())
    skill = rng.permutation(_candidates())[: len(kind)]
    beside, near = np.full(len(kind), -1), np.full(len(kind), -1)
    for number, cell in enumerate(ints(np.flatnonzero(kind == NEIGHBOUR))):
        border = borders[number % len(borders)]
        district[cell], beside[cell], near[cell] = border
    month = _spike_months(params, kind, rng)
    return Planted(kind, district, skill, month, beside, near, _adjoining(city))


def _candidates() -> NDArray[np.int64]:
    vocational = np.array([skill.vocational for skill in skills()])
    return np.flatnonzero(vocational & ties().asked)


def _counts(params: SimulationParams, *, has_borders: bool) -> NDArray[np.int64]:
    """Cells of each kind, shrunk alike where skills are too few."""
    wanted = np.array(
        [
            params.planted_gaps,
            params.planted_served,
            params.planted_low,
            params.planted_spam,
            params.planted_spikes,
            params.planted_neighbours if has_borders else 0,
        ]
    )
    room = params.planted_most * len(_candidates())
    share = min(1.0, room / max(1, int(wanted.sum())))
    return np.floor(wanted * share + 1e-9).astype(np.int64)


def _spike_months(
    params: SimulationParams, kind: NDArray[np.int64], rng: np.random.Generator
) -> NDArray[np.int64]:
    """Half of the spikes fall in the last month, where a hasty count looks; others anywhere."""
    last = len(labour_months(params)) - 1
    spikes = np.flatnonzero(kind == SPIKE)
    drawn = rng.integers(0, last + 1, len(spikes))
    month = np.full(len(kind), -1)
    month[spikes] = np.where(np.arange(len(spikes)) % 2 == 0, last, drawn)
    return month


def _adjoining(city: Map) -> NDArray[np.bool_]:
    near = _between_towns(city) <= ADJOINING_MINUTES
    n = len(city.districts)
    adjoining = np.eye(n, dtype=np.bool_)
    one, other = np.nonzero(near)
    adjoining[city.towns.district[one], city.towns.district[other]] = True
    return adjoining


def _borders(city: Map) -> list[tuple[int, int, int]]:
    """(district, district beside it, its border town), where the town serves both; best first.

    For each pair the town is the one whose seats fall to the neighbour the most.
    """
    towns = city.towns
    weight = decay(_between_towns(city)) * towns.population
    share = weight / weight.sum(axis=1, keepdims=True)
    found: list[tuple[float, int, int, int]] = []
    for home in range(len(city.districts)):
        reached = share[:, towns.district == home].sum(axis=1)
        for beside in range(len(city.districts)):
            across = np.flatnonzero(towns.district == beside)
            best = int(across[np.argmax(reached[across])])
            if beside != home and reached[best] >= LEAST_SHARE:
                found.append((-float(reached[best]), home, beside, best))
    return [(home, beside, town) for _, home, beside, town in sorted(found)]


def _between_towns(city: Map) -> NDArray[np.float64]:
    return town_minutes(city, city.towns.lon, city.towns.lat)
