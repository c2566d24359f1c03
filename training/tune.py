"""Choose a blend of course scorers on a validation part of train; test data never enter here.

First each scorer's configuration is chosen alone, then the weights by coordinate steps: one
weight at a time takes the best value of a short list, until no step helps any more. The steps
set out from each of the three best scorers, and look only at the courses that some scorer puts near
the top: no other can enter a list of twenty.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np
from pydantic import JsonValue

from recsys.errors import ScorerUnavailableError
from recsys.scorers import discover
from recsys.stages import CourseScorer
from recsys.types import LearnerQuery, TrainingSet
from training.course_ranking import Catalogue, batches, standardised, without
from training.errors import TrainingError
from training.metrics.lists import Ids, Relevant, Scores, judge, top_items
from training.metrics.ranking import ndcg, recall

Options = Mapping[str, JsonValue]

SPACE: Final[Mapping[str, Sequence[Options]]] = MappingProxyType(
    {
        "popularity": (
            {},
            {"half_life_days": 30.0, "power": 1.0},
            {"half_life_days": 7.0, "power": 1.0},
        ),
        "returning": ({"half_life_days": 365.0}, {"half_life_days": 365.0, "power": 1.0}),
        "transitions": ({},),
        "ease": (
            {"regularisation": 300.0},
            {"regularisation": 1000.0},
            {"regularisation": 2000.0},
            {"regularisation": 10_000.0},
            {"regularisation": 30_000.0},
            {"regularisation": 500.0, "learner_damping": 0.25, "dropout": 0.3},
            {"regularisation": 500.0, "learner_damping": 0.4, "dropout": 0.3},
        ),
        "lowpass": (
            {"taste_weight": 0.3},
            {"taste_weight": 1.0},
            {"taste_weight": 0.3, "learner_damping": 0.4, "course_damping": 0.3},
            {
                "taste_weight": 0.3,
                "learner_damping": 0.4,
                "course_damping": 0.3,
                "max_tastes": 512,
                "tastes_per_root": 3.0,
            },
        ),
        "ials": (
            {},
            {"shrinkage": 1.0},
            {"factors": 256, "shrinkage": 1.0},
            {"alpha": 5.0, "shrinkage": 3.0},
            {"alpha": 5.0, "shrinkage": 15.0},
        ),
        "item_knn": (
            {},
            {"learner_damping": 0.4, "history_damping": 0.7, "course_damping": 0.3},
        ),
    }
)
"""Configurations tried for each scorer of the blend."""

WEIGHTS: Final = (0.0, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0, 1.5, 2.0)
"""Weights tried for a scorer's standardised scores."""

AGAINST: Final = (-1.5, -1.0, -0.75, -0.5, -0.4, -0.3, -0.2, -0.1)
"""Further weights tried for popularity: models of co-occurrence often lean on it too much."""

K: Final = 20
FINER: Final = (0.7, 0.85, 1.18, 1.43)
"""Shares of a weight that are tried in its place once the list holds nothing better."""

ROUNDS: Final = 3
STARTS: Final = 3
"""Single scorers from which the steps set out: from one alone they get stuck."""
NEAR_TOP: Final = 200
"""Courses of each scorer that the steps look at."""

LEAST_GAIN: Final = 1e-5
"""A step must gain more than rounding."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What a choice is made on.

    Attributes:
        training: what the candidates are fitted on; holds nothing of ``relevant``.
        catalogue: the courses ranked.
        queries: the learners judged on.
        barred: their courses in ``training``; shape (queries, courses).
        relevant: their courses in the validation part; same shape.
    """

    training: TrainingSet
    catalogue: Catalogue
    queries: Sequence[LearnerQuery]
    barred: Relevant
    relevant: Relevant


@dataclass(frozen=True, slots=True)
class BlendChoice:
    """The blend that did best on the validation part.

    Attributes:
        configs: the chosen configuration of each scorer of the blend.
        weights: weight of each scorer's standardised score, none 0.
        quality: of the blend on the validation part, see ``quality_of``.
        alone: the same of each scorer by itself.
        absent: scorers that can't be used here, with the reason.
    """

    configs: Mapping[str, Options]
    weights: Mapping[str, float]
    quality: float
    alone: Mapping[str, float]
    absent: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Part:
    """One scorer's view of a trial's learners.

    Attributes:
        scores: standardised; shape (learners, courses).
        top: its best ``NEAR_TOP`` courses; -1 where fewer are ranked.
        quality: of its lists alone.
    """

    scores: Scores
    top: Ids
    quality: float


@dataclass(frozen=True, slots=True)
class _Shortlist:
    """The courses near the top for some scorer.

    Attributes:
        courses: ascending course numbers, each once a row, -1 between; (learners, width).
        scores: each scorer's standardised scores of them, NaN at -1.
        relevant: the courses of the validation part.
    """

    courses: Ids
    scores: Mapping[str, Scores]
    relevant: Relevant


def choose_blend(
    trials: Sequence[Trial],
    *,
    space: Mapping[str, Sequence[Options]] = SPACE,
    progress: Callable[[str], None] | None = None,
) -> BlendChoice:
    """The configurations and weights that rank the validation parts best.

    The same trials give the same choice; the only randomness is the training sets' seed.

    Args:
        trials: what to fit on and what to judge on; each counts by its learners.
        space: configurations by scorer name.
        progress: told what is being tried.

    Raises:
        TrainingError: no scorer of the space can be used here, or there is no trial.
    """
    if not trials:
        message = "a choice needs at least one trial"
        raise TrainingError(message)
    say = progress or _say_nothing
    parts: dict[str, Sequence[_Part]] = {}
    configs: dict[str, Options] = {}
    alone: dict[str, float] = {}
    absent: dict[str, str] = {}
    for name, options in space.items():
        try:
            configs[name], parts[name] = _best_config(trials, name, options, say)
            alone[name] = together(trials, [part.quality for part in parts[name]])
        except ScorerUnavailableError as error:
            absent[name] = str(error)
    if not parts:
        message = f"none of the scorers {list(space)} can be used here: {absent}"
        raise TrainingError(message)
    say("weights")
    shortlists = [
        _shortlist({name: views[number] for name, views in parts.items()}, trial.relevant)
        for number, trial in enumerate(trials)
    ]
    weights, quality = _best_weights(shortlists, alone)
    used = {name: weight for name, weight in weights.items() if weight}
    return BlendChoice({n: configs[n] for n in used}, used, quality, alone, absent)


def fitted(name: str, options: Options, training: TrainingSet) -> CourseScorer:
    """A course scorer with these options, fitted.

    Raises:
        TrainingError: no course scorer has this name.
        ScorerUnavailableError: its library isn't installed here.
    """
    found = discover().get(name)
    if found is None or not issubclass(found, CourseScorer):
        message = f"{name!r} is no course scorer"
        raise TrainingError(message)
    return found(found.config_type.model_validate(options)).fit(training)


def quality_of(lists: Ids, relevant: Relevant) -> float:
    """Mean of Recall@20 and NDCG@20 over the learners judged."""
    judged = judge(lists[:, :K], relevant)
    return float(np.mean([recall(judged, K).mean(), ndcg(judged, K).mean()]))


def _say_nothing(_: str) -> None:
    """Nobody asked."""


def together(trials: Sequence[Trial], qualities: Sequence[float]) -> float:
    """The mean over the learners of all trials."""
    return float(np.average(qualities, weights=[len(trial.queries) for trial in trials]))


def _best_config(
    trials: Sequence[Trial], name: str, options: Sequence[Options], say: Callable[[str], None]
) -> tuple[Options, Sequence[_Part]]:
    """The options that do best alone, and what the scorer says with them in each trial."""
    best: tuple[float, Options, Sequence[_Part]] | None = None
    for tried in options:
        say(f"{name} {dict(tried)}" if tried else name)
        parts = [_part(trial, fitted(name, tried, trial.training)) for trial in trials]
        quality = together(trials, [part.quality for part in parts])
        if best is None or quality > best[0]:
            best = (quality, tried, parts)
    if best is None:
        message = f"the space gives no configuration for scorer {name!r}"
        raise TrainingError(message)
    return best[1:]


def _part(trial: Trial, scorer: CourseScorer) -> _Part:
    """Score the validation learners, a batch at a time."""
    shape = (len(trial.queries), len(trial.catalogue))
    scores = np.empty(shape, dtype=np.float32)
    tops: list[Ids] = []
    for start, stop in batches(*shape):
        barred = trial.barred[start:stop]
        found = trial.catalogue.scores(scorer, trial.queries[start:stop])
        scores[start:stop] = standardised(found, barred)
        tops.append(top_items(without(scores[start:stop], barred), NEAR_TOP))
    top = np.concatenate(tops)
    return _Part(scores, top, quality_of(top, trial.relevant))


def _shortlist(parts: Mapping[str, _Part], relevant: Relevant) -> _Shortlist:
    """Join the tops of all scorers, each course once."""
    courses = np.sort(np.concatenate([part.top for part in parts.values()], axis=1), axis=1)
    courses[:, 1:][courses[:, 1:] == courses[:, :-1]] = -1
    there = courses >= 0
    places = np.where(there, courses, 0)
    scores = {
        name: np.where(there, np.take_along_axis(part.scores, places, axis=1), np.float32(np.nan))
        for name, part in parts.items()
    }
    return _Shortlist(courses, scores, relevant)


def _best_weights(
    shortlists: Sequence[_Shortlist], alone: Mapping[str, float]
) -> tuple[dict[str, float], float]:
    """Coordinate steps from each of the best single scorers; the start that gets furthest."""
    starts = sorted(alone, key=lambda name: -alone[name])[:STARTS]
    found = [_climbed(shortlists, start, alone[start]) for start in starts]
    return max(found, key=lambda climb: climb[1])


def _climbed(
    shortlists: Sequence[_Shortlist], start: str, quality: float
) -> tuple[dict[str, float], float]:
    """Coordinate steps from one scorer alone, coarse then fine, until no step helps any more."""
    weights = {name: float(name == start) for name in shortlists[0].scores}
    for steps in (_coarse, _fine):
        for _ in range(ROUNDS):
            before = quality
            for name in weights:
                tried = steps(name, weights[name])
                weights[name], quality = _best_step(shortlists, weights, name, tried, quality)
            if quality - before <= LEAST_GAIN:
                break
    return weights, quality


def _coarse(name: str, _: float) -> Sequence[float]:
    """The listed weights."""
    return (*(AGAINST if name == "popularity" else ()), *WEIGHTS)


def _fine(_: str, weight: float) -> Sequence[float]:
    """Weights a little below and above the present one; none for a scorer that is left out."""
    return [share * weight for share in FINER] if weight else ()


def _best_step(
    shortlists: Sequence[_Shortlist],
    weights: Mapping[str, float],
    name: str,
    tries: Sequence[float],
    quality: float,
) -> tuple[float, float]:
    """The best of the weights tried of one scorer while the others keep theirs; its quality."""
    rests = [_without_one(shortlist, weights, name) for shortlist in shortlists]
    learners = [len(shortlist.courses) for shortlist in shortlists]
    best = weights[name]
    for tried in tries:
        qualities = [
            _quality_with(shortlist, rest, name, tried)
            for shortlist, rest in zip(shortlists, rests, strict=True)
        ]
        found = float(np.average(qualities, weights=learners))
        if found > quality + LEAST_GAIN:
            best, quality = tried, found
    return best, quality


def _without_one(shortlist: _Shortlist, weights: Mapping[str, float], name: str) -> Scores:
    """The weighted sum of all scorers but one; NaN where no course stands."""
    rest = np.where(shortlist.courses >= 0, np.float32(0), np.float32(np.nan))
    for other, weight in weights.items():
        if other != name and weight:
            rest += np.float32(weight) * shortlist.scores[other]
    return rest


def _quality_with(shortlist: _Shortlist, rest: Scores, name: str, weight: float) -> float:
    """The quality of the lists that one scorer's weight makes beside the others' sum."""
    own = shortlist.scores[name]
    places = top_items(np.add(rest, np.float32(weight) * own, dtype=np.float32), K)
    chosen = np.take_along_axis(shortlist.courses, np.maximum(places, 0), axis=1)
    return quality_of(np.where(places >= 0, chosen, -1), shortlist.relevant)
