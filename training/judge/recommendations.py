"""Lists judged by what would happen if they were shown."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from training.judge.baselines import BUILT_IN, built_in_values
from training.judge.contest import Contest
from training.judge.errors import JudgeError
from training.judge.groups import cold, exposures, slices
from training.judge.lists import Shown, read_lists
from training.judge.pairs import ALLOWED, NOT_OPEN, UNKNOWN, Pairs, read_pairs
from training.judge.truth import Known, Truth
from training.judge.values import Values, best_lists, list_values


def judge_recommendations(
    truth: Truth, path: Path, *, baselines: Mapping[str, Path], k: int, seed: int
) -> dict[str, Any]:
    """Judge a file of lists against the true probabilities of applying.

    Args:
        truth: a folder with apply_probability.parquet.
        path: learner_id, rank, section_id.
        baselines: files of the same shape to be compared with, by name.
        k: length judged.
        seed: of the bootstrap.

    Returns:
        One document; ``docs/judging.md`` defines each figure. Parts that need a table which the
        truth lacks are null, and ``notes`` say so.

    Raises:
        JudgeError: a file breaks its contract, or a baseline takes a built-in name.
    """
    taken = [name for name in baselines if name in BUILT_IN]
    if taken:
        message = f"baselines {taken} are built in; give the files other names"
        raise JudgeError(message)
    known = Known({name: truth.optional(name) for name in ("learners", "sections")})
    pairs = read_pairs(truth)
    shown = read_lists(path, pairs)
    others = {name: read_lists(file, pairs) for name, file in baselines.items()}
    oracle = best_lists(pairs, k)
    items = shown.first(pairs.learners.len(), k)
    contest = Contest(list_values(pairs, items), list_values(pairs, oracle), k, seed)
    rivals = {
        **built_in_values(pairs, known, k),
        **{name: _value(pairs, lists, k) for name, lists in others.items()},
    }
    return {
        **_overall(contest, shown),
        "baselines": {name: contest.against(values) for name, values in rivals.items()},
        **violations(pairs, shown),
        "cold": cold(items, oracle, pairs, known),
        "exposure": exposures(items, pairs, known),
        "slices": slices(contest, pairs, known),
        "notes": [*_notes(contest, shown), *known.notes],
    }


def violations(pairs: Pairs, shown: Shown) -> dict[str, Any]:
    """Shown pairs that a hard rule bars, counted by rule, at whatever rank they stand.

    Returns:
        ``violations`` by rule, largest first, ``violations_total`` and ``shown_pairs``.
    """
    known = shown.section >= 0
    rules = np.where(known, pairs.rule[shown.learner, np.maximum(shown.section, 0)], UNKNOWN)
    counts = {
        name: times
        for number, name in enumerate((NOT_OPEN, "", *pairs.rules), start=UNKNOWN)
        if number != ALLOWED and (times := int((rules == number).sum()))
    }
    return {
        "shown_pairs": len(rules),
        "violations_total": sum(counts.values()),
        "violations": dict(sorted(counts.items(), key=lambda found: (-found[1], found[0]))),
    }


def _value(pairs: Pairs, shown: Shown, k: int) -> Values:
    return list_values(pairs, shown.first(pairs.learners.len(), k))


def _overall(contest: Contest, shown: Shown) -> dict[str, Any]:
    found = contest.worth(contest.value)
    interval = [found.pop("low"), found.pop("high")]
    return {
        "judged": "recommendations",
        "k": contest.k,
        "learners": len(contest.value),
        "learners_without_list": len(contest.value) - _listed(shown),
        "learners_not_judged": shown.not_judged,
        **found,
        f"oracle_at_{contest.k}": float(contest.oracle.mean()),
        f"value_at_{contest.k}_over_oracle_interval": interval,
    }


def _listed(shown: Shown) -> int:
    return len(np.unique(shown.learner))


def _notes(contest: Contest, shown: Shown) -> list[str]:
    without = len(contest.value) - _listed(shown)
    said = [
        (without, "judged learners have no list and count as 0"),
        (shown.not_judged, "learners of the file are not judged by the truth and left out"),
        (int((contest.oracle == 0).sum()), "learners would apply to nothing that is open"),
    ]
    return [f"{count:,} {what}" for count, what in said if count]
