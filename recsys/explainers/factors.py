"""The explainer: a reason for each factor that raised a section's score, strongest first."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import ClassVar, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from recsys.explainers.claims import FACTOR, Section
from recsys.explainers.facts import Facts
from recsys.explainers.sayings import UNSAID, Sayings, Teller, Tellers
from recsys.explainers.spread import PART, TERM, Blocks, Spread, spread
from recsys.explainers.taste import Heard, Voices
from recsys.offer import Candidates, Offer
from recsys.stages import CourseScorer, Explainer
from recsys.types import LearnerQuery, Reason

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

    def explain_all(
        self, lists: Sequence[Asked], blocks: Blocks | None = None
    ) -> list[Sequence[tuple[Reason, ...]]]:
        """The same for several lists; each is told what it would be told alone.

        Args:
            lists: whose reasons are wanted.
            blocks: ``spread`` of the chosen sections, where it is known.
        """
        found: dict[int, Sequence[tuple[Reason, ...]]] = {}
        for places, block in blocks or spread([each.chosen for each in lists]):
            sayings = self._sayings(block.offer)
            sayings.make_room()
            asked = [lists[place] for place in places]
            found.update(zip(places, self._told(asked, block, sayings), strict=True))
        return [found[place] for place in range(len(lists))]

    def contributions(self, block: Spread) -> tuple[tuple[str, ...], NDArray[np.float64]]:
        """What each factor adds to the scores of chosen sections; unknown adds nothing.

        Returns:
            The factors by name, and their contributions; shape (factors, sections of the block).
        """
        layout = self._layout(block.parts)
        if not layout.columns:
            return (), np.zeros((0, len(block)))
        values = block.table(layout.columns)
        values[np.isnan(values)] = 0.0
        return layout.factors, np.add.reduceat(values, layout.starts, axis=0)

    def _layout(self, columns: tuple[str, ...]) -> Layout:
        if columns not in self._layouts:
            self._layouts[columns] = layout_of(columns, self.factor_of)
        return self._layouts[columns]

    def _told(
        self, lists: Sequence[Asked], block: Spread, sayings: Sayings
    ) -> Iterator[Sequence[tuple[Reason, ...]]]:
        """The reasons of each list of a block."""
        names, table = self.contributions(block)
        order, shares = _strongest_first(table)
        tellers = Tellers(names, block, sayings)
        for asked, first in zip(lists, block.firsts, strict=True):
            places = range(first, first + len(asked.chosen))
            section = self._sections(asked, block, first)
            who = tellers.of(asked.query)
            yield [
                _reasons(at, section, who, zip(order[at], shares[at], strict=True), asked.most)
                for at in places
            ]

    def _sections(self, asked: Asked, block: Spread, first: int) -> Callable[[int], Section]:
        """Gives the sections of one list by their places in the block."""
        query, chosen, _ = asked
        heard = Heard(self._voices, chosen, query.history)
        return lambda at: Section(self.facts, query, block, at, at - first, heard)

    def _sayings(self, offer: Offer) -> Sayings:
        found: Sayings = offer.once(("sayings", id(self)), Sayings)
        return found


def _reasons(
    at: int,
    section: Callable[[int], Section],
    tellers: Sequence[Teller | None],
    factors: Iterable[tuple[int, float]],
    most: int | None,
) -> tuple[Reason, ...]:
    """The reasons of one section: a factor of which nothing is true is passed over."""
    reasons: list[Reason] = []
    for factor, share in factors:
        if len(reasons) == most or share <= ROUNDING:
            break
        if (teller := tellers[factor]) is None:
            continue
        # looked up here, as a call for each factor of each section takes longer than the look
        saying = teller.said.get(teller.keys[at], UNSAID)
        if saying is UNSAID:
            saying = teller.say(section(at))
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
    by_section = np.ascontiguousarray(raised.T)
    order = np.argsort(-by_section, axis=1, kind="stable")
    return order.tolist(), np.take_along_axis(by_section, order, axis=1).tolist()


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
