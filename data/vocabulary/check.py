"""Finds what contracts can't: orphans, duplicate aliases and cycles in a vocabulary."""

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault of a vocabulary.

    Attributes:
        kind: orphan_parent, orphan_tie, untied_occupation, duplicate_alias or cycle.
        subject: the id, code or alias at fault.
        text: the fault in one sentence.
    """

    kind: str
    subject: str
    text: str


def check(
    skills: pl.DataFrame, occupations: pl.DataFrame, occupation_skills: pl.DataFrame
) -> list[Finding]:
    """All faults of a vocabulary, in the order of the checks below.

    Args:
        skills: contract table ``skills``.
        occupations: contract table ``occupations``.
        occupation_skills: contract table ``occupation_skills``.
    """
    return [
        *_orphan_parents(skills),
        *_orphan_ties(skills, occupations, occupation_skills),
        *_untied_occupations(occupations, occupation_skills),
        *_duplicate_aliases("skill", skills.rename({"skill_id": "id"})),
        *_duplicate_aliases("occupation", occupations.rename({"occupation_code": "id"})),
        *_cycles(skills),
    ]


def _orphan_parents(skills: pl.DataFrame) -> Iterator[Finding]:
    parents = set(skills["skill_id"])
    for skill, parent in skills.select("skill_id", "parent_id").iter_rows():
        if parent is not None and parent not in parents:
            yield Finding("orphan_parent", skill, f"the parent {parent} of {skill} is no skill")


def _orphan_ties(
    skills: pl.DataFrame, occupations: pl.DataFrame, ties: pl.DataFrame
) -> Iterator[Finding]:
    known_skills, known_codes = set(skills["skill_id"]), set(occupations["occupation_code"])
    for code, skill in ties.select("occupation_code", "skill_id").iter_rows():
        if code not in known_codes:
            yield Finding("orphan_tie", code, f"occupation {code} of a tie is not listed")
        if skill not in known_skills:
            yield Finding("orphan_tie", skill, f"skill {skill} of a tie is not listed")


def _untied_occupations(occupations: pl.DataFrame, ties: pl.DataFrame) -> Iterator[Finding]:
    tied = set(ties["occupation_code"])
    for code in occupations["occupation_code"]:
        if code not in tied:
            yield Finding("untied_occupation", code, f"occupation {code} asks for no skill")


def _duplicate_aliases(what: str, entries: pl.DataFrame) -> Iterator[Finding]:
    """A name or alias, without regard to case, that leads to more than one entry."""
    words = pl.concat_list(pl.col("name"), pl.col("aliases")).alias("word")
    spoken = (
        entries.select("id", words)
        .explode("word", empty_as_null=True)
        .with_columns(pl.col("word").str.to_lowercase())
        .group_by("word", maintain_order=True)
        .agg("id")
        .filter(pl.col("id").list.len() > 1)
    )
    for word, owners in spoken.iter_rows():
        yield Finding("duplicate_alias", word, f"{what} word {word} leads to {', '.join(owners)}")


def _cycles(skills: pl.DataFrame) -> Iterator[Finding]:
    """A skill that is its own ancestor; each is reported once."""
    parents = dict(skills.select("skill_id", "parent_id").iter_rows())
    for start in parents:
        seen: set[str] = set()
        node: str | None = start
        while node is not None and node not in seen:
            seen.add(node)
            node = parents.get(node)
        if node == start:
            yield Finding("cycle", start, f"{start} is its own ancestor")
