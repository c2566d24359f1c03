"""The choice itself: the best configuration of each scorer, then their weights."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from recsys.errors import ScorerUnavailableError
from recsys.stages import CourseScorer
from training.errors import TrainingError
from training.tuning.configs import SPACE, Options, fitted
from training.tuning.shortlists import shortlist
from training.tuning.trial import Trial, quality_alone, together
from training.tuning.weights import best_weights, quality_with


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
    chosen: dict[str, tuple[Options, Sequence[CourseScorer]]] = {}
    absent: dict[str, str] = {}
    for name, options in space.items():
        try:
            chosen[name] = _best_config(trials, name, options, say)
        except ScorerUnavailableError as error:
            absent[name] = str(error)
    if not chosen:
        message = f"none of the scorers {list(space)} can be used here: {absent}"
        raise TrainingError(message)
    say("weights")
    shortlists = [
        shortlist(trial, {name: scorers[number] for name, (_, scorers) in chosen.items()})
        for number, trial in enumerate(trials)
    ]
    alone = {name: quality_with(shortlists, {name: 1.0}) for name in chosen}
    weights, quality = best_weights(shortlists, alone)
    used = {name: weight for name, weight in weights.items() if weight}
    return BlendChoice({name: chosen[name][0] for name in used}, used, quality, alone, absent)


def _say_nothing(_: str) -> None:
    """Nobody asked."""


def _best_config(
    trials: Sequence[Trial], name: str, options: Sequence[Options], say: Callable[[str], None]
) -> tuple[Options, Sequence[CourseScorer]]:
    """The options that do best alone, and the scorer fitted with them in each trial."""
    best: tuple[float, Options, Sequence[CourseScorer]] | None = None
    for tried in options:
        say(f"{name} {dict(tried)}" if tried else name)
        scorers = [fitted(name, tried, trial.training) for trial in trials]
        found = [
            quality_alone(trial, scorer, scorer)
            for trial, scorer in zip(trials, scorers, strict=True)
        ]
        quality = together(trials, found)
        if best is None or quality > best[0]:
            best = (quality, tried, scorers)
    if best is None:
        message = f"the space gives no configuration for scorer {name!r}"
        raise TrainingError(message)
    return best[1:]
