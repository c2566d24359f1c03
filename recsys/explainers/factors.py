"""The explainer: a reason for each factor that raised a section's score, strongest first."""

from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from recsys.explainers.claims import CLAIMS, FACTOR, Section
from recsys.explainers.facts import Facts
from recsys.explainers.taste import Heard, Voices
from recsys.explainers.words import Evidence, texts
from recsys.offer import Candidates
from recsys.stages import CourseScorer, Explainer
from recsys.types import LearnerQuery, Reason

PART: Final = "part_"
TERM: Final = "term_"

ROUNDING: Final = 1e-9
"""A share of the score below which a contribution is an error of rounding."""


class Layout(NamedTuple):
    """Which columns make up which factor.

    Attributes:
        factors: their names, sorted.
        columns: those whose sum is the score, the columns of a factor side by side.
        starts: the place of each factor's first column.
    """

    factors: tuple[str, ...]
    columns: tuple[str, ...]
    starts: NDArray[np.intp]


class FactorExplainer(Explainer):
    """Reads the ranker's parts: a factor is a reason only where it raised the score.

    Parts that would say the same (several scorers of taste, say) are one factor, whose
    contribution is their sum, so that without the factor the section would stand lower. The
    weight of a reason is its factor's share of all positive contributions. A factor about
    which nothing true can be said gives no reason, so that the weights of a section's reasons
    may sum to less than 1.

    Reads ``part_<name>``, and instead of it ``term_<name>_<term>`` where the part is a sum of
    terms; both in units of the score, above the mean of the sections open to the learner.
    """

    name: ClassVar[str] = "factors"

    def __init__(self, facts: Facts, scorers: Mapping[str, CourseScorer]) -> None:
        """Take what sentences may mention, and the scorers that can be asked for evidence."""
        self.facts = facts
        self.factor_of = {**{name: _factor(scorer) for name, scorer in scorers.items()}, **FACTOR}
        self._layouts: dict[tuple[str, ...], Layout] = {}
        self._voices = {
            name: Voices(scorer, facts.as_of)
            for name, scorer in sorted(scorers.items())
            if scorer.uses_history
        }

    def explain(
        self, query: LearnerQuery, chosen: Candidates, most: int | None = None
    ) -> Sequence[tuple[Reason, ...]]:
        """For each chosen row, its reasons, strongest first.

        Args:
            query: who asks.
            chosen: the sections of the list.
            most: reasons wanted of each; evidence for weaker ones isn't looked for. None: all.
        """
        names, table = self.contributions(chosen)
        order, shares = _strongest_first(table)
        heard, figures = self._heard(query, chosen), dict[str, list[float]]()
        offer = chosen.offer
        rows = range(len(offer)) if chosen.rows is None else chosen.rows.tolist()
        return [
            self._reasons(
                Section(self.facts, query, chosen, figures, offer, place, row, heard),
                zip(map(names.__getitem__, factors), own, strict=True),
                most,
            )
            for place, (row, factors, own) in enumerate(zip(rows, order, shares, strict=True))
        ]

    def contributions(self, chosen: Candidates) -> tuple[tuple[str, ...], NDArray[np.float64]]:
        """What each factor adds to the scores of the chosen sections; unknown adds nothing.

        Returns:
            The factors by name, and their contributions; shape (factors, sections).
        """
        columns = (*chosen.added(PART), *chosen.added(TERM))
        if columns not in self._layouts:
            self._layouts[columns] = layout_of(columns, self.factor_of)
        layout = self._layouts[columns]
        if not layout.columns:
            return (), np.zeros((0, len(chosen)))
        values = np.stack([chosen[column] for column in layout.columns])
        values[np.isnan(values)] = 0.0
        return layout.factors, np.add.reduceat(values, layout.starts, axis=0)

    def _heard(self, query: LearnerQuery, chosen: Candidates) -> Heard:
        """Who speaks for the sections: the scorers of taste that took part in their scores.

        All of them where the ranker has a taste of its own.
        """
        took_part = {name.removeprefix(PART) for name in chosen.added(PART)}
        own = [name for name in self._voices if name in took_part]
        parts: dict[str, list[float]] = {name: chosen[PART + name].tolist() for name in own}
        return Heard(self._voices, parts, query.history, chosen.texts("course_id"))

    def _reasons(
        self, section: Section, factors: Iterable[tuple[str, float]], most: int | None
    ) -> tuple[Reason, ...]:
        """The reasons of one section: a factor of which nothing is true is passed over."""
        reasons: list[Reason] = []
        for name, share in factors:
            if len(reasons) == most or share <= ROUNDING:
                break
            claim = CLAIMS[name](section) if name in CLAIMS else None
            if claim is not None:
                reasons.append(_reason(*claim, share, section.query))
        return tuple(reasons)


def _strongest_first(table: NDArray[np.float64]) -> tuple[list[list[int]], list[list[float]]]:
    """By section: the rows of its factors, strongest first, and their shares of what raised it."""
    raised = np.maximum(table, 0.0)
    whole = raised.sum(axis=0)
    raised /= np.where(whole > 0, whole, 1.0)
    order = np.argsort(-raised, axis=0, kind="stable")
    return order.T.tolist(), np.take_along_axis(raised, order, axis=0).T.tolist()


def layout_of(columns: Sequence[str], factor_of: Mapping[str, str]) -> Layout:
    """Which of the columns ``part_<name>`` and ``term_<name>_<term>`` make up which factor.

    Args:
        columns: in any order.
        factor_of: the factor of each part or term; one that isn't named is its own.
    """
    told: list[tuple[str, str]] = []
    for part in (name.removeprefix(PART) for name in columns if name.startswith(PART)):
        prefix = f"{TERM}{part}_"
        terms = [(name.removeprefix(prefix), name) for name in columns if name.startswith(prefix)]
        told += terms or [(part, f"{PART}{part}")]
    ordered = sorted((factor_of.get(name, name), column) for name, column in told)
    factors = tuple(dict.fromkeys(factor for factor, _ in ordered))
    first = [factor for factor, _ in ordered].index
    starts = np.array([first(factor) for factor in factors], dtype=np.intp)
    return Layout(factors, tuple(column for _, column in ordered), starts)


def _factor(scorer: CourseScorer) -> str:
    return "taste" if scorer.uses_history else "profile"


def _reason(kind: str, evidence: Evidence, weight: float, query: LearnerQuery) -> Reason:
    text_zh, text_en = texts(kind, evidence, elder=query.elder)
    return Reason(kind, text_zh, text_en, evidence, weight)
