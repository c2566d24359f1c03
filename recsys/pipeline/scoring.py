"""Scores, one order, and the factors behind the scores."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Final, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from recsys.offer import Candidates, Derived, Index, Offer, Reals
from recsys.stages import CourseScorer, Ranker, Reranker, Scorer
from recsys.types import LearnerQuery

Scores = Mapping[str, NDArray[np.float32]]
"""By scorer, a score for each course of an offer."""

NO_SOURCE: Final = "none"
"""The source of a score to which no factor contributed."""

BLOCK: Final = 64
"""Scores whose maximum is looked at together when the best few are sought."""

SHORTLIST: Final = 100
"""Fewest sections that rerankers choose from, where there are as many."""


@runtime_checkable
class Factored(Protocol):
    """A scorer whose score is a sum of named terms."""

    def terms(self, query: LearnerQuery, candidates: Candidates) -> Mapping[str, Reals]:
        """Each term by name, NaN where unknown; higher is better."""
        ...


def in_use(
    query: LearnerQuery, scorers: Mapping[str, Scorer], names: Sequence[str]
) -> dict[str, Scorer]:
    """The named scorers that are there and may be used for this query."""
    return {
        name: scorers[name]
        for name in names
        if name in scorers and (query.personalised or not scorers[name].uses_history)
    }


class Tastes:
    """What the scorers of courses say to a block of queries: one product for all of them."""

    def __init__(self, queries: Sequence[LearnerQuery], scorers: Mapping[str, Scorer]) -> None:
        """Take the block; a scorer is asked when its first score is wanted."""
        self._queries = queries
        self._scorers = {n: s for n, s in scorers.items() if isinstance(s, CourseScorer)}
        self._scores: dict[str, NDArray[np.float32]] = {}
        self._columns: dict[tuple[str, int], Index] = {}

    def of(self, place: int, offer: Offer, names: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        """Scores of an offer's courses for one query of the block, by scorer."""
        wanted = (name for name in names if name in self._scorers)
        return {name: self._block(name)[place][self._at(name, offer)] for name in wanted}

    def _block(self, name: str) -> NDArray[np.float32]:
        """Scores of the whole block, with a last column for courses that can't be scored."""
        if name not in self._scores:
            scores = self._scorers[name].course_scores(self._queries)
            unknown = np.full((len(scores), 1), np.nan, dtype=np.float32)
            self._scores[name] = np.concatenate([scores, unknown], axis=1)
        return self._scores[name]

    def _at(self, name: str, offer: Offer) -> Index:
        key = (name, id(offer))
        if key not in self._columns:
            self._columns[key] = self._scorers[name].columns_of(offer.courses.values)
        return self._columns[key]


def scored(
    query: LearnerQuery, kept: Candidates, scorers: Mapping[str, Scorer], tastes: Scores
) -> Candidates:
    """The candidates with a column per scorer, worked out when a ranker asks for it.

    Args:
        query: who asks.
        kept: the eligible sections.
        scorers: those in use.
        tastes: scores by scorer and course of the offer, of the course scorers in use.
    """
    derived: dict[str, Derived] = {
        name: partial(scorer.score, query) for name, scorer in scorers.items() if name not in tastes
    }
    return kept.with_columns(derived=derived, tastes=tastes)


def best_first(scores: Reals, k: int) -> Index:
    """The places of the k highest scores, highest first; of equals the earlier comes first.

    The k-th largest of the maxima of blocks is a floor that at least k scores reach, so that
    only the few above it are sorted.
    """
    if len(scores) < 2 * BLOCK * k:
        return np.argsort(-scores, kind="stable")[:k]
    whole = len(scores) - len(scores) % BLOCK
    maxima = scores[:whole].reshape(-1, BLOCK).max(axis=1)
    floor = np.partition(maxima, -k)[-k]
    high = np.flatnonzero(scores >= floor)
    return high[np.argsort(-scores[high], kind="stable")[:k]]


def with_factors(
    query: LearnerQuery,
    kept: Candidates,
    chosen: Index,
    ranker: Ranker,
    scorers: Mapping[str, Scorer],
) -> Candidates:
    """The chosen sections with a column ``part_<factor>`` per factor of the score.

    A scorer that is a sum of terms adds ``term_<scorer>_<term>``: how far the section's term is
    above the mean of all kept sections.

    Args:
        query: who asks.
        kept: all eligible sections, scored.
        chosen: places of the sections among the kept ones.
        ranker: whose score it is.
        scorers: those in use.
    """
    parts = ranker.parts(query, kept, chosen)
    columns = {f"part_{name}": part for name, part in parts.items()}
    for name in parts:
        scorer: object = scorers.get(name)
        if isinstance(scorer, Factored):
            terms = scorer.terms(query, kept).items()
            columns |= {f"term_{name}_{t}": v[chosen] - _mean(v) for t, v in terms}
    return kept.take(chosen).with_columns(columns)


def sources(chosen: Candidates) -> list[str]:
    """By section the factor that contributed most to its score; the earlier of equals."""
    parts = [name for name in chosen if name.startswith("part_")]
    if not parts:
        return [NO_SOURCE] * len(chosen)
    table = np.stack([chosen[name] for name in parts])
    best, helped = table.argmax(axis=0).tolist(), (table.max(axis=0) > 0).tolist()
    names = [name.removeprefix("part_") for name in parts]
    return [names[b] if good else NO_SOURCE for b, good in zip(best, helped, strict=True)]


def reranked(
    query: LearnerQuery, ranked: Candidates, rerankers: tuple[Reranker, ...], n: int
) -> tuple[Candidates, dict[str, float]]:
    """The sections after every reranker, in order, and what each cost.

    Args:
        query: who asks.
        ranked: best first, with a column ``score``.
        rerankers: in the policy's order.
        n: sections of the list.

    Returns:
        The sections in their new order, and by reranker the mean score of the first n that it
        gave up, in units of the score.
    """
    costs: dict[str, float] = {}
    for reranker in rerankers:
        after = reranker.rerank(query, ranked)
        shown = min(n, len(after))
        if shown:
            lost = ranked["score"][:shown].mean() - after["score"][:shown].mean()
            costs[reranker.name] = round(float(lost), 6)
        ranked = after
    return ranked, costs


def _mean(values: Reals) -> float:
    """The mean of what is known; NaN where nothing is."""
    known = values[~np.isnan(values)]
    return float(known.mean()) if known.size else np.nan
