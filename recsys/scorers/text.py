"""Text: courses that read like those the learner took; finds courses nobody has taken yet."""

from collections.abc import Sequence
from itertools import pairwise
from typing import ClassVar, Self

import numpy as np
import polars as pl
from numpy.typing import NDArray
from pydantic import Field
from scipy.sparse import diags_array

from features.text import tokens
from recsys.scorers.histories import HistoryScorer
from recsys.scorers.matrices import (
    Matrix,
    as_matrix,
    matrix_arrays,
    matrix_from,
    places,
    row_sizes,
    sparse,
    text_array,
)
from recsys.stages import Arrays, StageConfig
from recsys.types import TrainingSet

LONGEST_TERM = 24
"""Longer terms are addresses or noise; the vocabulary is stored at one fixed width."""


class TextConfig(StageConfig):
    """Which terms are worth counting."""

    max_terms: int = Field(default=50_000, ge=1)
    """Terms kept, the most frequent first; bounds the bundle's size."""

    word_pairs: bool = True
    """Count neighbouring words as terms too: 太极 + 拳 says more than either."""


class Text(HistoryScorer):
    """Scores a course by how much its text is like the history's.

    Direction: higher is better. Range: 0 to 1. Unit: cosine of TF-IDF vectors
    [salton1988weighting]. Null: no known course in the history, or a course without text.

    A document's vector holds ``(1 + ln count) * idf`` per term, at length 1; the learner's is
    the weighted sum of those of the history, at length 1.
    """

    name: ClassVar[str] = "text"
    config_type: ClassVar[type[StageConfig]] = TextConfig
    config: TextConfig
    _terms: NDArray[np.str_]
    _idf: NDArray[np.float32]
    _documents: Matrix
    _term_columns: dict[str, int]

    def fit(self, training: TrainingSet) -> Self:
        """Weigh the terms of all courses of the pool, taken or not."""
        courses = training.courses.sort("course_id")
        texts = courses["document"].fill_null("").to_list()
        terms, idf = learn_terms([self._cut(text) for text in texts], self.config.max_terms)
        self._take_terms(terms, idf)
        return self._restore(text_array(courses["course_id"]), self.embed(texts))

    def embed(self, documents: Sequence[str]) -> Matrix:
        """TF-IDF vectors of any texts, (documents, terms), each of length 1 or empty."""
        counted = [
            (row, self._term_columns[term])
            for row, document in enumerate(documents)
            for term in self._cut(document)
            if term in self._term_columns
        ]
        rows, columns = zip(*counted, strict=True) if counted else ((), ())
        ones = np.ones(len(counted), dtype=np.float32)
        shape = (len(documents), len(self._idf))
        matrix = sparse(np.array(rows, np.int64), np.array(columns, np.int64), ones, shape)
        matrix.data = (1 + np.log(matrix.data)) * self._idf[matrix.indices]
        return of_length_one(matrix)

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

    def _cut(self, text: str) -> list[str]:
        """The terms of a text: its words and, when configured, its pairs of words."""
        words = tokens(text)
        pairs = [" ".join(pair) for pair in pairwise(words)] if self.config.word_pairs else []
        return [term for term in (*words, *pairs) if len(term) <= LONGEST_TERM]


def learn_terms(
    documents: Sequence[Sequence[str]], limit: int
) -> tuple[NDArray[np.str_], NDArray[np.float32]]:
    """The most frequent terms and their smoothed inverse document frequencies.

    Args:
        documents: the terms of each document.
        limit: how many terms to keep.
    """
    # Loading scikit-learn takes seconds that only a fit should pay, never a service's start.
    from sklearn.feature_extraction.text import TfidfVectorizer

    if not any(documents):
        return text_array(pl.Series([], dtype=pl.String)), np.zeros(0, dtype=np.float32)
    vectorizer = TfidfVectorizer(analyzer=list, max_features=limit)
    vectorizer.fit(documents)
    terms = vectorizer.get_feature_names_out().astype(np.str_)
    return terms, vectorizer.idf_.astype(np.float32)


def of_length_one(matrix: Matrix) -> Matrix:
    """Each row divided by its Euclidean length; empty rows stay empty."""
    lengths = np.sqrt(np.asarray(matrix.power(2).sum(axis=1), dtype=np.float64))
    inverse = np.divide(1.0, lengths, out=np.zeros_like(lengths), where=lengths > 0)
    return as_matrix(diags_array(inverse) @ matrix)
