"""Draws of what is believed of demand and supply, and what they say of gaps.

For each cell three numbers are drawn: vacancies V, jobseekers J, completers S, all persons a
month. V comes twice: the *level*, what a usual month brings as the cell's own advertisements
tell it (decision 20), and a *month*, what this one brings, which comes in whole persons as its
jobseekers do. J comes twice as well: of an ordinary or of a marked cell, as chance has it
(``filling``), and for tau of a marked one alone: a shortage is a cell unlike the others, and a
prior that knows them tells it away (decision 20).

    gap          G = E[max(0, level - J - S)]
    probability  P(level > J + S)
    tau          E[log((level + .5) / (J + S + .5))], tau_low its 5 % quantile
    gap_low, gap_high    5 % and 95 % quantiles of month - J - S, below zero where people are over

Source: METHODS section 4. All cells are drawn by the same normal numbers (common random numbers),
so that their order rests on what is believed of them and not on luck; gammas are drawn by Wilson
and Hilferty's cube [wilson1931].
"""

from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaincinv, ndtr

from recsys.planning.gaps.seekers import Seekers

Floats: TypeAlias = NDArray[np.float64]

DRAWS: Final = 2_000

BLOCK: Final = 2_048
"""Cells drawn at a time: some hundred megabytes at once."""

TAIL: Final = 0.05

Z: Final = 1.6448536269514722
"""The normal distribution's 95 % quantile: the ends of every interval believed in."""

PERSON: Final = 0.5
"""Added to both sides of tau, so that next to nothing against nothing is no shortage."""

SHAPES: Final[Floats] = np.geomspace(0.05, 2_000.0, 400)
"""Shapes of gammas that intervals are read as."""

_RATIOS: Final[Floats] = np.log(gammaincinv(SHAPES, TAIL) / gammaincinv(SHAPES, 1 - TAIL))
_UPPER: Final[Floats] = gammaincinv(SHAPES, 1 - TAIL) / SHAPES


@dataclass(frozen=True, slots=True)
class Vacancies:
    """What is believed of each cell's vacancies, persons a month, one entry a cell.

    Attributes:
        mean: expected of the month.
        low: 5 % end of what it brings.
        high: 95 % end.
        usual: of a usual month, as the cell's own advertisements tell it.
        own_low: 5 % end of the month's level, likewise.
        own_high: 95 % end; the two say how surely the usual month is known.
        alone: the usual month, relative to what it is taken for with the neighbours' help:
            jobseekers were shared out by the latter, and follow the former.
    """

    mean: Floats
    low: Floats
    high: Floats
    usual: Floats
    own_low: Floats
    own_high: Floats
    alone: Floats

    def part(self, chosen: slice) -> "Vacancies":
        """Some of the cells."""
        return Vacancies(*(getattr(self, name)[chosen] for name in self.__slots__))


@dataclass(frozen=True, slots=True)
class Beliefs:
    """What is believed of each cell, one entry a cell.

    Attributes:
        vacancies: of demand.
        seekers: of jobseekers.
        supply: mean completers a month.
        supply_var: their variance.
    """

    vacancies: Vacancies
    seekers: Seekers
    supply: Floats
    supply_var: Floats

    def __len__(self) -> int:
        return len(self.supply)

    def part(self, chosen: slice) -> "Beliefs":
        """Some of the cells."""
        supply = self.supply[chosen], self.supply_var[chosen]
        return Beliefs(self.vacancies.part(chosen), self.seekers.part(chosen), *supply)


@dataclass(frozen=True, slots=True)
class Figures:
    """What the draws say, one entry a cell; the module defines each.

    Attributes:
        level: 5 % quantile of the level, persons.
        gap: persons.
        gap_low: persons, may be negative.
        gap_high: persons, may be negative.
        tau: a logarithm.
        tau_low: its lower bound.
        probability: 0 to 1.
    """

    level: Floats
    gap: Floats
    gap_low: Floats
    gap_high: Floats
    tau: Floats
    tau_low: Floats
    probability: Floats


def figures(beliefs: Beliefs, rng: np.random.Generator, draws: int = DRAWS) -> Figures:
    """Draw all cells, a block at a time.

    Args:
        beliefs: N cells.
        rng: of the common random numbers.
        draws: how many.
    """
    normals = rng.standard_normal((5, draws, 1))
    parts = [
        _block(beliefs.part(slice(first, first + BLOCK)), normals, rng)
        for first in range(0, max(len(beliefs), 1), BLOCK)
    ]
    joined = (np.concatenate([getattr(part, name) for part in parts]) for name in Figures.__slots__)
    return Figures(*joined)


def gamma_from(low: Floats, high: Floats) -> tuple[Floats, Floats]:
    """Mean and shape of the gammas with these 5 % and 95 % quantiles; mean 0 where high is 0."""
    safe = np.maximum(high, 1e-12)
    ratio = np.log(np.maximum(low, 1e-300) / safe)
    shape = np.exp(np.interp(ratio, _RATIOS, np.log(SHAPES)))
    upper = np.interp(ratio, _RATIOS, _UPPER)
    return np.where(high > 0, high / upper, 0.0), shape


def gamma_draws(mean: Floats, shape: Floats, normal: Floats) -> Floats:
    """Gammas of a mean and a shape from normal numbers: mean·(1 - 1/9k + z/3√k)³, at least 0.

    At shape 1 the middle is ln 2 of the mean, nearly:

    >>> gamma_draws(np.ones(1), np.ones(1), np.zeros((1, 1))).round(2).tolist()
    [[0.7]]
    """
    cube: Floats = 1 - 1 / (9 * shape) + normal / (3 * np.sqrt(shape))
    drawn: Floats = mean * np.maximum(cube, 0.0) ** 3
    return drawn


def _block(beliefs: Beliefs, normals: Floats, rng: np.random.Generator) -> Figures:
    known, seekers = beliefs.vacancies, beliefs.seekers
    _, shape = gamma_from(known.own_low, known.own_high)
    relative = gamma_draws(np.ones_like(shape), shape, normals[0])
    level, completers = known.usual * relative, _supply(beliefs, normals[3])
    counted: NDArray[np.bool_] = np.isfinite(seekers.told)
    follow, alone = np.where(counted, 1.0, relative), np.where(counted, 1.0, known.alone)
    lot = np.asarray(ndtr(normals[4]), dtype=np.float64)
    drawn: NDArray[np.bool_] = np.less(lot, seekers.chance)
    people = follow * _people(seekers, normals[2], drawn)
    heard = follow * _people(seekers, normals[2], ~counted) * alone + completers
    surplus = level - people * alone - completers
    month = _month(known, normals[1]) - rng.poisson(people) - completers
    low, high = np.quantile(month, [TAIL, 1 - TAIL], axis=0)
    tau = np.log((level + PERSON) / (heard + PERSON))
    return Figures(
        level=np.quantile(level, TAIL, axis=0),
        gap=np.maximum(surplus, 0.0).mean(axis=0),
        gap_low=low,
        gap_high=high,
        tau=tau.mean(axis=0),
        tau_low=np.quantile(tau, TAIL, axis=0),
        probability=(surplus > 0).mean(axis=0),
    )


def _month(known: Vacancies, normal: Floats) -> Floats:
    """A month's vacancies: a gamma, its distances from the mean stretched to the known ends."""
    mean = known.mean
    deviation = np.maximum(known.high - known.low, 1e-9) / (2 * Z)
    shape = np.clip((mean / deviation) ** 2, SHAPES[0], SHAPES[-1])
    below, above = (gamma_draws(mean, shape, np.array(z)) for z in (-Z, Z))
    down = (mean - known.low) / np.maximum(mean - below, 1e-9)
    up = np.maximum(known.high - mean, 0.0) / np.maximum(above - mean, 1e-9)
    distance = gamma_draws(mean, shape, normal) - mean
    drawn: Floats = np.maximum(mean + distance * np.where(distance < 0, down, up), 0.0)
    return drawn


def _people(seekers: Seekers, normal: Floats, marked: NDArray[np.bool_]) -> Floats:
    """Jobseekers, log-normal, of the cells as marked ones where they are drawn as such."""
    mean = np.where(marked, seekers.marked, seekers.ordinary)
    spread = np.where(marked, seekers.marked_spread, seekers.ordinary_spread)
    drawn: Floats = mean * np.exp(spread * normal - spread**2 / 2)
    return drawn


def _supply(beliefs: Beliefs, normal: Floats) -> Floats:
    variance = np.maximum(beliefs.supply_var, 1e-12)
    shape = np.clip(beliefs.supply**2 / variance, SHAPES[0], SHAPES[-1])
    return gamma_draws(beliefs.supply, shape, normal)
