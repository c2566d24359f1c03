"""Judge a bundle's recipe where nothing is known after its cut-off: a live city."""

from dataclasses import replace
from datetime import timedelta

from data.city import City
from features.asof import known_at
from recsys.artifact import Bundle
from training.errors import EvaluationError
from training.evaluate import Evaluation, Progress, Request, evaluate
from training.fit import fit_bundle


def evaluate_holdout(
    city: City,
    bundle: Bundle,
    days: int,
    request: Request | None = None,
    progress: Progress | None = None,
) -> Evaluation:
    """Judge a bundle's recipe on the last days before its cut-off.

    The same policies and seed are fitted anew ``days`` earlier and judged on the days between:
    the recipe is judged, not the bundle's own arrays. What is known only after the bundle's
    cut-off takes no part.

    Args:
        city: the snapshot.
        bundle: whose recipe it is.
        days: length of the judged period.
        request: what to judge on; its ``until`` is replaced by the bundle's cut-off.
        progress: told after each learner.

    Raises:
        EvaluationError: nothing happened in those days, or ``days`` is below 1.
    """
    if days < 1:
        message = f"--holdout-days must be 1 or more, not {days}"
        raise EvaluationError(message)
    until, seed = bundle.manifest.as_of, bundle.manifest.seed
    known = known_at(city, until)
    earlier = fit_bundle(known, until - timedelta(days=days), bundle.policies, seed=seed)
    return evaluate(known, earlier, replace(request or Request(), until=until), progress)
