"""The project's own gold set as a fit and as a measurement."""

from pathlib import Path
from typing import Any, Final

import numpy as np
import polars as pl

from data.vocabulary import builtin
from features.skills.extract import SkillExtractor
from training.skills.errors import SkillDataError
from training.skills.fit import Fit, fit_context
from training.skills.gold.load import (
    Annotations,
    check_within,
    load_annotations,
    load_postings,
    load_texts,
    resolved,
)
from training.skills.labelled import ADDED_GROUPS, annotated, by_text, simulated
from training.skills.measure import extracted, groups_of, score

PARTS: Final = ("train", "test")
ARENA_TEXTS: Final = 1_500
"""Simulated texts to learn from."""


def measure_own(
    datasets: Path, folder: Path | None, *, annotator: str = "gold", part: str = "test"
) -> dict[str, Any]:
    """Scores of the shipped extraction on one part of the gold set.

    Args:
        datasets: the folder of the data sets.
        folder: of annotations; the committed ones unless given.
        annotator: gold, pass_a or pass_b.
        part: train or test.

    Returns:
        What ``training.skills.measure.score`` tells of the skills that annotators could choose,
        by kind of occupation; and ``whole_vocabulary``, the same of all skills known today, an
        annotator's ``new:<name>`` read as the skill of that name.

    Raises:
        GoldError: annotations or data sets aren't there or don't fit together.
        SkillDataError: there is no such part.
    """
    postings, texts, gold = _part(datasets, folder, annotator, part)
    skills = builtin("skills")
    known = set(skills.filter(~pl.col("parent_id").is_in(list(ADDED_GROUPS)))["skill_id"])
    extractor, groups = SkillExtractor(skills), groups_of(postings)
    told = score(extracted(extractor, texts, known), gold, groups)
    ours = extracted(extractor, texts, set(skills["skill_id"]))
    whole = score(ours, resolved(gold, skills), groups)
    shown = ("pairs", "spans", "false_share", "false_per_posting")
    return {**told, "whole_vocabulary": {name: whole[name] for name in shown}}


def fit_own(datasets: Path, folder: Path | None, *, annotator: str = "gold", seed: int = 0) -> Fit:
    """The context model fitted to the training part and to simulated texts.

    Raises:
        GoldError: annotations or data sets aren't there or don't fit together.
    """
    _, texts, gold = _part(datasets, folder, annotator, "train")
    extractor = SkillExtractor(builtin("skills"))
    keys = sorted(texts)
    marked = annotated(extractor, [texts[key] for key in keys], by_text(gold, keys))
    arena = simulated(extractor, ARENA_TEXTS, np.random.default_rng(seed))
    return fit_context(marked, arena, seed=seed)


def _part(
    datasets: Path, folder: Path | None, annotator: str, part: str
) -> tuple[pl.DataFrame, dict[str, str], Annotations]:
    """Postings of one part, their texts, and what is annotated in them."""
    if part not in PARTS:
        message = f"there is no part {part!r}; the parts are {list(PARTS)}"
        raise SkillDataError(message)
    gold = load_annotations(annotator, folder)
    postings = load_postings().filter(
        pl.col("split") == part, pl.col("key").is_in(sorted(gold.keys))
    )
    texts = load_texts(datasets, postings)
    chosen = Annotations(
        frozenset(texts), tuple(each for each in gold.mentions if each.key in texts)
    )
    if not texts:
        message = f"{annotator}.jsonl holds no posting of {part}"
        raise SkillDataError(message)
    check_within(chosen, texts)
    return postings, texts, chosen
