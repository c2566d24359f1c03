"""The one place where hard rules run: for lists, for why-not, and for seats."""

from collections.abc import Sequence

import polars as pl

from recsys.rules import Rule
from recsys.types import Candidates, LearnerQuery


def eligible(
    query: LearnerQuery, candidates: Candidates, rules: Sequence[Rule]
) -> tuple[Candidates, pl.DataFrame]:
    """Split the candidates into those every rule keeps and those one refuses.

    All rules are evaluated in one vectorised pass; their order decides only which name is
    recorded, never what is kept.

    Args:
        query: who asks.
        candidates: sections paired with the learner.
        rules: in the policy's order.

    Returns:
        The kept candidates in their order, and the refused ones: section_id, rule.
    """
    frame = candidates.frame
    verdicts = frame.select("section_id", refused_by(query, rules))
    kept = frame.filter(verdicts["rule"].is_null())
    return Candidates(kept), verdicts.drop_nulls("rule")


def refused_by(query: LearnerQuery, rules: Sequence[Rule]) -> pl.Expr:
    """The name of the first rule that refuses a row; null when none does."""
    names = [pl.when(~rule.keeps(query)).then(pl.lit(rule.name)) for rule in rules]
    return pl.coalesce(pl.lit(None, dtype=pl.String), *names).alias("rule")


def all_refusals(query: LearnerQuery, section: Candidates, rules: Sequence[Rule]) -> list[str]:
    """Every rule that refuses one section, in the policy's order."""
    verdicts = section.frame.select(rule.keeps(query).alias(rule.name) for rule in rules)
    return [name for name, keeps in verdicts.row(0, named=True).items() if not keeps]
