"""The whole recommender's lists as lists of courses, with simple orders of the same sections.

eligible sections ─┬─ the policy                  -> its courses, best section first
                   ├─ most popular first          -> the same of the same sections
                   └─ nearest first
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final

import numpy as np
import polars as pl

from recsys.columns import Reals
from recsys.offer import Candidates
from recsys.pipeline.limits import N_MOST
from recsys.pipeline.recommender import Recommender
from recsys.stages import Scorer
from recsys.types import LearnerQuery
from training.course_ranking import Catalogue
from training.metrics.lists import Ids

POLICY: Final = "policy"
POPULAR: Final = "open, popular first"
NEAREST: Final = "open, nearest first"


def policy_lists(
    recommender: Recommender,
    queries: Sequence[LearnerQuery],
    catalogue: Catalogue,
    k: int,
    done: Callable[[], None] | None = None,
) -> tuple[Mapping[str, Ids], list[set[str]]]:
    """The policy's and the baselines' lists for each query.

    Courses of the learner's history are left out of every list: they are in train.

    Args:
        recommender: at the cut.
        queries: one per learner.
        catalogue: numbers the courses.
        k: length of the lists.
        done: told after each learner.

    Returns:
        Lists by model, each of shape (queries, k) and padded with -1, and for each learner the
        courses that had an eligible section: what any of these lists could have shown.
    """
    lists: dict[str, list[Ids]] = {POLICY: [], POPULAR: [], NEAREST: []}
    offered: list[set[str]] = []
    for query in queries:
        kept, _ = recommender.eligible(query)
        offered.append(set(kept.texts("course_id")))
        orders = {
            POLICY: _recommended(recommender, query, k),
            POPULAR: _by_score(recommender.scorers.get("popularity"), query, kept),
            NEAREST: _in_order(kept, kept["travel_min"]),
        }
        for model, courses in orders.items():
            lists[model].append(_first_courses(courses, query, catalogue, k))
        if done:
            done()
    none = np.zeros((0, k), dtype=np.int64)
    return {model: np.array(rows) if rows else none for model, rows in lists.items()}, offered


def _recommended(recommender: Recommender, query: LearnerQuery, k: int) -> pl.Series:
    """The courses of the list, long enough for k that aren't in the history."""
    wanted = replace(query, n=min(N_MOST, k + len(query.history)))
    found = recommender.recommend(wanted, explain=False)
    return pl.Series("course_id", [item.course_id for item in found.items], dtype=pl.String)


def _by_score(scorer: Scorer | None, query: LearnerQuery, kept: Candidates) -> pl.Series:
    """Courses of the kept sections by one scorer; empty where the bundle lacks it."""
    if scorer is None:
        return pl.Series("course_id", [], dtype=pl.String)
    return _in_order(kept, -scorer.score(query, kept))


def _in_order(kept: Candidates, values: Reals) -> pl.Series:
    """Courses of the kept sections, the smallest value first, the unknown last."""
    order = np.argsort(values, kind="stable")
    return pl.Series("course_id", kept.take(order).texts("course_id"), dtype=pl.String)


def _first_courses(courses: pl.Series, query: LearnerQuery, catalogue: Catalogue, k: int) -> Ids:
    """Numbers of the first k distinct courses that aren't in the history; -1 fills up."""
    taken = set(query.history)
    distinct = courses.unique(maintain_order=True)
    fresh = distinct.filter(~distinct.is_in(sorted(taken)))
    numbers = catalogue.numbers(fresh).drop_nulls().head(k).to_numpy()
    return np.pad(numbers, (0, k - len(numbers)), constant_values=-1)
