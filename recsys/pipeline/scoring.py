"""Scores, one order, and the factors behind the scores."""

from collections.abc import Mapping
from typing import Protocol, runtime_checkable

import polars as pl

from recsys.rankers.blend import Blend
from recsys.stages import Reranker, Scorer
from recsys.types import Candidates, LearnerQuery


@runtime_checkable
class Factored(Protocol):
    """A scorer whose score is a sum of named terms."""

    def terms(self, query: LearnerQuery) -> Mapping[str, pl.Expr]:
        """Each term by name, null where unknown; higher is better."""
        ...


def in_use(
    query: LearnerQuery, scorers: Mapping[str, Scorer], weights: Mapping[str, float]
) -> dict[str, Scorer]:
    """The policy's scorers that are there and may be used for this query."""
    return {
        name: scorers[name]
        for name in weights
        if name in scorers and (query.personalised or not scorers[name].uses_history)
    }


def ranked(
    query: LearnerQuery,
    kept: Candidates,
    scorers: Mapping[str, Scorer],
    weights: Mapping[str, float],
) -> Candidates:
    """The kept candidates best first; ties by section_id, so that a list can be repeated."""
    columns = [scorer.score(query, kept) for scorer in scorers.values()]
    frame = Blend(weights).rank(query, Candidates(kept.frame.with_columns(columns))).frame
    return Candidates(frame.sort("score", "section_id", descending=[True, False]))


def with_terms(
    query: LearnerQuery, chosen: Candidates, kept: Candidates, scorers: Mapping[str, Scorer]
) -> Candidates:
    """The chosen sections with a column ``term_<scorer>_<term>`` for each term of a scorer.

    Its value is how far the section's term is above the mean of all kept sections.
    """
    terms = {
        f"term_{name}_{term}": value
        for name, scorer in scorers.items()
        if isinstance(scorer, Factored)
        for term, value in scorer.terms(query).items()
    }
    means = kept.frame.select(value.mean().alias(name) for name, value in terms.items())
    gains = [value.alias(name) - means[name].item() for name, value in terms.items()]
    return Candidates(chosen.frame.with_columns(gains))


def reranked(
    query: LearnerQuery, candidates: Candidates, rerankers: tuple[Reranker, ...]
) -> Candidates:
    """The candidates after every reranker, in order."""
    for reranker in rerankers:
        candidates = reranker.rerank(query, candidates)
    return candidates
