"""Replay on the old log: what lists share with what learners took. Biased, and labelled so."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from data.city import City
from training.metrics.intervals import bootstrap
from training.offpolicy.logged import Window
from training.offpolicy.target import SHOWN, visit_columns


@dataclass(frozen=True, slots=True)
class Replay:
    """Recall of the lists on what learners took from the old page.

    A learner can only take what the old page showed, so a policy like the old page is judged too
    well and any other too badly. The figure is told to be set against an unbiased one.

    Attributes:
        recall: mean share of what a learner took that the list held; NaN without a learner.
        low: lower end of its bootstrap interval.
        high: upper end of the same.
        learners: who took something, lists per visit counted one by one.
    """

    recall: float
    low: float
    high: float
    learners: int


def taken_from_log(city: City, window: Window) -> pl.DataFrame:
    """What learners took in a period from lists without a propensity.

    Args:
        city: any snapshot with events.
        window: reward and period; the period holds the reward here.

    Returns:
        learner_id, list_id (null where the event names none), section_id; each row once.
    """
    events = city.scan("events")
    took = events.filter(
        pl.col("type").cast(pl.String) == window.reward,
        pl.all_horizontal(pl.col("learner_id", "section_id").is_not_null()),
    )
    if window.since is not None:
        took = took.filter(pl.col("occurred_at") >= window.since)
    if window.until is not None:
        took = took.filter(pl.col("occurred_at") < window.until)
    drawn = events.filter(
        pl.col("type").cast(pl.String) == "impression", pl.col("propensity").is_not_null()
    ).select("learner_id", "list_id")
    old = took.join(drawn.unique(), on=["learner_id", "list_id"], how="anti")
    return old.select("learner_id", "list_id", "section_id").unique().collect()


def replay(taken: pl.DataFrame, target: pl.DataFrame, *, seed: int) -> Replay:
    """Recall at k on the old log: ``mean_u sum_{s taken by u} pi_s / |taken by u|``.

    Args:
        taken: ``taken_from_log``.
        target: ``training.offpolicy.target.target_of``; learners (or visits) without a list are
            left out.
        seed: of the bootstrap.
    """
    by = visit_columns(target)
    judged = taken.select(*by, "section_id").unique().join(target.select(by).unique(), on=by)
    found = judged.join(target, on=[*by, "section_id"], how="left").with_columns(
        pl.col(SHOWN).fill_null(0.0)
    )
    recalls = found.group_by(by).agg(pl.col(SHOWN).mean()).sort(by)[SHOWN].to_numpy()
    (told,) = bootstrap(np.asarray(recalls, dtype=np.float64)[:, None], seed=seed)
    return Replay(told.mean, told.low, told.high, told.n)
