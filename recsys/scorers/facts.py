"""What the hybrid scorer knows of a learner or a course before any history: named facts.

A fact is a text such as ``age:60-69`` or ``teaches:skill-7``; learners and courses are bags
of facts, so one never seen is scored from the facts it shares with others.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from data.vocab import AGE_BANDS
from recsys.scorers.matrices import Matrix, places, row_sizes, sparse, text_array
from recsys.scorers.popularity import ANY, band_of
from recsys.types import LearnerQuery

LEARNER_FACTS: Final = {
    "age": "age_band",
    "district": "district_code",
    "education": "education",
    "work": "work_status",
    "occupation_goal": "goal_occupation_code",
}
COURSE_FACTS: Final = {
    "category": "category",
    "programme": "programme",
    "institution": "institution_id",
    "layer": "layer",
}
"""Kinds of fact and the feature column each is read from."""


@dataclass(frozen=True, slots=True)
class Bags:
    """Ids and the facts each holds.

    Attributes:
        ids: learners or courses, sorted.
        facts: the facts there are, sorted.
        matrix: 1 where the id holds the fact, (ids, facts).
    """

    ids: NDArray[np.str_]
    facts: NDArray[np.str_]
    matrix: Matrix

    @classmethod
    def of(cls, held: pl.DataFrame, ids: pl.Series) -> "Bags":
        """The bags of the given ids; ``held`` has id and fact, a row each."""
        order = text_array(ids.unique().sort())
        mine = held.filter(pl.col("id").is_in(ids.unique().implode()))
        facts = text_array(mine["fact"].unique().sort())
        by_id = dict(mine.group_by("id").agg("fact").iter_rows())
        rows: list[list[str]] = [by_id.get(str(each), []) for each in order]
        return cls(order, facts, fact_matrix(rows, places(facts)))

    def places(self, ids: pl.Series) -> NDArray[np.int64]:
        """Row of each id."""
        return np.searchsorted(self.ids, ids.to_numpy().astype(np.str_))

    def known(self) -> NDArray[np.bool_]:
        """Whether anything is known of each id."""
        return row_sizes(self.matrix) > 0


def learner_facts(learners: pl.DataFrame) -> pl.DataFrame:
    """Id and fact, a row each, of every learner."""
    return _facts(learners, "learner_id", LEARNER_FACTS, {"goal": "goal_skills"})


def course_facts(courses: pl.DataFrame, taken: pl.Series) -> pl.DataFrame:
    """Id and fact, a row each, of every course.

    A course that somebody took (``taken``, ids) has itself as a fact too; for the others
    nothing could be learned from it.
    """
    itself = taken.unique().cast(pl.String).to_frame("id")
    itself = itself.with_columns(fact=pl.lit("course:") + pl.col("id"))
    shared = _facts(courses, "course_id", COURSE_FACTS, {"teaches": "skill_ids"})
    return pl.concat([shared, itself]).sort("id", "fact")


def query_facts(query: LearnerQuery) -> list[str]:
    """What the query tells; with personalisation off only age band and district."""
    band = band_of(query.age_low, query.age_high)
    open_facts = {
        "age": None if band == ANY else AGE_BANDS[band],
        "district": query.district_code,
    }
    own_facts = {
        "education": query.education,
        "work": query.work_status,
        "occupation_goal": query.goal_occupation_code,
    }
    told = {**open_facts, **(own_facts if query.personalised else {})}
    goals = sorted(query.goal_skills) if query.personalised else []
    return [_fact(kind, value) for kind, value in told.items() if value is not None] + [
        _fact("goal", skill) for skill in goals
    ]


def fact_matrix(rows: Sequence[Iterable[str]], columns: Mapping[str, int]) -> Matrix:
    """Bags of facts as a 0/1 matrix, (rows, facts); unknown facts are left out."""
    held = [(row, columns[fact]) for row, bag in enumerate(rows) for fact in bag if fact in columns]
    places, facts = zip(*held, strict=True) if held else ((), ())
    ones = np.ones(len(held), dtype=np.float32)
    shape = (len(rows), len(columns))
    return sparse(np.array(places, np.int64), np.array(facts, np.int64), ones, shape)


def _facts(
    frame: pl.DataFrame, key: str, single: Mapping[str, str], lists: Mapping[str, str]
) -> pl.DataFrame:
    """Long form of the columns that are there; nulls tell nothing."""
    parts = [pl.DataFrame(schema={"id": pl.String, "fact": pl.String})]
    for kind, column in {**single, **lists}.items():
        if column in frame.columns:
            values = frame.select(pl.col(key).alias("id"), pl.col(column).alias("fact"))
            flat = values.explode("fact") if kind in lists else values
            named = pl.lit(f"{kind}:") + pl.col("fact").cast(pl.String)
            parts.append(flat.drop_nulls("fact").select("id", named.alias("fact")))
    return pl.concat(parts).unique().sort("id", "fact")


def _fact(kind: str, value: str) -> str:
    return f"{kind}:{value}"
