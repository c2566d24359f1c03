"""The courses near the top for some scorer: no other can enter a list of twenty."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from recsys.stages import CourseScorer
from recsys.topk import best_of_each
from training.course_ranking import batches, standardised, without
from training.metrics.lists import Judged, Relevant, Scores, top_items
from training.tuning.trial import K, Trial

NEAR_TOP: Final = 200
"""Courses of each scorer that are looked at, at most."""

CELLS: Final = 150_000_000
"""Scores kept of a trial, at most: 600 MB. The more learners, the fewer courses of each."""

Columns = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Shortlist:
    """A trial as the weights see it.

    Attributes:
        courses: ascending course numbers, each once a row, then -1; shape (learners, width).
        scores: each scorer's standardised scores of them, 0 at -1.
        right: which of them are in the validation part.
        relevant: how many courses each learner has there; shape (learners,).
    """

    courses: Columns
    scores: Mapping[str, Scores]
    right: NDArray[np.bool_]
    relevant: NDArray[np.int64]

    def judged(self, total: Scores) -> Judged:
        """The best twenty by some scores, held against the validation part.

        Args:
            total: as ``scores``, but -inf where no course stands.
        """
        places = best_of_each(total, K)
        there = places >= 0
        chosen = np.maximum(places, 0)
        items = np.where(there, np.take_along_axis(self.courses, chosen, axis=1), -1)
        hits = there & np.take_along_axis(self.right, chosen, axis=1)
        return Judged(items.astype(np.int64), hits, self.relevant)


def near_top(learners: int, scorers: int) -> int:
    """Courses of each scorer that are looked at, so that all scores stay under ``CELLS``.

    >>> near_top(5_000, 7), near_top(30_000, 7)
    (200, 102)
    """
    most = CELLS // max(1, learners * scorers * scorers)
    return max(2 * K, min(NEAR_TOP, most))


def shortlist(trial: Trial, scorers: Mapping[str, CourseScorer]) -> Shortlist:
    """Score every course, a batch of learners at a time, and keep what is near the top.

    Args:
        trial: the learners and the catalogue.
        scorers: by name, fitted on the trial's training set.
    """
    shape = (len(trial.queries), len(trial.catalogue))
    depth = min(near_top(shape[0], len(scorers)), shape[1])
    readers = {name: trial.catalogue.reader(scorer) for name, scorer in scorers.items()}
    courses = np.full((shape[0], depth * len(scorers)), -1, dtype=np.int32)
    scores = {name: np.zeros(courses.shape, dtype=np.float32) for name in scorers}
    width = 0
    for start, stop in batches(*shape):
        queries, barred = trial.queries[start:stop], trial.barred[start:stop]
        parts = {name: standardised(read(queries), barred) for name, read in readers.items()}
        tops = [_top(part, barred, depth) for part in parts.values()]
        found = _once(np.concatenate(tops, axis=1))
        width = max(width, found.shape[1])
        there, places = found >= 0, np.maximum(found, 0)
        courses[start:stop, : found.shape[1]] = found
        for name, part in parts.items():
            own = np.take_along_axis(part, places, axis=1)
            scores[name][start:stop, : found.shape[1]] = np.where(there, own, 0)
    kept = courses[:, :width].copy()
    cut = {name: scores.pop(name)[:, :width].copy() for name in list(scores)}
    right, relevant = _right(kept, trial.relevant)
    return Shortlist(kept, cut, right, relevant)


def _top(part: Scores, barred: Relevant, depth: int) -> NDArray[np.int64]:
    """The best courses of each learner; none where the scorer tells no course from another."""
    top = top_items(without(part, barred), depth)
    top[~part.any(axis=1)] = -1
    return top


def _once(courses: NDArray[np.int64]) -> NDArray[np.int64]:
    """Each course of a row once, ascending, then -1; no wider than the fullest row."""
    last = np.iinfo(np.int64).max
    found = np.sort(np.where(courses < 0, last, courses), axis=1)
    found[:, 1:][found[:, 1:] == found[:, :-1]] = last
    found.sort(axis=1)
    width = int((found < last).sum(axis=1).max(initial=0))
    kept: NDArray[np.int64] = found[:, :width]
    return np.where(kept < last, kept, -1)


def _right(courses: Columns, relevant: Relevant) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """Which courses are right, and how many right ones each learner has."""
    sizes = np.diff(relevant.indptr).astype(np.int64)
    rows, width = np.arange(len(courses), dtype=np.int64), relevant.shape[1]
    right = np.repeat(rows, sizes) * width + relevant.indices
    asked = rows[:, None] * width + courses
    return np.isin(asked, right) & (courses >= 0), sizes
