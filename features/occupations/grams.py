"""Runs of tokens as weighted vectors: how alike two short texts are, letter by letter."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from features.occupations.titles import Tokens

LONGEST: Final = 3
"""Tokens in the longest run."""

START: Final = "^"
END: Final = "$"
"""Marks of a text's edges: the last noun decides in Chinese, so an ending is a run of its own."""

Floats = npt.NDArray[np.float64]


def runs(text: Tokens) -> Iterator[str]:
    """Every run of two or three tokens, edges among them, and words of Latin letters alone.

    >>> list(runs(("java", "师")))
    ['java', '^ java', 'java 师', '师 $', '^ java 师', 'java 师 $']
    """
    yield from (token for token in text if len(token) > 1)
    marked = (START, *text, END)
    for length in range(2, LONGEST + 1):
        for at in range(len(marked) - length + 1):
            yield " ".join(marked[at : at + length])


@dataclass(frozen=True, slots=True)
class Grams:
    """Runs known from the names of occupations, and how telling each is."""

    column: dict[str, int]
    """Column of each run."""
    weight: Floats
    """Inverse document frequency of each run: log((1 + N) / (1 + n)) + 1, as Sparck Jones (1972)
    with N names of which n hold the run, smoothed."""

    @classmethod
    def of(cls, texts: Sequence[Tokens]) -> "Grams":
        """Count the runs of the names."""
        counts: Counter[str] = Counter()
        for text in texts:
            counts.update(set(runs(text)))
        column = {run: at for at, run in enumerate(counts)}
        held = np.array([counts[run] for run in column], dtype=np.float64)
        return cls(column, np.log((1 + len(texts)) / (1 + held)) + 1)

    def vectors(self, texts: Iterable[Tokens]) -> sp.csr_array:
        """One row of length 1 per text; the length counts unknown runs as rare ones.

        Returns:
            (texts, runs) sparse; the product of two such matrices holds cosines, 0 to 1.
        """
        rare = float(self.weight.max(initial=1.0))
        columns: list[int] = []
        starts: list[int] = [0]
        norms: list[float] = []
        for text in texts:
            found = {self.column.get(run, -1 - at) for at, run in enumerate(runs(text))}
            known = [at for at in found if at >= 0]
            columns.extend(known)
            starts.append(len(columns))
            norms.append(self._norm(known, rare, len(found) - len(known)))
        data = self.weight[columns] / np.repeat(norms, np.diff(starts))
        shape = (len(norms), len(self.weight))
        return sp.csr_array((data, columns, starts), shape=shape)

    def _norm(self, known: list[int], rare: float, unknown: int) -> float:
        """Length of a text's vector; 1 for an empty text."""
        squares = float((self.weight[known] ** 2).sum()) + unknown * rare**2
        return float(np.sqrt(squares)) or 1.0
