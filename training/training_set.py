"""What scorers are fitted on, taken from a city at a cut-off."""

from datetime import datetime

import polars as pl

from data.city import City
from features.asof import known_at
from features.course import course_features
from features.interactions import course_interactions
from features.learner import learner_features
from features.vocabulary import vocabulary
from recsys.types import TrainingSet


def build_training_set(
    city: City, as_of: datetime, *, seed: int = 0, demand: pl.DataFrame | None = None
) -> TrainingSet:
    """Everything scorers may learn from, nothing of it later than ``as_of``.

    Learners who switched personalisation off (or lack a guardian's consent) are in neither
    the interactions nor the profiles: their absence from the model is exact.

    Args:
        city: the snapshot.
        as_of: the cut-off (aware).
        seed: of every random choice made while fitting.
        demand: areas, skills and the lower bound of what is lacking; None where unmeasured.
    """
    known = known_at(city, as_of)
    learners = learner_features(known, as_of)
    return TrainingSet(
        interactions=course_interactions(known, as_of),
        learners=learners.filter("personalised"),
        courses=course_features(known, as_of),
        as_of=as_of,
        seed=seed,
        occupation_skills=city.read("occupation_skills") if city.has("occupation_skills") else None,
        demand=demand,
        skill_parents=_parents(known, as_of),
    )


def _parents(city: City, as_of: datetime) -> dict[str, str]:
    """The wider skill of each skill that has one."""
    skills = vocabulary(city, "skills", as_of).select("skill_id", "parent_id").drop_nulls()
    return dict(skills.collect().iter_rows())
