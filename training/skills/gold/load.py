"""Reads which postings are gold, their texts from ../shared, and what annotators marked."""

import json
from dataclasses import dataclass, replace
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Final, TypedDict, cast

import polars as pl

from training.skills.gold.errors import GoldError
from training.skills.gold.names import folded, names_of
from training.skills.gold.texts import posting_key, read_pool

PASSES: Final = ("pass_a", "pass_b", "gold")
"""The two independent passes, and what was settled after comparing them."""

NEW: Final = "new:"
"""Before the name of a skill that the vocabulary lacks."""

LEVELS: Final = (1, 5)
"""Lowest and highest level."""


@dataclass(frozen=True, slots=True, order=True)
class Mention:
    """A skill that a posting asks for, where it says so."""

    key: str
    """The posting's key, see ``training.skills.gold.texts``."""
    start: int
    """First character of the span, counted in the posting's text from 0."""
    end: int
    """One after the span's last character."""
    skill_id: str
    """Of the vocabulary, or ``new:`` and a name."""
    level: int | None = None
    """1 to 5 where the posting states one."""


class _MentionLine(TypedDict):
    """A mention as committed."""

    start: int
    end: int
    skill_id: str
    level: int | None


class _PostingLine(TypedDict):
    """A line of an annotation file: also postings without a mention have one."""

    key: str
    mentions: list[_MentionLine]


@dataclass(frozen=True, slots=True)
class Annotations:
    """What one pass says."""

    keys: frozenset[str]
    """The postings looked at, with or without mentions."""
    mentions: tuple[Mention, ...]
    """Ordered by posting and place."""


def load_postings() -> pl.DataFrame:
    """The list of gold postings: number, key, dataset, row, kind, it, split."""
    return pl.read_csv(_folder().joinpath("postings.csv").read_bytes())


def load_texts(datasets: Path, postings: pl.DataFrame | None = None) -> dict[str, str]:
    """The text of each gold posting, rebuilt from the data sets.

    Args:
        datasets: the folder of the data sets.
        postings: which ones; all of ``load_postings`` by default.

    Returns:
        Text by key, exactly the one that offsets count in.

    Raises:
        GoldError: a data set isn't there, lacks a row, or holds another text than was annotated.
    """
    listed = load_postings() if postings is None else postings
    texts: dict[str, str] = {}
    for (name,), part in listed.group_by("dataset", maintain_order=True):
        pool = read_pool(datasets, str(name))["text"]
        for key, row in part.select("key", "row").iter_rows():
            texts[key] = _checked(pool, str(name), key, row)
    return texts


def _checked(pool: pl.Series, name: str, key: str, row: int) -> str:
    """The text in a row, once its digest is found to be the key's."""
    if row >= len(pool):
        raise GoldError(f"{name} has {len(pool)} rows; expected {key} in row {row}")
    text: str = pool[row]
    found = posting_key(name, text)
    if found != key:
        message = (
            f"the text in row {row} of {name} is not the annotated one: its key is {found}, "
            f"expected {key}"
        )
        raise GoldError(message)
    return text


def load_annotations(name: str, folder: Path | None = None) -> Annotations:
    """What one pass says.

    Args:
        name: pass_a, pass_b or gold.
        folder: where ``<name>.jsonl`` lies; the committed annotations by default.

    Returns:
        The postings looked at and the mentions found.

    Raises:
        GoldError: the file isn't there, or a line of it can't be used.
    """
    if name not in PASSES:
        raise GoldError(f"no pass {name!r}; expected one of {list(PASSES)}")
    path = (folder or _folder().joinpath("annotations")).joinpath(f"{name}.jsonl")
    if not path.is_file():
        raise GoldError(f"there is no {name}.jsonl of annotations; expected one line a posting")
    lines = path.read_text("utf-8").splitlines()
    parsed = [_parsed(line, f"{name}.jsonl line {at}") for at, line in enumerate(lines, 1)]
    keys = frozenset(key for key, _ in parsed)
    if len(keys) < len(parsed):
        raise GoldError(f"{name}.jsonl has a posting twice; expected one line a posting")
    return Annotations(keys, tuple(sorted((m for _, ms in parsed for m in ms), key=_place)))


def resolved(annotations: Annotations, skills: pl.DataFrame) -> Annotations:
    """Annotations in the words of a vocabulary that may have grown since they were made.

    ``new:<name>`` becomes the skill whose name or alias is <name>, whatever its case or width; a
    name that the vocabulary still lacks stays as it is.

    Args:
        annotations: as loaded.
        skills: contract table ``skills``.

    Returns:
        The same postings; each span of a skill once.

    >>> table = {"skill_id": ["lua"], "kind": [None], "name": ["Lua编程"], "aliases": [["Lua"]]}
    >>> marked = Annotations(frozenset("p"), (Mention("p", 0, 3, "new:lua"),))
    >>> [mention.skill_id for mention in resolved(marked, pl.DataFrame(table)).mentions]
    ['lua']
    """
    names = names_of(skills)
    found: dict[tuple[str, int, int, str], Mention] = {}
    for mention in annotations.mentions:
        known = replace(mention, skill_id=_resolved(mention.skill_id, names))
        found.setdefault(_place(known), known)
    return Annotations(annotations.keys, tuple(found[place] for place in sorted(found)))


def _resolved(skill_id: str, names: dict[str, str]) -> str:
    """The skill that a new name has become, or the id as it was."""
    if not skill_id.startswith(NEW):
        return skill_id
    return names.get(folded(skill_id.removeprefix(NEW)), skill_id)


def check_within(annotations: Annotations, texts: dict[str, str]) -> None:
    """Hold annotations to the texts they point into.

    Raises:
        GoldError: a posting is unknown, or a span ends beyond its text.
    """
    unknown = sorted(annotations.keys - texts.keys())
    if unknown:
        raise GoldError(
            f"{len(unknown)} annotated postings are not in the gold list: {unknown[:3]}"
        )
    for mention in annotations.mentions:
        length = len(texts[mention.key])
        if mention.end > length:
            raise GoldError(f"{mention} ends beyond its text of {length} characters")


def _parsed(line: str, where: str) -> tuple[str, list[Mention]]:
    """The key and the mentions of a line."""
    try:
        posting = cast("_PostingLine", json.loads(line))
        key = posting["key"]
        mentions = [Mention(key, **mention) for mention in posting["mentions"]]
        usable = all(_usable(mention) for mention in mentions)
    except (json.JSONDecodeError, KeyError, TypeError) as error:
        raise GoldError(f"{where} can't be read ({error}); expected key and mentions") from error
    if not usable:
        raise GoldError(f"{where} has a mention with an empty span, no skill or a level not 1-5")
    return key, mentions


def _usable(mention: Mention) -> bool:
    """Whether a mention could be right in some text."""
    level_known = mention.level is None or LEVELS[0] <= mention.level <= LEVELS[1]
    return 0 <= mention.start < mention.end and mention.skill_id != "" and level_known


def _place(mention: Mention) -> tuple[str, int, int, str]:
    """Order by posting, place and skill."""
    return mention.key, mention.start, mention.end, mention.skill_id


def _folder() -> Traversable:
    """Where the gold set lies beside this module."""
    return files("training.skills.gold")
