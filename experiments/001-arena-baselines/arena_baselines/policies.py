"""The policies of the table: how each scores every judged learner and open section."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from arena_baselines.facts import Facts, Index, Reals, rows_of
from arena_baselines.knowledge import Knowledge, learn
from arena_baselines.log import Lists, Term, admissible, in_terms
from arena_baselines.pairs import ranker_features, with_context
from arena_baselines.world import Arena, Scores
from features.asof import known as known_rows
from recsys.scorers.matrices import one_thread

LABELS: Final[Mapping[str, str]] = {
    "random": "random",
    "old_page": "old page (global count)",
    "nearest": "nearest",
    "ials": "iALS alone",
    "ials_context": "iALS + distance and slot",
    "age_context": "age-group popularity + distance and slot",
    "true_taste": "true taste, no context",
    "boosted": "boosted ranker on logged lists",
    "all_but_taste": "ceiling: all known but taste",
    "persona_taste": "ceiling: persona's mean taste added",
    "oracle": "oracle",
}
"""Every policy with its name in the table."""

CEILINGS: Final = ("all_but_taste", "persona_taste", "oracle")
"""Policies that read what nobody can know; no order is asked of them."""

Predict = Callable[[Reals], Reals]


@dataclass(frozen=True, slots=True)
class Training:
    """Pairs of past terms, with what was known when each term opened.

    Attributes:
        age: inputs of the linear model on age-group popularity.
        taste: inputs of the linear model on iALS.
        features: inputs of the boosted ranker.
        applied: the outcome.
    """

    age: Reals
    taste: Reals
    features: Reals
    applied: NDArray[np.bool_]


def all_scores(
    arena: Arena,
    facts: Facts,
    lists: Lists,
    terms: list[Term],
    seed: int,
    step: Callable[[str], None],
) -> Mapping[str, Scores]:
    """Scores by policy, in the order of ``LABELS``; NaN goes behind every number.

    Policies that learn read the terms before the open one, and nothing of the open one. The
    first term only feeds the counts: its own lists have nothing known before them.

    Args:
        arena: who is judged on what, and the scores that read the answer key.
        facts: learners and sections of the tables.
        lists: the log.
        terms: by time, the open one last.
        seed: of the random policy.
        step: told what begins.
    """
    parts = []
    for number in range(1, len(terms) - 1):
        step(f"lists of {terms[number].name}")
        parts.append(_training(arena, facts, lists, terms[: number + 1]))
    training = _joined(parts)
    step("what is known now")
    known = _knowledge(arena, facts, lists, terms)
    step("policies")
    learned = _learned(training, facts, known, *_asked(arena, facts))
    plain = _plain(arena, facts, known, seed)
    scores = {**plain, **learned, **arena.informed}
    shape = arena.probability.shape
    return {name: scores[name].reshape(shape) for name in LABELS}


def _asked(arena: Arena, facts: Facts) -> tuple[Index, Index]:
    """Every judged learner with every open section, as rows of ``facts``."""
    learners = rows_of(arena.learner_ids, facts.learners)
    sections = rows_of(arena.section_ids, facts.sections)
    return np.repeat(learners, len(sections)), np.tile(sections, len(learners))


def _knowledge(arena: Arena, facts: Facts, lists: Lists, terms: list[Term]) -> Knowledge:
    """What was known when the last of these terms opened."""
    earlier = in_terms(facts, lists, terms[:-1]) & facts.personalised[lists.learner]
    return learn(arena.city, terms[-1].opens_at, facts, lists.only(earlier))


def _training(arena: Arena, facts: Facts, lists: Lists, terms: list[Term]) -> Training:
    """The last of these terms' lists, of learners whose history may be used."""
    known = _knowledge(arena, facts, lists, terms)
    events = known_rows(arena.city, "events", terms[-1].opens_at)
    done = events.filter(pl.col("type") == "complete").select("learner_id", "course_id").collect()
    kept = in_terms(facts, lists, terms[-1:]) & facts.personalised[lists.learner]
    shown = lists.only(kept & admissible(facts, lists, done))
    return Training(*_inputs(facts, known, shown.learner, shown.section), shown.applied)


def _inputs(
    facts: Facts, known: Knowledge, learner: Index, section: Index
) -> tuple[Reals, Reals, Reals]:
    """Of the two linear models and of the boosted ranker."""
    course, group = facts.course[section], facts.group[learner]
    return (
        with_context(facts, known.age_popularity[group, course], learner, section),
        with_context(facts, known.course_taste[learner, course], learner, section),
        ranker_features(facts, known, learner, section),
    )


def _joined(parts: list[Training]) -> Training:
    return Training(
        np.concatenate([part.age for part in parts]),
        np.concatenate([part.taste for part in parts]),
        np.concatenate([part.features for part in parts]),
        np.concatenate([part.applied for part in parts]),
    )


def _learned(
    training: Training, facts: Facts, known: Knowledge, learner: Index, section: Index
) -> Mapping[str, Reals]:
    """Two linear models and the boosted ranker, all with scikit-learn's own settings.

    On one thread: sums keep their order, and two cores shared with others stall many threads.
    """
    age, taste, features = _inputs(facts, known, learner, section)
    with one_thread():
        by_age, by_taste = (_linear(x, training.applied) for x in (training.age, training.taste))
        ranker = HistGradientBoostingClassifier(random_state=0)
        ranker.fit(training.features, training.applied)
        return {
            "age_context": by_age(age),
            "ials_context": by_taste(taste),
            "boosted": ranker.predict_proba(features)[:, 1],
        }


def _linear(inputs: Reals, applied: NDArray[np.bool_]) -> Predict:
    """A logistic regression; its decision function."""
    model = make_pipeline(StandardScaler(), LogisticRegression()).fit(inputs, applied)
    decide: Predict = model.decision_function
    return decide


def _plain(arena: Arena, facts: Facts, known: Knowledge, seed: int) -> Mapping[str, Reals]:
    """Policies without a fitted model, and iALS as it comes."""
    learner, section = _asked(arena, facts)
    course = facts.course[section]
    count = known.enrolled[course]
    taste = known.course_taste[learner, course].astype(np.float64)
    stranger = np.asarray(np.isnan(known.course_taste).all(axis=1))
    return {
        "random": np.random.default_rng((seed, 1)).random(len(section)),
        "old_page": count,
        "nearest": -facts.km[learner, facts.place[section]].astype(np.float64),
        # without a history iALS has nothing to say; the page's own order stands in
        "ials": np.where(stranger[learner], count, taste),
    }
