"""Under which words a vocabulary knows its skills."""

import re
import unicodedata
from collections.abc import Iterable, Mapping

import polars as pl


def folded(words: str) -> str:
    """Words in one spelling: full width as half width, in lower case, without spaces around.

    >>> folded("Ｍａｖｅｎ ")
    'maven'
    """
    return unicodedata.normalize("NFKC", words).casefold().strip()


def names_of(skills: pl.DataFrame) -> dict[str, str]:
    """The skill that each name or alias leads to; a name goes before an alias.

    Args:
        skills: contract table ``skills``; groups are no skills.

    Returns:
        skill_id by folded name.

    >>> table = {"skill_id": ["mvn"], "kind": [None], "name": ["Maven构建"], "aliases": [["Maven"]]}
    >>> names_of(pl.DataFrame(table))
    {'maven构建': 'mvn', 'maven': 'mvn'}
    """
    leaves = skills.filter(pl.col("kind").ne_missing("group"))
    found: dict[str, str] = {}
    for skill_id, name in leaves.select("skill_id", "name").iter_rows():
        found.setdefault(folded(name), skill_id)
    spelt = leaves.select("skill_id", "aliases").explode("aliases", empty_as_null=False)
    for skill_id, alias in spelt.drop_nulls().iter_rows():
        found.setdefault(folded(alias), skill_id)
    return found


def named_in(text: str, names: Mapping[str, str]) -> set[str]:
    """The skills of which a name stands in the text.

    Between letters and digits of English a name has to be a word of its own, so that no posting
    with "React" is thought to name R.

    >>> sorted(named_in("熟悉React和Ｊａｖａ开发", {"r": "r", "java": "java", "开发": "dev"}))
    ['dev', 'java']
    """
    plain = folded(text)
    return {skill for name, skill in names.items() if name in plain and _is_whole(name, plain)}


def _is_whole(name: str, plain: str) -> bool:
    """Whether the name stands somewhere without an English letter or digit grown to it."""
    return re.search(_bounded(name), plain) is not None


def _bounded(name: str) -> str:
    """A pattern of the name that doesn't start or end within an English word."""
    before = "(?<![a-z0-9])" if _is_latin(name[0]) else ""
    after = "(?![a-z0-9+#])" if _is_latin(name[-1]) else ""
    return before + re.escape(name) + after


def _is_latin(letter: str) -> bool:
    """Whether it is an English letter or a digit."""
    return letter.isascii() and letter.isalnum()


def candidates(
    texts: Mapping[str, str], keys: Iterable[str], skills: pl.DataFrame
) -> set[tuple[str, str]]:
    """Each posting with each skill of which a name stands in it: what annotators decide on.

    Args:
        texts: text by key.
        keys: the postings asked about.
        skills: contract table ``skills``.

    Returns:
        (key, skill_id).
    """
    names = names_of(skills)
    return {(key, skill) for key in keys for skill in named_in(texts[key], names)}
