"""``xuepei bench coldstart``: rank items that nobody has taken yet, by their features alone.

train, valid, test + item features -> models -> lists of the items new in test -> rows
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Final

import numpy as np
import polars as pl

from recsys.stages import CourseScorer
from recsys.types import LearnerQuery, TrainingSet
from training.bench.apart import Progress, run_apart
from training.bench.features import item_courses
from training.bench.job import Job, Row
from training.bench.models import DEFAULT, TRIAL_USERS, FittedModel
from training.bench.tables import Tables, matrix_of, queries_of, read_pairs, training_set
from training.course_ranking import Catalogue, Score, rank_courses, standardised
from training.errors import BenchError
from training.metrics.lists import Judged, Relevant, Scores, judge
from training.tuning.choice import choose_blend
from training.tuning.configs import Options, fitted
from training.tuning.trial import Trial

LONGEST: Final = 100
"""Length of the lists judged."""

VALID_SHARE: Final = 0.1
"""Of the items of train, held out for choosing where no validation file is given."""

RANDOM: Final = "random"

PLAIN: Final[Mapping[str, Options]] = MappingProxyType(
    {"text": {"skills": True, "word_pairs": False}, "content": {}}
)
"""Scorers that can rank an item nobody took, and the options they are shown with alone."""

SPACE: Final[Mapping[str, Sequence[Options]]] = MappingProxyType(
    {
        "text": tuple(
            {"skills": True, "word_pairs": pairs, "rarity": rarity}
            for pairs in (False, True)
            for rarity in (1.0, 2.0)
        ),
        "content": tuple(
            {"topics": topics, "rarity": rarity} for topics in (256, 512) for rarity in (1.0, 2.0)
        ),
    }
)
"""Configurations tried for the shipped default."""

MODELS: Final = (RANDOM, *PLAIN, DEFAULT)


@dataclass(frozen=True, slots=True)
class ColdTables:
    """A cold start: what is learned from, the items' features, and what is to be found.

    Attributes:
        tables: ``valid`` holds only items that aren't in train, ``test`` only items that are
            in neither; both only users of train.
        courses: an item a row with its ``document`` and ``skill_ids``.
    """

    tables: Tables
    courses: pl.DataFrame


def read_cold(
    train: Path, test: Path, item_features: Path, valid: Path | None = None, *, seed: int = 0
) -> ColdTables:
    """Read the files; without ``valid`` a tenth of train's items is held out for choosing.

    Raises:
        BenchError: a file can't be used, or leaves nothing to judge on.
    """
    learned, notes = read_pairs(train)
    judged, said = read_pairs(test)
    notes = (*notes, *said)
    if valid:
        chosen, said = read_pairs(valid)
        chosen, said_new = _only_new(chosen, learned, f"{valid}")
        notes = (*notes, *said, *said_new)
    else:
        learned, chosen = _hold_items_out(learned, seed)
    judged, said = _only_new(judged, pl.concat([learned, chosen]), f"{test}")
    if judged.is_empty():
        message = f"{test} holds no item that is new to a user of train; nothing to judge on"
        raise BenchError(message)
    return ColdTables(Tables(learned, chosen, judged, (*notes, *said)), item_courses(item_features))


def bench_coldstart(
    train: Path,
    test: Path,
    item_features: Path,
    valid: Path | None = None,
    *,
    models: Sequence[str] | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> tuple[Tables, list[Row]]:
    """Fit and judge each model in a process of its own, on items that are new in test.

    Args:
        train: Parquet file with ``user``, ``item`` and optionally ``ts``.
        test: the same; its items that are in neither train nor valid are ranked.
        item_features: Parquet file with ``item`` and any other columns.
        valid: the same as test, for choosing; learned from in the end.
        models: which to run, in this order; all by default.
        seed: of every random choice.
        progress: told what is being done.

    Raises:
        BenchError: a file can't be used, a model is unknown, or a worker failed.
    """
    chosen = tuple(models) if models else MODELS
    unknown = sorted(set(chosen) - set(MODELS))
    if unknown:
        message = f"unknown models {unknown}; there are {list(MODELS)}"
        raise BenchError(message)
    cold = read_cold(train, test, item_features, valid, seed=seed)
    first, last, features = (str(path.resolve()) for path in (train, test, item_features))
    middle = str(valid.resolve()) if valid else None
    jobs = [Job(name, first, last, middle, seed, "", features) for name in chosen]
    return cold.tables, run_apart(jobs, progress)


def fit_cold(
    name: str, cold: ColdTables, seed: int, progress: Callable[[str], None] | None = None
) -> FittedModel:
    """Fit one model on all of train (and valid); the default chooses its blend first."""
    catalogue = Catalogue(cold.tables.test["item"].unique().sort())
    if name == RANDOM:
        return FittedModel(_score_at_random(catalogue, seed))
    pairs = cold.tables.known
    if name == DEFAULT:
        trial = cold_trial(cold, seed)
        choice = choose_blend([trial], space=SPACE, progress=progress)
        configs, weights = choice.configs, choice.weights
        told = {
            "configs": {scorer: dict(options) for scorer, options in configs.items()},
            "weights": dict(weights),
            "validation_quality": choice.quality,
            "validation_quality_alone": dict(choice.alone),
            "validation_users": len(trial.queries),
        }
    else:
        configs, weights, told = {name: PLAIN[name]}, {name: 1.0}, {}
    if progress:
        progress("fit")
    training = _training(cold.courses, pairs, pairs["item"], cold.tables.test["item"], seed=seed)
    scorers = {scorer: fitted(scorer, options, training) for scorer, options in configs.items()}
    return FittedModel(_score_blend(catalogue, scorers, weights), choice=told)


def cold_trial(cold: ColdTables, seed: int) -> Trial:
    """What the default's choice is made on: the items new in valid; reads nothing of test.

    Raises:
        BenchError: no user of train took an item that is new in valid.
    """
    train, valid = cold.tables.train, cold.tables.valid
    if valid is None or valid.is_empty():
        message = "nothing to choose on: no user of train took an item that is new in valid"
        raise BenchError(message)
    catalogue = Catalogue(valid["item"].unique().sort())
    users = valid["user"].unique().sort()
    if len(users) > TRIAL_USERS:
        drawn = np.random.default_rng(seed).choice(len(users), TRIAL_USERS, replace=False)
        users = users.gather(np.sort(drawn))
    return Trial(
        _training(cold.courses, train, train["item"], valid["item"], seed=seed),
        catalogue,
        queries_of(users, train),
        matrix_of(catalogue, users, train),
        matrix_of(catalogue, users, valid),
    )


def rank_cold(score: Score, cold: ColdTables) -> Judged:
    """Rank the items new in test for each of its users, and hold the lists against test."""
    catalogue = Catalogue(cold.tables.test["item"].unique().sort())
    users = cold.tables.test["user"].unique().sort()
    queries = queries_of(users, cold.tables.known)
    barred = matrix_of(catalogue, users, cold.tables.known)
    items = rank_courses(score, queries, barred, LONGEST)
    return judge(items, matrix_of(catalogue, users, cold.tables.test))


def _training(
    courses: pl.DataFrame, pairs: pl.DataFrame, *items: pl.Series, seed: int
) -> TrainingSet:
    """The pairs with the features of these items; an item without features has none."""
    pool = pl.DataFrame({"course_id": pl.concat(items).unique().sort()})
    described = pool.join(courses, on="course_id", how="left", maintain_order="left")
    filled = described.with_columns(pl.col("skill_ids").fill_null([]))
    return replace(training_set(pairs, seed), courses=filled)


def _score_at_random(catalogue: Catalogue, seed: int) -> Score:
    rng = np.random.default_rng(seed)

    def score(queries: Sequence[LearnerQuery], _: Relevant) -> Scores:
        return rng.random((len(queries), len(catalogue)), dtype=np.float32)

    return score


def _score_blend(
    catalogue: Catalogue, scorers: Mapping[str, CourseScorer], weights: Mapping[str, float]
) -> Score:
    """The weighted sum of standardised scores; what nobody can score counts as the mean."""
    readers = {name: catalogue.reader(scorer) for name, scorer in scorers.items()}

    def score(queries: Sequence[LearnerQuery], barred: Relevant) -> Scores:
        total = np.zeros((len(queries), len(catalogue)), dtype=np.float32)
        for name, read in readers.items():
            part = standardised(read(queries), barred)
            total += np.float32(weights[name]) * part
        return total

    return score


def _only_new(
    pairs: pl.DataFrame, known: pl.DataFrame, path: str
) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """The pairs of new items and known users, and what was left out, in words."""
    new = pairs.join(known, on="item", how="anti", maintain_order="left")
    kept = new.join(known, on="user", how="semi", maintain_order="left")
    told = (
        (pairs.height - new.height, f"pairs of {path} left out: their item isn't new"),
        (new.height - kept.height, f"pairs of {path} left out: their user isn't in train"),
    )
    return kept, tuple(f"{count:,} {what}" for count, what in told if count)


def _hold_items_out(pairs: pl.DataFrame, seed: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """All pairs of a random tenth of the items apart; only of users who keep some pair."""
    items = pairs["item"].unique().sort()
    drawn = np.random.default_rng(seed).random(len(items)) < VALID_SHARE
    held = pl.col("item").is_in(items.filter(pl.Series(drawn)).implode())
    train = pairs.filter(~held)
    return train, pairs.filter(held).join(train, on="user", how="semi", maintain_order="left")
