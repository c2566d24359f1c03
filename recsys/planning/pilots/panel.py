"""One outcome as a table of districts by terms, and which of them can be compared."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Grid:
    """An outcome in all districts and terms that can be compared.

    Attributes:
        outcome: its name.
        districts: codes, pilots first.
        treated: (districts,) whether each is a pilot.
        terms: names, oldest first.
        before: terms before the start.
        values: (districts, terms), all known.
        left_out: districts that don't tell of every term.
    """

    outcome: str
    districts: tuple[str, ...]
    treated: NDArray[np.bool_]
    terms: tuple[str, ...]
    before: int
    values: NDArray[np.float64]
    left_out: tuple[str, ...]

    @property
    def after(self) -> int:
        """Terms from the start on."""
        return len(self.terms) - self.before

    @property
    def comparable(self) -> bool:
        """Whether there are pilots, and terms on both sides of the start."""
        return bool(self.treated.any()) and self.before > 0 and self.after > 0

    @property
    def compared(self) -> bool:
        """Whether there is a district to hold the pilots against, besides."""
        return self.comparable and not bool(self.treated.all())


def grid_of(
    panel: pl.DataFrame,
    outcome: str,
    pilots: Sequence[str],
    others: Sequence[str],
    terms: Sequence[str],
    before: int,
) -> Grid:
    """Lay one outcome out.

    A term of which no district tells is left out; then a district that doesn't tell of every term
    is, for a mean over different terms compares seasons, not districts.

    Args:
        panel: division_code, term, outcome, value.
        outcome: which.
        pilots: their codes.
        others: codes of comparison districts.
        terms: finished terms, oldest first.
        before: how many of them lie before the start.
    """
    told = panel.filter(pl.col("outcome") == outcome, pl.col("value").is_not_null())
    known = {(code, term): value for code, term, _, value in told.select(
        "division_code", "term", "outcome", "value").iter_rows()}  # fmt: skip
    wanted = [*pilots, *others]
    kept = [term for term in terms if any((code, term) in known for code in wanted)]
    whole = [code for code in wanted if all((code, term) in known for term in kept)]
    districts = whole if kept else []
    values = np.array([[known[code, term] for term in kept] for code in districts])
    return Grid(
        outcome,
        tuple(districts),
        np.array([code in pilots for code in districts], dtype=np.bool_),
        tuple(kept),
        sum(term in kept for term in terms[:before]),
        values.reshape(len(districts), len(kept)),
        tuple(code for code in wanted if code not in districts),
    )
