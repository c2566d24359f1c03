"""Where a log and the lists to judge speak of the same visits."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from training.offpolicy.errors import OffPolicyError
from training.offpolicy.target import SHOWN, visit_columns

Values = NDArray[np.float64]
Numbers = NDArray[np.int64]

VISIT: Final = ("learner_id", "list_id")
"""A logged list: one visit of a learner."""


@dataclass(frozen=True, slots=True)
class Overlap:
    """Logged entries and target entries of the learners who have both.

    Attributes:
        logged: learner_id, section_id, propensity, reward; ``shown``, the target's probability of
            showing that entry, 0 where it doesn't; ``learner``, the number of the learner;
            ``scale``, 1 / (k x visits of the learner).
        target: learner_id, section_id, ``shown``, ``learner``, ``scale``: summing scale x shown
            over a learner's entries gives the share of k places that the target fills.
        learners: how many learners have both.
        k: places judged.
        without_lists: learners of the log for whom the target has no list; left out.
    """

    logged: pl.DataFrame
    target: pl.DataFrame
    learners: int
    k: int
    without_lists: int

    def column(self, name: str) -> Values:
        """A column of ``logged`` as numbers; shape (logged entries,)."""
        return self.logged[name].cast(pl.Float64).to_numpy()

    def per_learner(self, values: Values) -> Values:
        """Scaled sums over each learner's logged entries; shape (learners,)."""
        return _sums(self.logged, values, self.learners)

    def per_learner_of_target(self, values: Values) -> Values:
        """Scaled sums over each learner's target entries; shape (learners,)."""
        return _sums(self.target, values, self.learners)


def overlap(logged: pl.DataFrame, target: pl.DataFrame, k: int) -> Overlap:
    """Join a log and a target over the visits both know.

    Args:
        logged: ``training.offpolicy.logged.logged_lists``.
        target: ``training.offpolicy.target.target_of`` with the same k.
        k: places judged.

    Raises:
        OffPolicyError: no learner stands in both.
    """
    by = visit_columns(target)
    visits = logged.select(VISIT).unique()
    both = visits.join(target.select(by).unique(), on=by, how="semi")
    numbered = _numbered(both, k)
    if numbered.is_empty():
        message = (
            "no learner of the random traffic has one of these lists; make lists for the learners "
            "of the log, of the same period"
        )
        raise OffPolicyError(message)
    entries = logged.join(numbered, on=VISIT, how="inner", maintain_order="left").join(
        target, on=[*by, "section_id"], how="left", maintain_order="left"
    )
    return Overlap(
        logged=entries.with_columns(pl.col(SHOWN).fill_null(0.0)),
        target=_scaled(target, numbered, by, k),
        learners=numbered["learner"].n_unique(),
        k=k,
        without_lists=visits["learner_id"].n_unique() - numbered["learner"].n_unique(),
    )


def _numbered(visits: pl.DataFrame, k: int) -> pl.DataFrame:
    """Each visit with its learner's number and scale."""
    return visits.sort(VISIT).with_columns(
        (pl.col("learner_id").rank("dense").cast(pl.Int64) - 1).alias("learner"),
        (1.0 / (k * pl.len().over("learner_id"))).alias("scale"),
    )


def _scaled(target: pl.DataFrame, numbered: pl.DataFrame, by: list[str], k: int) -> pl.DataFrame:
    """The target's entries for these visits; a list for all visits of a learner counts once."""
    if by == list(VISIT):
        return target.join(numbered, on=by, how="inner", maintain_order="left")
    learners = numbered.select("learner_id", "learner").unique(maintain_order=True)
    once = learners.with_columns(pl.lit(1.0 / k).alias("scale"))
    return target.join(once, on=by, how="inner", maintain_order="left")


def _sums(entries: pl.DataFrame, values: Values, learners: int) -> Values:
    scaled = entries["scale"].to_numpy() * values
    sums = np.bincount(entries["learner"].to_numpy(), weights=scaled, minlength=learners)
    return sums.astype(np.float64)
