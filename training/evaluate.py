"""Judge a bundle on what learners did after its cut-off; nothing sampled, nothing leaked.

    bundle's as_of ──┬── known before: queries, scores, lists
                     └── applied to or enrolled in after it: the right answers

Two levels are judged on the same learners. ``policy`` and ``open, …`` are lists of sections
that were open to the learner at the cut, read as courses. ``courses: …`` rank every course that
isn't in train, open or not: taste alone, comparable with published tables.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np
import polars as pl

from data.city import City
from features.course import course_features
from features.interactions import course_interactions
from features.learner import learner_features
from recsys.artifact import Bundle
from recsys.pipeline.policy import policy_for
from recsys.pipeline.recommender import Recommender
from recsys.stages import CourseScorer
from recsys.types import LearnerQuery
from training.answers import answers_between, days_to_opening
from training.course_ranking import Catalogue, rank_courses, score_alone, score_blend
from training.errors import EvaluationError
from training.metrics.lists import Ids, Relevant, judge
from training.metrics.table import Catalogue as KnownItems
from training.metrics.table import differences, figures, per_learner
from training.policy_lists import POLICY, POPULAR, policy_lists
from training.slices import learner_slices

COURSES: Final = "courses: "
SOME: Final = 200
"""Learners by whom it is seen whether a scorer has anything to say."""
"""Prefix of models that rank every course."""

BLEND: Final = f"{COURSES}blend"

Progress = Callable[[int, int], None]
"""Told how many learners have their lists, of how many."""


@dataclass(frozen=True, slots=True)
class Request:
    """What to judge on.

    Attributes:
        until: end of the judged period, not included; None judges on all that is known.
        ks: lengths of lists.
        learners: at most this many learners are judged, drawn by ``seed``; None judges all.
        programme: judge the policy of this programme on its own courses only.
        seed: of the draw and of the bootstrap.
    """

    until: datetime | None = None
    ks: tuple[int, ...] = (10, 20)
    learners: int | None = 1000
    programme: str | None = None
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The judgement of one bundle.

    Attributes:
        model_version: of the bundle.
        as_of: the cut.
        until: end of the judged period; None when it is open.
        learners: learners judged.
        learners_known: learners with right answers, of whom ``learners`` were drawn.
        answers: pairs of learner and course they were judged on.
        offered: share of the answers whose course had an eligible section at the cut: the
            most that a list of open sections could find.
        figures: columns of ``training.metrics.table.FIGURES``.
        differences: models against the most popular: see ``training.metrics.table``.
    """

    model_version: str
    as_of: datetime
    until: datetime | None
    learners: int
    learners_known: int
    answers: int
    offered: float
    figures: pl.DataFrame
    differences: pl.DataFrame


@dataclass(frozen=True, slots=True)
class _Stage:
    """The judged learners and the right answers, in one order."""

    catalogue: Catalogue
    queries: Sequence[LearnerQuery]
    barred: Relevant
    relevant: Relevant
    answers: pl.DataFrame


def evaluate(
    city: City, bundle: Bundle, request: Request | None = None, progress: Progress | None = None
) -> Evaluation:
    """Judge a bundle on what happened after its cut-off.

    Args:
        city: the snapshot, with what came after the cut.
        bundle: fitted at the cut.
        request: what to judge on.
        progress: told after each learner.

    Raises:
        EvaluationError: nothing is known after the cut; says what to do then.
    """
    asked = request or Request()
    cut = bundle.manifest.as_of
    recommender = Recommender(
        city,
        cut,
        bundle.scorers,
        bundle.policies,
        ranker=bundle.ranker,
        completion=bundle.completion,
    )
    stage, known = _stage(city, recommender, asked)
    lists, offered = _all_lists(recommender, bundle, stage, asked, progress)
    return Evaluation(
        model_version=bundle.manifest.model_version,
        as_of=cut,
        until=asked.until,
        learners=len(stage.queries),
        learners_known=known,
        answers=int(stage.relevant.nnz),
        offered=_offered_share(stage, offered),
        figures=_figures(city, cut, stage, lists, asked),
        differences=_differences(city, cut, stage, lists, asked),
    )


def _stage(city: City, recommender: Recommender, asked: Request) -> tuple[_Stage, int]:
    """Draw the learners, build their queries, and keep the answers that aren't in train."""
    answers = answers_between(city, recommender.as_of, asked.until, asked.programme)
    most = max(asked.ks)
    learners = answers["learner_id"].unique().sort().to_list()
    queries = recommender.queries(learners, programme=asked.programme, n=most)
    taken = _taken(queries)
    fresh = answers.join(taken, on=["learner_id", "course_id"], how="anti")
    judged = fresh["learner_id"].unique().sort()
    if judged.is_empty():
        raise EvaluationError(_nothing_known(city, recommender.as_of, asked))
    drawn = _drawn(judged, asked)
    chosen = set(drawn)
    kept = [query for query in queries if query.learner_id in chosen]
    catalogue = _catalogue(city, recommender.as_of, answers, asked.programme)
    stage = _Stage(
        catalogue=catalogue,
        queries=kept,
        barred=_matrix(catalogue, drawn, taken),
        relevant=_matrix(catalogue, drawn, fresh),
        answers=fresh.filter(pl.col("learner_id").is_in(drawn.implode())),
    )
    return stage, len(judged)


def _taken(queries: Sequence[LearnerQuery]) -> pl.DataFrame:
    """The courses of each query's history."""
    rows = [(query.learner_id, course) for query in queries for course in query.history]
    return pl.DataFrame(
        rows, schema={"learner_id": pl.String, "course_id": pl.String}, orient="row"
    )


def _drawn(judged: pl.Series, asked: Request) -> pl.Series:
    if asked.learners is None or len(judged) <= asked.learners:
        return judged
    rng = np.random.default_rng(asked.seed)
    return judged.gather(np.sort(rng.choice(len(judged), asked.learners, replace=False)))


def _catalogue(
    city: City, cut: datetime, answers: pl.DataFrame, programme: str | None
) -> Catalogue:
    """Every course of the pool, and those of the answers that the pool lacks."""
    courses = course_features(city, cut)
    if programme is not None:
        courses = courses.filter(pl.col("programme").cast(pl.String) == programme)
    return Catalogue(pl.concat([courses["course_id"], answers["course_id"]]).unique().sort())


def _matrix(catalogue: Catalogue, learners: pl.Series, pairs: pl.DataFrame) -> Relevant:
    rows = pl.DataFrame({"learner_id": learners}).with_row_index("row").cast({"row": pl.Int64})
    placed = pairs.join(rows, on="learner_id", how="inner")
    return catalogue.matrix(placed["row"], placed["course_id"], len(learners))


def _all_lists(
    recommender: Recommender,
    bundle: Bundle,
    stage: _Stage,
    asked: Request,
    progress: Progress | None,
) -> tuple[dict[str, Ids], list[set[str]]]:
    """Lists of every model at both levels."""
    seen, total = iter(range(1, len(stage.queries) + 1)), len(stage.queries)
    done = (lambda: progress(next(seen), total)) if progress else None
    k = max(asked.ks)
    sections, offered = policy_lists(recommender, stage.queries, stage.catalogue, k, done)
    weights = policy_for(bundle.policies, asked.programme).weights
    return {**sections, **_course_lists(bundle, weights, stage, k)}, offered


def _course_lists(
    bundle: Bundle, weights: Mapping[str, float], stage: _Stage, k: int
) -> dict[str, Ids]:
    """Every scorer of taste alone, and the policy's blend of them."""
    tastes = {n: s for n, s in bundle.scorers.items() if isinstance(s, CourseScorer)}
    fallback = tastes.get("popularity")
    if fallback is None:
        return {}
    scores = {
        f"{COURSES}{name}": score_alone(stage.catalogue, scorer, fallback)
        for name, scorer in tastes.items()
        if _has_a_say(scorer, stage.queries)
    }
    used = {name: weight for name, weight in weights.items() if name in tastes}
    scores[BLEND] = score_blend(stage.catalogue, tastes, used, fallback)
    return {
        name: rank_courses(score, stage.queries, stage.barred, k) for name, score in scores.items()
    }


def _has_a_say(scorer: CourseScorer, queries: Sequence[LearnerQuery]) -> bool:
    """Whether a scorer tells any course apart for any learner: without its table demand doesn't."""
    return bool(np.isfinite(scorer.course_scores(queries[:SOME])).any())


def _offered_share(stage: _Stage, offered: Sequence[set[str]]) -> float:
    shown = {
        query.learner_id: courses for query, courses in zip(stage.queries, offered, strict=True)
    }
    pairs = stage.answers.select("learner_id", "course_id").iter_rows()
    return float(np.mean([course in shown[learner] for learner, course in pairs]))


def _known_items(city: City, cut: datetime, catalogue: Catalogue) -> KnownItems:
    """How many learners took each course before the cut."""
    pairs = course_interactions(city, cut)
    numbers = catalogue.numbers(pairs["course_id"]).drop_nulls().to_numpy()
    takers = np.bincount(numbers, minlength=len(catalogue)).astype(np.int64)
    return KnownItems(takers, pairs["learner_id"].n_unique())


def _figures(
    city: City, cut: datetime, stage: _Stage, lists: Mapping[str, Ids], asked: Request
) -> pl.DataFrame:
    known = _known_items(city, cut, stage.catalogue)
    judged = pl.Series([query.learner_id for query in stage.queries], dtype=pl.String)
    warm = pl.Series([q.learner_id for q in stage.queries if q.history], dtype=pl.String)
    programmes = city.scan("courses").select("course_id", "programme").collect()
    took = stage.answers.join(programmes, on="course_id", how="left")
    slices = learner_slices(judged, learner_features(city, cut), warm, took)
    return pl.concat(
        figures(model, judge(items, stage.relevant), known, asked.ks, slices, seed=asked.seed)
        for model, items in lists.items()
    )


def _differences(
    city: City, cut: datetime, stage: _Stage, lists: Mapping[str, Ids], asked: Request
) -> pl.DataFrame:
    """The policy against the most popular of the same sections; the blend against popularity."""
    known = _known_items(city, cut, stage.catalogue)
    values = {
        name: per_learner(judge(items, stage.relevant), known, asked.ks)
        for name, items in lists.items()
    }
    pairs = [(POLICY, POPULAR), (BLEND, f"{COURSES}popularity")]
    return pl.concat(
        differences(values[model], values[against], model, against, seed=asked.seed)
        for model, against in pairs
        if model in values and against in values
    )


def _nothing_known(city: City, cut: datetime, asked: Request) -> str:
    end = f" and before {asked.until.isoformat()}" if asked.until else ""
    days = days_to_opening(city, cut) or 30
    return (
        f"no learner is known to have chosen a new course from {cut.isoformat()} on{end}; judge "
        f"the recipe on the days before instead, with --holdout-days {days}"
    )
