"""Scores, one order, and the factors behind the scores."""

from collections.abc import Mapping, Sequence
from functools import partial
from itertools import islice
from typing import Final, Protocol, cast

import numpy as np
from numpy.typing import NDArray

from recsys.columns import Index, Reals
from recsys.explainers.spread import PART, TERM, Blocks
from recsys.offer import Candidates, Derived, Offer
from recsys.stages import ORDER, CourseScorer, Ranker, Reranker, Scorer
from recsys.types import LearnerQuery

Scores = Mapping[str, NDArray[np.float32]]
"""By scorer, a score for each course of an offer."""

NO_SOURCE: Final = "none"
"""The source of a score to which no factor contributed."""

SHORTLIST: Final = 100
"""Fewest sections that rerankers choose from, where there are as many."""


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
    return kept.with_columns(derived=derived, tastes=tastes) if scorers else kept


def with_factors(
    query: LearnerQuery,
    kept: Candidates,
    chosen: Index,
    ranker: Ranker,
    scorers: Mapping[str, Scorer],
    *,
    means: bool = True,
) -> Candidates:
    """The chosen sections with a column ``part_<factor>`` per factor of the score.

    A scorer that is a sum of terms adds ``term_<scorer>_<term>``: what the term contributes to
    the part, so that the terms of a part sum to it. Two columns tell what a section is compared
    with: ``mean_travel_min`` (of the rooms) and ``mean_price_net_fen``, over all kept sections.

    Args:
        query: who asks.
        kept: all eligible sections, scored.
        chosen: places of the sections among the kept ones.
        ranker: whose score it is.
        scorers: those in use.
        means: whether the two are wanted.
    """
    parts = ranker.parts(query, kept, chosen)
    columns = {f"{PART}{name}": part for name, part in parts.items()}
    for name, part in parts.items():
        if (scorer := factored(scorers.get(name))) is not None:
            terms = _shared_out(part, scorer.terms(query, kept), chosen)
            columns |= {f"{TERM}{name}_{term}": values for term, values in terms.items()}
    if means:
        columns["mean_travel_min"] = np.full(len(chosen), _mean_way(kept))
        columns["mean_price_net_fen"] = np.full(len(chosen), kept.mean("price_net_fen"))
    return kept.take(chosen, columns)


def factored(scorer: Scorer | None) -> Factored | None:
    """A scorer that is a sum of terms, as such; None for any other."""
    # By the name, as a check against the protocol costs more than the terms.
    return cast("Factored", scorer) if hasattr(scorer, "terms") else None


def _shared_out(part: Reals, terms: Mapping[str, Reals], chosen: Index) -> dict[str, Reals]:
    """A part as the sum of its terms: each above its mean, in units of the score.

    The part is the scorer's score less its mean, in another unit; the unit is the slope of the
    one on the other. An unknown term counts as the mean one, as in the score.
    """
    above = {name: np.nan_to_num(values[chosen] - _mean(values)) for name, values in terms.items()}
    whole = np.sum(list(above.values()), axis=0)
    square = float(whole @ whole)
    unit = float(part @ whole) / square if square > 0 else 0.0
    return {name: unit * values for name, values in above.items()}


def _mean_way(kept: Candidates) -> float:
    """Mean minutes to the sections that are held in a room; NaN where no way is known."""
    venues, minutes = kept.offer.places, kept.minutes
    if minutes is None:
        return np.nan
    # by place: there are far fewer of them
    held = kept.counts("rooms", venues.of_section, len(venues), counted=~venues.online)
    told = float(np.add.reduce(held))
    if len(unknown := np.isnan(minutes).nonzero()[0]):
        minutes = minutes.copy()
        minutes[unknown] = 0.0
        told -= float(np.add.reduce(held[unknown]))
    return float(held @ minutes) / told if told else np.nan


def sources(blocks: Blocks) -> Mapping[int, list[str]]:
    """By list, the factor that contributed most to each section's score; the earlier of equals."""
    found: dict[int, list[str]] = {}
    for places, block in blocks:
        parts = [name for name in block.parts if name.startswith(PART)]
        names = np.array([*(part.removeprefix(PART) for part in parts), NO_SOURCE])
        if parts:
            table = block.table(parts)
            best = np.where(table.max(axis=0) > 0, table.argmax(axis=0), -1)
        else:
            best = np.full(len(block), -1)
        told = iter(names[best].tolist())
        for place, chosen in zip(places, block.lists, strict=True):
            found[place] = list(islice(told, len(chosen)))
    return found


def adjusted(
    query: LearnerQuery, kept: Candidates, scores: Reals, rerankers: Sequence[Reranker]
) -> Candidates:
    """The eligible sections with their score, and what they are ordered by.

    Args:
        query: who asks.
        kept: the eligible sections.
        scores: the ranker's.
        rerankers: whose adjustments are added up.
    """
    scored = kept.with_columns({"score": scores, ORDER: scores})
    changes = [reranker.adjust(query, scored) for reranker in rerankers]
    known = [change for change in changes if change is not None]
    return scored.with_columns({ORDER: scores + np.sum(known, axis=0)}) if known else scored


def reranked(
    query: LearnerQuery,
    shortlist: Candidates,
    top: Reals,
    rerankers: Sequence[Reranker],
    n: int,
) -> tuple[Candidates, dict[str, float]]:
    """The sections after every reranker, in order, and what each cost.

    Args:
        query: who asks; ``n`` is the length of the list.
        shortlist: best first by ``ORDER``.
        top: the n highest scores of all eligible sections, before any adjustment.
        rerankers: in the policy's order.
        n: sections of the list.

    Returns:
        The sections in their new order, and by reranker the mean score of the list that it gave
        up, in units of the score; what adjustments gave up stands under ``adjustments``.
    """
    costs: dict[str, float] = {}
    before = _top_mean(top, n)
    for name, reranker in (("adjustments", None), *((each.name, each) for each in rerankers)):
        former = shortlist
        if reranker is not None:
            shortlist = reranker.rerank(query, former)
        if shortlist is former and reranker is not None:
            costs[name] = 0.0
            continue
        after = _top_mean(shortlist["score"], n)
        costs[name] = round(before - after, 6)
        before = after
    return shortlist, costs


def _top_mean(scores: Reals, n: int) -> float:
    """The mean of the first n scores, 0 of none."""
    shown = scores[:n]
    # a tenth of what ``mean`` takes for so few, and the same sum
    return float(np.add.reduce(shown)) / len(shown) if len(shown) else 0.0


def _mean(values: Reals) -> float:
    """The mean of what is known; NaN where nothing is."""
    mean = float(values.mean()) if values.size else np.nan
    if mean == mean:
        return mean
    known = values[~np.isnan(values)]
    return float(known.mean()) if known.size else np.nan
