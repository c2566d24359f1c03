"""Value: what a policy wants of a section, as one product of declared powers.

    apply^a x complete^c x skill_gain^s x demand^d

Ranked by its logarithm, so that every part is a term that can be told and ablated.
"""

from collections.abc import Mapping, Sequence
from typing import ClassVar, Final

import numpy as np

from recsys.columns import Index, Reals
from recsys.offer import Candidates
from recsys.rankers.additive import Additive
from recsys.stages import Ranker
from recsys.types import LearnerQuery

LEAST: Final = 0.2
"""What a course keeps that serves no goal or meets no shortage: it may still be wanted."""

COLUMNS: Final[Mapping[str, str]] = {"skill_gain": "goal", "demand": "demand"}
"""The scorer that tells each part of the value which isn't a probability."""


class Value(Ranker):
    """Scores a section by the logarithm of its declared value.

    Direction: higher is better. Range: below 0. Unit: log of a product of probabilities and
    shares. Never null: a part that nothing is known of counts the same for every section.
    """

    name: ClassVar[str] = "value"

    def __init__(
        self, powers: Mapping[str, float], apply: Additive, complete: Additive | None
    ) -> None:
        """Take what is worth how much.

        Args:
            powers: of apply, complete, skill_gain and demand; 0 leaves a part out.
            apply: tells the log odds of asking for a seat.
            complete: tells the log odds that who has a seat completes, without the lists someone
                was shown: they say what is asked for; None where nothing was learned of it, which
                leaves that part out.
        """
        self.apply = apply
        self._complete = complete if powers["complete"] else None
        self._powers = powers
        self._told = [name for name in COLUMNS if powers[name]]

    @property
    def reads(self) -> Sequence[str]:
        """The scorers of goal and demand, as far as they count."""
        return [COLUMNS[name] for name in self._told]

    def rank(self, query: LearnerQuery, candidates: Candidates) -> Reals:
        """The log value of each section."""
        score = self._powers["apply"] * log_sigmoid(self.apply.rank(query, candidates))
        if self._complete is not None:
            score = score + self._completion(query, candidates)
        for name in self._told:
            score = score + self._share(name, candidates)
        return score

    def parts(
        self, query: LearnerQuery, candidates: Candidates, chosen: Index
    ) -> Mapping[str, Reals]:
        """Each factor's part of the log value, above the mean candidate's.

        The probability's own factors are shared out along the secant between the section's and
        the mean candidate's log odds: each keeps its sign.
        """
        odds = self.apply.rank(query, candidates)
        mean = float(odds.mean()) if len(odds) else 0.0
        slope = self._powers["apply"] * _secant(odds[chosen], mean)
        inner = self.apply.parts(query, candidates, chosen)
        found = {name: slope * part for name, part in inner.items()}
        if self._complete is not None:
            found["completion"] = _above_mean(self._completion(query, candidates), chosen)
        for name in self._told:
            found[name] = _above_mean(self._share(name, candidates), chosen)
        return found

    def _completion(self, query: LearnerQuery, candidates: Candidates) -> Reals:
        if self._complete is None:
            return np.zeros(len(candidates))
        return self._powers["complete"] * log_sigmoid(self._complete.rank(query, candidates))

    def _share(self, name: str, candidates: Candidates) -> Reals:
        """A share of 0 to 1 as a term; what is unknown counts as the mean of what is known."""
        column = COLUMNS[name]
        if column not in candidates:
            return np.zeros(len(candidates))
        share = np.clip(candidates[column].astype(np.float64), 0.0, 1.0)
        term: Reals = self._powers[name] * np.log(LEAST + (1 - LEAST) * share)
        known = term[~np.isnan(term)]
        return np.where(np.isnan(term), known.mean() if len(known) else 0.0, term)


def log_sigmoid(odds: Reals) -> Reals:
    """The logarithm of the probability of each log odds."""
    found: Reals = -np.logaddexp(0.0, -odds)
    return found


def _above_mean(values: Reals, chosen: Index) -> Reals:
    """Some of the values, less the mean of all; an empty list has no mean."""
    mean = float(values.mean()) if len(values) else 0.0
    above: Reals = values[chosen] - mean
    return above


def _secant(odds: Reals, mean: float) -> Reals:
    """Slope of ``log_sigmoid`` between each log odds and their mean; above 0."""
    step = odds - mean
    flat = np.abs(step) < 1e-9
    rise = log_sigmoid(odds) - log_sigmoid(np.array(mean))
    tangent = 1.0 / (1.0 + np.exp(odds))
    return np.where(flat, tangent, rise / np.where(flat, 1.0, step))
