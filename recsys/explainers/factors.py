"""The explainer: a reason for each factor that raised a section's score, strongest first."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar, Final

import numpy as np
from numpy.typing import NDArray

from recsys.explainers.claims import OF_SCORER, Claim, Row, context, taste
from recsys.explainers.facts import Facts
from recsys.explainers.taste import speaks_for
from recsys.explainers.words import Evidence, texts
from recsys.offer import Candidates
from recsys.stages import CourseScorer, Explainer
from recsys.types import LearnerQuery, Reason

PART: Final = "part_"
TERM: Final = "term_"

TOLD: Final = ("course_id", "slots", "price_net_fen", "teaches_skill_ids")
"""Columns of a section that sentences tell of."""
WORKED_OUT: Final = ("travel_min", "slot_fit", "age_overlap")
"""Columns of learner and section that sentences tell of."""

Voices = Mapping[str, Mapping[str, str]]
"""By scorer of taste and recommended course: the course of the past that speaks for it."""


class FactorExplainer(Explainer):
    """Reads the ranker's parts: a scorer is a reason only where it raised the score.

    The weight of a reason is its scorer's share of all positive parts; a scorer that is a
    sum of terms shares its part among the terms that are better than the average section's.
    A factor about which nothing true can be said gives no reason, so that the weights of a
    section's reasons may sum to less than 1.

    Reads ``part_<scorer>`` and, for scorers made of terms, ``term_<scorer>_<term>``: how far
    the term is above the mean of the sections open to the learner.
    """

    name: ClassVar[str] = "factors"

    def __init__(self, facts: Facts, scorers: Mapping[str, CourseScorer]) -> None:
        """Take what sentences may mention, and the scorers that can be asked for evidence."""
        self.facts = facts
        self.scorers = scorers

    def explain(self, query: LearnerQuery, chosen: Candidates) -> Sequence[tuple[Reason, ...]]:
        """For each chosen row, its reasons, strongest first."""
        voices = self._voices(query, chosen)
        return [self._reasons(query, row, voices) for row in rows_of(chosen)]

    def _voices(self, query: LearnerQuery, chosen: Candidates) -> Voices:
        courses = list(dict.fromkeys(chosen.texts("course_id")))
        return {
            name: speaks_for(scorer, query, courses)
            for name, scorer in self.scorers.items()
            if scorer.uses_history and f"{PART}{name}" in chosen
        }

    def _reasons(self, query: LearnerQuery, row: Row, voices: Voices) -> tuple[Reason, ...]:
        """One reason per kind: scorers that say the same add up."""
        weights: dict[str, float] = defaultdict(float)
        evidence: dict[str, Evidence] = {}
        for weight, (kind, figures) in self._claims(query, row, voices):
            weights[kind] += weight
            evidence.setdefault(kind, figures)
        strongest = sorted(weights, key=lambda kind: (-weights[kind], kind))
        return tuple(_reason(kind, evidence[kind], weights[kind], query) for kind in strongest)

    def _claims(
        self, query: LearnerQuery, row: Row, voices: Voices
    ) -> Iterator[tuple[float, Claim]]:
        """Weighted claims, the strongest scorer first, so that its evidence is the one told."""
        for name, share in _shares(row):
            terms = _better_terms(row, name)
            said = (
                [context(term, row) for term in terms]
                if terms
                else [self._claim(name, query, row, voices)]
            )
            parts = [share * gain for gain in terms.values()] or [share]
            yield from ((w, claim) for w, claim in zip(parts, said, strict=True) if claim)

    def _claim(self, name: str, query: LearnerQuery, row: Row, voices: Voices) -> Claim | None:
        if name in voices:
            return taste(self.facts, query, row, voices[name])
        if name in OF_SCORER:
            return OF_SCORER[name](self.facts, query, row)
        of_person = name in self.scorers and query.personalised
        return ("profile", {}) if of_person else None


def rows_of(chosen: Candidates) -> list[dict[str, Any]]:
    """The chosen sections with what claims read and the factors; NaN as None."""
    names = [name for name in chosen if name.startswith((PART, TERM))]
    columns = {name: chosen.texts(name) for name in TOLD}
    columns |= {name: _with_none(chosen[name]) for name in (*WORKED_OUT, *names)}
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _with_none(values: NDArray[np.floating]) -> list[float | None]:
    return [None if value != value else value for value in values.tolist()]


def _shares(row: Row) -> list[tuple[str, float]]:
    """Scorers that raised the score, the strongest first, with their share of all that did."""
    parts = {name.removeprefix(PART): row[name] for name in row if name.startswith(PART)}
    raised = {name: value for name, value in parts.items() if value > 0}
    ordered = sorted(raised.items(), key=lambda part: (-part[1], part[0]))
    return [(name, value / sum(raised.values())) for name, value in ordered]


def _better_terms(row: Row, scorer: str) -> dict[str, float]:
    """Terms in which this section beats the average one, with their shares of the gain."""
    prefix = f"{TERM}{scorer}_"
    terms = {name.removeprefix(prefix): row[name] for name in row if name.startswith(prefix)}
    better = {name: value for name, value in terms.items() if value is not None and value > 0}
    return {name: value / sum(better.values()) for name, value in better.items()}


def _reason(kind: str, evidence: Evidence, weight: float, query: LearnerQuery) -> Reason:
    text_zh, text_en = texts(kind, evidence, elder=query.elder)
    return Reason(kind, text_zh, text_en, evidence, weight)
