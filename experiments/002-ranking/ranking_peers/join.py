"""All that is kept as one document, with what was not run and why."""

from collections.abc import Mapping
from typing import Any

from ranking_peers import compare, tasks
from ranking_peers.measure import Measured


def joined(config: Mapping[str, Any], *, lenskit: bool) -> dict[str, Any]:
    """All that is kept, with what was not run and why.

    Args:
        config: as in config.toml.
        lenskit: whether an environment for LensKit was given.

    Returns:
        sets, cold, arena, speed and memory where measured, and not_run.
    """
    results: dict[str, Any] = {"sets": {}, "cold": {}, "speed": {}, "memory": {}, "not_run": {}}
    run, models = config["run"], config["models"]
    for name, entry in config["sets"].items():
        runs = _runs(config, name, results["not_run"], lenskit=lenskit)
        if runs:
            results["sets"][name] = compare.set_summary(
                runs,
                ours=models["ours"],
                peers=[*models["peers"], *models["lenskit"]],
                metric=entry["metric"],
                confidence=run["confidence"],
                draws=run["draws"],
            )
    _join_verbs(config, results)
    if not lenskit:
        results["not_run"]["lenskit"] = "no environment of its own was given by --lenskit"
    return results


def _runs(
    config: Mapping[str, Any], name: str, not_run: dict[str, str], *, lenskit: bool
) -> dict[str, list[Measured]]:
    """Each model's runs on one set, where every seed is kept."""
    found: dict[str, list[Measured]] = {}
    every = tasks.tasks_of(config, "sets", lenskit=lenskit)
    for model in dict.fromkeys(task.model for task in every if task.subject == name):
        own = [task for task in every if (task.subject, task.model) == (name, model)]
        runs = [tasks.kept_measured(config, task) for task in own]
        if all(run is not None for run in runs):
            found[model] = runs
            continue
        rows = [tasks.kept(config, task) or {} for task in own]
        reasons = [row["skipped"] for row in rows if row.get("skipped")]
        not_run[f"{name}, {model}"] = reasons[0] if reasons else "not measured with this code"
    return found


def _join_verbs(config: Mapping[str, Any], results: dict[str, Any]) -> None:
    """The parts that other verbs measure."""
    for part in ("cold", "arena", "speed", "memory"):
        every = tasks.tasks_of(config, part, lenskit=False)
        rows = [(task, tasks.kept(config, task)) for task in every]
        there = [(task, row) for task, row in rows if row is not None]
        if len(there) < len(rows):
            what = f"{len(rows) - len(there)} of {len(rows)} not measured with this code"
            results["not_run"][part] = what
        if part == "arena" and len(there) > 1:
            results["arena"] = compare.arena_summary(
                [row for _, row in there], config["arena"]["plain"], config["run"]["confidence"]
            )
        elif part == "cold":
            for task, row in there:
                results["cold"].setdefault(task.subject, []).extend(row["rows"])
        elif part in ("speed", "memory") and there:
            results[part] = there[0][1]
