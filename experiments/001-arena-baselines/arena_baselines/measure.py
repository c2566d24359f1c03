"""One seed from the city to its figures."""

from collections.abc import Callable
from typing import Any

from arena_baselines.facts import read_facts
from arena_baselines.judge import availability, judged, make_judge, order_kept
from arena_baselines.log import read_lists, terms_of
from arena_baselines.policies import all_scores
from arena_baselines.world import OLD_PAGE_POLICY, make_arena


def measured(
    preset: str, settings: list[str], seed: int, step: Callable[[str], None]
) -> dict[str, Any]:
    """Every policy's figures in one city.

    Args:
        preset: of the simulator.
        settings: ``name=value`` texts that change it.
        seed: of the city, the judged learners, the random policy and ties.
        step: told what begins.

    Returns:
        seed; judged (how many learners, sections, and learners of the two narrower figures);
        policies (value over the oracle's, replay, cold, violations); oracle_value;
        cold_available; kendall_tau.
    """
    arena = make_arena(preset, settings, seed, step)
    step("tables")
    facts = read_facts(arena.city, arena.as_of)
    terms = terms_of(facts)
    lists = read_lists(arena.city, arena.as_of, facts, OLD_PAGE_POLICY)
    scores = all_scores(arena, facts, lists, terms, seed, step)
    step("judging")
    judge = make_judge(arena, facts, lists, terms, seed)
    figures = {name: judged(judge, values) for name, values in scores.items()}
    best = figures["oracle"]["value"]
    return {
        "seed": seed,
        "judged": {
            "learners": len(arena.learner_ids),
            "sections": len(arena.section_ids),
            "wheelchair_users": int(judge.wheelchair.sum()),
            "replayed_learners": int(judge.wanted.any(axis=1).sum()),
        },
        "oracle_value": best,
        "policies": {name: row | {"value": row["value"] / best} for name, row in figures.items()},
        "cold_available": availability(judge),
        "kendall_tau": order_kept(figures),
    }
