"""Texts as weighted terms: TF-IDF vectors of courses [salton1988weighting]."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, pairwise

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.sparse import diags_array

from features.text import tokens
from recsys.scorers.matrices import Matrix, as_matrix, sparse, text_array

LONGEST_TERM = 24
"""Longer terms are addresses or noise; the vocabulary is stored at one fixed width."""


def terms_of(text: str, *, word_pairs: bool) -> list[str]:
    """The terms of a text: its words and, when asked for, its pairs of neighbouring words."""
    words = tokens(text)
    pairs = (f"{left} {right}" for left, right in pairwise(words)) if word_pairs else ()
    return [term for term in chain(words, pairs) if len(term) <= LONGEST_TERM]


def course_terms(courses: pl.DataFrame, *, word_pairs: bool, skills: bool) -> list[list[str]]:
    """The terms of each course: those of its document and, when asked for, its skills.

    Args:
        courses: ``course_id``, and ``document`` and ``skill_ids`` where there are any.
        word_pairs: count neighbouring words as terms too.
        skills: count each skill as a term too.

    Returns:
        One list per row, in their order.
    """
    terms: list[list[str]] = [[] for _ in range(courses.height)]
    if "document" in courses.columns:
        for own, text in zip(terms, courses["document"].fill_null(""), strict=True):
            own.extend(terms_of(text, word_pairs=word_pairs))
    if skills and "skill_ids" in courses.columns:
        for own, ids in zip(terms, courses["skill_ids"], strict=True):
            own.extend(f"skill:{skill}" for skill in ids if skill is not None)
    return terms


def count_terms(documents: Sequence[Sequence[str]], limit: int) -> tuple[NDArray[np.str_], Matrix]:
    """The most frequent terms, sorted, and how often each document holds them.

    Args:
        documents: the terms of each document.
        limit: how many terms to keep; of equally frequent ones the first in order.

    Returns:
        Terms (terms,) and counts (documents, terms).
    """
    found: dict[str, int] = {}
    at = [found.setdefault(term, len(found)) for document in documents for term in document]
    terms = np.array(list(found), dtype=np.str_)
    frequency = np.bincount(np.array(at, dtype=np.int64), minlength=len(terms))
    kept = np.sort(terms[np.lexsort((terms, -frequency))[:limit]])
    if not kept.size:
        kept = text_array(pl.Series([], dtype=pl.String))
    columns = {str(term): column for column, term in enumerate(kept)}
    return kept, counts_of(documents, columns)


def counts_of(documents: Iterable[Sequence[str]], columns: Mapping[str, int]) -> Matrix:
    """How often each document holds the terms of ``columns``; shape (documents, terms)."""
    held = [[columns[term] for term in document if term in columns] for document in documents]
    rows = np.repeat(np.arange(len(held)), [len(document) for document in held])
    at = np.fromiter(chain.from_iterable(held), dtype=np.int64, count=len(rows))
    ones = np.ones(len(rows), dtype=np.float32)
    return sparse(rows, at, ones, (len(held), len(columns)))


def rarity_of(counts: Matrix, power: float) -> NDArray[np.float32]:
    """Smoothed inverse document frequency of each term, ``(1 + ln((1 + n) / (1 + df)))^power``."""
    held_by = np.bincount(counts.indices, minlength=counts.shape[1])
    idf = 1 + np.log((1 + counts.shape[0]) / (1 + held_by))
    return (idf**power).astype(np.float32)


def weighted(counts: Matrix, rarity: NDArray[np.float32]) -> Matrix:
    """Vectors of ``(1 + ln count) * rarity``, each of length 1 or empty."""
    weights = counts.copy()
    weights.data = (1 + np.log(weights.data)) * rarity[weights.indices]
    return of_length_one(weights)


def of_length_one(matrix: Matrix) -> Matrix:
    """Each row divided by its Euclidean length; empty rows stay empty."""
    lengths = np.sqrt(np.asarray(matrix.power(2).sum(axis=1), dtype=np.float64))
    inverse = np.divide(1.0, lengths, out=np.zeros_like(lengths), where=lengths > 0)
    return as_matrix(diags_array(inverse) @ matrix)
