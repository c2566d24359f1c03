"""The probability of completing, once a seat is held: the ranker's tables on another log."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

import numpy as np
import polars as pl

from data.city import City
from features.finished import finished_pairs
from features.shown import ASKED, PASSED
from recsys.rankers.tables import AdditiveModel
from training.errors import RankerDataError
from training.ranker.fit import MOST_LEARNERS, Hours, tables_of, words_of
from training.ranker.odds import Odds
from training.ranker.pairs import Progress, read_pairs, sizes

LEAST: Final = 200
"""Seats completed, and seats not, below which nothing is learned."""

SWEEPS: Final = 8


def fit_completion(
    city: City,
    as_of: datetime,
    *,
    seed: int = 0,
    most_learners: int = MOST_LEARNERS,
    progress: Progress | None = None,
) -> AdditiveModel:
    """Tables of the log odds that a learner with a seat completes.

    The ranker's own coordinates, with completing in the place of asking: journey, told hours,
    price, programme, topic, term and course. Nothing of one learner's own past is read.

    Args:
        city: the snapshot.
        as_of: the cut-off (aware); nothing at or after it is learned from.
        seed: of the draw of learners where there are more than ``most_learners``.
        most_learners: whose seats are read.
        progress: told how many learners have been read.

    Raises:
        RankerDataError: fewer than ``LEAST`` seats were completed, or weren't.
    """
    words = words_of(city, as_of)
    log = seats_of(finished_pairs(city, as_of))
    pairs = read_pairs(
        city, as_of, words, most_learners=most_learners, seed=seed, progress=progress, log=log
    )
    completed = int((pairs.outcome == ASKED).sum())
    if min(completed, len(pairs) - completed) < LEAST:
        message = f"{completed} of {len(pairs)} seats were completed; {LEAST} of each are needed"
        raise RankerDataError(message)
    everyone = replace(pairs, open_to=np.ones(len(pairs), dtype=np.bool_))
    odds = Odds.flat(everyone, sizes(words))
    odds.sweep(np.zeros(len(pairs)), SWEEPS)
    no_tastes = np.zeros((len(words.topics), 0))
    return AdditiveModel(words, tables_of(odds, Hours(everyone), np.zeros(1), no_tastes, words))


def seats_of(finished: pl.DataFrame) -> Mapping[str, tuple[Sequence[str], Sequence[int]]]:
    """By learner, the sections of ``finished_pairs`` and whether each was completed."""
    degree = pl.when("completed").then(ASKED).otherwise(PASSED)
    rows = finished.with_columns(degree=degree).group_by("learner_id", maintain_order=True)
    return {
        learner: (sections, degrees)
        for learner, sections, degrees in rows.agg("section_id", "degree").iter_rows()
    }
