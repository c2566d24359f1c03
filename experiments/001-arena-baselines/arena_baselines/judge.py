"""What a policy's first ten are worth: by the truth, by the log, to newcomers, to wheelchairs."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.stats import kendalltau

from arena_baselines.facts import Facts, rows_of
from arena_baselines.log import Lists, Term, in_terms
from arena_baselines.policies import CEILINGS
from arena_baselines.world import Allowed, Arena, Scores

TEN: Final = 10
"""Sections in a list."""


@dataclass(frozen=True, slots=True)
class Top:
    """The first ten sections of each learner.

    Attributes:
        column: open section, shape (learners, 10).
        shown: False where fewer than ten were allowed.
    """

    column: NDArray[np.int64]
    shown: NDArray[np.bool_]

    def mean(self, values: NDArray[Any]) -> NDArray[np.float64]:
        """Of a (learners, sections) matrix, over the ten places of each list; empty is 0."""
        taken = np.take_along_axis(values, self.column, axis=1) * self.shown
        means: NDArray[np.float64] = taken.sum(axis=1) / TEN
        return means


@dataclass(frozen=True, slots=True)
class Judge:
    """Everything policies are held to.

    Attributes:
        arena: the truth and the allowed pairs.
        wanted: what judged learners applied for from the old page in the open term.
        new: open sections whose course never ran before.
        wheelchair: judged learners who need step-free access.
        ties: orders sections of equal score, the same for all policies.
    """

    arena: Arena
    wanted: Allowed
    new: NDArray[np.bool_]
    wheelchair: NDArray[np.bool_]
    ties: NDArray[np.float64]


def make_judge(arena: Arena, facts: Facts, lists: Lists, terms: list[Term], seed: int) -> Judge:
    """Hold the answer key and the log's open term ready.

    Args:
        arena: who is judged on what.
        facts: rows of learners and sections.
        lists: the log.
        terms: by time, the open one last.
        seed: orders ties.
    """
    past = facts.sections.filter(pl.col("term") != terms[-1].name)["course_id"].unique()
    columns = rows_of(arena.section_ids, facts.sections)
    courses = facts.sections["course_id"].gather(columns)
    return Judge(
        arena=arena,
        wanted=_wanted(arena, facts, lists, terms[-1]),
        new=~courses.is_in(past.to_list()).to_numpy(),
        wheelchair=facts.wheelchair[rows_of(arena.learner_ids, facts.learners)],
        ties=np.random.default_rng((seed, 2)).random(arena.probability.shape),
    )


def _wanted(arena: Arena, facts: Facts, lists: Lists, term: Term) -> Allowed:
    """Applications for what the old page showed, of pairs that a policy may show at all."""
    made = lists.only(in_terms(facts, lists, [term]) & lists.applied & lists.old_page)
    row = np.full(facts.learners.height, -1)
    row[rows_of(arena.learner_ids, facts.learners)] = np.arange(len(arena.learner_ids))
    column = np.full(facts.sections.height, -1)
    column[rows_of(arena.section_ids, facts.sections)] = np.arange(len(arena.section_ids))
    asked = (row[made.learner] >= 0) & (column[made.section] >= 0)
    wanted = np.zeros(arena.probability.shape, dtype=bool)
    wanted[row[made.learner[asked]], column[made.section[asked]]] = True
    return wanted & arena.allowed_at_opening


def first_ten(scores: Scores, allowed: Allowed, ties: NDArray[np.float64]) -> Top:
    """The ten best allowed sections of each learner.

    Args:
        scores: higher is better, NaN goes last.
        allowed: only these may be shown.
        ties: smaller goes first among equals.
    """
    known = np.where(np.isnan(scores), -np.inf, scores)
    order = np.lexsort((ties, -known, ~allowed), axis=1)[:, :TEN]
    return Top(order, np.take_along_axis(allowed, order, axis=1))


def judged(judge: Judge, scores: Scores) -> dict[str, float]:
    """The four figures of one policy.

    Returns:
        value: mean true probability of applying over the ten shown, 0 to 1.
        replay: mean share of what a learner applied for that is among the ten, 0 to 1.
        cold: share of shown sections whose course is new.
        violations: share of what wheelchair users are shown that bars them, access rule off.
    """
    arena, wheels = judge.arena, judge.wheelchair
    top = first_ten(scores, arena.allowed, judge.ties)
    unruled = first_ten(scores, arena.allowed_without_access, judge.ties)
    barred = arena.allowed_without_access & ~arena.allowed
    return {
        "value": float(top.mean(arena.probability).mean()),
        "replay": _recall(first_ten(scores, arena.allowed_at_opening, judge.ties), judge.wanted),
        "cold": _share(top, np.broadcast_to(judge.new, scores.shape)),
        "violations": _share(unruled, barred, wheels),
    }


def _recall(top: Top, wanted: Allowed) -> float:
    asked = wanted.sum(axis=1)
    some = asked > 0
    return float((top.mean(wanted)[some] * TEN / asked[some]).mean())


def _share(top: Top, marked: Allowed, rows: NDArray[np.bool_] | slice = slice(None)) -> float:
    """Share of all shown places whose pair is marked, over some learners."""
    return float(top.mean(marked)[rows].sum() * TEN / top.shown[rows].sum())


def availability(judge: Judge) -> float:
    """Share of allowed pairs whose course is new, the mean over learners with any."""
    allowed = judge.arena.allowed
    some = allowed[allowed.any(axis=1)]
    return float((some[:, judge.new].sum(axis=1) / some.sum(axis=1)).mean())


def order_kept(figures: dict[str, dict[str, float]]) -> float:
    """Kendall's tau between the orders by replay and by truth, ceilings left out; -1 to 1."""
    names = [name for name in figures if name not in CEILINGS]
    by_log = [figures[name]["replay"] for name in names]
    by_truth = [figures[name]["value"] for name in names]
    return float(kendalltau(by_log, by_truth).statistic)
