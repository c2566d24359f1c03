"""The explainer: a reason for each factor that raised a section's score, strongest first."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate
from typing import ClassVar, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from recsys.explainers.claims import CLAIMS, FACTOR, Section
from recsys.explainers.facts import Facts
from recsys.explainers.sayings import Sayings, Teller
from recsys.explainers.taste import Heard, Voices
from recsys.offer import Candidates, Offer
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


class Asked(NamedTuple):
    """One list whose reasons are wanted.

    Attributes:
        query: who asks.
        chosen: the sections of the list.
        most: reasons wanted of each; None: all.
    """

    query: LearnerQuery
    chosen: Candidates
    most: int | None


class Ranked(NamedTuple):
    """What made the scores of one list.

    Attributes:
        names: of the factors.
        order: by section, the places of its factors among the names, strongest first.
        shares: the same factors' shares of what raised the score.
    """

    names: tuple[str, ...]
    order: Sequence[Sequence[int]]
    shares: Sequence[Sequence[float]]


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
        return self.explain_all([Asked(query, chosen, most)])[0]

    def explain_all(self, lists: Sequence[Asked]) -> list[Sequence[tuple[Reason, ...]]]:
        """The same for a block of lists; each is told what it would be told alone."""
        for offer in {id(each.chosen.offer): each.chosen.offer for each in lists}.values():
            self._sayings(offer).make_room()
        ranked = self._ranked([each.chosen for each in lists])
        return [self._told(each, *rank) for each, rank in zip(lists, ranked, strict=True)]

    def contributions(
        self, lists: Sequence[Candidates]
    ) -> tuple[tuple[str, ...], NDArray[np.float64]]:
        """What each factor adds to the scores of chosen sections; unknown adds nothing.

        Args:
            lists: all with the same parts and terms.

        Returns:
            The factors by name, and their contributions; shape (factors, sections of all lists).
        """
        layout = self._layout(_told_by(lists[0]))
        if not layout.columns:
            return (), np.zeros((0, sum(map(len, lists))))
        values = joined(lists, layout.columns)
        values[np.isnan(values)] = 0.0
        return layout.factors, np.add.reduceat(values, layout.starts, axis=0)

    def _layout(self, columns: tuple[str, ...]) -> Layout:
        if columns not in self._layouts:
            self._layouts[columns] = layout_of(columns, self.factor_of)
        return self._layouts[columns]

    def _ranked(self, lists: Sequence[Candidates]) -> list[Ranked]:
        """By list, its factors, and by section their order and shares; lists alike at once."""
        alike: dict[tuple[str, ...], list[int]] = {}
        for place, chosen in enumerate(lists):
            alike.setdefault(_told_by(chosen), []).append(place)
        found: dict[int, Ranked] = {}
        for places in alike.values():
            some = [lists[place] for place in places]
            names, table = self.contributions(some)
            order, shares = _strongest_first(table)
            ends = accumulate(map(len, some))
            for place, size, end in zip(places, map(len, some), ends, strict=True):
                own = slice(end - size, end)
                found[place] = Ranked(names, order[own], shares[own])
        return [found[place] for place in range(len(lists))]

    def _told(
        self,
        asked: Asked,
        names: tuple[str, ...],
        order: Sequence[Sequence[int]],
        shares: Sequence[Sequence[float]],
    ) -> Sequence[tuple[Reason, ...]]:
        """The reasons of one list."""
        query, chosen, most = asked
        heard, figures = self._heard(query, chosen), dict[str, list[float]]()
        offer, sayings = chosen.offer, self._sayings(chosen.offer)
        tellers = [
            sayings.of(name, CLAIMS[name], query) if name in CLAIMS else None for name in names
        ]
        rows = range(len(offer)) if chosen.rows is None else chosen.rows.tolist()
        return [
            _reasons(
                Section(self.facts, query, chosen, figures, offer, place, row, heard),
                zip(map(tellers.__getitem__, factors), own, strict=True),
                most,
            )
            for place, (row, factors, own) in enumerate(zip(rows, order, shares, strict=True))
        ]

    def _sayings(self, offer: Offer) -> Sayings:
        found: Sayings = offer.once(("sayings", id(self)), Sayings)
        return found

    def _heard(self, query: LearnerQuery, chosen: Candidates) -> Heard:
        """Who speaks for the sections: the scorers of taste that took part in their scores.

        All of them where the ranker has a taste of its own.
        """
        took_part = {name.removeprefix(PART) for name in chosen.added(PART)}
        own = [name for name in self._voices if name in took_part]
        parts: dict[str, list[float]] = {name: chosen[PART + name].tolist() for name in own}
        return Heard(self._voices, parts, query.history, chosen.texts("course_id"))


def joined(lists: Sequence[Candidates], columns: Sequence[str]) -> NDArray[np.float64]:
    """Columns of several lists, one list after another; shape (columns, sections of all)."""
    return np.stack([np.concatenate([each[column] for each in lists]) for column in columns])


def _told_by(chosen: Candidates) -> tuple[str, ...]:
    """The columns that tell what a list's scores are made of."""
    return (*chosen.added(PART), *chosen.added(TERM))


def _reasons(
    section: Section, factors: Iterable[tuple[Teller | None, float]], most: int | None
) -> tuple[Reason, ...]:
    """The reasons of one section: a factor of which nothing is true is passed over."""
    reasons: list[Reason] = []
    for teller, share in factors:
        if len(reasons) == most or share <= ROUNDING:
            break
        saying = None if teller is None else teller.say(section)
        if saying is not None:
            reasons.append(Reason(*saying, share))
    return tuple(reasons)


def _strongest_first(table: NDArray[np.float64]) -> tuple[list[list[int]], list[list[float]]]:
    """By section: the rows of its factors, strongest first, and their shares of what raised it."""
    raised = np.maximum(table, 0.0)
    whole = np.zeros(table.shape[1])
    # row by row: a sum over the axis rounds otherwise where there is one section
    for row in raised:
        whole += row
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
