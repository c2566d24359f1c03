"""A table of people as it would be released, and what must be known to release it safely."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Literal, NamedTuple

import polars as pl

from data.errors import SuppressionError
from data.privacy.suppression.dimensions import UNKNOWN, Dimension

SUPPRESSED: Final = "suppressed"
"""The column that a released table carries: whether a figure of the row is held back."""

Zeros = Literal["publish", "hide"]


class Figure(NamedTuple):
    """A column that counts, under the name it goes by in all tables of a release."""

    column: str
    name: str
    within: str | None
    """The figure whose people these are a part of; None for the whole."""


@dataclass(frozen=True, slots=True)
class Tabulation:
    """One table: a row for each combination of its dimensions, margins among the rows.

    Rows that are absent read as nobody. Figures of the same ``population`` in other tables of
    the release count the same people, and are held back together.
    """

    name: str
    """What the table is called in reports and errors."""
    frame: pl.DataFrame
    """The table; columns beside those named here are left as they are."""
    dims: tuple[Dimension | str, ...]
    """What it is broken down by; a bare column name is a column whose values add up."""
    count: str
    """The column that counts people, or acts of people such as applications."""
    parts: Mapping[str, str] = field(default_factory=dict[str, str])
    """Columns that count some of a row's people, with the column they are a part of."""
    derived: Mapping[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]])
    """Columns worked out from others (shares, ratios), with the counting columns they need."""
    contributors: str | None = None
    """The distinct people behind ``count`` where it counts acts; decides, and isn't released."""
    where: Mapping[str, str] = field(default_factory=dict[str, str])
    """Dimensions by name that the whole table holds fixed, such as ``{"age_band": "60+"}``."""
    population: str = ""
    """Who is counted: equal in tables that count the same; the count's column when empty."""
    zeros: Zeros = "publish"
    """Whether "nobody" may be told. ``hide`` where it would tell something of everybody else."""

    def __post_init__(self) -> None:
        """Check that the table can be read as described."""
        object.__setattr__(self, "population", self.population or self.count)
        self._check_columns()
        self._check_parts()
        for column in self.counting:
            self._check_counts(column)
        self._check_rows()

    @property
    def dimensions(self) -> tuple[Dimension, ...]:
        """The dimensions, bare names spelt out."""
        return tuple(Dimension(dim) if isinstance(dim, str) else dim for dim in self.dims)

    @property
    def counting(self) -> tuple[str, ...]:
        """The columns that count: the whole, then its parts."""
        return (self.count, *self.parts)

    @property
    def figures(self) -> tuple[Figure, ...]:
        """The counting columns by the names they share with other tables."""
        inner = (
            Figure(column, f"{self.population}: {column}", self._named(whole))
            for column, whole in self.parts.items()
        )
        return (Figure(self.count, self.population, None), *inner)

    def coordinates(self) -> pl.DataFrame:
        """The rows' values of each dimension as text, columns named as the dimensions are."""
        own = [
            pl.col(dim.column).cast(pl.String).fill_null(UNKNOWN).alias(dim.name)
            for dim in self.dimensions
        ]
        return self.frame.select(*own, **{name: pl.lit(at) for name, at in self.where.items()})

    def with_frame(self, frame: pl.DataFrame) -> "Tabulation":
        """The same description of another frame; who is behind a count need not be in it."""
        behind = self.contributors if self.contributors in frame.columns else None
        return replace(self, frame=frame, contributors=behind)

    def _named(self, column: str) -> str:
        return self.population if column == self.count else f"{self.population}: {column}"

    def _check_columns(self) -> None:
        needed = [dim.column for dim in self.dimensions]
        needed += [*self.counting, *self.derived, *self.parts.values()]
        needed += [column for sources in self.derived.values() for column in sources]
        needed += [self.contributors] if self.contributors else []
        missing = sorted(set(needed) - set(self.frame.columns))
        if missing:
            raise self._refusal(f"no column {missing}; there are {self.frame.columns}")
        names = [*(dim.name for dim in self.dimensions), *self.where]
        if len(set(names)) < len(names):
            raise self._refusal(f"two dimensions of one name among {names}")

    def _check_parts(self) -> None:
        for column in self.parts:
            seen = [column]
            while seen[-1] in self.parts:
                seen.append(self.parts[seen[-1]])
                if len(seen) > len(self.parts) + 1:
                    raise self._refusal(f"parts contain one another in a circle: {seen}")
            if seen[-1] != self.count:
                raise self._refusal(f"part {column!r} is no part of {self.count!r}")
        for column, sources in self.derived.items():
            strange = sorted(set(sources) - set(self.counting))
            if strange or not sources:
                raise self._refusal(
                    f"{column!r} is worked out from {strange or 'nothing'}; expected counting "
                    f"columns, which are {list(self.counting)}"
                )

    def _check_counts(self, column: str) -> None:
        if not self.frame[column].dtype.is_numeric():
            raise self._refusal(f"{column!r} is {self.frame[column].dtype}; expected numbers")
        counts = self.frame[column].cast(pl.Float64)
        wrong = self.frame.filter(~(counts.is_null() | (counts.is_finite() & (counts >= 0))))
        if wrong.height:
            raise self._refusal(
                f"{column!r} is {wrong[column][0]} in {_row(wrong)}; expected 0 or more"
            )

    def _check_rows(self) -> None:
        coordinates = self.coordinates()
        twice = coordinates.filter(coordinates.is_duplicated()) if coordinates.width else None
        if twice is not None and twice.height:
            raise self._refusal(f"two rows for {twice.row(0, named=True)}")

    def _refusal(self, what: str) -> SuppressionError:
        return SuppressionError(f"table {self.name!r}: {what}")


def _row(rows: pl.DataFrame) -> dict[str, object]:
    return rows.row(0, named=True)


def check_together(tabulations: Iterable[Tabulation]) -> None:
    """Refuse tables that can't be told apart.

    Raises:
        SuppressionError: two tables of one name.
    """
    names = [each.name for each in tabulations]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        message = f"two tables are called {twice}; give each its own name"
        raise SuppressionError(message)
