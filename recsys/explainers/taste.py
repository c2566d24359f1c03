"""Which course of the learner's past speaks most for a recommended one."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from recsys.stages import CourseScorer
from recsys.types import LearnerQuery

RECENT: Final = 30
"""Latest courses of the past that are asked, so that a long past doesn't slow the answer."""


def speaks_for(
    scorer: CourseScorer, query: LearnerQuery, course_ids: Sequence[str]
) -> Mapping[str, str]:
    """By recommended course, the course of the past from which alone it scores highest.

    For a linear scorer that is the largest contribution to the score itself. Courses to
    which no part of the past gives a positive score are left out, and a course never speaks
    for itself.

    Args:
        scorer: a scorer of taste.
        query: the learner's; only its recent history is asked.
        course_ids: the recommended courses.
    """
    past = list(dict.fromkeys(query.history))[-RECENT:]
    index = scorer.course_index()
    courses = [course for course in course_ids if course in index]
    if not past or not courses:
        return {}
    alone = [replace(query, history=(course,), history_weights=(1.0,)) for course in past]
    scores = scorer.course_scores(alone)[:, [index[course] for course in courses]]
    itself = np.array([[old == new for new in courses] for old in past])
    voices = np.where(itself | np.isnan(scores), -np.inf, scores)
    best: list[int] = voices.argmax(axis=0).tolist()
    heard = [bool(voices[row, place] > 0) for place, row in enumerate(best)]
    told = zip(courses, best, heard, strict=True)
    return {course: past[row] for course, row, positive in told if positive}
