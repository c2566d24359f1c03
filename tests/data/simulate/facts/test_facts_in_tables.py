"""Facts that the tables of the tiny city tell, against what a blunt reading of them tells."""

import numpy as np
import polars as pl

from data.city import City
from data.simulate.build import Built
from data.simulate.calendar import cut_off
from data.simulate.files.forms import conformed
from data.simulate.people.people import microseconds
from data.simulate.truth import apply_probabilities
from data.simulate.truth.subjects import section_truth
from features.interactions import course_interactions


def test_learners_without_consent_are_absent_from_training_though_the_log_holds_them(
    built: Built,
) -> None:
    tables = built.tables
    off = tables["learners"].filter(~pl.col("consent_personalisation"))["learner_id"]
    assert len(off) == round(0.08 * tables["learners"].height)
    city = City({name: conformed(name, frame).lazy() for name, frame in tables.items()})
    learned = set(course_interactions(city, cut_off(built.world.params))["learner_id"])
    logged = set(tables["events"].filter(pl.col("type") != "impression")["learner_id"])
    assert not learned & set(off)
    assert logged & set(off)


def test_the_best_lists_hold_new_courses_that_lists_by_popularity_never_show(
    built: Built,
) -> None:
    until = microseconds(cut_off(built.world.params))
    sections = section_truth(built, until).select("section_id", "is_new", "past_enrolments")
    pairs = apply_probabilities(built, until, np.random.default_rng(1))
    allowed = pairs.filter(pl.col("barred_by").is_null()).join(sections, on="section_id")

    def cold_share(by: str) -> float:
        first = allowed.sort("learner_id", by, descending=[False, True]).group_by("learner_id")
        return float(first.head(10)["is_new"].mean())  # type: ignore[arg-type]  # a share

    available = float(sections["is_new"].mean())  # type: ignore[arg-type]  # a share
    oracle = cold_share("apply_probability")
    assert abs(oracle / available - 1) < 0.4
    assert cold_share("past_enrolments") < 0.25 * oracle
