"""A small simulated town whose log a ranker is fitted to, once for this folder."""

from datetime import datetime

import numpy as np
import polars as pl
import pytest

from data.city import City
from data.simulate.build import Built, build
from data.simulate.calendar import cut_off
from data.simulate.files.forms import conformed
from data.simulate.params import SimulationParams
from data.simulate.truth import apply_probabilities
from recsys.pipeline.policy import shipped_policies
from recsys.pipeline.recommender import Recommender
from recsys.rankers.tables import AdditiveModel
from training.ranker.fit import fit_ranker


@pytest.fixture(scope="session")
def small() -> Built:
    """The preset ``tiny`` with fewer learners."""
    return build(SimulationParams(learners=900, judged_learners=300), 11, lambda _: None)


@pytest.fixture(scope="session")
def moment(small: Built) -> datetime:
    """The instant at which its tables end."""
    return cut_off(small.world.params)


@pytest.fixture(scope="session")
def city(small: Built) -> City:
    """What a platform knows of it."""
    return City({name: conformed(name, rows).lazy() for name, rows in small.tables.items()})


@pytest.fixture(scope="session")
def model(city: City, moment: datetime) -> AdditiveModel:
    """The ranker fitted to its log."""
    return fit_ranker(city, moment)


@pytest.fixture(scope="session")
def recommender(city: City, moment: datetime, model: AdditiveModel) -> Recommender:
    """The shipped policies with the ranker and without any scorer."""
    return Recommender(city, moment, {}, shipped_policies(), ranker=model)


@pytest.fixture(scope="session")
def truth(small: Built, moment: datetime) -> pl.DataFrame:
    """The true probability of every judged learner and section; nothing is fitted to it."""
    micros = int(moment.timestamp() * 1e6)
    return apply_probabilities(small, micros, np.random.default_rng(1))
