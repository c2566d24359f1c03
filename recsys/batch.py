"""Lists for many learners at once, from the snapshot alone.

Taste is scored for a block of learners in one product instead of one by one; everything else is
the code that answers online, so that a batch list is the list the service would have given.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

import polars as pl

from data.city import City
from recsys.artifact import Bundle
from recsys.pipeline.recommender import Recommender
from recsys.scorers.matrices import one_thread
from recsys.types import RecommendationList

SCHEMA: Final = pl.Schema(
    {
        "learner_id": pl.String(),
        "rank": pl.Int64(),
        "section_id": pl.String(),
        "course_id": pl.String(),
        "score": pl.Float64(),
    }
)
BLOCK: Final = 256
"""Learners scored together; bounds the memory at block x courses x scorers."""

Done = Callable[[int], None]
"""Told how many learners have been answered."""


class Lists:
    """Makes lists of one length, at one moment, under one policy."""

    def __init__(
        self,
        city: City,
        bundle: Bundle,
        as_of: datetime,
        *,
        n: int,
        programme: str | None = None,
        prices: pl.DataFrame | None = None,
    ) -> None:
        """Prepare what all lists share.

        Args:
            city: the snapshot.
            bundle: the model.
            as_of: the moment of the decisions.
            n: sections a list.
            programme: the programme whose policy answers; None answers across programmes.
            prices: of contested seats, section_id and price; None without any.
        """
        self._recommender = Recommender(
            city,
            as_of,
            bundle.scorers,
            bundle.policies,
            ranker=bundle.ranker,
            completion=bundle.completion,
            prices=prices,
        )
        self._n = n
        self._programme = programme

    def of(self, learner_ids: Sequence[str]) -> pl.DataFrame:
        """Lists of a block of learners, on one thread.

        Args:
            learner_ids: whose lists, in this order; about ``BLOCK`` of them at once. Unknown
                ones get the list that isn't personal.

        Returns:
            learner_id, rank, section_id, course_id, score: lists in the order of
            ``learner_ids``, each best first.
        """
        queries = self._recommender.queries(learner_ids, programme=self._programme, n=self._n)
        with one_thread():
            found = self._recommender.recommend_all(queries, explain=False)
        return _rows(learner_ids, found)


def batch(lists: Lists, learner_ids: Sequence[str], done: Done = lambda _: None) -> pl.DataFrame:
    """Lists of any number of learners, one block after another.

    Args:
        lists: what all of them share.
        learner_ids: whose lists, in this order.
        done: told after each block how many learners were in it.

    Returns:
        The rows of ``Lists.of``, of all blocks.
    """
    parts = [SCHEMA.to_frame()]
    for learners in blocks(learner_ids):
        parts.append(lists.of(learners))
        done(len(learners))
    return pl.concat(parts)


def blocks(learner_ids: Sequence[str]) -> list[Sequence[str]]:
    """The learners in blocks, in order."""
    return [learner_ids[start : start + BLOCK] for start in range(0, len(learner_ids), BLOCK)]


def _rows(learners: Sequence[str], lists: Sequence[RecommendationList]) -> pl.DataFrame:
    rows = [
        (learner, item.rank, item.section_id, item.course_id, item.score)
        for learner, found in zip(learners, lists, strict=True)
        for item in found.items
    ]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")
