"""A batch on several processor cores: each process loads the snapshot and the model for itself."""

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial
from multiprocessing import get_context
from pathlib import Path
from typing import Final

import polars as pl

from data.store import open_snapshot
from recsys.artifact import load_bundle
from recsys.batch import SCHEMA, Done, Lists, batch, blocks
from recsys.settled import settle
from serving.prices import read_prices

WORTH_A_PROCESS: Final = 1000
"""Learners that a process should have, so that its start pays off."""


@dataclass(frozen=True, slots=True)
class Order:
    """Which lists are wanted, from which files.

    Attributes:
        snapshot: the snapshot folder.
        bundle: the model bundle.
        as_of: the moment of the decisions.
        n: sections a list.
        programme: the programme whose policy answers; None answers across programmes.
        prices: file of seat prices, None without one.
    """

    snapshot: Path
    bundle: Path
    as_of: datetime
    n: int
    programme: str | None
    prices: Path | None = None


def fulfil(
    order: Order, learner_ids: Sequence[str], *, jobs: int, done: Done = lambda _: None
) -> pl.DataFrame:
    """The lists of learners, by as many processes as are allowed and worth it.

    Args:
        order: which lists.
        learner_ids: whose lists, in this order.
        jobs: most processes; the result doesn't depend on it.
        done: told after each block how many learners were in it.

    Returns:
        The rows of ``recsys.batch.Lists.of``.
    """
    jobs = min(jobs, len(learner_ids) // WORTH_A_PROCESS)
    if jobs < 2:
        return batch(_load(order), learner_ids, done)
    parts = [SCHEMA.to_frame()]
    # Forking would copy the frame library's threads in the middle of their work.
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as processes:
        learners = blocks(learner_ids)
        for block, part in zip(learners, processes.map(partial(_of, order), learners), strict=True):
            parts.append(part)
            done(len(block))
    return pl.concat(parts)


def _of(order: Order, learner_ids: Sequence[str]) -> pl.DataFrame:
    return _kept(order).of(learner_ids)


@cache
def _kept(order: Order) -> Lists:
    """What a worker process, which lives for one order, loads once."""
    return _load(order)


def _load(order: Order) -> Lists:
    city, bundle = open_snapshot(order.snapshot), load_bundle(order.bundle)
    prices = read_prices(order.prices)
    lists = Lists(city, bundle, order.as_of, n=order.n, programme=order.programme, prices=prices)
    settle()
    return lists
