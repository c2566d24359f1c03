"""From a learner and a wish to the distance, the path, and the distance after it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Final

import polars as pl
from rapidfuzz import fuzz, process

from data.city import City
from features.steps import course_steps
from features.vocabulary import vocabulary
from recsys.paths.distance import Distance, degree, distance
from recsys.paths.levels import (
    Held,
    Lift,
    Wanted,
    best_held,
    joined,
    lifts_of,
    presumed,
    taught,
    wanted_of,
)
from recsys.paths.offer import demanded, openings
from recsys.paths.options import Budget, Option, Step, climbed
from recsys.paths.program import IMPORTANCE_STEPS, LEVEL_STEPS
from recsys.paths.search import Found, Seconds, best_path
from recsys.pipeline.recommender import Recommender
from recsys.types import LearnerQuery

TIME_LIMIT_S: Final = 10.0
"""Seconds of search after which the best found so far is the answer."""

NEAR: Final = 5
"""Occupations named to whoever asks for one that isn't there."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a learner is on the way to, and what is said on the spot.

    Attributes:
        occupation_code: the occupation wanted; None where only skills are.
        skills: skills wanted besides.
        holds: skills held as stated now; they go beside what the record says.
        budget: what a path may take.
        time_limit_s: seconds of search.
    """

    occupation_code: str | None = None
    skills: tuple[Wanted, ...] = ()
    holds: tuple[Held, ...] = ()
    budget: Budget = field(default_factory=Budget)
    time_limit_s: float = TIME_LIMIT_S


@dataclass(frozen=True, slots=True)
class Stage:
    """One course of a path.

    Attributes:
        option: the course, and when.
        title: of the course.
        institution_name: who teaches it; None where unknown.
        closes: by skill, the level before and after it.
        needed_for: courses of the path that demand it, or that begin where it leads.
    """

    option: Option
    title: str
    institution_name: str | None
    closes: Mapping[str, tuple[int, int]]
    needed_for: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Path:
    """The way of a learner to what is wanted.

    Attributes:
        now: the distance at the outset.
        stages: the courses in the order of time.
        after: the matching degree once they are completed; None where nothing is asked for.
        bound: no path leads to a higher degree under the same limits.
        proven: whether no path is better in any objective.
        left: skills still lacking after the path, with the levels missing.
        refused: sections ahead of useful courses that hard rules refuse, by rule.
        hours: class hours in all.
        credits: in all; None where one course doesn't say.
        price_fen: fees of what is on offer.
        running: courses that the learner is in now; they are neither counted nor taken again.
        work_read: whether the learner's own occupation was read.
    """

    now: Distance
    stages: tuple[Stage, ...]
    after: float | None
    bound: float | None
    proven: bool
    left: Mapping[str, int]
    refused: Mapping[str, int]
    hours: float
    credits: float | None
    price_fen: int
    running: tuple[str, ...]
    work_read: bool

    @property
    def gap(self) -> float:
        """How much higher the bound is than the degree reached."""
        return max(0.0, (self.bound or 0.0) - (self.after or 0.0))


class Planner:
    """Plans paths in one city at one instant; reads nothing and writes nothing.

    The tables are read when the first path is asked for.
    """

    def __init__(self, city: City, as_of: datetime, clock: Seconds) -> None:
        """Take a city, the cut-off (with an offset from UTC), and how time passes."""
        self._city, self._as_of, self._clock = city, as_of, clock

    @cached_property
    def occupations(self) -> Mapping[str, str]:
        """The name of each occupation by code."""
        return dict(self._occupations.select("occupation_code", "name").iter_rows())

    @cached_property
    def skills(self) -> Mapping[str, str]:
        """The name of each skill by id."""
        table = vocabulary(self._city, "skills", self._as_of)
        return dict(table.select("skill_id", "name").collect().iter_rows())

    def occupation(self, wanted: str) -> str | None:
        """The code of an occupation given by code, name or alias; None where there is none."""
        return wanted if wanted in self.occupations else self._code_of.get(wanted)

    def near(self, wanted: str) -> list[str]:
        """Codes of occupations whose names come near, the nearest first."""
        within = [name for name in self._code_of if wanted and (wanted in name or name in wanted)]
        alike = _alike(wanted, self._code_of, least=30)
        by_code = _alike(wanted, self.occupations, least=70)
        codes = [self._code_of[name] for name in (*sorted(within, key=len), *alike)]
        return list(dict.fromkeys([*codes, *by_code]))[:NEAR]

    def asked(self, wish: Wish) -> tuple[Wanted, ...]:
        """The skills of a wish, by id."""
        return joined(self._wanted.get(wish.occupation_code or "", ()), wish.skills)

    def plan(self, recommender: Recommender, query: LearnerQuery, wish: Wish) -> Path:
        """The distance of a learner to a wish and the path that closes most of it.

        With personalisation off nothing of the record is read: what is held is what the wish
        states. The learner's own occupation is read only with consent to that besides.

        Args:
            recommender: knows sections, policies and learners of the same city and instant.
            query: who asks, with the limits stated.
            wish: what is wanted.
        """
        wanted, work = self.asked(wish), self._work(recommender, query)
        held = self._held(query, work, wish.holds)
        now = distance(held, wanted)
        levels = {skill: each.level for skill, each in held.items()}
        running = _running(recommender, query)
        steps = self._useful(query, {gap.wanted.skill_id for gap in now.gaps if gap.missing})
        ahead = {course: step for course, step in steps.items() if course not in running}
        options = openings(recommender, query, ahead, self._courses)
        found = best_path(
            options.options,
            levels,
            wanted,
            wish.budget,
            clock=self._clock,
            time_limit_s=wish.time_limit_s,
        )
        return self._told(now, levels, wanted, found, options.refused, running, work)

    def _told(
        self,
        now: Distance,
        levels: Mapping[str, int],
        wanted: Sequence[Wanted],
        found: Found,
        refused: Mapping[str, int],
        running: tuple[str, ...],
        work: str | None,
    ) -> Path:
        climb = climbed(found.chosen, levels)
        reached = dict(levels)
        for _, rises in climb:
            reached |= {skill: level for skill, (_, level) in rises.items()}
        after = degree(reached, wanted)
        total = sum(each.importance for each in wanted) * IMPORTANCE_STEPS * LEVEL_STEPS
        spare = (found.bound - found.gain) / total if total else 0.0
        steps = [option.step for option in found.chosen]
        credits = [step.credits for step in steps]
        return Path(
            now=now,
            stages=tuple(self._stage(option, rises, found) for option, rises in climb),
            after=after,
            bound=None if after is None else min(1.0, round(after + spare, 9)),
            proven=found.proven,
            left=_left(reached, wanted),
            refused=refused,
            hours=sum(step.hours for step in steps),
            credits=None if None in credits else sum(it for it in credits if it is not None),
            price_fen=sum(option.price_fen or 0 for option in found.chosen),
            running=running,
            work_read=work is not None,
        )

    def _stage(self, option: Option, rises: Mapping[str, tuple[int, int]], found: Found) -> Stage:
        row = self._course_row[option.step.course_id]
        lifted = {skill: level for skill, (_, level) in rises.items()}
        needing = [
            other.step.course_id
            for other in found.chosen
            if option.step.course_id in other.step.prerequisites
            or any(0 < it.level_from <= lifted.get(it.skill_id, 0) for it in other.step.lifts)
        ]
        own = option.step.course_id
        return Stage(
            option=option,
            title=row[0],
            institution_name=row[1],
            closes=rises,
            needed_for=tuple(course for course in needing if course != own),
        )

    def _held(
        self, query: LearnerQuery, work: str | None, stated: Sequence[Held]
    ) -> Mapping[str, Held]:
        """What is known of a learner's skills, as far as it may be read."""
        evidence = list(stated)
        if query.personalised:
            for course in sorted(query.completed):
                evidence += taught(course, self._lifts.get(course, ()))
        if work is not None:
            evidence += presumed(work, self._wanted.get(work, ()))
        return best_held(evidence)

    def _work(self, recommender: Recommender, query: LearnerQuery) -> str | None:
        """The occupation a learner works in, where both consents allow reading it."""
        if not query.personalised or query.learner_id is None:
            return None
        row = recommender.profiles.register.filter(
            pl.col("learner_id") == query.learner_id, "consent_labour_profile"
        )
        code: str | None = row["occupation_code"].item() if row.height else None
        return code

    def _useful(self, query: LearnerQuery, missing: set[str]) -> Mapping[str, Step]:
        """The courses that lift a missing skill, and what they demand before."""
        completed = query.completed if query.personalised else frozenset[str]()
        goals = {
            course
            for course, lifts in self._lifts.items()
            if course not in completed and any(it.skill_id in missing for it in lifts)
        }
        steps = {
            course: replace(
                step,
                prerequisites=step.prerequisites - completed,
                lifts=tuple(it for it in step.lifts if it.skill_id in missing),
            )
            for course, step in self._steps.items()
            if course not in completed
        }
        return {course: steps[course] for course in sorted(demanded(steps, goals))}

    @cached_property
    def _courses(self) -> pl.DataFrame:
        return course_steps(self._city, self._as_of)

    @cached_property
    def _course_row(self) -> Mapping[str, tuple[str, str | None]]:
        rows = self._courses.select("course_id", "title", "institution_name").iter_rows()
        return {course: (title, school) for course, title, school in rows}

    @cached_property
    def _lifts(self) -> Mapping[str, tuple[Lift, ...]]:
        rows = self._courses.iter_rows(named=True)
        return {row["course_id"]: lifts_of(row) for row in rows}

    @cached_property
    def _steps(self) -> Mapping[str, Step]:
        names = ("course_id", "hours", "prerequisites", "credits")
        return {
            course: Step(course, hours, self._lifts[course], frozenset(prerequisites), credits)
            for course, hours, prerequisites, credits in self._courses.select(names).iter_rows()
        }

    @cached_property
    def _occupations(self) -> pl.DataFrame:
        return vocabulary(self._city, "occupations", self._as_of).collect()

    @cached_property
    def _code_of(self) -> Mapping[str, str]:
        """Codes by name and alias; a name goes before an alias."""
        rows = list(self._occupations.select("occupation_code", "name", "aliases").iter_rows())
        aliases = {alias: code for code, _, others in reversed(rows) for alias in others or ()}
        return aliases | {name: code for code, name, _ in reversed(rows)}

    @cached_property
    def _wanted(self) -> Mapping[str, tuple[Wanted, ...]]:
        table = vocabulary(self._city, "occupation_skills", self._as_of).collect()
        parts = table.partition_by("occupation_code", as_dict=True)
        return {str(code): wanted_of(rows.iter_rows(named=True)) for (code,), rows in parts.items()}


def _alike(wanted: str, names: Iterable[str], *, least: float) -> list[str]:
    """The names most like what was wanted, of a likeness of at least so many in a hundred."""
    found = process.extract(wanted, list(names), scorer=fuzz.ratio, limit=NEAR, score_cutoff=least)
    return [str(name) for name, *_ in found]


def _running(recommender: Recommender, query: LearnerQuery) -> tuple[str, ...]:
    """The courses of sections that the learner is in now."""
    if not query.personalised:
        return ()
    held = [each.section_id for each in query.commitments]
    offer = recommender.pool.known
    rows = offer.rows_of("section_id", held).tolist()
    return tuple(sorted({offer.values("course_id")[row] for row in rows}))


def _left(levels: Mapping[str, int], wanted: Sequence[Wanted]) -> Mapping[str, int]:
    """Levels still missing, the heaviest skill first."""
    missing = {it: it.level - levels.get(it.skill_id, 0) for it in wanted}
    heaviest = sorted(missing, key=lambda it: (-it.importance, it.skill_id))
    return {it.skill_id: missing[it] for it in heaviest if missing[it] > 0}
