"""What is taught: the vocabulary's groups as topics of courses."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import polars as pl
from pydantic import BaseModel, TypeAdapter

from data.errors import ContractError
from data.vocab import CATEGORIES, PROGRAMMES
from data.vocabulary import builtin


@dataclass(frozen=True, slots=True)
class Topic:
    """A vocabulary group that the city teaches.

    Attributes:
        group_id: skill id of the group.
        category: category of its courses.
        programmes: programmes that offer it, the most likely first.
        personas: personas that favour it.
        skills: indices into ``skill_ids()``.
    """

    group_id: str
    category: str
    programmes: tuple[str, ...]
    personas: tuple[int, ...]
    skills: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Skill:
    """A skill with the words people use for it; the first is its name."""

    skill_id: str
    words: tuple[str, ...]
    vocational: bool


@cache
def skills() -> tuple[Skill, ...]:
    """Every skill of the built-in vocabulary whose group is a topic, in the file's order.

    Groups without a topic widen the vocabulary for the extraction of skills; the city knows
    nothing of them, so that its worlds stay as they were.
    """
    programmes = {group: entry.programmes for group, entry in _authored().items()}
    rows = builtin("skills").filter(
        pl.col("kind") != "group", pl.col("parent_id").is_in(list(programmes))
    )
    return tuple(
        Skill(skill_id, (name, *aliases), "vocational" in programmes.get(parent, ()))
        for skill_id, name, aliases, parent in rows.select(
            "skill_id", "name", "aliases", "parent_id"
        ).iter_rows()
    )


@cache
def topics() -> tuple[Topic, ...]:
    """The topics of ``topics.toml`` with their skills.

    Raises:
        ContractError: a topic names no group of the vocabulary, or an unknown category or
            programme.
    """
    authored = _authored()
    parents = [
        parent
        for parent in builtin("skills").filter(pl.col("kind") != "group")["parent_id"]
        if parent in authored
    ]
    return tuple(_topic(group, entry, parents) for group, entry in authored.items())


class _Entry(BaseModel):
    """One table of ``topics.toml``."""

    category: str
    programmes: tuple[str, ...]
    personas: tuple[int, ...]


def _authored() -> dict[str, _Entry]:
    text = files("data.simulate").joinpath("topics.toml").read_text(encoding="utf-8")
    return TypeAdapter(dict[str, _Entry]).validate_python(tomllib.loads(text))


def _topic(group: str, entry: _Entry, parents: list[str]) -> Topic:
    members = tuple(index for index, parent in enumerate(parents) if parent == group)
    unknown = set(entry.programmes) - set(PROGRAMMES)
    if not members or unknown or entry.category not in CATEGORIES:
        message = f"topics.toml: {group} has no skills, or an unknown category or programme"
        raise ContractError(message)
    return Topic(group, entry.category, entry.programmes, entry.personas, members)
