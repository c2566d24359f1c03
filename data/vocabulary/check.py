"""Finds what contracts can't: orphans, duplicate aliases and cycles in a vocabulary."""

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault of a vocabulary.

    Attributes:
        kind: orphan_parent, empty_group, orphan_tie, duplicate_tie, untied_occupation,
            untied_skill, duplicate_alias or cycle.
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

    A skill without a tie is a fault only in a group of which some other skill is tied: what
    people learn for themselves, as how to use a smartphone, is asked for by no occupation.

    Args:
        skills: contract table ``skills``; those of kind ``group`` hold the others.
        occupations: contract table ``occupations``.
        occupation_skills: contract table ``occupation_skills``.
    """
    return [
        *_orphan_parents(skills),
        *_empty_groups(skills),
        *_orphan_ties(skills, occupations, occupation_skills),
        *_duplicate_ties(occupation_skills),
        *_untied_occupations(occupations, occupation_skills),
        *_untied_skills(skills, occupation_skills),
        *_duplicate_aliases("skill", skills.rename({"skill_id": "id"})),
        *_duplicate_aliases("occupation", occupations.rename({"occupation_code": "id"})),
        *_cycles(skills),
    ]


def _orphan_parents(skills: pl.DataFrame) -> Iterator[Finding]:
    parents = set(skills["skill_id"])
    for skill, parent in skills.select("skill_id", "parent_id").iter_rows():
        if parent is not None and parent not in parents:
            yield Finding("orphan_parent", skill, f"the parent {parent} of {skill} is no skill")


def _empty_groups(skills: pl.DataFrame) -> Iterator[Finding]:
    parents = set(skills["parent_id"])
    for group in skills.filter(pl.col("kind") == "group")["skill_id"]:
        if group not in parents:
            yield Finding("empty_group", group, f"group {group} holds no skill")


def _orphan_ties(
    skills: pl.DataFrame, occupations: pl.DataFrame, ties: pl.DataFrame
) -> Iterator[Finding]:
    known_skills, known_codes = set(skills["skill_id"]), set(occupations["occupation_code"])
    for code, skill in ties.select("occupation_code", "skill_id").iter_rows():
        if code not in known_codes:
            yield Finding("orphan_tie", code, f"occupation {code} of a tie is not listed")
        if skill not in known_skills:
            yield Finding("orphan_tie", skill, f"skill {skill} of a tie is not listed")


def _duplicate_ties(ties: pl.DataFrame) -> Iterator[Finding]:
    """Each pair listed more than once is reported once."""
    listed = ties.group_by("occupation_code", "skill_id", maintain_order=True).len()
    for code, skill, times in listed.filter(pl.col("len") > 1).iter_rows():
        text = f"the tie of occupation {code} to skill {skill} is listed {times} times"
        yield Finding("duplicate_tie", code, text)


def _untied_occupations(occupations: pl.DataFrame, ties: pl.DataFrame) -> Iterator[Finding]:
    tied = set(ties["occupation_code"])
    for code in occupations["occupation_code"]:
        if code not in tied:
            yield Finding("untied_occupation", code, f"occupation {code} asks for no skill")


def _untied_skills(skills: pl.DataFrame, ties: pl.DataFrame) -> Iterator[Finding]:
    """Skills nobody asks for, beside skills of the same group that somebody does."""
    tied = set(ties["skill_id"])
    leaves = skills.filter(pl.col("kind").ne_missing("group") & pl.col("parent_id").is_not_null())
    groups = set(leaves.filter(pl.col("skill_id").is_in(tied))["parent_id"])
    for skill, group in leaves.select("skill_id", "parent_id").iter_rows():
        if skill not in tied and group in groups:
            yield Finding("untied_skill", skill, f"no occupation asks for {skill} of {group}")


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
