"""Text: courses that read like those the learner took; finds courses nobody has taken yet."""

from collections.abc import Sequence
from typing import ClassVar, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from recsys.scorers.histories import HistoryScorer
from recsys.scorers.matrices import (
    Matrix,
    as_matrix,
    matrix_arrays,
    matrix_from,
    places,
    row_sizes,
    text_array,
)
from recsys.scorers.terms import (
    count_terms,
    counts_of,
    course_terms,
    of_length_one,
    rarity_of,
    terms_of,
    weighted,
)
from recsys.stages import Arrays, StageConfig
from recsys.types import TrainingSet


class TextConfig(StageConfig):
    """Which terms are worth counting."""

    max_terms: int = Field(default=50_000, ge=1)
    """Terms kept, the most frequent first; bounds the bundle's size."""

    word_pairs: bool = True
    """Count neighbouring words as terms too: 太极 + 拳 says more than either."""

    skills: bool = False
    """Count each skill that a course teaches as a term too."""

    rarity: float = Field(default=1.0, ge=0)
    """Power of the inverse document frequency: above 1, rare terms count for more."""


class Text(HistoryScorer):
    """Scores a course by how much its text is like the history's.

    Direction: higher is better. Range: 0 to 1. Unit: cosine of TF-IDF vectors
    [salton1988weighting]. Null: no known course in the history, or a course without text.

    A document's vector holds ``(1 + ln count) * idf^rarity`` per term, at length 1; the
    learner's is the weighted sum of those of the history, at length 1.
    """

    name: ClassVar[str] = "text"
    compares: ClassVar[Literal["people", "content"]] = "content"
    config_type: ClassVar[type[StageConfig]] = TextConfig
    config: TextConfig
    _terms: NDArray[np.str_]
    _idf: NDArray[np.float32]
    _documents: Matrix
    _term_columns: dict[str, int]

    def fit(self, training: TrainingSet) -> Self:
        """Weigh the terms of all courses of the pool, taken or not."""
        courses = training.courses.sort("course_id")
        options = {"word_pairs": self.config.word_pairs, "skills": self.config.skills}
        documents = course_terms(courses, **options)
        terms, counts = count_terms(documents, self.config.max_terms)
        self._take_terms(terms, rarity_of(counts, self.config.rarity))
        return self._restore(text_array(courses["course_id"]), weighted(counts, self._idf))

    def embed(self, documents: Sequence[str]) -> Matrix:
        """TF-IDF vectors of any texts, (documents, terms), each of length 1 or empty."""
        cut = [terms_of(text, word_pairs=self.config.word_pairs) for text in documents]
        return weighted(counts_of(cut, self._term_columns), self._idf)

    def fold_in(self, taken: Matrix) -> NDArray[np.float32]:
        """Cosine of the history's vector with every course's."""
        profiles = of_length_one(as_matrix(taken @ self._documents))
        scores = (profiles @ self._documents.T).toarray()
        scores[:, row_sizes(self._documents) == 0] = np.nan
        scores[row_sizes(profiles) == 0] = np.nan
        return scores

    def arrays(self) -> Arrays:
        """Courses, terms, their inverse document frequencies, and the courses' vectors."""
        return {
            "course_ids": self.fitted_courses(),
            "terms": self._terms,
            "idf": self._idf,
            **matrix_arrays("documents", self._documents),
        }

    def load(self, arrays: Arrays) -> Self:
        """Restore from ``arrays``."""
        self._take_terms(arrays["terms"], arrays["idf"])
        return self._restore(arrays["course_ids"], matrix_from("documents", arrays))

    def _restore(self, course_ids: NDArray[np.str_], documents: Matrix) -> Self:
        self.take_courses(course_ids)
        self._documents = documents
        return self

    def _take_terms(self, terms: NDArray[np.str_], idf: NDArray[np.float32]) -> None:
        self._terms, self._idf = terms, idf
        self._term_columns = places(terms)
