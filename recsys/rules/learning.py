"""What the learner has learned before."""

import polars as pl

from recsys.rules.declaration import rule
from recsys.types import LearnerQuery


@rule(on_null="drop")
def consent(query: LearnerQuery) -> pl.Expr:
    """It requires earlier courses, and we may not read your record to check them.

    这个班有先修要求，而我们未获准读取您的学习记录。

    With personalisation off the history isn't read, so a prerequisite can't be checked; and
    a seat isn't promised on a guess.
    """
    if query.personalised:
        return pl.lit(value=True)
    return pl.col("prerequisites").list.len() == 0


@rule(on_null="drop")
def prerequisites(query: LearnerQuery) -> pl.Expr:
    """It requires earlier courses that you have not completed.

    您还没有学完这个班要求的先修课程。

    Every listed course has to be completed, under the same course id.
    """
    done = sorted(query.completed)
    return pl.col("prerequisites").list.eval(pl.element().is_in(done)).list.all()


@rule(on_null="keep")
def already_completed(query: LearnerQuery) -> pl.Expr:
    """You have already completed this course.

    您已经学完了这门课程。
    """
    return ~pl.col("course_id").is_in(sorted(query.completed))
