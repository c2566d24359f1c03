"""What each factor of the learned ranker is worth: the same model with one of them silent.

Nothing is fitted again: what the other factors would have made up for is part of the loss.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Final

import numpy as np
import polars as pl

from data.city import City
from data.store import open_snapshot
from recsys.artifact import load_bundle
from recsys.batch import Lists, batch
from recsys.rankers.tables import AdditiveModel

TABLES_OF: Final[Mapping[str, Sequence[str]]] = {
    "travel": ("travel", "circle"),
    "slots": ("told", "busy"),
    "price": ("price",),
    "season": ("season",),
    "fit": ("programme",),
    "age_topic": ("topic",),
    "popularity": ("course",),
    "goal": ("goal",),
    "taste": ("tastes",),
}
"""The tables of each factor; at 0 a factor adds nothing to any section."""

OWN_LOG: Final = "own_log"
"""Free hours and taste that the learner's own log tells; what was told in a form stays."""

Judge = Callable[[Path], float]


def values(
    folder: Path, as_of: datetime, learners: Path, factors: Sequence[str], n: int, judged: Judge
) -> dict[str, float]:
    """The value of lists without each factor.

    Args:
        folder: holds the snapshot and the model.
        as_of: the moment of the decisions.
        learners: file of the learner_ids that are judged.
        factors: of ``TABLES_OF``, or ``OWN_LOG``.
        n: sections a list.
        judged: the value of a file of lists.
    """
    city, bundle = open_snapshot(folder / "snapshot"), load_bundle(folder / "model")
    if bundle.ranker is None:
        message = f"the bundle {folder / 'model'} has no learned ranker"
        raise ValueError(message)
    ids = pl.read_parquet(learners)["learner_id"].to_list()
    found: dict[str, float] = {}
    for factor in factors:
        ranker, known = bundle.ranker, city
        if factor == OWN_LOG:
            known = unseen(city)
        else:
            ranker = without(bundle.ranker, factor)
        lists = Lists(known, replace(bundle, ranker=ranker), as_of, n=n)
        file = folder / f"without-{factor}.parquet"
        batch(lists, ids).write_parquet(file)
        found[factor] = judged(file)
    return found


def without(model: AdditiveModel, factor: str) -> AdditiveModel:
    """The model with one factor silent."""
    silent = {name: np.zeros_like(getattr(model.tables, name)) for name in TABLES_OF[factor]}
    return replace(model, tables=replace(model.tables, **silent))


def unseen(city: City) -> City:
    """The city as if no list had ever been shown."""
    return city.with_tables(events=city.scan("events").filter(pl.col("type") != "impression"))
