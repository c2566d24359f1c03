"""How each term went in truth: what a closed loop does to value, herding and cold courses."""

from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from data.simulate.build import TermDone
from data.simulate.pool.sections import Sections
from data.simulate.streams import Streams
from data.simulate.terms.choice import World, apply_probability, utilities
from data.simulate.terms.diary import UNIFORM_LIST
from data.simulate.terms.record import Record
from data.simulate.terms.seats import admissible
from data.vocab import EVENT_TYPES

K: Final = 10
"""Length at which lists are judged."""

ASKED: Final = 200
"""Learners whose oracle is computed."""


def term_summary(
    world: World, done: TermDone, log: pl.DataFrame, before: Record, streams: Streams
) -> dict[str, Any]:
    """What one term's lists were worth, and whom and what they served.

    Args:
        world: with all that no table tells.
        done: the term.
        log: its events as numbers.
        before: completed courses when it began.
        streams: draws whose oracle is computed.

    Returns:
        term, page, lists; value_at_10 and oracle_at_10 (mean true probability of applying) and
        their ratio; cold_share of shown sections and cold_available (courses new in the term);
        exposure_gini over listed sections (0 even, near 1 all on one); applications, and
        top_5_percent, the share of them that goes to the most wanted twentieth of sections.
    """
    shown = log.filter(
        (pl.col("kind") == EVENT_TYPES.index("impression")) & (pl.col("uniform") != UNIFORM_LIST)
    )
    first = shown.filter(pl.col("position") <= K)
    learner = first["learner"].to_numpy().astype(np.int64)
    section = first["section"].to_numpy().astype(np.int64) - done.sections.first
    value = _chance(world, done.sections, before, learner, section)
    lists = shown["learner"].n_unique()
    oracle = _oracle(world, done.sections, before, np.unique(learner), streams)
    new = world.courses.first_term[done.sections.course] == done.sections.number
    seen = np.bincount(
        shown["section"].to_numpy() - done.sections.first, minlength=len(done.sections)
    )
    listed = done.sections.listed
    wanted = np.bincount(done.result.applications.section, minlength=len(done.sections))
    mean = float(value.sum() / (K * lists)) if lists else 0.0
    return {
        "term": done.sections.term.name,
        "page": done.page,
        "lists": lists,
        "value_at_10": mean,
        "oracle_at_10": oracle,
        "value_over_oracle": mean / oracle if oracle else None,
        "cold_share": float(new[section].mean()) if len(section) else None,
        "cold_available": float(new[listed].mean()),
        "exposure_gini": gini(seen[listed].astype(np.float64)),
        "applications": len(done.result.applications.learner),
        "top_5_percent": top_share(wanted[listed], 0.05),
    }


def gini(amounts: NDArray[np.float64]) -> float:
    """Inequality of amounts, 0 (all the same) to 1 - 1/n (all on one).

    ``G = sum_i (2 i - n - 1) x_(i) / (n sum x)``, ``x_(i)`` the i-th smallest of n.

    >>> gini(np.array([1.0, 1.0])), gini(np.array([0.0, 4.0]))
    (0.0, 0.5)
    """
    ordered, n = np.sort(amounts), len(amounts)
    total = float(ordered.sum())
    if not total:
        return 0.0
    return float(((2 * np.arange(1, n + 1) - n - 1) * ordered).sum() / (n * total))


def top_share(counts: NDArray[np.int64], share: float) -> float:
    """Share of the total that goes to the largest entries, rounded up to at least one.

    >>> top_share(np.array([6, 2, 1, 1]), 0.25)
    0.6
    """
    ordered = np.sort(counts)[::-1]
    most = max(1, round(share * len(ordered)))
    return float(ordered[:most].sum() / max(1, ordered.sum()))


def _chance(
    world: World,
    planned: Sections,
    before: Record,
    learner: NDArray[np.int64],
    section: NDArray[np.int64],
) -> NDArray[np.float64]:
    """The true probability of applying; 0 where the form refuses."""
    chance = apply_probability(world.params, utilities(world, planned, learner, section))
    return np.where(admissible(world, planned, before, learner, section), chance, 0.0)


def _oracle(
    world: World,
    planned: Sections,
    before: Record,
    learners: NDArray[np.int64],
    streams: Streams,
) -> float:
    """Mean over some learners of the ten best of all listed sections."""
    rng = streams.of("judged", 1 + planned.number)
    asked = np.sort(rng.choice(learners, min(ASKED, len(learners)), replace=False))
    listed = np.flatnonzero(planned.listed)
    best = [
        np.sort(_chance(world, planned, before, np.full(len(listed), one), listed))[-K:].sum() / K
        for one in asked
    ]
    return float(np.mean(best)) if best else 0.0
