"""The models of the ranking benchmark: each scorer alone, and the shipped default."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import polars as pl

from recsys.scorers import discover
from recsys.stages import CourseScorer
from training.bench.peers import PEERS, choose_peer, fit_peer
from training.bench.tables import Tables, matrix_of, queries_of, training_set
from training.course_ranking import Catalogue, Score, score_alone, score_blend
from training.split import Split, split_at_random, split_last_per_user
from training.tuning.choice import choose_blend
from training.tuning.configs import SPACE, fitted
from training.tuning.trial import Trial

DEFAULT: Final = "xuepei"
"""The shipped default: the blend chosen on a validation part of train."""

MODELS: Final = (*SPACE, *PEERS, DEFAULT)
"""Models in the order of the table."""

VALID_SHARE: Final = 0.1
TRIAL_USERS: Final = 30_000
"""Users a choice is made on, at most. On a wide catalogue the weights chosen on a few thousand
were noise; more than these tell two weights apart by less than it matters."""

FALLBACK: Final = "popularity"
RECENT: Final = "recent_popular"
NO_TIMES: Final = "the tables hold no ts: what is recent is not known, all counts the same"
TOO_LITTLE: Final = "too little in train to choose on: the most popular is shown"


@dataclass(frozen=True, slots=True)
class FittedModel:
    """A model ready to rank.

    Attributes:
        score: scores of the whole catalogue.
        notes: what the table should know of the fit.
        choice: what was chosen on the validation part, for the default.
    """

    score: Score
    notes: tuple[str, ...] = ()
    choice: Mapping[str, Any] = field(default_factory=dict[str, Any])


def catalogue_of(tables: Tables) -> Catalogue:
    """Every item of any table, by id; an item only in test can be missed, not ranked."""
    items = pl.concat([tables.known["item"], tables.test["item"]])
    return Catalogue(items.unique().sort())


def fit_model(
    name: str, tables: Tables, seed: int, progress: Callable[[str], None] | None = None
) -> FittedModel:
    """Fit one model on all of train (and valid); the default and the peers choose first.

    Raises:
        ScorerUnavailableError: the model's library isn't installed here.
    """
    if name == DEFAULT:
        return _fit_default(tables, seed, progress)
    if name in PEERS:
        return _fit_peer(name, tables, seed, progress)
    catalogue = catalogue_of(tables)
    training = training_set(tables.known, seed)
    scorer = fitted(name, {}, training)
    fallback = scorer if name == FALLBACK else fitted(FALLBACK, {}, training)
    return FittedModel(score_alone(catalogue, scorer, fallback), _limits(scorer, tables.known))


def hold_out(tables: Tables, seed: int) -> Split:
    """The part of train that choices are made on.

    The caller's validation file where given; else the last tenth of each user's items by
    time; else, without times, a random tenth.
    """
    if tables.valid is not None:
        return Split(tables.train, tables.valid)
    if tables.train["ts"].null_count() == 0:
        return split_last_per_user(tables.train, VALID_SHARE)
    return split_at_random(tables.train, VALID_SHARE, seed=seed)


def trials_of(tables: Tables, seed: int) -> list[Trial]:
    """What choices are made on, each with users known before it; reads nothing of test.

    The part that ``hold_out`` gives; and, where the caller's validation file follows train in
    time, a longer window that begins as much earlier: the two together tell what lasts.
    """
    splits = [hold_out(tables, seed), *_earlier(tables)]
    found = [_trial(tables, split, seed) for split in splits]
    return [trial for trial in found if trial.queries]


def _earlier(tables: Tables) -> list[Split]:
    """A cut before the caller's own, as many rows earlier as its validation part has."""
    valid = tables.valid
    if valid is None or valid.is_empty() or tables.known["ts"].null_count():
        return []
    begins: Any = valid["ts"].min()
    latest: Any = tables.train["ts"].max()
    if latest > begins or valid.height >= tables.train.height:
        return []
    in_order = tables.train.sort("ts", maintain_order=True)
    early = in_order.head(-valid.height)
    return [Split(early, pl.concat([in_order.tail(valid.height), valid]))]


def _trial(tables: Tables, split: Split, seed: int) -> Trial:
    """One split as a trial: its users who are known before the cut, at most ``TRIAL_USERS``."""
    catalogue = Catalogue(tables.known["item"].unique().sort())
    warm = split.test.join(split.train.select("user").unique(), on="user", how="semi")
    users = warm["user"].unique().sort()
    if len(users) > TRIAL_USERS:
        drawn = np.random.default_rng(seed).choice(len(users), TRIAL_USERS, replace=False)
        users = users.gather(np.sort(drawn))
    queries = queries_of(users, split.train)
    barred = matrix_of(catalogue, users, split.train)
    relevant = matrix_of(catalogue, users, split.test)
    return Trial(training_set(split.train, seed), catalogue, queries, barred, relevant)


def _fit_default(tables: Tables, seed: int, progress: Callable[[str], None] | None) -> FittedModel:
    trials = trials_of(tables, seed)
    if not trials:
        model = fit_model(FALLBACK, tables, seed, progress)
        return FittedModel(model.score, (TOO_LITTLE,))
    choice = choose_blend(trials, progress=progress)
    if progress:
        progress("refit")
    training = training_set(tables.known, seed)
    names = {**choice.configs, FALLBACK: choice.configs.get(FALLBACK, {})}
    scorers = {name: fitted(name, options, training) for name, options in names.items()}
    score = score_blend(catalogue_of(tables), scorers, choice.weights, scorers[FALLBACK])
    notes = tuple(f"without {name}: {reason}" for name, reason in choice.absent.items())
    told = {
        "configs": {name: dict(options) for name, options in choice.configs.items()},
        "weights": dict(choice.weights),
        "validation_quality": choice.quality,
        "validation_quality_alone": dict(choice.alone),
        "validation_users": sum(len(trial.queries) for trial in trials),
    }
    return FittedModel(score, notes, told)


def _fit_peer(
    name: str, tables: Tables, seed: int, progress: Callable[[str], None] | None
) -> FittedModel:
    """Choose on the default's validation part, then fit on all that is known."""
    choice = choose_peer(name, trials_of(tables, seed), progress)
    if progress:
        progress("refit")
    training = training_set(tables.known, seed)
    peer, fallback = fit_peer(name, choice.options, training), fitted(FALLBACK, {}, training)
    timeless = name == RECENT and tables.known["ts"].null_count() == tables.known.height
    told = {
        "configs": {name: dict(choice.options)},
        "validation_quality": choice.quality,
        "settings_tried": choice.tried,
    }
    return FittedModel(
        score_alone(catalogue_of(tables), peer, fallback), (NO_TIMES,) if timeless else (), told
    )


def _limits(scorer: CourseScorer, known: pl.DataFrame) -> tuple[str, ...]:
    """Says so where a scorer modelled only part of the catalogue."""
    modelled, items = len(scorer.fitted_courses()), known["item"].n_unique()
    if modelled == items:
        return ()
    return (f"models only {modelled:,} of {items:,} items, the most taken",)


def known_models() -> tuple[str, ...]:
    """The models whose scorers exist here, the peers, and the default."""
    ours = {*discover(), *PEERS, DEFAULT}
    return tuple(name for name in MODELS if name in ours)
