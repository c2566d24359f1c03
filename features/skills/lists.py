"""The lists of phrases beside this module: cues, headings, decoys, levels."""

import tomllib
from functools import cache
from importlib.resources import files


@cache
def _authored() -> dict[str, dict[str, list[str]]]:
    text = files("features.skills").joinpath("phrases.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def phrases(table: str) -> list[str]:
    """Every phrase of a table, in the file's order."""
    return [phrase for listed in _authored()[table].values() for phrase in listed]


def kinds_of(table: str) -> dict[str, str]:
    """The kind of each phrase of a table; the first kind that lists it."""
    kinds: dict[str, str] = {}
    for kind, listed in _authored()[table].items():
        for phrase in listed:
            kinds.setdefault(phrase, kind)
    return kinds
