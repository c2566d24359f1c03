"""Content carried by taste: finds courses nobody has taken yet through what people take."""

from typing import ClassVar, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from recsys.scorers.histories import HistoryScorer, taken_courses
from recsys.scorers.matrices import Matrix, one_thread, sparse, text_array
from recsys.scorers.neighbours import damped
from recsys.scorers.terms import count_terms, course_terms, rarity_of, weighted
from recsys.stages import Arrays, StageConfig
from recsys.types import TrainingSet

Reals = NDArray[np.float32]

PASSES = 4
"""Passes of the search for topics: each brings them closer to the leading ones."""

BLOCK = 64
"""Topics carried through the interactions at once: bounds the memory of a fit."""

FAINT = 1e-3
"""A course of which the topics keep less than this share is one they say nothing about."""


class ContentConfig(StageConfig):
    """What of the courses' text is kept, and how far taste carries it."""

    topics: int = Field(default=256, ge=1)
    """Directions kept of the space of terms; fewer where there are fewer courses or terms.
    Bounds the bundle's size."""

    smoothing: float = Field(default=5.0, ge=0)
    """Weight of what alike learners took against the history itself, which weighs 1."""

    shrinkage: float = Field(default=0.4, gt=0)
    """Ridge penalty, in mean topics: how many courses share a topic on average, times this."""

    rarity: float = Field(default=2.0, ge=0)
    """Power of the inverse document frequency: above 1, rare terms count for more."""

    max_terms: int = Field(default=50_000, ge=1)
    """Terms counted, the most frequent first."""

    word_pairs: bool = True
    """Count neighbouring words as terms too: 太极 + 拳 says more than either."""

    skills: bool = True
    """Count each skill that a course teaches as a term too."""


class Content(HistoryScorer):
    """Scores a course, taken or never yet, by its content and what alike learners took.

    Direction: higher is better. Range: unbounded. Unit: none (comparable within one query).
    Null: no course with content in the history, or a course without content.

    With TF-IDF vectors T of all courses [salton1988weighting] and the normalised interactions
    R of ``lowpass`` [shen2021gfcf], the topics Z are the leading right singular vectors of
    ``R T``: of all that texts tell, what people's choices follow. E holds the courses' vectors
    ``T Z`` at length 1. A history x is smoothed to ``x + smoothing * x R^T R``, and a ridge
    regression on E carries it to every course: ``E (E_w^T E_w + penalty)^-1 E_w^T`` over the
    courses w that somebody took.
    """

    name: ClassVar[str] = "content"
    compares: ClassVar[Literal["people", "content"]] = "content"
    config_type: ClassVar[type[StageConfig]] = ContentConfig
    config: ContentConfig
    _courses: Reals
    _profiles: Reals

    def fit(self, training: TrainingSet) -> Self:
        """Find the topics, place the courses, and what each says of who took it."""
        courses = training.courses.sort("course_id")
        ids = text_array(courses["course_id"])
        options = {"word_pairs": self.config.word_pairs, "skills": self.config.skills}
        _, counts = count_terms(course_terms(courses, **options), self.config.max_terms)
        with one_thread():
            vectors = weighted(counts, rarity_of(counts, self.config.rarity))
            signal = _signal(training, ids)
            topics = leading_topics(vectors, signal, self.config.topics, training.seed)
            placed = _of_length_one(vectors @ topics)
            profiles = self._carried(placed, signal)
        return self._restore(ids, placed, profiles)

    def fold_in(self, taken: Matrix) -> NDArray[np.float32]:
        """The smoothed history's profile held against every course."""
        profiles = taken @ self._profiles
        scores = np.asarray(profiles @ self._courses.T, dtype=np.float32)
        scores[:, ~self._courses.any(axis=1)] = np.nan
        scores[~profiles.any(axis=1)] = np.nan
        return scores

    def arrays(self) -> Arrays:
        """Courses, their places among the topics, and their profiles, (courses, topics) both."""
        return {
            "course_ids": self.fitted_courses(),
            "courses": self._courses,
            "profiles": self._profiles,
        }

    def load(self, arrays: Arrays) -> Self:
        """Restore from ``arrays``."""
        return self._restore(arrays["course_ids"], arrays["courses"], arrays["profiles"])

    def _carried(self, placed: Reals, signal: Matrix) -> Reals:
        """What one course of the history adds to a learner's profile; shape of ``placed``."""
        known = np.bincount(signal.indices, minlength=placed.shape[0]) > 0
        taught = placed[known].astype(np.float64)
        topics = placed.shape[1]
        penalty = self.config.shrinkage * max(len(taught), 1) / max(topics, 1)
        gram = taught.T @ taught + penalty * np.eye(topics)
        right = placed.T.astype(np.float64)
        solved = np.asarray(np.linalg.solve(gram, right), dtype=np.float32)
        own: Reals = solved.transpose()
        return np.asarray(own + self.config.smoothing * _smoothed(own, signal), dtype=np.float32)

    def _restore(self, course_ids: NDArray[np.str_], courses: Reals, profiles: Reals) -> Self:
        self.take_courses(course_ids)
        self._courses, self._profiles = courses, profiles
        return self


def leading_topics(vectors: Matrix, signal: Matrix, limit: int, seed: int) -> Reals:
    """Leading right singular vectors of ``signal @ vectors``, by subspace iteration.

    Without any interactions they are those of ``vectors`` alone.

    Args:
        vectors: (courses, terms).
        signal: (learners, courses).
        limit: upper bound on the number of topics.
        seed: of the random start.

    Returns:
        Orthonormal columns, (terms, topics).
    """
    wanted = min(limit, *vectors.shape)
    start = np.random.default_rng(seed).standard_normal((vectors.shape[1], wanted))
    topics = np.linalg.qr(start.astype(np.float32))[0]
    for _ in range(PASSES):
        placed = vectors @ topics
        carried = _smoothed(placed, signal) if signal.nnz else placed
        topics = np.linalg.qr(vectors.T @ carried)[0]
    return np.asarray(topics, dtype=np.float32)


def _smoothed(values: Reals, signal: Matrix) -> Reals:
    """``signal^T signal @ values``, a block of columns at a time."""
    smoothed = np.zeros_like(values)
    for start in range(0, values.shape[1], BLOCK):
        block = slice(start, start + BLOCK)
        smoothed[:, block] = signal.T @ (signal @ values[:, block])
    return smoothed


def _signal(training: TrainingSet, course_ids: NDArray[np.str_]) -> Matrix:
    """Normalised interactions over the columns of ``course_ids``; (learners, courses)."""
    courses, taken = taken_courses(training.interactions)
    signal = damped(taken, 0.5, 0.5)
    columns = np.searchsorted(course_ids, courses)
    known = np.isin(courses, course_ids)
    rows = np.repeat(np.arange(signal.shape[0]), np.diff(signal.indptr))
    kept = known[signal.indices]
    shape = (signal.shape[0], len(course_ids))
    return sparse(rows[kept], columns[signal.indices[kept]], signal.data[kept], shape)


def _of_length_one(values: Reals) -> Reals:
    """Each row at Euclidean length 1; rows of next to nothing become zero."""
    lengths = np.linalg.norm(values, axis=1, keepdims=True)
    scaled = np.divide(values, lengths, out=np.zeros_like(values), where=lengths > FAINT)
    return np.ascontiguousarray(scaled, dtype=np.float32)
