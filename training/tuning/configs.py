"""Configurations of the blend's scorers that are tried, and a scorer made of one."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from pydantic import JsonValue

from recsys.scorers import discover
from recsys.stages import CourseScorer
from recsys.types import TrainingSet
from training.errors import TrainingError

Options = Mapping[str, JsonValue]

SPACE: Final[Mapping[str, Sequence[Options]]] = MappingProxyType(
    {
        "popularity": (
            {},
            {"half_life_days": 30.0, "power": 1.0},
            {"half_life_days": 7.0, "power": 1.0},
        ),
        "returning": ({"half_life_days": 365.0}, {"half_life_days": 365.0, "power": 1.0}),
        "transitions": ({},),
        "ease": (
            {"regularisation": 300.0},
            {"regularisation": 1000.0},
            {"regularisation": 2000.0},
            {"regularisation": 10_000.0},
            {"regularisation": 30_000.0},
            {"regularisation": 500.0, "learner_damping": 0.25, "dropout": 0.3},
            {"regularisation": 500.0, "learner_damping": 0.4, "dropout": 0.3},
        ),
        "lowpass": (
            {"taste_weight": 0.3},
            {"taste_weight": 1.0},
            {"taste_weight": 0.3, "learner_damping": 0.4, "course_damping": 0.3},
            {
                "taste_weight": 0.3,
                "learner_damping": 0.4,
                "course_damping": 0.3,
                "max_tastes": 512,
                "tastes_per_root": 3.0,
            },
            {
                "taste_weight": 0.6,
                "learner_damping": 0.4,
                "course_damping": 0.3,
                "max_tastes": 512,
                "tastes_per_root": 3.0,
            },
        ),
        "ials": (
            {},
            {"shrinkage": 1.0},
            {"factors": 256, "shrinkage": 1.0},
            {"factors": 256, "alpha": 40.0, "shrinkage": 3.0},
            {"alpha": 5.0, "shrinkage": 3.0},
            {"alpha": 5.0, "shrinkage": 15.0},
        ),
        "item_knn": (
            {},
            {"learner_damping": 0.4, "history_damping": 0.7, "course_damping": 0.3},
        ),
    }
)
"""Configurations tried for each scorer of the blend."""


def fitted(name: str, options: Options, training: TrainingSet) -> CourseScorer:
    """A course scorer with these options, fitted.

    Raises:
        TrainingError: no course scorer has this name.
        ScorerUnavailableError: its library isn't installed here.
    """
    found = discover().get(name)
    if found is None or not issubclass(found, CourseScorer):
        message = f"{name!r} is no course scorer"
        raise TrainingError(message)
    return found(found.config_type.model_validate(options)).fit(training)
