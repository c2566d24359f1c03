"""Which skills an occupation's vacancies ask for, as arrays."""

from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from data.simulate.topics import skills
from data.vocabulary import builtin

LEAST_NAMED: Final = 0.15
"""Chance that an advertisement names a tied skill of importance 0; a guess."""

MOST_NAMED: Final = 0.65
"""Chance that it names one of importance 1; a guess."""

MOST_BESIDE: Final = 2.0
"""Vacancies that name a skill beside another one, for each that is about it, at most; what
very many occupations ask for goes without saying more often."""

MOST_TIES: Final = 16
"""Skills of one occupation that advertisements speak of, at most; the most important."""


_NEVER_NOTHING: Final = 1e-6
"""Added to importance, so that a skill of no importance still has an occupation."""


@dataclass(frozen=True, slots=True)
class Ties:
    """Occupations and their skills; O occupations, T ties, W = the most ties of one occupation.

    Attributes:
        codes: occupation codes, length O.
        skill: (O, W) indices into ``skills()``, the most important first; -1 where no more.
        named: (O, W) chance that an advertisement names the skill; 0 where no more.
        level: mean level of the skills, 1 to 5, length O.
        start: ties of skill k are ``start[k]:start[k + 1]`` of the next two, length K + 1.
        occupation: of each tie, length T.
        slot: column of the tie in ``skill``, length T.
        until: running sum of importance over the ties, length T.
    """

    codes: pl.Series
    skill: NDArray[np.int64]
    named: NDArray[np.float64]
    level: NDArray[np.float64]
    start: NDArray[np.int64]
    occupation: NDArray[np.int64]
    slot: NDArray[np.int64]
    until: NDArray[np.float64]

    @property
    def asked(self) -> NDArray[np.bool_]:
        """Whether any occupation asks for the skill, length K."""
        return np.diff(self.start) > 0

    def occupation_for(
        self, lead: NDArray[np.int64], chance: NDArray[np.float64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """An occupation that asks for each skill, by importance, and the skill's column.

        Args:
            lead: skills that some occupation asks for.
            chance: uniform draws in [0, 1), one for each.
        """
        first, last = self.start[lead], self.start[lead + 1] - 1
        below = np.where(first > 0, self.until[first - 1], 0.0)
        tie = np.searchsorted(self.until, below + chance * (self.until[last] - below), "right")
        tie = np.clip(tie, first, last)
        return self.occupation[tie], self.slot[tie]

    def mentions(self) -> NDArray[np.float64]:
        """(K, K): the chance that a vacancy led by one skill names the other; 1 for itself."""
        n = len(self.start) - 1
        lead = np.repeat(np.arange(n), np.diff(self.start))
        weight = np.diff(self.until, prepend=0.0)
        share = weight / np.bincount(lead, weight, n)[lead]
        named = np.zeros((n, n))
        for column in range(self.skill.shape[1]):
            other = self.skill[self.occupation, column]
            chance = np.where(other >= 0, share * self.named[self.occupation, column], 0.0)
            np.add.at(named, (lead, other), chance)
        np.fill_diagonal(named, np.where(self.asked, 1.0, 0.0))
        return named


@cache
def ties() -> Ties:
    """The built-in vocabulary's ties, occupations in the table's order."""
    codes = builtin("occupations")["occupation_code"]
    frame = _tie_rows(codes)
    occupation, slot = frame["occupation"].to_numpy(), frame["slot"].to_numpy()
    shape = (len(codes), int(slot.max()) + 1)
    skill, named = np.full(shape, -1), np.zeros(shape)
    skill[occupation, slot] = frame["skill"].to_numpy()
    named[occupation, slot] = _chances(frame)
    by_skill = frame.sort("skill", maintain_order=True)
    counts = np.bincount(by_skill["skill"].to_numpy(), minlength=len(skills()))
    return Ties(
        codes,
        skill,
        named,
        _levels(frame, len(codes)),
        np.concatenate([[0], np.cumsum(counts)]),
        by_skill["occupation"].to_numpy(),
        by_skill["slot"].to_numpy(),
        np.cumsum(by_skill["importance"].to_numpy() + _NEVER_NOTHING),
    )


def _tie_rows(codes: pl.Series) -> pl.DataFrame:
    """One row a tie, occupations in order, the most important skill first."""
    number = {skill.skill_id: index for index, skill in enumerate(skills())}
    order = {code: index for index, code in enumerate(codes)}
    ties = builtin("occupation_skills").filter(pl.col("skill_id").is_in(list(number)))
    placed = ties.select(
        pl.col("occupation_code").replace_strict(order, return_dtype=pl.Int64).alias("occupation"),
        pl.col("skill_id").replace_strict(number, return_dtype=pl.Int64).alias("skill"),
        "importance",
        pl.col("level").fill_null(3),
    ).sort("occupation", "importance", descending=[False, True], maintain_order=True)
    slot = pl.int_range(pl.len(), dtype=pl.Int64).over("occupation").alias("slot")
    return placed.with_columns(slot).filter(pl.col("slot") < MOST_TIES)


def _chances(frame: pl.DataFrame) -> NDArray[np.float64]:
    """How likely each tie's skill is named beside another, so that none exceeds MOST_BESIDE.

    With vacancies spread evenly over the skills, an occupation's are the shares that its
    skills give it.
    """
    importance = pl.col("importance") + _NEVER_NOTHING
    shared = frame.select(
        chance=LEAST_NAMED + (MOST_NAMED - LEAST_NAMED) * pl.col("importance"),
        share=importance / importance.sum().over("skill"),
        skill="skill",
        occupation="occupation",
    ).with_columns(others=pl.col("share").sum().over("occupation") - pl.col("share"))
    beside = (pl.col("chance") * pl.col("others")).sum().over("skill")
    most = MOST_BESIDE / pl.max_horizontal(beside, pl.lit(MOST_BESIDE))
    return shared.select(pl.col("chance") * most).to_series().to_numpy()


def _levels(frame: pl.DataFrame, n: int) -> NDArray[np.float64]:
    """Mean level of each occupation's skills; 3 where it has none."""
    occupation = frame["occupation"].to_numpy()
    count = np.bincount(occupation, minlength=n)
    total = np.bincount(occupation, frame["level"].to_numpy(), n)
    return np.where(count > 0, total / np.maximum(count, 1), 3.0)
