"""Learners at one instant: found by id, read only as far as they allow."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, Final

import numpy as np
import polars as pl

from data.city import City
from features.asof import known_at
from features.history import learner_history
from features.learner import learner_features
from features.shown import shown_pairs
from recsys.types import Commitment

MOMENT: Final = timedelta(microseconds=1)
"""A cut-off is exclusive: this much after an event, the event is known."""

Facts = dict[str, Any]
"""Fields of a LearnerQuery."""

SAME: Final = ("age_low", "age_high", "district_code", "home_division_code", "travel_mode")
"""Columns of the register that a query has under the same name."""
OWN: Final = ("goal_occupation_code", "education", "work_status")
"""The same, of those who are personalised."""
REGISTERED: Final = (
    *SAME,
    *OWN,
    *("personalised", "home_lon", "home_lat", "home_known", "max_travel_min"),
    *("free_slots", "needs", "goal_skills"),
)
"""All columns of the register that a query tells of."""
PAST: Final = ("history", "history_weights", "completed", "enrolled_sections", "commitments")
"""Columns of a history."""


class Profiles:
    """What the city's records say about its learners.

    A city without a learners table has recorded nobody's refusal: there, whoever left a
    trace counts as known, and the trace may be read.
    """

    def __init__(self, city: City, as_of: datetime, *, reads_lists: bool = False) -> None:
        """Read the register; histories are read when the first one is asked for.

        Args:
            city: the snapshot.
            as_of: the cut-off, with an offset from UTC.
            reads_lists: whether what learners were shown is read too, for rankers that learn
                from it.
        """
        self._reads_lists = reads_lists
        self.city = known_at(city, as_of)
        self.as_of = as_of
        self._registered = city.has("learners")
        self._learners = learner_features(city, as_of)
        self._row_of = _rows_by_id(self._learners)

    @property
    def register(self) -> pl.DataFrame:
        """``features.learner.learner_features``; empty in a city without a learners table."""
        return self._learners

    def __contains__(self, learner_id: str) -> bool:
        """Whether the learner is known."""
        return learner_id in (self._row_of if self._registered else self._history_row_of)

    def facts(self, learner_id: str, new_events: pl.DataFrame | None) -> Facts:
        """The query fields of a known learner.

        With personalisation off only what decides eligibility and place is in it: age, home,
        needs, limits. History, goals and commitments are not read.

        Args:
            learner_id: a learner that is ``in`` the profiles.
            new_events: rows of the ``events`` contract that the snapshot doesn't hold yet.
        """
        facts = self._register(learner_id) if self._registered else {"personalised": True}
        if facts["personalised"]:
            facts |= self._past(learner_id, new_events) | self._seen(learner_id, new_events)
        return facts

    def facts_of_all(self, learner_ids: Sequence[str]) -> Iterator[Facts]:
        """``facts`` of many known learners, in order; quicker than asking for each."""
        with_past = [self._history_row_of.get(learner) for learner in learner_ids]
        found = [row for row in with_past if row is not None]
        pasts = _rows(self._histories, PAST, found)
        registered = self._register_of_all(learner_ids)
        for learner, facts, row in zip(learner_ids, registered, with_past, strict=True):
            past = {} if row is None else _past_fields(next(pasts))
            if facts["personalised"]:
                facts |= past | self._seen(learner, None)
            yield facts

    def _register_of_all(self, learner_ids: Sequence[str]) -> Iterator[Facts]:
        if not self._registered:
            return ({"personalised": True} for _ in learner_ids)
        rows = [self._row_of[learner] for learner in learner_ids]
        return map(_register_fields, _rows(self._learners, REGISTERED, rows))

    def _register(self, learner_id: str) -> Facts:
        return _register_fields(self._learners.row(self._row_of[learner_id], named=True))

    def _past(self, learner_id: str, new_events: pl.DataFrame | None) -> Facts:
        if new_events is not None and (mine := new_events.filter(_is(learner_id))).height:
            return _past_fields(self._updated(learner_id, mine))
        row = self._history_row_of.get(learner_id)
        return {} if row is None else _past_fields(self._histories.row(row, named=True))

    def _seen(self, learner_id: str, new_events: pl.DataFrame | None) -> Facts:
        """What the learner was shown before, where anybody reads it."""
        if not self._reads_lists:
            return {}
        if new_events is not None and (mine := new_events.filter(_is(learner_id))).height:
            city, horizon = self._with(learner_id, mine)
            pairs = shown_pairs(city, horizon)
            return {
                "shown": tuple(pairs["section_id"].to_list()),
                "outcomes": tuple(pairs["outcome"].to_list()),
            }
        sections, outcomes = self._shown.of(learner_id)
        return {"shown": sections, "outcomes": outcomes}

    @cached_property
    def _shown(self) -> "_Shown":
        return _Shown(shown_pairs(self.city, self.as_of))

    def _updated(self, learner_id: str, newer: pl.DataFrame) -> Mapping[str, Any]:
        """The past with events that came in since."""
        city, horizon = self._with(learner_id, newer)
        return learner_history(city, horizon, [learner_id]).row(0, named=True)

    def _with(self, learner_id: str, newer: pl.DataFrame) -> tuple[City, datetime]:
        """The city of one learner's events with those that came in since, each once."""
        older = self.city.scan("events").filter(_is(learner_id)).collect()
        events = pl.concat([older, newer.select(older.columns)]).unique("event_id", keep="first")
        horizon = max(self.as_of, *(at + MOMENT for at in newer["occurred_at"]))
        return self.city.with_tables(events=events.lazy()), horizon

    @cached_property
    def _histories(self) -> pl.DataFrame:
        return learner_history(self.city, self.as_of)

    @cached_property
    def _history_row_of(self) -> Mapping[str, int]:
        return _rows_by_id(self._histories)


class _Shown:
    """What every learner was shown, five bytes a pair: a city has tens of millions of pairs."""

    def __init__(self, pairs: pl.DataFrame) -> None:
        """Take ``features.shown.shown_pairs``."""
        counts = pairs.group_by("learner_id", maintain_order=True).len()
        self._row_of = _rows_by_id(counts)
        self._bounds = np.concatenate([[0], np.cumsum(counts["len"].to_numpy())]).astype(np.int64)
        ids = pairs["section_id"].unique().sort()
        codes = pl.Series(range(len(ids)), dtype=pl.Int32)
        numbers = pairs["section_id"].replace_strict(ids, codes, return_dtype=pl.Int32)
        self._sections = numbers.to_numpy()
        self._outcomes = pairs["outcome"].to_numpy()
        self._ids: list[str] = ids.to_list()

    def of(self, learner_id: str) -> tuple[tuple[str, ...], tuple[int, ...]]:
        """Section ids and outcomes of one learner."""
        row = self._row_of.get(learner_id)
        if row is None:
            return (), ()
        start, stop = self._bounds[row], self._bounds[row + 1]
        codes: list[int] = self._sections[start:stop].tolist()
        outcomes: list[int] = self._outcomes[start:stop].tolist()
        return tuple([self._ids[code] for code in codes]), tuple(outcomes)


def _rows_by_id(frame: pl.DataFrame) -> dict[str, int]:
    return {learner: row for row, learner in enumerate(frame["learner_id"])}


def _rows(frame: pl.DataFrame, names: Sequence[str], rows: Sequence[int]) -> Iterator[Facts]:
    """Some columns of some rows, read column by column: many times as quick as row by row."""
    some = frame.select(names)[rows] if rows else frame.select(names).clear()
    columns = [column.to_list() for column in some]
    return (dict(zip(names, values, strict=True)) for values in zip(*columns, strict=True))


def _is(learner_id: str) -> pl.Expr:
    return pl.col("learner_id") == learner_id


def _register_fields(row: Mapping[str, Any]) -> Facts:
    facts = {name: row[name] for name in SAME} | {
        "personalised": row["personalised"],
        "home": None if row["home_lon"] is None else (row["home_lon"], row["home_lat"]),
        "home_known": row["home_known"],
        "usual_circle_min": row["max_travel_min"],
        "usual_slots": None if row["free_slots"] is None else frozenset(row["free_slots"]),
        "needs": frozenset(row["needs"]),
    }
    if row["personalised"]:
        facts["goal_skills"] = frozenset(row["goal_skills"])
        facts |= {name: row[name] for name in OWN}
    return facts


def _past_fields(row: Mapping[str, Any]) -> Facts:
    commitments = (
        Commitment(held["section_id"], frozenset(held["slots"]), held["starts_on"], held["ends_on"])
        for held in row["commitments"]
    )
    return {
        "history": tuple(row["history"]),
        "history_weights": tuple(row["history_weights"]),
        "completed": frozenset(row["completed"]),
        "enrolled_sections": frozenset(row["enrolled_sections"]),
        "commitments": tuple(commitments),
    }
