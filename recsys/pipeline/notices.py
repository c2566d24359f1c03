"""What the caller is told besides the list."""

from collections.abc import Mapping

from recsys.types import Notice


def scorer_absent(name: str, policy: str) -> Notice:
    """Says that a policy counts on a scorer that the model lacks."""
    return Notice(
        "scorer_absent",
        f"策略 {policy} 的打分器 {name} 不在模型中",
        f"scorer {name} of policy {policy} is not in the model",
    )


def fewer_than_asked(found: int, asked: int, excluded: Mapping[str, int]) -> Notice:
    """Says that a list is short by the rules, so that nobody takes it for an error."""
    refused = sum(excluded.values())
    return Notice(
        "fewer_than_asked",
        f"符合条件的只有 {found} 个班次（要 {asked} 个），另有 {refused} 个被规则排除",
        f"{found} of {asked} found; rules left out {refused}",
    )
