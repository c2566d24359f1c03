"""``xuepei bench speed``: how fast lists are made, beside peers and limits in the same run.

Everything runs on one thread and is measured by turns, so that a busy machine slows all of it
alike; figures are medians of rounds, and what counts are the ratios.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from data.city import City
from recsys.artifact import Bundle
from recsys.pipeline.recommender import Recommender
from recsys.scorers.matrices import one_thread
from recsys.settled import settle
from recsys.topk import best_of_each
from recsys.types import LearnerQuery

SECTIONS: Final = 20_000
FACTORS: Final = 64
USERS: Final = 1024
TAKEN: Final = 20
"""Items of each user that are left out of the list."""
K: Final = 20
BLOCK: Final = 256
ROUNDS: Final = 5
LEARNERS: Final = 512
"""Learners whose lists are timed one by one and in a block."""

Floats = NDArray[np.float32]
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class FirstStage:
    """Random factors and what each user has taken: the shape of the work, not its meaning."""

    users: Floats
    items: Floats
    taken: csr_matrix

    @classmethod
    def drawn(cls, seed: int) -> "FirstStage":
        """The same work for every run of a seed."""
        rng = np.random.default_rng(seed)
        rows = np.repeat(np.arange(USERS), TAKEN)
        columns = rng.integers(0, SECTIONS, USERS * TAKEN)
        ones = np.ones(len(rows), dtype=np.float32)
        return cls(
            users=rng.standard_normal((USERS, FACTORS), dtype=np.float32),
            items=rng.standard_normal((SECTIONS, FACTORS), dtype=np.float32),
            taken=csr_matrix((ones, (rows, columns)), shape=(USERS, SECTIONS)),
        )

    def product(self) -> None:
        """The scores alone: no list can be made faster than this."""
        for start in range(0, USERS, BLOCK):
            _ = self.users[start : start + BLOCK] @ self.items.T

    def ours(self) -> list[NDArray[np.int64]]:
        """Scores, what was taken left out, the best of each."""
        found: list[NDArray[np.int64]] = []
        scores = np.empty((BLOCK, SECTIONS), dtype=np.float32)
        sizes, at = np.diff(self.taken.indptr), self.taken.indptr
        for start in range(0, USERS, BLOCK):
            np.matmul(self.users[start : start + BLOCK], self.items.T, out=scores)
            rows = np.repeat(np.arange(BLOCK), sizes[start : start + BLOCK])
            scores[rows, self.taken.indices[at[start] : at[start + BLOCK]]] = -np.inf
            found.append(best_of_each(scores, K))
        return found

    def implicit(self) -> NDArray[np.int32]:
        """The same by ``implicit``'s own recommend."""
        from implicit.cpu.als import AlternatingLeastSquares

        model: Any = AlternatingLeastSquares(factors=FACTORS, num_threads=1)
        model.user_factors, model.item_factors = self.users, self.items
        ids, _ = model.recommend(np.arange(USERS), self.taken, N=K, filter_already_liked_items=True)
        found: NDArray[np.int32] = ids
        return found


def first_stage(seed: int) -> Row:
    """Users a second over 20,000 items of 64 factors, with filtering, in blocks."""
    work = FirstStage.drawn(seed)
    with one_thread():
        took = _by_turns({"product": work.product, "ours": work.ours, "implicit": work.implicit})
    rate = {name: USERS / seconds for name, seconds in took.items()}
    same = float((np.concatenate(work.ours()) == work.implicit()).mean())
    return {
        "work": "first_stage",
        "items": SECTIONS,
        "factors": FACTORS,
        "users_a_second": round(rate["ours"]),
        "implicit_users_a_second": round(rate["implicit"]),
        "product_users_a_second": round(rate["product"]),
        "over_implicit": round(rate["ours"] / rate["implicit"], 2),
        "of_product": round(rate["ours"] / rate["product"], 3),
        "same_as_implicit": round(same, 4),
    }


def pipeline(city: City, bundle: Bundle, as_of: datetime, *, learners: int = LEARNERS) -> Row:
    """Learners a second and milliseconds a learner, with rules, ranker, rerankers and reasons."""
    recommender = Recommender(
        city,
        as_of,
        bundle.scorers,
        bundle.policies,
        ranker=bundle.ranker,
        completion=bundle.completion,
    )
    ids = city.read("learners")["learner_id"].sort().head(learners).to_list()
    _block(recommender, ids)
    settle()
    with one_thread():
        took = _by_turns({"block": lambda: _block(recommender, ids)})["block"]
        alone = [_timed(recommender, recommender.query(learner)) for learner in ids]
    offered = recommender.recommend(recommender.query(None))
    return {
        "work": "pipeline",
        "sections": len(recommender.pool.offer(None)),
        "learners": len(ids),
        "learners_a_second": round(len(ids) / took),
        "ms_a_learner": round(1000 * float(np.median(alone)), 3),
        "ms_a_learner_p95": round(1000 * float(np.quantile(alone, 0.95)), 3),
        "items_of_an_anonymous_list": len(offered.items),
    }


def _block(recommender: Recommender, ids: list[str]) -> None:
    """Queries and lists with reasons for a block of learners."""
    recommender.recommend_all(recommender.queries(ids))


def _timed(recommender: Recommender, query: LearnerQuery) -> float:
    """Seconds of one list."""
    started = time.perf_counter()
    recommender.recommend(query)
    return time.perf_counter() - started


def _by_turns(works: dict[str, Callable[[], object]]) -> dict[str, float]:
    """Median seconds of each, after one round that isn't counted."""
    took: dict[str, list[float]] = {name: [] for name in works}
    for round_number in range(ROUNDS + 1):
        for name, work in works.items():
            started = time.process_time()
            work()
            if round_number:
                took[name].append(time.process_time() - started)
    return {name: float(np.median(seconds)) for name, seconds in took.items()}
