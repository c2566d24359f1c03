"""What the learner has learned before."""

from recsys.offer import Candidates
from recsys.rules.declaration import Verdict, rule
from recsys.types import LearnerQuery


@rule(on_null="drop", reads=("personalised",))
def consent(query: LearnerQuery, sections: Candidates) -> Verdict:
    """It requires earlier courses, and we may not read your record to check them.

    这个班有先修要求，而我们未获准读取您的学习记录。

    With personalisation off the history isn't read, so a prerequisite can't be checked; and
    a seat isn't promised on a guess.
    """
    if query.personalised:
        return None
    return _demanded_are_among(sections, frozenset())


def _nothing_demanded(query: LearnerQuery, sections: Candidates) -> bool | None:
    """Whoever completed none of the courses that any section demands is judged alike."""
    demanded = sections.offer.sets("prerequisites").mentions(query.completed)
    return None if demanded else True


@rule(on_null="drop", alike=_nothing_demanded)
def prerequisites(query: LearnerQuery, sections: Candidates) -> Verdict:
    """It requires earlier courses that you have not completed.

    您还没有学完这个班要求的先修课程。

    Every listed course has to be completed, under the same course id.
    """
    return _demanded_are_among(sections, query.completed)


@rule(on_null="keep")
def already_completed(query: LearnerQuery, sections: Candidates) -> Verdict:
    """You have already completed this course.

    您已经学完了这门课程。
    """
    if not query.completed:
        return None
    return ~sections.named("course_id", query.completed)


def _demanded_are_among(sections: Candidates, completed: frozenset[str]) -> Verdict:
    """Whether all courses that a section demands are completed; NaN where it isn't known."""
    return sections.offer.sets("prerequisites").within(completed, sections.rows)
