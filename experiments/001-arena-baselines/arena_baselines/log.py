"""The logged lists: what was shown to whom, and what was applied for."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import polars as pl
from numpy.typing import NDArray

from arena_baselines.facts import Facts, Index
from data.city import City
from features.asof import known


@dataclass(frozen=True, slots=True)
class Term:
    """One term of the log.

    Attributes:
        name: such as ``2025秋``.
        opens_at: when its first window for applications opened.
    """

    name: str
    opens_at: datetime


@dataclass(frozen=True, slots=True)
class Lists:
    """Pairs of learner and section that a list held, each once.

    Attributes:
        learner: row of the learner.
        section: row of the section.
        applied: the learner applied for the section.
        old_page: the old page showed it, not the random traffic.
    """

    learner: Index
    section: Index
    applied: NDArray[np.bool_]
    old_page: NDArray[np.bool_]

    def only(self, kept: NDArray[np.bool_]) -> "Lists":
        """Some of the pairs."""
        return Lists(
            self.learner[kept], self.section[kept], self.applied[kept], self.old_page[kept]
        )


def terms_of(facts: Facts) -> list[Term]:
    """The terms by the time at which they opened; the open one last."""
    opened = facts.sections.group_by("term").agg(pl.col("apply_opens_at").min())
    return [Term(name, at) for name, at in opened.sort("apply_opens_at").iter_rows()]


def read_lists(city: City, as_of: datetime, facts: Facts, old_page: str) -> Lists:
    """Every shown pair of the log before the cut-off.

    Args:
        city: the tables.
        as_of: the cut-off.
        facts: rows of learners and sections.
        old_page: the policy that the old page's impressions carry.
    """
    pair = ["learner_id", "section_id"]
    events = known(city, "events", as_of).filter(pl.col("section_id").is_not_null())
    applied = events.filter(pl.col("type") == "apply").select(pair).unique()
    shown = events.filter(pl.col("type") == "impression").group_by(pair)
    rows = (
        shown.agg(old_page=(pl.col("policy") == old_page).any())
        .join(applied.with_columns(applied=True), on=pair, how="left")
        .join(facts.learners.lazy().rename({"row": "learner"}), on="learner_id")
        .join(facts.sections.lazy().select("section_id", section="row"), on="section_id")
        .select("learner", "section", pl.col("applied").fill_null(value=False), "old_page")
        .sort("learner", "section")
        .collect()
    )
    return Lists(*(rows[name].to_numpy() for name in rows.columns))


def in_terms(facts: Facts, lists: Lists, terms: list[Term]) -> NDArray[np.bool_]:
    """Which pairs belong to sections of these terms."""
    wanted = facts.sections["term"].is_in([term.name for term in terms]).to_numpy()
    chosen: NDArray[np.bool_] = wanted[lists.section]
    return chosen


def admissible(facts: Facts, lists: Lists, done: pl.DataFrame) -> NDArray[np.bool_]:
    """Pairs an application form would have taken: ages overlap, course not yet completed.

    Args:
        facts: rows of learners and sections.
        lists: the pairs.
        done: learner_id, course_id of completed courses.
    """
    years, ages = facts.years[lists.learner], facts.ages[lists.section]
    fits = (ages[:, 0] <= years[:, 1]) & (ages[:, 1] >= years[:, 0])
    by_learner = facts.learners.rename({"row": "learner"})
    by_course = facts.courses.select("course_id", course="row")
    completed = done.join(by_learner, on="learner_id").join(by_course, on="course_id")
    n = facts.courses.height
    keys = (completed["learner"] * n + completed["course"]).to_numpy()
    repeated = np.isin(lists.learner * n + facts.course[lists.section], keys)
    admitted: NDArray[np.bool_] = fits & ~repeated
    return admitted
