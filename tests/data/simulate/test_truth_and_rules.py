import dataclasses

import numpy as np
import polars as pl

from data.city import City
from data.simulate.build import Built
from data.simulate.calendar import cut_off
from data.simulate.files.forms import conformed
from data.simulate.truth import apply_probabilities
from recsys.pipeline.policy import shipped_policies
from recsys.pipeline.recommender import Recommender

ASKED = 60


def test_what_the_truth_lets_a_learner_want_is_what_the_hard_rules_keep(built: Built) -> None:
    tables = {name: conformed(name, frame).lazy() for name, frame in built.tables.items()}
    as_of = cut_off(built.world.params)
    recommender = Recommender(City(tables), as_of, {}, shipped_policies())
    truth = apply_probabilities(built, int(as_of.timestamp() * 1e6), np.random.default_rng(1))
    wanted = truth.filter(pl.col("apply_probability") > 0)
    adults = built.tables["learners"].filter(
        pl.col("consent_personalisation") & (pl.col("age_band") != "<14")
    )
    for learner in adults["learner_id"].gather_every(adults.height // ASKED):
        # a free week and a circle are what a learner said, not what bars an application
        query = dataclasses.replace(recommender.query(learner), free_slots=None, circle_min=None)
        kept, _ = recommender.eligible(query)
        true = wanted.filter(pl.col("learner_id") == learner)["section_id"]
        assert set(kept.frame["section_id"]) == set(true), learner
