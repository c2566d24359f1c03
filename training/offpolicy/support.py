"""How much of a log speaks about the lists to judge, and the refusal where it is too little."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from training.offpolicy.errors import ThinSupportError
from training.offpolicy.estimators import Settings, filled, interval_of, weights
from training.offpolicy.overlap import Overlap

Values = NDArray[np.float64]

LEAST_SAMPLE: Final = 50.0
LEAST_SUPPORT: Final = 0.9


@dataclass(frozen=True, slots=True)
class Floors:
    """What an estimate takes.

    Attributes:
        sample: least effective sample size, entries.
        support: least share of the target that the log may show, 0 to 1.
    """

    sample: float = LEAST_SAMPLE
    support: float = LEAST_SUPPORT


@dataclass(frozen=True, slots=True)
class Support:
    """What stands behind an estimate.

    Attributes:
        learners: learners with both a logged list and one to judge.
        without_lists: learners of the log without a list to judge.
        logged: logged entries of these learners.
        matched: those the target shows as well.
        effective_sample: ``(sum w)^2 / sum w^2`` [kish1965survey], clipped weights, entries.
        mean_weight: ``sum w / (n k F)`` before clipping. Its expectation is the share of the
            target's entries with a positive logged propensity, so 1 with full support and right
            propensities.
        mean_weight_low: lower end of its bootstrap interval over learners.
        mean_weight_high: upper end of the same.
        sections_logged: share of the target's entries whose section anybody was shown with a
            known propensity.
        clip: the clipping level; None where nothing is clipped.
        clipped_entries: entries above it.
        clipped_weight: share of all weight cut off, ``sum (w - min(w, M)) / sum w``.
        clipping_bias: the most that clipping can have taken from IPS in expectation, as a reward
            per place: ``sum (w - min(w, M)) / (n k)``, since no reward exceeds 1. SNIPS and a
            doubly robust estimate with a model from 0 to 1 are moved by at most
            ``clipped_weight`` and by ``clipping_bias`` in either direction.
    """

    learners: int
    without_lists: int
    logged: int
    matched: int
    effective_sample: float
    mean_weight: float
    mean_weight_low: float
    mean_weight_high: float
    sections_logged: float
    clip: float | None
    clipped_entries: int
    clipped_weight: float
    clipping_bias: float


def effective_sample(weight: Values) -> float:
    """Entries of equal weight that would tell as much: ``(sum w)^2 / sum w^2`` [kish1965survey].

    One entry outweighs three others together:

    >>> effective_sample(np.array([3.0, 1.0, 1.0, 1.0]))
    3.0
    """
    squares = float((weight**2).sum())
    return float(weight.sum()) ** 2 / squares if squares else 0.0


def support_of(found: Overlap, settings: Settings) -> Support:
    """The diagnostics of an overlap under a clipping level."""
    raw, held = weights(found), weights(found, settings.clip)
    cut = raw - held
    columns = np.column_stack([found.per_learner(raw), filled(found)])
    weight, full = columns.mean(axis=0)
    low, high = interval_of(columns, lambda means: means[:, 0] / means[:, 1], settings)
    total = found.per_learner(raw).sum()
    return Support(
        learners=found.learners,
        without_lists=found.without_lists,
        logged=found.logged.height,
        matched=int((raw > 0).sum()),
        effective_sample=effective_sample(held * found.column("scale")),
        mean_weight=float(weight / full),
        mean_weight_low=low,
        mean_weight_high=high,
        sections_logged=_sections_logged(found),
        clip=settings.clip,
        clipped_entries=int((cut > 0).sum()),
        clipped_weight=float(found.per_learner(cut).sum() / total) if total else 0.0,
        clipping_bias=float(found.per_learner(cut).mean()),
    )


def require_support(support: Support, floors: Floors) -> None:
    """Refuse an estimate that too little stands behind.

    Raises:
        ThinSupportError: the effective sample is too small, or the log can't show enough of the
            target; says which, how far it is off and what to do.
    """
    sample = f"effective sample {support.effective_sample:.1f} entries"
    if support.sections_logged < floors.support:
        message = (
            f"{1 - support.sections_logged:.0%} of the entries to judge are sections that the log "
            f"never showed with a known propensity; at most {1 - floors.support:.0%} may be "
            f"({sample}). Judge lists of the term that was logged, or show every open section at "
            "random now and then"
        )
        raise ThinSupportError(message)
    if support.effective_sample < floors.sample:
        raise ThinSupportError(_too_small(support, floors))
    if support.mean_weight_high < floors.support:
        message = (
            f"the log could have shown about {support.mean_weight:.0%} of the entries to judge, "
            f"{support.mean_weight_high:.0%} at most with its interval ({sample}), and "
            f"{floors.support:.0%} are required. Draw a share of lists at random from all open "
            "sections, and read the log of that policy alone"
        )
        raise ThinSupportError(message)


def doubts(support: Support) -> tuple[str, ...]:
    """What a reader should know about an estimate that wasn't refused."""
    told: list[str] = []
    if not support.mean_weight_low <= 1 <= support.mean_weight_high:
        told.append(
            f"weights average {support.mean_weight:.3f} ({support.mean_weight_low:.3f} to "
            f"{support.mean_weight_high:.3f}) where 1 is expected: propensities are logged wrongly "
            "or part of the target is never shown; IPS is off, SNIPS speaks of the shown part"
        )
    if support.clipped_entries:
        told.append(
            f"{support.clipped_entries} weights were clipped at {support.clip:g}: "
            f"{support.clipped_weight:.1%} of all weight, which may hide up to "
            f"{support.clipping_bias:.4f} of reward per place"
        )
    return tuple(told)


def _too_small(support: Support, floors: Floors) -> str:
    more = floors.sample / support.effective_sample if support.effective_sample else None
    how_much = f"about {more:.1f} times as many random lists" if more else "many more random lists"
    return (
        f"the effective sample is {support.effective_sample:.1f} entries ({support.matched} of "
        f"{support.logged:,} logged ones stand in the lists to judge), and {floors.sample:g} are "
        f"required. It takes {how_much}: a larger share of random traffic, more terms, or a "
        "larger k"
    )


def _sections_logged(found: Overlap) -> float:
    """Share of the target's weight on sections that stand in the log at all."""
    known = found.target["section_id"].is_in(found.logged["section_id"].unique().implode())
    weight = (found.target["scale"] * found.target["shown"]).to_numpy()
    return float(np.average(known.to_numpy().astype(np.float64), weights=weight))
