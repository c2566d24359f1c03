"""Rank every course for many learners at once, in batches of bounded memory.

queries -> scorers (rows of scores) -> standardised, weighted -> courses in train left out -> lists
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from recsys.rankers.blend import standardised as spread_units
from recsys.scorers.matrices import sparse
from recsys.stages import CourseScorer
from recsys.types import LearnerQuery
from training.metrics.lists import Ids, Relevant, Scores, top_items

BATCH_CELLS = 2_000_000
"""Scores of one scorer held at once: 8 MB, which stays near the processor."""

Score = Callable[[Sequence[LearnerQuery], Relevant], Scores]
"""Scores of the whole catalogue for some queries, given the courses that are out of the
question for each; shape (queries, courses), NaN = not ranked."""

Read = Callable[[Sequence[LearnerQuery]], Scores]
"""One scorer's scores of the whole catalogue; NaN for courses it doesn't know."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The courses that are ranked, in the order of the score columns.

    Attributes:
        course_ids: text ids, each once.
    """

    course_ids: pl.Series

    def __len__(self) -> int:
        """How many courses are ranked."""
        return len(self.course_ids)

    def numbers(self, courses: pl.Series) -> pl.Series:
        """Column of each course, null for a course that isn't ranked."""
        columns = pl.Series(range(len(self)), dtype=pl.Int64)
        return courses.replace_strict(self.course_ids, columns, default=None, return_dtype=pl.Int64)

    def matrix(self, rows: pl.Series, courses: pl.Series, height: int) -> Relevant:
        """An entry at each (row, course); courses that aren't ranked are left out."""
        pairs = pl.DataFrame({"row": rows, "column": self.numbers(courses)}).drop_nulls().unique()
        ones = np.ones(pairs.height, dtype=np.float32)
        shape = (height, len(self))
        return sparse(pairs["row"].to_numpy(), pairs["column"].to_numpy(), ones, shape)

    def reader(self, scorer: CourseScorer) -> Read:
        """A fitted scorer's scores in the catalogue's order."""
        known = self.numbers(pl.Series(scorer.fitted_courses().tolist(), dtype=pl.String))
        ranked, columns = known.is_not_null().to_numpy(), known.drop_nulls().to_numpy()
        in_order = np.array_equal(columns, np.arange(len(self))) and bool(ranked.all())

        def read(queries: Sequence[LearnerQuery]) -> Scores:
            scores = scorer.course_scores(queries)
            if in_order:
                return scores
            aligned = np.full((len(queries), len(self)), np.nan, dtype=np.float32)
            aligned[:, columns] = scores[:, ranked]
            return aligned

        return read


def standardised(scores: Scores, barred: Relevant) -> Scores:
    """Each row as the blend sees it: mean 0 and deviation 1 over what may be ranked, NaN as 0.

    Args:
        scores: shape (queries, courses).
        barred: True for courses that are not ranked for that query.
    """
    units = spread_units(without(scores, barred))
    return np.nan_to_num(units, copy=False, nan=0.0).astype(np.float32)


def without(scores: Scores, barred: Relevant) -> Scores:
    """A copy of the scores with NaN where a course is barred."""
    values = scores.astype(np.float32, copy=True)
    rows = np.repeat(np.arange(barred.shape[0]), np.diff(barred.indptr))
    values[rows, barred.indices] = np.nan
    return values


def score_alone(catalogue: Catalogue, scorer: CourseScorer, fallback: CourseScorer) -> Score:
    """One scorer; learners it knows nothing about get the fallback's scores."""
    read, read_fallback = catalogue.reader(scorer), catalogue.reader(fallback)

    def score(queries: Sequence[LearnerQuery], barred: Relevant) -> Scores:
        scores = without(read(queries), barred)
        silent = np.flatnonzero(np.isnan(scores).all(axis=1))
        if silent.size:
            chosen = [queries[row] for row in silent.tolist()]
            scores[silent] = without(read_fallback(chosen), barred[silent])
        return scores

    return score


def score_blend(
    catalogue: Catalogue,
    scorers: Mapping[str, CourseScorer],
    weights: Mapping[str, float],
    fallback: CourseScorer,
) -> Score:
    """The weighted sum of standardised scores; learners nobody can score get the fallback's."""
    readers = {name: catalogue.reader(scorers[name]) for name in weights}
    read_fallback = catalogue.reader(fallback)

    def score(queries: Sequence[LearnerQuery], barred: Relevant) -> Scores:
        total = np.zeros((len(queries), len(catalogue)), dtype=np.float32)
        for name, weight in weights.items():
            part = standardised(readers[name](queries), barred)
            total += np.float32(weight) * part
        silent = np.flatnonzero(_lacks_history(queries))
        if silent.size:
            chosen = [queries[row] for row in silent.tolist()]
            total[silent] = read_fallback(chosen)
        return without(total, barred)

    return score


def _lacks_history(queries: Sequence[LearnerQuery]) -> NDArray[np.bool_]:
    return np.array([not (query.personalised and query.history) for query in queries])


def rank_courses(score: Score, queries: Sequence[LearnerQuery], barred: Relevant, k: int) -> Ids:
    """The k best courses for each query, best first; ties go to the earlier course.

    Args:
        score: the model.
        queries: who asks.
        barred: courses left out of each list (those in train); shape (queries, courses).
        k: length of the lists.

    Returns:
        Course numbers, shape (queries, min(k, courses)); -1 where a list is shorter.
    """
    lists = [
        top_items(score(queries[start:stop], barred[start:stop]), k)
        for start, stop in batches(len(queries), barred.shape[1])
    ]
    return np.concatenate(lists) if lists else np.zeros((0, min(k, barred.shape[1])), np.int64)


def batches(n: int, width: int) -> Iterator[tuple[int, int]]:
    """Bounds of runs of rows that keep a score matrix under ``BATCH_CELLS``."""
    step = max(1, min(1024, BATCH_CELLS // max(width, 1)))
    for start in range(0, n, step):
        yield start, min(start + step, n)
