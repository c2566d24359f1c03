"""One seed of the arena: the product by its own verbs, and the policies it has to beat.

    simulate ─▶ import ─▶ train ─▶ batch ─▶ lists of the product ──┐
                   └────▶ the policies of experiment 001 ─▶ lists ─┴─▶ xuepei judge

All learn from the same imported snapshot, dirt and all. The truth is read for whom to judge and
for the pairs that may be shown, which the policies of 001 can't work out themselves; only the
judge reads a probability.
"""

import time
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import numpy as np
import polars as pl
from arena_baselines.facts import read_facts
from arena_baselines.judge import first_ten
from arena_baselines.log import read_lists, terms_of
from arena_baselines.policies import CEILINGS, all_scores
from arena_baselines.world import OLD_PAGE_POLICY, Arena, Scores
from frame.verbs import said

from data.store import open_snapshot
from ranking_peers import ablation

OURS: Final = "xuepei"
K: Final = 10
JUDGED: Final = "judged.parquet"
RATIO: Final = f"value_at_{K}_over_oracle"
UNASKED: Final = (*CEILINGS, "true_taste")
"""Policies of 001 that read the answer key; they aren't run here."""

Say = Callable[[str], None]


def measured(
    preset: str,
    settings: Sequence[str],
    policies: Sequence[str],
    seed: int,
    folder: Path,
    say: Say,
    *,
    ablated: Sequence[str] = (),
) -> dict[str, Any]:
    """Every policy's figures in one city.

    Args:
        preset: of the simulator.
        settings: ``name=value`` texts that change it.
        policies: of experiment 001, to be judged beside the product.
        seed: of the city, the training and the judge's bootstrap.
        folder: a new folder for the city and all that is made of it.
        say: told what begins.
        ablated: factors of the product's ranker that are silenced one by one.

    Returns:
        seed, learners and sections judged, ``oracle_value``, ``cold`` (shares of new courses
        open and in the oracle's lists), ``seconds`` of each verb, ``policies`` (name -> value,
        violations, cold, worst_slice, notes), ``over`` (name -> the paired difference of the
        product's value and theirs, with its interval) and ``without`` (factor -> value).
    """
    files, seconds = _lists_of_product(preset, settings, seed, folder, say)
    truth = read_truth(folder / "city")
    lists = {OURS: files, **_lists_of_policies(truth, folder, policies, seed, say)}
    say("judging")
    city = folder / "city"
    rivals = [word for name in policies for word in ("--baseline", f"{named(name)}={lists[name]}")]
    ours = _judged(city, lists[OURS], seed, rivals)
    without = ablation.values(
        folder,
        truth.as_of,
        folder / JUDGED,
        ablated,
        K,
        lambda lists: _judged(city, lists, seed)[RATIO],
    )
    verdicts = {OURS: ours} | {name: _judged(city, lists[name], seed) for name in policies}
    return {
        "seed": seed,
        "learners": ours["learners"],
        "sections": len(truth.section_ids),
        "oracle_value": ours[f"oracle_at_{K}"],
        "cold": {name: ours["cold"][name] for name in ("available", "oracle")},
        "seconds": seconds,
        "policies": {name: figures_of(verdict) for name, verdict in verdicts.items()},
        "over": {name: ours["baselines"][named(name)] for name in policies},
        "without": without,
    }


def figures_of(verdict: dict[str, Any]) -> dict[str, Any]:
    """The figures of one judged file of lists.

    Returns:
        value (over the oracle's), violations (pairs shown that a rule bars), cold (share of
        new courses shown over the oracle's share) and worst_slice (the lowest value of a group
        over the overall one) with its name.
    """
    told = [row for row in verdict["slices"] or () if row["ratio_to_overall"] is not None]
    worst = min(told, key=lambda row: row["ratio_to_overall"], default=None)
    return {
        "value": verdict[RATIO],
        "violations": verdict["violations_total"],
        "cold": verdict["cold"] and verdict["cold"]["over_oracle"],
        "worst_slice": worst and worst["ratio_to_overall"],
        "worst_slice_is": worst and f"{worst['slice']} {worst['value']}",
    }


def named(policy: str) -> str:
    """A policy's name for the judge, which has a ``nearest`` of its own."""
    return f"001-{policy}"


def read_truth(city: Path) -> Arena:
    """Who is judged on which sections, from the truth that the simulator wrote.

    The scores of policies that read the answer key are left unknown.
    """
    folder = city / "truth"
    pairs = pl.read_parquet(folder / "apply_probability.parquet").sort("learner_id", "section_id")
    learners = pairs["learner_id"].unique().sort()
    sections = pairs["section_id"].unique().sort()
    shape = (len(learners), len(sections))
    if pairs.height != shape[0] * shape[1]:
        message = f"{folder} should hold every pair of {shape}, but holds {pairs.height}"
        raise ValueError(message)
    probability: Scores = pairs["apply_probability"].to_numpy().reshape(shape)
    allowed = pairs["barred_by"].is_null().to_numpy().reshape(shape)
    unknown = np.full(shape, np.nan)
    return Arena(
        city=open_snapshot(city.with_name("snapshot")),
        as_of=datetime.fromisoformat((folder / "as_of.txt").read_text(encoding="utf-8").strip()),
        learner_ids=learners,
        section_ids=sections,
        probability=probability,
        allowed=allowed,
        allowed_at_opening=allowed,
        allowed_without_access=allowed,
        informed=dict.fromkeys(UNASKED, unknown),
    )


def _lists_of_product(
    preset: str, settings: Sequence[str], seed: int, folder: Path, say: Say
) -> tuple[Path, dict[str, float]]:
    """The product end to end; the file of its lists, and each verb's wall seconds."""
    city, snapshot, model = folder / "city", folder / "snapshot", folder / "model"
    chosen = [word for setting in settings for word in ("--set", setting)]
    seconds: dict[str, float] = {}

    def run(*words: str | Path) -> None:
        say(f"xuepei {words[0]}")
        began = time.perf_counter()
        said(*words, "--json")
        seconds[str(words[0])] = round(time.perf_counter() - began, 2)

    run("simulate", "--preset", preset, *chosen, "--seed", str(seed), "--out", city)
    run("import", city, "--snapshot", snapshot)
    as_of = (city / "truth" / "as_of.txt").read_text(encoding="utf-8").strip()
    run(
        *("train", "--snapshot", snapshot, "--as-of", as_of, "--out", model),
        *("--seed", str(seed), "--no-track"),
    )
    truth = pl.scan_parquet(city / "truth" / "apply_probability.parquet")
    judged = folder / JUDGED
    truth.select(pl.col("learner_id").unique().sort()).collect().write_parquet(judged)
    lists = folder / f"{OURS}.parquet"
    run(
        *("batch", "--snapshot", snapshot, "--bundle", model, "--out", lists),
        *("-n", str(K), "--learners", judged),
    )
    return lists, seconds


def _lists_of_policies(
    arena: Arena, folder: Path, policies: Sequence[str], seed: int, say: Say
) -> dict[str, Path]:
    """The ten that each policy of 001 would show, of the pairs that may be shown."""
    facts = read_facts(arena.city, arena.as_of)
    for ids, table in ((arena.learner_ids, facts.learners), (arena.section_ids, facts.sections)):
        missing = ids.filter(~ids.is_in(table[table.columns[0]].to_list()))
        if missing.len():
            message = f"the snapshot lacks {missing.len()} of the judged, such as {missing[0]}"
            raise ValueError(message)
    log = read_lists(arena.city, arena.as_of, facts, OLD_PAGE_POLICY)
    scores = all_scores(arena, facts, log, terms_of(facts), seed, say)
    ties = np.random.default_rng((seed, 2)).random(arena.allowed.shape)
    files = {name: folder / f"{named(name)}.parquet" for name in policies}
    for name, file in files.items():
        list_table(arena, scores[name], ties).write_parquet(file)
    return files


def list_table(arena: Arena, scores: Scores, ties: Scores) -> pl.DataFrame:
    """The first ten as the judge reads them: learner_id, rank (1 is first), section_id."""
    top = first_ten(scores, arena.allowed, ties)
    row, place = np.nonzero(top.shown)
    return pl.DataFrame(
        {
            "learner_id": arena.learner_ids.gather(row),
            "rank": place + 1,
            "section_id": arena.section_ids.gather(top.column[row, place]),
        }
    )


def _judged(city: Path, lists: Path, seed: int, rivals: Sequence[str] = ()) -> dict[str, Any]:
    words = ("judge", "--truth", city, "--recommendations", lists, "-k", str(K))
    verdict: dict[str, Any] = said(*words, "--seed", str(seed), *rivals, "--json")
    return verdict
