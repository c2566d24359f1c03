"""Which course of the learner's past speaks most for a recommended one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from threading import Lock
from typing import Final

import numpy as np
from numpy.typing import NDArray

from recsys.explainers.spread import PART
from recsys.offer import Candidates
from recsys.stages import CourseScorer
from recsys.types import LearnerQuery

RECENT: Final = 30
"""Latest courses of the past that are asked, so that a long past doesn't slow the answer."""

KEPT_BYTES: Final = 2**25
"""Most memory in which one scorer's answers are kept."""


@dataclass(frozen=True, slots=True)
class _Kept:
    """Scores that courses of the past give, by their rows."""

    scores: NDArray[np.float32]
    rows: dict[str, int] = field(default_factory=dict[str, int])


@dataclass(frozen=True, slots=True)
class Voice:
    """A course of the past that speaks for a section.

    Attributes:
        course_id: the course.
        by_content: whether for what it teaches; else for who takes both.
    """

    course_id: str
    by_content: bool


class Voices:
    """What single courses of the past say of all others, by one scorer of taste.

    A course is asked alone, without the person, so that what it says holds for everybody
    and is kept. Safe to use by many threads.
    """

    def __init__(self, scorer: CourseScorer, as_of: datetime) -> None:
        """Take the scorer, and the instant of which it is asked."""
        self._scorer = scorer
        self._as_of = as_of
        self._lock = Lock()
        self._kept = self._empty()

    @property
    def by_content(self) -> bool:
        """Whether courses are alike by what they teach; else by who takes both."""
        return self._scorer.compares == "content"

    def speak_for(self, history: Sequence[str], course_ids: Sequence[str]) -> Mapping[str, str]:
        """By recommended course, the course of the past from which alone it scores highest.

        For a linear scorer that is the largest contribution to the score itself. Courses to
        which no part of the past gives a positive score are left out, and a course never
        speaks for itself.

        Args:
            history: course ids, oldest first; only the latest are asked.
            course_ids: the recommended courses.
        """
        index = self._scorer.course_index()
        past = [course for course in dict.fromkeys(history) if course in index][-RECENT:]
        courses = [course for course in course_ids if course in index]
        if not past or not courses:
            return {}
        columns = np.array([index[course] for course in courses])
        scores = self._scores(past, columns)
        itself = np.array([index[course] for course in past])[:, None] == columns
        # A comparison with NaN is false: what can't be scored isn't heard either.
        scores[itself | ~(scores > 0)] = 0.0
        best: list[int] = scores.argmax(axis=0).tolist()
        heard: list[bool] = (scores.max(axis=0) > 0).tolist()
        told = zip(courses, best, heard, strict=True)
        return {course: past[row] for course, row, positive in told if positive}

    def _scores(self, past: Sequence[str], columns: NDArray[np.intp]) -> NDArray[np.float32]:
        """What each course of the past says of some others; shape (past, columns), a copy."""
        kept = self._kept
        if not all(course in kept.rows for course in past):
            kept = self._with(past)
        rows = np.array([kept.rows[course] for course in past])
        said: NDArray[np.float32] = kept.scores[rows[:, None], columns]
        return said

    def _with(self, past: Sequence[str]) -> _Kept:
        """What is kept once these courses are in it; all else makes room when it is full."""
        with self._lock:
            new = [course for course in past if course not in self._kept.rows]
            if len(self._kept.rows) + len(new) > len(self._kept.scores):
                self._kept, new = self._empty(), list(past)
            kept, first = self._kept, len(self._kept.rows)
            if new:
                alone = [self._alone(course) for course in new]
                kept.scores[first : first + len(new)] = self._scorer.course_scores(alone)
            # A row is told of only once it is written, as others read without the lock.
            kept.rows.update({course: first + place for place, course in enumerate(new)})
            return kept

    def _alone(self, course: str) -> LearnerQuery:
        return LearnerQuery(
            as_of=self._as_of, personalised=True, history=(course,), history_weights=(1.0,)
        )

    def _empty(self) -> _Kept:
        width = len(self._scorer.course_index())
        rows = max(KEPT_BYTES // (4 * max(width, 1)), RECENT)
        return _Kept(np.empty((rows, width), dtype=np.float32))


class Heard:
    """Who speaks for the sections of one list; nobody is asked before it is wanted.

    Asked are the scorers of taste that took part in the scores; all of them where the ranker
    has a taste of its own.
    """

    def __init__(
        self, voices: Mapping[str, Voices], chosen: Candidates, history: Sequence[str]
    ) -> None:
        """Take who can be asked.

        Args:
            voices: by scorer of taste.
            chosen: the sections of the list.
            history: course ids, oldest first.
        """
        self._voices = voices
        self._chosen = chosen
        self._history = history
        self._heard: dict[str, Mapping[str, str]] = {}

    @cached_property
    def _courses(self) -> Sequence[str]:
        """The course of each section."""
        return self._chosen.texts("course_id")

    @cached_property
    def _parts(self) -> Mapping[str, Sequence[float]]:
        """What the scorers of taste added to each section's score."""
        took_part = {name.removeprefix(PART) for name in self._chosen.added(PART)}
        own = [name for name in self._voices if name in took_part]
        return {name: self._chosen[PART + name].tolist() for name in own}

    def voice(self, place: int) -> Voice | None:
        """The course of the past that speaks for a section, by the strongest scorer that has one.

        Only scorers that raised the section's score are asked.
        """
        for name in self._raising(place):
            if name not in self._heard:
                courses = list(dict.fromkeys(self._courses))
                self._heard[name] = self._voices[name].speak_for(self._history, courses)
            if (course := self._heard[name].get(self._courses[place])) is not None:
                return Voice(course, self._voices[name].by_content)
        return None

    def _raising(self, place: int) -> Sequence[str]:
        if not self._parts:
            return list(self._voices)
        raised = sorted((-part[place], name) for name, part in self._parts.items())
        return [name for value, name in raised if value < 0]
