"""How well extraction finds what annotators marked: pairs, spans, levels, false skills."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, Final

import numpy as np
import polars as pl

from features.skills.extract import SkillExtractor
from training.metrics.intervals import resampled_means
from training.skills.gold.agreement import Agreement, in_vocabulary, pairs, spans
from training.skills.gold.load import Annotations, Mention

DRAWS: Final = 1_000
SEED: Final = 0
TAIL: Final = 0.025
"""Left out on either side of an interval: 95 % are inside."""


def extracted(
    extractor: SkillExtractor, texts: Mapping[str, str], known: AbstractSet[str] | None = None
) -> Annotations:
    """What extraction marks in annotated texts.

    Args:
        extractor: vocabulary and model.
        texts: text by key; the title is the first line, as annotators saw it.
        known: skills that annotators could choose from; others are neither right nor wrong, and
            left out. All unless given.
    """
    keys: list[str] = list(texts)
    found = extractor.mentions(pl.DataFrame({"text": [texts[key] for key in keys]}))
    columns: Iterator[tuple[int, int, int, str, int | None]] = found.select(
        "row", "start", "end", "skill_id", "level"
    ).iter_rows()
    mentions = [
        Mention(keys[row], start, end, skill_id, level)
        for row, start, end, skill_id, level in columns
        if known is None or skill_id in known
    ]
    return Annotations(frozenset(keys), tuple(sorted(mentions, key=_place)))


def _place(mention: Mention) -> tuple[str, int]:
    return mention.key, mention.start


def score(
    ours: Annotations, gold: Annotations, groups: Mapping[str, Sequence[str]]
) -> dict[str, Any]:
    """Scores over all shared postings, and over each group of them.

    Args:
        ours: what was extracted.
        gold: what annotators marked; skills outside of the vocabulary are left out.
        groups: keys of postings by the name of a group.

    Returns:
        postings; pairs and spans with precision, recall, f1 (each with its 95 % interval, by
        bootstrap over postings) and counts; false_share (of the extracted pairs that are false);
        false_per_posting; levels; groups: the pairs of each.
    """
    keys = sorted(ours.keys & gold.keys)
    mine, theirs = _by_key(ours, keys), _by_key(gold, keys)
    by_pair = _told(_counts(keys, mine, theirs, pairs))
    return {
        "postings": len(keys),
        "pairs": by_pair,
        "spans": _told(_counts(keys, mine, theirs, spans)),
        "false_share": None if by_pair["precision"] is None else 1 - by_pair["precision"],
        "false_per_posting": (by_pair["ours"] - by_pair["both"]) / max(len(keys), 1),
        "levels": _levels(mine, theirs),
        "groups": {
            name: {"postings": len(part), **_told(_counts(part, mine, theirs, pairs))}
            for name, chosen in groups.items()
            if (part := sorted(set(chosen) & set(keys)))
        },
    }


def _by_key(annotations: Annotations, keys: Iterable[str]) -> dict[str, list[Mention]]:
    found: dict[str, list[Mention]] = {key: [] for key in keys}
    for mention in in_vocabulary(annotations.mentions):
        if mention.key in found:
            found[mention.key].append(mention)
    return found


def _counts(
    keys: Sequence[str],
    mine: Mapping[str, list[Mention]],
    theirs: Mapping[str, list[Mention]],
    what: Callable[[Iterable[Mention]], set[Any]],
) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """(postings, 3): found by both, by us, by them."""
    rows = [(what(mine[key]), what(theirs[key])) for key in keys]
    counts = [(len(ours & others), len(ours), len(others)) for ours, others in rows]
    return np.array(counts, dtype=np.float64).reshape(-1, 3)


def _told(counts: np.ndarray[tuple[int, int], np.dtype[np.float64]]) -> dict[str, Any]:
    """Precision, recall and F1 of summed counts, with intervals over postings."""
    both, ours, theirs = (int(total) for total in counts.sum(axis=0))
    whole = Agreement(both, ours, theirs)
    drawn = resampled_means(counts, seed=SEED, draws=DRAWS)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = {
            "precision": drawn[:, 0] / drawn[:, 1],
            "recall": drawn[:, 0] / drawn[:, 2],
            "f1": 2 * drawn[:, 0] / (drawn[:, 1] + drawn[:, 2]),
        }
    intervals = {f"{name}_interval": _interval(values) for name, values in ratios.items()}
    points = {"precision": whole.precision, "recall": whole.recall, "f1": whole.f1}
    return {**points, **intervals, "both": both, "ours": ours, "gold": theirs}


def _interval(values: np.ndarray[tuple[int], np.dtype[np.float64]]) -> list[float] | None:
    known = values[np.isfinite(values)]
    return np.quantile(known, [TAIL, 1 - TAIL]).tolist() if len(known) else None


def _levels(
    mine: Mapping[str, list[Mention]], theirs: Mapping[str, list[Mention]]
) -> dict[str, Any]:
    """Levels on spans that both found."""
    shared = same = 0
    for key, mentions in theirs.items():
        ours = {(each.start, each.end, each.skill_id): each.level for each in mine[key]}
        for each in mentions:
            span = (each.start, each.end, each.skill_id)
            if span in ours:
                shared, same = shared + 1, same + (ours[span] == each.level)
    return {"shared_spans": shared, "same_level": same, "share": same / shared if shared else None}


def groups_of(postings: pl.DataFrame) -> dict[str, list[str]]:
    """Keys by kind of occupation, and by whether it is information technology."""
    it = {"information technology": True, "other occupations": False}
    broad = {
        name: postings.filter(pl.col("it") == flag)["key"].to_list() for name, flag in it.items()
    }
    kinds = postings.group_by("kind", maintain_order=True).agg("key").sort("kind")
    return broad | {str(kind): keys for kind, keys in kinds.iter_rows()}
