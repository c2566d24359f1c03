"""Which courses a learner could take, and when: the sections on offer and what may come later."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import numpy as np
import polars as pl

from data.vocab import OPEN_STATES
from features.slots import bits_of
from recsys.columns import Index
from recsys.offer import Candidates, Offer
from recsys.paths.options import Option, Step
from recsys.pipeline.eligibility import Rulebook, eligible
from recsys.pipeline.queries import as_permitted
from recsys.pipeline.recommender import Recommender
from recsys.rules import Rule
from recsys.types import LearnerQuery

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

OF_THE_PATH: Final = frozenset({"window", "prerequisites"})
"""Rules that a path keeps in its own way: it may wait for a window to open, and it completes the
prerequisites on the way."""

OF_THE_COURSE: Final = frozenset({"sharing", "age", "consent", "already_completed"})
"""Rules that tell of a course that has no section yet; the others need a place or a time."""

LATER_TERMS: Final = 4
"""Terms ahead for what isn't on offer now, two years; farther ahead nothing can be said."""

WATCHED_AT_ANY_TIME: Final = "online_recorded"


@dataclass(frozen=True, slots=True)
class Openings:
    """What a learner could take.

    Attributes:
        options: the sections ahead that every hard rule keeps, and later terms of courses that
            have no section ahead.
        refused: sections ahead that a hard rule refuses, by rule.
        waiting: courses that have no section ahead.
    """

    options: tuple[Option, ...]
    refused: Mapping[str, int]
    waiting: frozenset[str]


def openings(
    recommender: Recommender,
    query: LearnerQuery,
    steps: Mapping[str, Step],
    courses: pl.DataFrame,
) -> Openings:
    """What a learner could take of some courses.

    Args:
        recommender: knows the sections and the policies.
        query: who asks.
        steps: the courses in question, by id.
        courses: rows of ``features.steps.course_steps``, the courses in question among them.
    """
    allowed = as_permitted(query)
    rules = recommender.policy_of(query.programme).chosen_rules
    offer = recommender.pool.offer(query.programme)
    ahead = _ahead(offer, steps, allowed.as_of)
    ids = [offer.values("section_id")[row] for row in ahead.tolist()]
    with_section = {offer.values("course_id")[row] for row in ahead.tolist()}
    candidates = recommender.pool.candidates(_among(allowed, ids))
    book = Rulebook(rule for rule in rules if rule.name not in OF_THE_PATH)
    kept, refusals = eligible(allowed, candidates, book)
    waiting = frozenset(steps) - with_section
    later = _later(allowed, courses.filter(pl.col("course_id").is_in(sorted(waiting))), rules)
    return Openings(
        options=(*_dated(kept, steps), *_undated(later, steps)),
        refused=refusals.counts(),
        waiting=waiting,
    )


def _among(query: LearnerQuery, section_ids: Sequence[str]) -> LearnerQuery:
    """The query about these sections, as far as the caller's own lists hold them."""
    ids = frozenset(section_ids)
    return replace(query, include_ids=ids if query.include_ids is None else ids & query.include_ids)


def _ahead(offer: Offer, steps: Collection[str], as_of: datetime) -> Index:
    """Sections of some courses that take applications now or will."""
    now = (as_of - EPOCH) // timedelta(microseconds=1)
    rows = np.sort(offer.rows_of("course_id", steps))
    unclosed = offer.numbers("apply_closes_at") > now
    return rows[(offer.among("state", OPEN_STATES) & unclosed)[rows]]


def _dated(kept: Candidates, steps: Mapping[str, Step]) -> list[Option]:
    rows = range(len(kept)) if kept.rows is None else kept.rows.tolist()
    names = ("section_id", "course_id", "term", "mode", "slots", "starts_on", "ends_on")
    columns = {name: kept.offer.values(name) for name in (*names, "price_net_fen")}
    return [
        _section({name: column[row] for name, column in columns.items()}, steps) for row in rows
    ]


def _section(row: Mapping[str, Any], steps: Mapping[str, Step]) -> Option:
    return Option(
        step=steps[row["course_id"]],
        section_id=row["section_id"],
        term=row["term"],
        starts_on=row["starts_on"],
        ends_on=row["ends_on"],
        slots=0 if row["mode"] == WATCHED_AT_ANY_TIME else bits_of(row["slots"]),
        price_fen=row["price_net_fen"],
    )


def _later(query: LearnerQuery, courses: pl.DataFrame, rules: Sequence[Rule]) -> list[str]:
    """The courses without a section ahead that the rules which tell of courses keep."""
    book = Rulebook(rule for rule in rules if rule.name in OF_THE_COURSE)
    of_programme = (
        courses
        if query.programme is None
        else courses.filter(pl.col("programme").cast(pl.String) == query.programme)
    )
    kept, _ = eligible(query, Candidates(Offer(of_programme)), book)
    ids: list[str] = kept.texts("course_id")
    return ids


def _undated(courses: Sequence[str], steps: Mapping[str, Step]) -> list[Option]:
    """The later terms of some courses.

    A course that needs nothing before it is best taken in the first of them: nothing limits how
    much a later term may hold.
    """
    return [
        Option(steps[course], None, later_term(number), later=number)
        for course in courses
        for number in range(1, (LATER_TERMS if _leans(steps[course]) else 1) + 1)
    ]


def later_term(number: int) -> str:
    """The name of a later term, the first being 1."""
    return f"later-{number}"


def _leans(step: Step) -> bool:
    """Whether a course needs anything before it."""
    return bool(step.prerequisites) or any(lift.level_from for lift in step.lifts)


def demanded(steps: Mapping[str, Step], goals: Collection[str]) -> frozenset[str]:
    """Some courses and all that have to be completed before them.

    A course whose prerequisites can't all be told, one of them being unknown or in a circle,
    stays in; the program refuses it.
    """
    found: set[str] = set()
    waiting = Counter(course for course in goals if course in steps)
    while waiting:
        course, _ = waiting.popitem()
        found.add(course)
        waiting.update(it for it in steps[course].prerequisites if it in steps and it not in found)
    return frozenset(found)
