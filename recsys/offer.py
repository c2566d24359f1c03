"""The sections on offer as plain arrays, and the part of them that one learner may be shown.

A snapshot's sections are turned into arrays once; a query then compares numbers, so that
twenty thousand sections take well under a millisecond. What many sections share (their course,
their place, their week) is numbered, so that it can be worked out once and told to each of them.
"""

from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping
from functools import cached_property
from itertools import pairwise
from typing import Any, TypeVar

import numpy as np
import polars as pl
from numpy.typing import NDArray

from features.pairs import Minutes, Places
from features.slots import Bits, week_bits
from recsys.columns import UNKNOWN, Agreed, Index, Level, Mask, Reals, Sets


class Offer:
    """Sections as columns of numbers, in the order of the frame they were made from.

    Attributes:
        frame: the sections, with at least the columns that are asked for.
        verdicts: what rules said to earlier queries, see ``recsys.pipeline.eligibility``.
    """

    def __init__(self, frame: pl.DataFrame, travel_times: pl.DataFrame | None = None) -> None:
        """Take the sections; columns become arrays when they are first asked for.

        Args:
            frame: ``features.section.section_features``, or any of its rows and columns.
            travel_times: rows of that contract, which override the travel model.
        """
        self.frame = frame
        self.verdicts: dict[object, Agreed] = {}
        self._names = frozenset(frame.columns)
        self._travel_times = travel_times
        self._numbers: dict[str, Reals] = {}
        self._levels: dict[str, Level] = {}
        self._sets: dict[str, Sets] = {}
        self._rows: dict[str, Mapping[str, Index]] = {}
        self._values: dict[str, list[Any]] = {}
        self._kept: dict[Hashable, Any] = {}
        self._chosen: dict[tuple[str, frozenset[str]], Mask] = {}

    def __len__(self) -> int:
        """How many sections there are."""
        return self.frame.height

    def __contains__(self, name: str) -> bool:
        """Whether there is such a column."""
        return name in self._names

    def numbers(self, name: str) -> Reals:
        """A column as numbers, NaN where null; shape (sections,).

        Booleans are 0 and 1, dates days and instants microseconds since 1970.
        """
        if name not in self._numbers:
            column = self.frame[name]
            whole = column.to_physical() if column.dtype.is_temporal() else column
            self._numbers[name] = whole.cast(pl.Float64).fill_null(np.nan).to_numpy()
        return self._numbers[name]

    def level(self, name: str) -> Level:
        """A column of texts by number."""
        if name not in self._levels:
            texts = self.frame[name].cast(pl.String)
            values = texts.drop_nulls().unique().sort()
            numbers = texts.replace_strict(
                values, pl.Series(range(len(values)), dtype=pl.Int32), default=UNKNOWN
            )
            self._levels[name] = Level(
                tuple(values.to_list()), numbers.cast(pl.Int32).to_numpy().astype(np.int32)
            )
        return self._levels[name]

    def among(self, name: str, wanted: Iterable[str]) -> Mask:
        """Whether a column's text is one of a fixed few; false where null. Kept for next time."""
        key = (name, frozenset(wanted))
        if key not in self._chosen:
            self._chosen[key] = self.level(name).among(key[1])
        return self._chosen[key]

    def known(self, name: str) -> Mask:
        """Whether a column's value is known, section by section. Kept for next time."""
        key = (name, frozenset[str]())
        if key not in self._chosen:
            self._chosen[key] = self.frame[name].is_not_null().to_numpy()
        return self._chosen[key]

    def values(self, name: str) -> list[Any]:
        """A column as Python values, for the few sections that are shown."""
        if name not in self._values:
            self._values[name] = self.frame[name].to_list()
        return self._values[name]

    def sets(self, name: str) -> Sets:
        """A column of lists as sets by number."""
        if name not in self._sets:
            self._sets[name] = Sets.of(self.frame[name].to_list())
        return self._sets[name]

    def once(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """What a stage works out from the sections alone, kept under its key."""
        if key not in self._kept:
            self._kept[key] = make()
        return self._kept[key]

    def rows_of(self, name: str, wanted: Iterable[str]) -> Index:
        """The sections whose text in a column is one of a few that change with every query."""
        rows = self._rows_by_text(name)
        found = [rows[value] for value in wanted if value in rows]
        return np.concatenate(found) if found else np.zeros(0, dtype=np.intp)

    def numbering(self, name: str) -> Mapping[str, int]:
        """The row of each text of a column whose texts all differ."""
        found: Mapping[str, int] = self.once(
            ("numbering", name),
            lambda: {value: row for row, value in enumerate(self.values(name))},
        )
        return found

    def _rows_by_text(self, name: str) -> Mapping[str, Index]:
        if name not in self._rows:
            level = self.level(name)
            order = np.argsort(level.of_section, kind="stable")
            bounds = np.searchsorted(level.of_section[order], np.arange(len(level.values) + 1))
            parts = (order[start:stop] for start, stop in pairwise(bounds))
            self._rows[name] = dict(zip(level.values, parts, strict=True))
        return self._rows[name]

    @cached_property
    def slots(self) -> Bits:
        """The weekly slots of each section as bits."""
        return week_bits(self.frame["slots"])

    @cached_property
    def places(self) -> Places:
        """Where the sections are held."""
        return Places.of(self.frame, self._travel_times)

    @cached_property
    def courses(self) -> Level:
        """What the sections teach."""
        return self.level("course_id")


Kind = TypeVar("Kind", bound=np.generic)

Derived = Callable[["Candidates"], Reals]
"""Works a column out when it is asked for."""


class Candidates:
    """Sections on offer to one learner: rows of an offer, to which stages add columns.

    A column is found by name: first those that stages added, then those that are worked out
    when they are asked for (``travel_min``, ``slot_fit``, ``age_overlap``, scores), then those
    of taste, then the offer's. Numbers are float64 with NaN for unknown.

    Attributes:
        offer: all sections.
        rows: which of them are candidates, in this order; None for all.
        minutes: minutes to each place of the offer, shape (places,); None where unknown.
        tastes: by scorer, a score for each course of the offer; each of shape (courses,).
    """

    __slots__ = ("_added", "_derived", "_less", "minutes", "offer", "rows", "tastes")

    def __init__(
        self,
        offer: Offer,
        rows: Index | None = None,
        *,
        derived: Mapping[str, Derived] | None = None,
        minutes: Minutes | None = None,
        tastes: Mapping[str, NDArray[np.floating]] | None = None,
        added: Mapping[str, NDArray[Any]] | None = None,
        less: tuple[Agreed, Index] | None = None,
    ) -> None:
        """Take rows of an offer.

        Args:
            offer: the sections.
            rows: their numbers, None for all.
            derived: columns that are worked out when they are asked for.
            minutes: minutes to each place of the offer; shape (places,).
            tastes: scores by scorer and course of the offer.
            added: columns of stages, one value per candidate.
            less: where the rows are those that an ``Agreed`` keeps less a few: both.
        """
        self.offer = offer
        self.rows = rows
        self.minutes = minutes
        self.tastes = tastes or {}
        self._less = less
        self._derived = derived or {}
        self._added: dict[str, NDArray[Any]] = dict(added or {})

    @classmethod
    def of(cls, frame: pl.DataFrame) -> "Candidates":
        """All rows of a frame that holds every column which will be asked for."""
        return cls(Offer(frame))

    def __len__(self) -> int:
        """How many sections are on offer."""
        return len(self.offer) if self.rows is None else len(self.rows)

    def __contains__(self, name: str) -> bool:
        """Whether there is such a column."""
        return self.adds(name) or name in self.offer

    def __iter__(self) -> Iterator[str]:
        """The names of the columns."""
        return iter(self.columns)

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of all columns, those of stages last."""
        return tuple(dict.fromkeys([*self.offer.frame.columns, *self._more()]))

    def adds(self, name: str) -> bool:
        """Whether a column is not the offer's: added by a stage, or worked out for who asks."""
        return name in self._added or name in self._derived or name in self.tastes

    def added(self, *prefixes: str) -> list[str]:
        """The columns of stages whose names begin in one of these ways, in the order of adding."""
        return [name for name in self._added if name.startswith(prefixes)]

    def _more(self) -> tuple[str, ...]:
        """The names of the columns that the offer lacks."""
        return tuple(dict.fromkeys([*self._derived, *self.tastes, *self._added]))

    def __getitem__(self, name: str) -> NDArray[Any]:
        """A column as numbers, one per candidate."""
        if name in self._added:
            return self._added[name]
        if name in self._derived:
            self._added[name] = self._derived[name](self)
            return self._added[name]
        if name in self.tastes:
            self._added[name] = self.of_course(self.tastes[name])
            return self._added[name]
        return self.pick(self.offer.numbers(name))

    def of_course(self, by_course: NDArray[Kind]) -> NDArray[Kind]:
        """One value per course of the offer, as one per candidate."""
        found: NDArray[Kind] = by_course[self.pick(self.offer.courses.of_section)]
        return found

    def pick(self, whole: NDArray[Kind]) -> NDArray[Kind]:
        """One value per section of the offer, as one per candidate."""
        return whole if self.rows is None else whole[self.rows]

    def counts(
        self,
        key: Hashable,
        of_section: NDArray[np.signedinteger],
        size: int,
        counted: Mask | None = None,
    ) -> Reals:
        """How many candidates there are of each number; shape (size,).

        Args:
            key: names the numbering and what is counted, within the offer.
            of_section: the number of each section of the offer.
            size: how many numbers there are.
            counted: the numbers that are counted, the others are 0; None for all.
        """

        def of(rows: Index | None) -> Reals:
            numbers = of_section if rows is None else of_section[rows]
            counts = np.bincount(numbers, minlength=size).astype(np.float64)
            return counts if counted is None else counts * counted

        if self._less is None:
            return of(self.rows)
        agreed, without = self._less
        whole: Reals = agreed.once(("counts", key), lambda: of(agreed.kept))
        return whole - of(without) if len(without) else whole

    def mean(self, name: str) -> float:
        """The mean of a column of the offer over the candidates; NaN where nothing is known."""
        values = self.offer.numbers(name)

        def of(rows: Index | None) -> tuple[float, int]:
            some = values if rows is None else values[rows]
            known = some[~np.isnan(some)]
            return float(known.sum()), len(known)

        if self._less is None:
            whole, count = of(self.rows)
        else:
            agreed, without = self._less
            whole, count = agreed.once(("sum", name), lambda: of(agreed.kept))
            if len(without):
                less, fewer = of(without)
                whole, count = whole - less, count - fewer
        return whole / count if count else np.nan

    def sums(self, key: Hashable, values: Reals) -> Reals:
        """The sum over the candidates of some values by section; shape (rows,).

        Args:
            key: names the values, within the offer.
            values: shape (rows, sections).
        """
        if self._less is None:
            chosen = values if self.rows is None else values[:, self.rows]
            return np.asarray(chosen.sum(axis=1), dtype=np.float64)
        agreed, without = self._less
        whole: Reals = agreed.once(("sums", key), lambda: values[:, agreed.kept].sum(axis=1))
        return whole - values[:, without].sum(axis=1) if len(without) else whole

    def among(self, name: str, wanted: Iterable[str]) -> Mask:
        """Whether each candidate's text is one of a fixed few; false where null."""
        return self.pick(self.offer.among(name, wanted))

    def among_known(self, name: str) -> Mask:
        """Whether a column of the offer is known for each candidate."""
        return self.pick(self.offer.known(name))

    def named(self, name: str, texts: Collection[str]) -> Mask:
        """Whether each candidate's text is one of a few that change with every query."""
        if self.rows is None:
            found = np.zeros(len(self.offer), dtype=np.bool_)
            found[self.offer.rows_of(name, texts)] = True
            return found
        wanted = frozenset(texts)
        return np.array([text in wanted for text in self.texts(name)], dtype=np.bool_)

    def texts(self, name: str) -> list[Any]:
        """A column of the offer as Python values, one per candidate."""
        values = self.offer.values(name)
        return values if self.rows is None else [values[row] for row in self.rows.tolist()]

    def take(
        self, which: Index | Mask, added: Mapping[str, NDArray[Any]] | None = None
    ) -> "Candidates":
        """Some of the candidates, in the order given, with more columns where these are given."""
        mask = which.dtype == np.bool_
        rows: Index = np.flatnonzero(which) if mask else which.astype(np.intp, copy=False)
        own = {name: column[rows] for name, column in self._added.items()}
        return Candidates(
            self.offer,
            rows if self.rows is None else self.rows[rows],
            derived=self._derived,
            minutes=self.minutes,
            tastes=self.tastes,
            added={**own, **(added or {})},
        )

    def less(self, rows: Index, agreed: Agreed, without: Index) -> "Candidates":
        """Of all sections, those that an ``Agreed`` keeps less a few.

        Args:
            rows: the sections.
            agreed: keeps these and the few.
            without: the few.
        """
        return Candidates(
            self.offer,
            rows,
            derived=self._derived,
            minutes=self.minutes,
            tastes=self.tastes,
            added={name: column[rows] for name, column in self._added.items()},
            less=(agreed, without),
        )

    def with_columns(
        self,
        added: Mapping[str, NDArray[Any]] | None = None,
        *,
        derived: Mapping[str, Derived] | None = None,
        tastes: Mapping[str, NDArray[np.floating]] | None = None,
    ) -> "Candidates":
        """The same sections with more columns."""
        return Candidates(
            self.offer,
            self.rows,
            derived={**self._derived, **derived} if derived else self._derived,
            minutes=self.minutes,
            tastes={**self.tastes, **tastes} if tastes else self.tastes,
            added={**self._added, **added} if added else self._added,
            less=self._less,
        )

    @property
    def frame(self) -> pl.DataFrame:
        """The candidates as a table, NaN as null: for the few that are shown, and for tests."""
        rows = self.offer.frame if self.rows is None else self.offer.frame[self.rows]
        return rows.with_columns(
            pl.Series(name, self[name], nan_to_null=self[name].dtype.kind == "f")
            for name in self._more()
        )
