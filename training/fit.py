"""Fit every scorer that the policies name, into one model bundle."""

from collections.abc import Callable, Mapping
from datetime import datetime

import polars as pl

from data.city import City
from recsys.artifact import COMPLETION, Bundle, TrainingCounts, describe
from recsys.errors import PolicyError, ScorerUnavailableError
from recsys.pipeline.policy import Policy
from recsys.rankers.additive import Additive
from recsys.rankers.tables import AdditiveModel
from recsys.scorers import discover
from recsys.stages import Scorer, StageConfig
from recsys.types import TrainingSet
from training.errors import RankerDataError
from training.ranker.completion import fit_completion
from training.ranker.fit import fit_ranker
from training.training_set import build_training_set

Progress = Callable[[str, int, int], None]
"""Told before each scorer is fitted: its name, how many are done, how many there are."""


def fit_bundle(
    city: City,
    as_of: datetime,
    policies: Mapping[str, Policy],
    *,
    seed: int = 0,
    demand: pl.DataFrame | None = None,
    progress: Progress | None = None,
) -> Bundle:
    """A bundle of every scorer the policies name, fitted on what was known at ``as_of``.

    A scorer whose library isn't installed here is recorded as absent with its reason.

    Args:
        city: the snapshot.
        as_of: the cut-off (aware); nothing at or after it is learned from.
        policies: by name; they go into the bundle.
        seed: of every random choice made while fitting.
        demand: areas, skills and the lower bound of what is lacking, for the labour-demand term.
        progress: told which scorer is being fitted.

    Raises:
        PolicyError: two policies want one scorer with different options.
        DemandTableError: the table of demand lacks a column or holds what is no bound.
    """
    configs = scorer_configs(policies)
    training = build_training_set(city, as_of, seed=seed, demand=demand)
    scorers, absent = _fit_all(configs, training, progress)
    learned = _fit_learned(city, as_of, policies, seed, progress, absent)
    return describe(
        scorers,
        policies,
        as_of=as_of,
        snapshot_id=city.snapshot_id,
        seed=seed,
        training=counts(training),
        absent=absent,
        ranker=learned.get(Additive.name),
        completion=learned.get(COMPLETION),
    )


def _fit_learned(
    city: City,
    as_of: datetime,
    policies: Mapping[str, Policy],
    seed: int,
    progress: Progress | None,
    absent: dict[str, str],
) -> dict[str, AdditiveModel]:
    """What is learned from the log, as far as policies read it; what can't be is put in absent."""
    ranked = [policy for policy in policies.values() if policy.ranker == Additive.name]
    wanted = {Additive.name: fit_ranker} if ranked else {}
    if any(policy.value.complete for policy in ranked):
        wanted[COMPLETION] = fit_completion
    learned: dict[str, AdditiveModel] = {}
    for name, fit in wanted.items():
        try:
            learned[name] = fit(city, as_of, seed=seed, progress=_told_of(name, progress))
        except RankerDataError as error:
            absent[name] = str(error)
    return learned


def scorer_configs(policies: Mapping[str, Policy]) -> dict[str, StageConfig]:
    """The options of each scorer that any policy names; one fitted scorer serves them all.

    Raises:
        PolicyError: two policies want one scorer with different options.
    """
    configs: dict[str, StageConfig] = {}
    for policy in policies.values():
        for name in policy.scorers:
            wanted = policy.scorer_config(name)
            if configs.setdefault(name, wanted) != wanted:
                message = (
                    f"policy {policy.name!r} gives scorer {name!r} the options {wanted!r}, another "
                    f"policy {configs[name]!r}; policies of one bundle share their scorers"
                )
                raise PolicyError(message)
    return configs


def _told_of(name: str, progress: Progress | None) -> Callable[[int, int], None] | None:
    """Tells of the learners whose log has been read."""
    return None if progress is None else lambda done, total: progress(name, done, total)


def counts(training: TrainingSet) -> TrainingCounts:
    """How much there was to learn from."""
    return TrainingCounts(
        n_learners=training.interactions["learner_id"].n_unique(),
        n_courses=training.courses.height,
        n_interactions=training.interactions.height,
    )


def _fit_all(
    configs: Mapping[str, StageConfig], training: TrainingSet, progress: Progress | None
) -> tuple[dict[str, Scorer], dict[str, str]]:
    """The fitted scorers, and those that can't be fitted here with the reason."""
    fitted: dict[str, Scorer] = {}
    absent: dict[str, str] = {}
    for done, (name, config) in enumerate(sorted(configs.items())):
        if progress:
            progress(name, done, len(configs))
        try:
            fitted[name] = discover()[name](config).fit(training)
        except ScorerUnavailableError as error:
            absent[name] = str(error)
    return fitted, absent
